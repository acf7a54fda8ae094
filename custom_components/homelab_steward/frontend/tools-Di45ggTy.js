import{$ as e,At as t,K as n,N as r,U as i,W as a,_n as o,_t as s,dt as c,et as l,gt as u,ht as d,nt as f,ot as p,pt as m,q as h,rt as g,t as _,tt as v}from"./shared-Sda02QKL.js";var y=`foreign_tools`,b=class extends i{constructor(...e){super(...e),this.answers={},this.isBusy=!1}static{this.styles=[...i.styles,e,s`
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
    `]}render(){let{t:e,feed:t}=this.ctx;if(!t.state)return v(e);let n=t.row(y,y)?.servers??[];return n.length?u`<div class="page">
      <h2 class="hidden">${e(`nav.tools`)}</h2>
      <p class="quiet">${e(`tools.text`)}</p>
      ${n.map(e=>this.renderServer(e))}
    </div>`:f(o,e(`tools.empty`),e(`tools.empty_text`))}renderServer(e){let{t}=this.ctx;return u`<section class="card content" aria-label=${e.name}>
      <div class="row wrap">
        <h3 class="title" translate="no">${e.name}</h3>
        <span class="chip">${t(`tools.kind_${e.kind}`)}</span>
        <span class="chip ${e.is_online?`good`:`bad`}"><span class="dot"></span>${t(e.is_online?`tools.online`:`tools.offline`)}</span>
        ${e.since?u`<span class="small quiet">${t(`tools.since`,{when:this.shown(e.since)})}</span>`:d}
      </div>
      ${this.renderFault(e)}
      ${e.tools.length?e.tools.map(t=>this.renderTool(e,t)):u`<p class="quiet">${t(`tools.none`)}</p>`}
      ${e.other_count?u`<details class="small">${p(t(`tools.others`,{count:e.other_count}))}
        <p class="quiet">${t(`tools.others_text`)}</p>
        <p translate="no">${e.others.join(`, `)}${e.others.length<e.other_count?`, …`:``}</p></details>`:d}
    </section>`}renderFault(e){let{t}=this.ctx;return e.last_error_at?u`<p class="small">${t(`tools.last_error`,{when:this.shown(e.last_error_at)})} <span class="text" translate="no">${e.last_error}</span>
      ${e.next_try_at?u`<br />${t(`tools.next_try`,{when:this.shown(e.next_try_at)})}`:d}</p>`:e.is_online?d:u`<p class="small" translate="no">${e.reason}</p>`}renderTool(e,t){let{t:n}=this.ctx,r=t.state===`ready`,i=r?`good`:t.state===`changed`?`warning`:`bad`;return u`<div class="tool" role="group" aria-label=${t.name}>
      <div class="row wrap">
        <code translate="no">${t.name}</code>
        <span class="chip ${i}"><span class="dot"></span>${n(`tools.state_${t.state}`)}</span>
        <span class="chip">${n(`tools.${t.access}`)}</span>
        ${g(t.access===`read`?`low`:`high`,n)}
        ${t.is_private?u`<span class="chip">${n(`tools.private`)}</span>`:d}
      </div>
      <p class="small">${n(`tools.${t.access}_text`)}${t.is_private?` ${n(`tools.private_text`)}`:``}</p>
      ${t.description?u`<p class="small quiet">${n(`tools.says`)} <span class="text" translate="no">${t.description}</span></p>`:d}
      ${t.access===`read`&&t.reads_only===!1?u`<p class="small error">${n(`tools.says_writes`)}</p>`:d}
      ${r||t.state===`changed`?d:u`<p class="small" translate="no">${t.reason}</p>`}
      ${t.state===`changed`?this.renderChange(e,t):d}
      <div aria-live="polite">${this.answers[x(e,t)]?u`<p class="small">${this.answers[x(e,t)]}</p>`:d}</div>
    </div>`}renderChange(e,n){let{t:r,feed:i,viewer:a}=this.ctx,{before:o,after:s}=_(n.accepted,n.definition),c=a.person?.role===`owner`;return u`<p class="small">${r(`tools.changed_text`)}</p>
      <div class="sides">
        <div class="side"><h4 class="small">${r(`tools.accepted`)}</h4>${S(o,`del`,r(`tools.accepted`))}</div>
        <div class="side"><h4 class="small">${r(`tools.now`)}</h4>${S(s,`ins`,r(`tools.now`))}</div>
      </div>
      ${c?u`<div class="row wrap">
        <button ?disabled=${this.isBusy||!i.state?.connected} @click=${()=>this.accept(e,n)}>${l(t)}${r(`tools.accept`)}</button>
      </div>`:u`<p class="small quiet">${r(`tools.ask_owner`)}</p>`}`}shown(e){return r(e,this.ctx.now,this.ctx.language)}async accept(e,t){let{t:r}=this.ctx,i=x(e,t);this.isBusy=!0;try{await a(this.ctx,`accept_tool`,{server:e.name,tool:t.name,digest:t.digest}),this.answers={...this.answers,[i]:r(`tools.saved`)}}catch(e){this.answers={...this.answers,[i]:n(e,r)}}finally{this.isBusy=!1}}};h([c()],b.prototype,`answers`,void 0),h([c()],b.prototype,`isBusy`,void 0),b=h([m(`homelab-steward-tools`)],b);function x(e,t){return`${e.name}/${t.name}`}function S(e,t,n){let r=e.map(e=>e.isCommon?u`<span>${e.text}\n</span>`:t===`ins`?u`<ins class="good">${e.text}</ins>`:u`<del class="bad">${e.text}</del>`);return u`<pre translate="no" tabindex="0" role="region" aria-label=${n}>${r}</pre>`}export{b as ToolsPage};