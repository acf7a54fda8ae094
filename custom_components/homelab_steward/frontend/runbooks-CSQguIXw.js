import{F as e,Ft as t,G as n,H as r,I as i,M as a,Mt as o,N as s,Q as c,S as l,U as u,W as d,b as f,et as p,ft as m,i as h,it as g,n as _,nt as v,r as y,rt as b,s as x,t as S,u as C,w}from"./shared-XOvvEVcW.js";var T=class extends a{constructor(...t){super(...t),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await s(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(t){this.error=e(t,this.ctx.t)}}}static{this.styles=[...a.styles,r,f,g`
      .search {
        position: relative;
        display: block;
      }
      .search svg {
        position: absolute;
        inset-inline-start: 10px;
        top: 8px;
        color: var(--secondary-text-color);
      }
      .search input {
        width: 100%;
        padding-inline-start: 42px;
      }
      textarea {
        width: 100%;
        min-height: 60vh;
        margin-top: 4px;
        font-family: var(--ha-font-family-code, monospace);
        font-size: 13px;
        resize: vertical;
      }
      textarea.symptoms {
        min-height: 9em;
        font-family: inherit;
        font-size: inherit;
      }
      .recipe {
        padding: 12px 0;
      }
      .recipe + .recipe {
        border-top: 1px solid var(--divider-color);
      }
      .markdown h3:first-child {
        display: none;
      }
      a.item {
        flex-wrap: wrap;
        gap: 4px 16px;
      }
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(this.error)return n(m,e(`state.error`),this.error,b`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return d(e);if(!this.item)return this.renderList(this.runbooks);let r=this.runbooks.find(e=>e.id===this.item),i=b`<a class="button" href="${t}/runbooks">${e(`nav.runbooks`)}</a>`;return r?this.renderOne(r):n(m,e(`runbook.gone`),``,i)}renderList(e){let{t,base:n}=this.ctx,r=this.text.toLowerCase().split(/\s+/).filter(Boolean),i=e.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return r.every(e=>n.includes(e))}),a=i.filter(e=>this.statistics(e.id).length),s=i.filter(e=>!a.includes(e)),c=e=>b`<ul class="card list">
      ${e.map(e=>{let r=x(this.statistics(e.id));return b`<li><a class="item" href="${n}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${r?l(r,t):v}
        </a></li>`})}
    </ul>`;return b`<div class="page">
      <h2 class="hidden">${t(`nav.runbooks`)}</h2>
      <label class="search">${u(o)}
        <input type="search" aria-label=${t(`runbooks.search`)} placeholder=${t(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${t(`runbooks.count`,{count:i.length})}</p>
      ${a.length?b`<h3 class="heading">${t(`runbooks.used`)}</h3>${c(a)}`:v}
      ${s.length?b`${a.length?b`<h3 class="heading">${t(`runbooks.others`)}</h3>`:v}${c(s)}`:v}
    </div>`}renderOne(e){let{t:n,now:r,language:i}=this.ctx,a=this.statistics(e.id);return b`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(e.title)}</h2>
        <p class="small quiet">${e.id} · ${n(`runbook.version`,{version:e.version})}</p>
        <div lang=${e.language}>${C(e.text)}</div>
        ${this.mayEdit&&this.source===null?b`<div class="row"><button @click=${()=>this.edit(e.id)}>${u(t)}${n(`runbook.edit`)}</button></div>`:v}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${n(`runbook.recipes`)}</h3>
        ${e.recipes.map(e=>{let t=a.filter(t=>t.recipe===e.id);return b`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?b`<p class="small quiet">${n(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:v}
            ${e.verify.length?b`<p class="small quiet">${n(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:v}
            ${t.map(e=>b`<p>${l(e,n)}
                <span class="small quiet">${n(`runbook.version`,{version:e.version})}${e.last_at?b` · ${n(`runbook.last`,{when:w(e.last_at,r,i)})}`:v}</span></p>`)}
            ${t.length||e.kind!==`act`?v:b`<p class="small quiet">${n(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${e.symptoms.length?b`<section class="card content"><h3 class="title">${n(`runbook.symptoms`)}</h3>
            <ul class="small">${e.symptoms.map(e=>b`<li translate="no">${e}</li>`)}</ul></section>`:v}
      ${e.alerts.length+e.checks.length?b`<section class="card content"><h3 class="title">${n(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${e.checks.map(e=>b`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${e.alerts.map(e=>b`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:v}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return b`${this.source===null?v:b`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?b`<p>${this.answer}</p>`:v}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?v:b`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=h(this.source??``,S(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:_(S(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=y(e)?.join(`
`)??null}async edit(t){this.answer=``;try{this.use((await s(this.ctx,`runbook_source`,{runbook_id:t})).source)}catch(t){this.answer=e(t,this.ctx.t)}}async save(t){this.isBusy=!0,this.answer=``;try{let e=await s(this.ctx,`save_runbook`,{source:this.source,only_check:t});if(this.answer=this.ctx.t(t?`runbook.right`:`runbook.saved`,{version:e.version}),t)return;this.source=null,this.symptoms=null,await this.load()}catch(t){this.answer=e(t,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};i([c()],T.prototype,`runbooks`,void 0),i([c()],T.prototype,`text`,void 0),i([c()],T.prototype,`error`,void 0),i([c()],T.prototype,`canSave`,void 0),i([c()],T.prototype,`source`,void 0),i([c()],T.prototype,`symptoms`,void 0),i([c()],T.prototype,`answer`,void 0),i([c()],T.prototype,`isBusy`,void 0),T=i([p(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};