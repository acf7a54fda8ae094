import{$ as e,Dt as t,K as n,N as r,U as i,W as a,_t as o,a as s,dt as c,et as l,f as u,gt as d,ht as f,i as p,j as m,k as h,l as g,nt as _,o as v,on as y,pt as b,q as x,r as S,tn as C,tt as w}from"./shared-Sda02QKL.js";var T=class extends i{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await a(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...i.styles,e,h,o`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:n}=this.ctx;if(this.error)return _(t,e(`state.error`),this.error,d`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return w(e);if(!this.item)return this.renderList(this.runbooks);let r=this.runbooks.find(e=>e.id===this.item),i=d`<a class="button" href="${n}/runbooks">${e(`nav.runbooks`)}</a>`;return r?this.renderOne(r):_(t,e(`runbook.gone`),``,i)}renderList(e){let{t,base:n}=this.ctx,r=this.text.toLowerCase().split(/\s+/).filter(Boolean),i=e.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return r.every(e=>n.includes(e))}),a=i.filter(e=>this.statistics(e.id).length),o=i.filter(e=>!a.includes(e)),s=e=>d`<ul class="card list">
      ${e.map(e=>{let r=g(this.statistics(e.id));return d`<li><a class="item" href="${n}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${r?m(r,t):f}
        </a></li>`})}
    </ul>`;return d`<div class="page">
      <h2 class="hidden">${t(`nav.runbooks`)}</h2>
      <label class="search">${l(C)}
        <input type="search" aria-label=${t(`runbooks.search`)} placeholder=${t(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${t(`runbooks.count`,{count:i.length})}</p>
      ${a.length?d`<h3 class="heading">${t(`runbooks.used`)}</h3>${s(a)}`:f}
      ${o.length?d`${a.length?d`<h3 class="heading">${t(`runbooks.others`)}</h3>`:f}${s(o)}`:f}
    </div>`}renderOne(e){let{t,now:n,language:i}=this.ctx,a=this.statistics(e.id);return d`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(e.title)}</h2>
        <p class="small quiet">${e.id} · ${t(`runbook.version`,{version:e.version})}</p>
        <div lang=${e.language}>${u(e.text)}</div>
        ${this.mayEdit&&this.source===null?d`<div class="row"><button @click=${()=>this.edit(e.id)}>${l(y)}${t(`runbook.edit`)}</button></div>`:f}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${t(`runbook.recipes`)}</h3>
        ${e.recipes.map(e=>{let o=a.filter(t=>t.recipe===e.id);return d`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?d`<p class="small quiet">${t(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:f}
            ${e.verify.length?d`<p class="small quiet">${t(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:f}
            ${o.map(e=>d`<p>${m(e,t)}
                <span class="small quiet">${t(`runbook.version`,{version:e.version})}${e.last_at?d` · ${t(`runbook.last`,{when:r(e.last_at,n,i)})}`:f}</span></p>`)}
            ${o.length||e.kind!==`act`?f:d`<p class="small quiet">${t(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${e.symptoms.length?d`<section class="card content"><h3 class="title">${t(`runbook.symptoms`)}</h3>
            <ul class="small">${e.symptoms.map(e=>d`<li translate="no">${e}</li>`)}</ul></section>`:f}
      ${e.alerts.length+e.checks.length?d`<section class="card content"><h3 class="title">${t(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${e.checks.map(e=>d`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${e.alerts.map(e=>d`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:f}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return d`${this.source===null?f:d`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?d`<p>${this.answer}</p>`:f}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?f:d`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=v(this.source??``,S(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:p(S(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=s(e)?.join(`
`)??null}async edit(e){this.answer=``;try{this.use((await a(this.ctx,`runbook_source`,{runbook_id:e})).source)}catch(e){this.answer=n(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await a(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,this.symptoms=null,await this.load()}catch(e){this.answer=n(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};x([c()],T.prototype,`runbooks`,void 0),x([c()],T.prototype,`text`,void 0),x([c()],T.prototype,`error`,void 0),x([c()],T.prototype,`canSave`,void 0),x([c()],T.prototype,`source`,void 0),x([c()],T.prototype,`symptoms`,void 0),x([c()],T.prototype,`answer`,void 0),x([c()],T.prototype,`isBusy`,void 0),T=x([b(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};