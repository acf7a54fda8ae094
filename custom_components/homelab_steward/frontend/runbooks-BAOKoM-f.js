import{A as e,B as t,E as n,H as r,Ht as i,O as a,Q as o,U as s,X as c,Y as l,Z as u,bt as d,ct as f,dt as p,ft as m,i as h,n as g,ot as _,qt as v,r as y,s as b,t as x,u as S,ut as C,z as w}from"./shared-BLrf8IzR.js";var T=class extends w{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await t(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=r(e,this.ctx.t)}}}static{this.styles=[...w.styles,l,n,m`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(this.error)return o(d,e(`state.error`),this.error,p`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return u(e);if(!this.item)return this.renderList(this.runbooks);let n=this.runbooks.find(e=>e.id===this.item),r=p`<a class="button" href="${t}/runbooks">${e(`nav.runbooks`)}</a>`;return n?this.renderOne(n):o(d,e(`runbook.gone`),``,r)}renderList(e){let{t,base:n}=this.ctx,r=this.text.toLowerCase().split(/\s+/).filter(Boolean),o=e.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return r.every(e=>n.includes(e))}),s=o.filter(e=>this.statistics(e.id).length),l=o.filter(e=>!s.includes(e)),u=e=>p`<ul class="card list">
      ${e.map(e=>{let r=b(this.statistics(e.id));return p`<li><a class="item" href="${n}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${r?a(r,t):C}
        </a></li>`})}
    </ul>`;return p`<div class="page">
      <h2 class="hidden">${t(`nav.runbooks`)}</h2>
      <label class="search">${c(i)}
        <input type="search" aria-label=${t(`runbooks.search`)} placeholder=${t(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${t(`runbooks.count`,{count:o.length})}</p>
      ${s.length?p`<h3 class="heading">${t(`runbooks.used`)}</h3>${u(s)}`:C}
      ${l.length?p`${s.length?p`<h3 class="heading">${t(`runbooks.others`)}</h3>`:C}${u(l)}`:C}
    </div>`}renderOne(t){let{t:n,now:r,language:i}=this.ctx,o=this.statistics(t.id);return p`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(t.title)}</h2>
        <p class="small quiet">${t.id} · ${n(`runbook.version`,{version:t.version})}</p>
        <div lang=${t.language}>${S(t.text)}</div>
        ${this.mayEdit&&this.source===null?p`<div class="row"><button @click=${()=>this.edit(t.id)}>${c(v)}${n(`runbook.edit`)}</button></div>`:C}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${n(`runbook.recipes`)}</h3>
        ${t.recipes.map(t=>{let s=o.filter(e=>e.recipe===t.id);return p`<div class="recipe">
            <p><strong>${this.ctx.name(t.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${t.steps.length?p`<p class="small quiet">${n(`runbook.steps`,{what:t.steps.map(this.ctx.name).join(` → `)})}</p>`:C}
            ${t.verify.length?p`<p class="small quiet">${n(`plan.verified_by`,{how:t.verify.map(this.ctx.name).join(`, `)})}</p>`:C}
            ${s.map(t=>p`<p>${a(t,n)}
                <span class="small quiet">${n(`runbook.version`,{version:t.version})}${t.last_at?p` · ${n(`runbook.last`,{when:e(t.last_at,r,i)})}`:C}</span></p>`)}
            ${s.length||t.kind!==`act`?C:p`<p class="small quiet">${n(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${t.symptoms.length?p`<section class="card content"><h3 class="title">${n(`runbook.symptoms`)}</h3>
            <ul class="small">${t.symptoms.map(e=>p`<li translate="no">${e}</li>`)}</ul></section>`:C}
      ${t.alerts.length+t.checks.length?p`<section class="card content"><h3 class="title">${n(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${t.checks.map(e=>p`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${t.alerts.map(e=>p`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:C}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return p`${this.source===null?C:p`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?p`<p>${this.answer}</p>`:C}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?C:p`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=h(this.source??``,x(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:g(x(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=y(e)?.join(`
`)??null}async edit(e){this.answer=``;try{this.use((await t(this.ctx,`runbook_source`,{runbook_id:e})).source)}catch(e){this.answer=r(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let n=await t(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:n.version}),e)return;this.source=null,this.symptoms=null,await this.load()}catch(e){this.answer=r(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};s([_()],T.prototype,`runbooks`,void 0),s([_()],T.prototype,`text`,void 0),s([_()],T.prototype,`error`,void 0),s([_()],T.prototype,`canSave`,void 0),s([_()],T.prototype,`source`,void 0),s([_()],T.prototype,`symptoms`,void 0),s([_()],T.prototype,`answer`,void 0),s([_()],T.prototype,`isBusy`,void 0),T=s([f(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};