import{$ as e,$t as t,A as n,G as r,H as i,Jt as a,K as o,M as s,O as c,Q as l,Tt as u,U as d,a as f,c as p,d as m,dt as h,et as g,ht as _,i as v,lt as y,mt as b,n as x,pt as S,r as C,tt as w}from"./shared-DYd2PHf_.js";var T=class extends i{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await d(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=r(e,this.ctx.t)}}}static{this.styles=[...i.styles,l,c,_`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(this.error)return w(u,e(`state.error`),this.error,b`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return g(e);if(!this.item)return this.renderList(this.runbooks);let n=this.runbooks.find(e=>e.id===this.item),r=b`<a class="button" href="${t}/runbooks">${e(`nav.runbooks`)}</a>`;return n?this.renderOne(n):w(u,e(`runbook.gone`),``,r)}renderList(t){let{t:r,base:i}=this.ctx,o=this.text.toLowerCase().split(/\s+/).filter(Boolean),s=t.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return o.every(e=>n.includes(e))}),c=s.filter(e=>this.statistics(e.id).length),l=s.filter(e=>!c.includes(e)),u=e=>b`<ul class="card list">
      ${e.map(e=>{let t=p(this.statistics(e.id));return b`<li><a class="item" href="${i}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${t?n(t,r):S}
        </a></li>`})}
    </ul>`;return b`<div class="page">
      <h2 class="hidden">${r(`nav.runbooks`)}</h2>
      <label class="search">${e(a)}
        <input type="search" aria-label=${r(`runbooks.search`)} placeholder=${r(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${r(`runbooks.count`,{count:s.length})}</p>
      ${c.length?b`<h3 class="heading">${r(`runbooks.used`)}</h3>${u(c)}`:S}
      ${l.length?b`${c.length?b`<h3 class="heading">${r(`runbooks.others`)}</h3>`:S}${u(l)}`:S}
    </div>`}renderOne(r){let{t:i,now:a,language:o}=this.ctx,c=this.statistics(r.id);return b`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(r.title)}</h2>
        <p class="small quiet">${r.id} · ${i(`runbook.version`,{version:r.version})}</p>
        <div lang=${r.language}>${m(r.text)}</div>
        ${this.mayEdit&&this.source===null?b`<div class="row"><button @click=${()=>this.edit(r.id)}>${e(t)}${i(`runbook.edit`)}</button></div>`:S}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${i(`runbook.recipes`)}</h3>
        ${r.recipes.map(e=>{let t=c.filter(t=>t.recipe===e.id);return b`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?b`<p class="small quiet">${i(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:S}
            ${e.verify.length?b`<p class="small quiet">${i(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:S}
            ${t.map(e=>b`<p>${n(e,i)}
                <span class="small quiet">${i(`runbook.version`,{version:e.version})}${e.last_at?b` · ${i(`runbook.last`,{when:s(e.last_at,a,o)})}`:S}</span></p>`)}
            ${t.length||e.kind!==`act`?S:b`<p class="small quiet">${i(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${r.symptoms.length?b`<section class="card content"><h3 class="title">${i(`runbook.symptoms`)}</h3>
            <ul class="small">${r.symptoms.map(e=>b`<li translate="no">${e}</li>`)}</ul></section>`:S}
      ${r.alerts.length+r.checks.length?b`<section class="card content"><h3 class="title">${i(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${r.checks.map(e=>b`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${r.alerts.map(e=>b`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:S}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return b`${this.source===null?S:b`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?b`<p>${this.answer}</p>`:S}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?S:b`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=f(this.source??``,x(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:C(x(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=v(e)?.join(`
`)??null}async edit(e){this.answer=``;try{this.use((await d(this.ctx,`runbook_source`,{runbook_id:e})).source)}catch(e){this.answer=r(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await d(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,this.symptoms=null,await this.load()}catch(e){this.answer=r(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};o([y()],T.prototype,`runbooks`,void 0),o([y()],T.prototype,`text`,void 0),o([y()],T.prototype,`error`,void 0),o([y()],T.prototype,`canSave`,void 0),o([y()],T.prototype,`source`,void 0),o([y()],T.prototype,`symptoms`,void 0),o([y()],T.prototype,`answer`,void 0),o([y()],T.prototype,`isBusy`,void 0),T=o([h(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};