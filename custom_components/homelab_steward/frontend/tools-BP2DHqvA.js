import{G as e,J as t,P as n,W as r,_t as i,et as a,ft as o,gt as s,it as c,jt as l,mt as u,nt as d,q as f,rt as p,st as m,t as h,tt as g,vn as _,vt as v}from"./shared-ecpPzQbY.js";var y=`foreign_tools`,b=class extends r{constructor(...e){super(...e),this.answers={},this.isBusy=!1}static{this.styles=[...r.styles,a,v`
      .tool + .tool {
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .tool {
        display: flex;
        flex-direction: column;
        gap: 6px;
      }
      code {
        overflow-wrap: anywhere;
      }
      .sides {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
        gap: 12px;
        margin: 8px 0;
      }
      .side {
        min-width: 0;
      }
      pre {
        margin: 4px 0 0;
        padding: 8px;
        max-height: 60vh;
        overflow: auto;
        border-radius: 8px;
        background: var(--secondary-background-color);
        font-size: var(--ha-font-size-s, 12px);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      ins,
      del {
        display: block;
        text-decoration: none;
        font-weight: 600;
        border-inline-start: 3px solid var(--tone);
        padding-inline-start: 6px;
      }
    `]}render(){let{t:e,feed:t}=this.ctx;if(!t.state)return d(e);let n=t.row(y,y)?.servers??[];return n.length?i`<div class="page">
      <h2 class="hidden">${e(`nav.tools`)}</h2>
      <p class="quiet">${e(`tools.text`)}</p>
      ${n.map(e=>this.renderServer(e))}
    </div>`:p(_,e(`tools.empty`),e(`tools.empty_text`))}renderServer(e){let{t}=this.ctx;return i`<section class="card content" aria-label=${e.name}>
      <div class="row wrap">
        <h3 class="title" translate="no">${e.name}</h3>
        <span class="chip">${t(`tools.kind_${e.kind}`)}</span>
        <span class="chip ${e.is_online?`good`:`bad`}"><span class="dot"></span>${t(e.is_online?`tools.online`:`tools.offline`)}</span>
        ${e.since?i`<span class="small quiet">${t(`tools.since`,{when:this.shown(e.since)})}</span>`:s}
      </div>
      ${this.renderFault(e)}
      ${e.tools.length?e.tools.map(t=>this.renderTool(e,t)):i`<p class="quiet">${t(`tools.none`)}</p>`}
      ${e.other_count?i`<details class="small">${m(t(`tools.others`,{count:e.other_count}))}
        <p class="quiet">${t(`tools.others_text`)}</p>
        <p translate="no">${e.others.join(`, `)}${e.others.length<e.other_count?`, …`:``}</p></details>`:s}
    </section>`}renderFault(e){let{t}=this.ctx;return e.last_error_at?i`<p class="small">${t(`tools.last_error`,{when:this.shown(e.last_error_at)})} <span class="text" translate="no">${e.last_error}</span>
      ${e.next_try_at?i`<br />${t(`tools.next_try`,{when:this.shown(e.next_try_at)})}`:s}</p>`:e.is_online?s:i`<p class="small" translate="no">${e.reason}</p>`}renderTool(e,t){let{t:n}=this.ctx,r=t.state===`ready`,a=r?`good`:t.state===`changed`?`warning`:`bad`;return i`<div class="tool" role="group" aria-label=${t.name}>
      <div class="row wrap">
        <code translate="no">${t.name}</code>
        <span class="chip ${a}"><span class="dot"></span>${n(`tools.state_${t.state}`)}</span>
        <span class="chip">${n(`tools.${t.access}`)}</span>
        ${c(t.access===`read`?`low`:`high`,n)}
        ${t.is_private?i`<span class="chip">${n(`tools.private`)}</span>`:s}
      </div>
      <p class="small">${n(`tools.${t.access}_text`)}${t.is_private?` ${n(`tools.private_text`)}`:``}</p>
      ${t.description?i`<p class="small quiet">${n(`tools.says`)} <span class="text" translate="no">${t.description}</span></p>`:s}
      ${t.access===`read`&&t.reads_only===!1?i`<p class="small error">${n(`tools.says_writes`)}</p>`:s}
      ${r||t.state===`changed`?s:i`<p class="small" translate="no">${t.reason}</p>`}
      ${t.state===`changed`?this.renderChange(e,t):s}
      <div aria-live="polite">${this.answers[x(e,t)]?i`<p class="small">${this.answers[x(e,t)]}</p>`:s}</div>
    </div>`}renderChange(e,t){let{t:n,feed:r,viewer:a}=this.ctx,{before:o,after:s}=h(t.accepted,t.definition),c=a.person?.role===`owner`;return i`<p class="small">${n(`tools.changed_text`)}</p>
      <div class="sides">
        <div class="side"><h4 class="small">${n(`tools.accepted`)}</h4>${S(o,`del`,n(`tools.accepted`))}</div>
        <div class="side"><h4 class="small">${n(`tools.now`)}</h4>${S(s,`ins`,n(`tools.now`))}</div>
      </div>
      ${c?i`<div class="row wrap">
        <button ?disabled=${this.isBusy||!r.state?.connected} @click=${()=>this.accept(e,t)}>${g(l)}${n(`tools.accept`)}</button>
      </div>`:i`<p class="small quiet">${n(`tools.ask_owner`)}</p>`}`}shown(e){return n(e,this.ctx.now,this.ctx.language)}async accept(t,n){let{t:r}=this.ctx,i=x(t,n);this.isBusy=!0;try{await e(this.ctx,`accept_tool`,{server:t.name,tool:n.name,digest:n.digest}),this.answers={...this.answers,[i]:r(`tools.saved`)}}catch(e){this.answers={...this.answers,[i]:f(e,r)}}finally{this.isBusy=!1}}};t([o()],b.prototype,`answers`,void 0),t([o()],b.prototype,`isBusy`,void 0),b=t([u(`homelab-steward-tools`)],b);function x(e,t){return`${e.name}/${t.name}`}function S(e,t,n){let r=e.map(e=>e.isCommon?i`<span>${e.text}\n</span>`:t===`ins`?i`<ins class="good">${e.text}</ins>`:i`<del class="bad">${e.text}</del>`);return i`<pre translate="no" tabindex="0" role="region" aria-label=${n}>${r}</pre>`}export{b as ToolsPage};