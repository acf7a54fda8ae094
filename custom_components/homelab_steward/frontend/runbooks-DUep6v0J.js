import{G as e,J as t,Ot as n,P as r,W as i,_t as a,a as o,et as s,f as c,ft as l,gt as u,i as d,j as f,k as p,l as m,mt as h,nn as g,nt as _,o as v,q as y,r as b,rt as x,sn as S,tt as C,vt as w}from"./shared-ecpPzQbY.js";var T=class extends i{constructor(...t){super(...t),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let t=await e(this.ctx,`runbooks`);this.runbooks=t.runbooks,this.canSave=t.can_save}catch(e){this.error=y(e,this.ctx.t)}}}static{this.styles=[...i.styles,s,p,w`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(this.error)return x(n,e(`state.error`),this.error,a`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return _(e);if(!this.item)return this.renderList(this.runbooks);let r=this.runbooks.find(e=>e.id===this.item),i=a`<a class="button" href="${t}/runbooks">${e(`nav.runbooks`)}</a>`;return r?this.renderOne(r):x(n,e(`runbook.gone`),``,i)}renderList(e){let{t,base:n}=this.ctx,r=this.text.toLowerCase().split(/\s+/).filter(Boolean),i=e.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return r.every(e=>n.includes(e))}),o=i.filter(e=>this.statistics(e.id).length),s=i.filter(e=>!o.includes(e)),c=e=>a`<ul class="card list">
      ${e.map(e=>{let r=m(this.statistics(e.id));return a`<li><a class="item" href="${n}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${r?f(r,t):u}
        </a></li>`})}
    </ul>`;return a`<div class="page">
      <h2 class="hidden">${t(`nav.runbooks`)}</h2>
      <label class="search">${C(g)}
        <input type="search" aria-label=${t(`runbooks.search`)} placeholder=${t(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${t(`runbooks.count`,{count:i.length})}</p>
      ${o.length?a`<h3 class="heading">${t(`runbooks.used`)}</h3>${c(o)}`:u}
      ${s.length?a`${o.length?a`<h3 class="heading">${t(`runbooks.others`)}</h3>`:u}${c(s)}`:u}
    </div>`}renderOne(e){let{t,now:n,language:i}=this.ctx,o=this.statistics(e.id);return a`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(e.title)}</h2>
        <p class="small quiet">${e.id} · ${t(`runbook.version`,{version:e.version})}</p>
        <div lang=${e.language}>${c(e.text)}</div>
        ${this.mayEdit&&this.source===null?a`<div class="row"><button @click=${()=>this.edit(e.id)}>${C(S)}${t(`runbook.edit`)}</button></div>`:u}
        ${this.renderEditor()}
      </article>
      <homelab-steward-run-runbook .ctx=${this.ctx} .runbook=${e}></homelab-steward-run-runbook>
      <section class="card content">
        <h3 class="title">${t(`runbook.recipes`)}</h3>
        ${e.recipes.map(e=>{let s=o.filter(t=>t.recipe===e.id);return a`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?a`<p class="small quiet">${t(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:u}
            ${e.verify.length?a`<p class="small quiet">${t(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:u}
            ${s.map(e=>a`<p>${f(e,t)}
                <span class="small quiet">${t(`runbook.version`,{version:e.version})}${e.last_at?a` · ${t(`runbook.last`,{when:r(e.last_at,n,i)})}`:u}</span></p>`)}
            ${s.length||e.kind!==`act`?u:a`<p class="small quiet">${t(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${e.symptoms.length?a`<section class="card content"><h3 class="title">${t(`runbook.symptoms`)}</h3>
            <ul class="small">${e.symptoms.map(e=>a`<li translate="no">${e}</li>`)}</ul></section>`:u}
      ${e.alerts.length+e.checks.length?a`<section class="card content"><h3 class="title">${t(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${e.checks.map(e=>a`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${e.alerts.map(e=>a`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:u}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return a`${this.source===null?u:a`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?a`<p>${this.answer}</p>`:u}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?u:a`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=v(this.source??``,b(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:d(b(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=o(e)?.join(`
`)??null}async edit(t){this.answer=``;try{this.use((await e(this.ctx,`runbook_source`,{runbook_id:t})).source)}catch(e){this.answer=y(e,this.ctx.t)}}async save(t){this.isBusy=!0,this.answer=``;try{let n=await e(this.ctx,`save_runbook`,{source:this.source,only_check:t});if(this.answer=this.ctx.t(t?`runbook.right`:`runbook.saved`,{version:n.version}),t)return;this.source=null,this.symptoms=null,await this.load()}catch(e){this.answer=y(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};t([l()],T.prototype,`runbooks`,void 0),t([l()],T.prototype,`text`,void 0),t([l()],T.prototype,`error`,void 0),t([l()],T.prototype,`canSave`,void 0),t([l()],T.prototype,`source`,void 0),t([l()],T.prototype,`symptoms`,void 0),t([l()],T.prototype,`answer`,void 0),t([l()],T.prototype,`isBusy`,void 0),T=t([h(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};