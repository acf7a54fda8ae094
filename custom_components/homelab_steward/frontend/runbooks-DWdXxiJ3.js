import{$ as e,B as t,D as n,Jt as r,Q as i,U as a,Ut as o,V as s,W as c,X as l,Z as u,dt as d,ft as f,i as p,j as m,k as h,lt as g,n as _,pt as v,r as y,s as b,st as x,t as S,u as C,xt as w}from"./shared-nRrs-VXQ.js";var T=class extends t{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await s(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=a(e,this.ctx.t)}}}static{this.styles=[...t.styles,l,n,v`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t,base:n}=this.ctx;if(this.error)return e(w,t(`state.error`),this.error,f`<button @click=${this.load}>${t(`state.retry`)}</button>`);if(!this.runbooks)return i(t);if(!this.item)return this.renderList(this.runbooks);let r=this.runbooks.find(e=>e.id===this.item),a=f`<a class="button" href="${n}/runbooks">${t(`nav.runbooks`)}</a>`;return r?this.renderOne(r):e(w,t(`runbook.gone`),``,a)}renderList(e){let{t,base:n}=this.ctx,r=this.text.toLowerCase().split(/\s+/).filter(Boolean),i=e.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return r.every(e=>n.includes(e))}),a=i.filter(e=>this.statistics(e.id).length),s=i.filter(e=>!a.includes(e)),c=e=>f`<ul class="card list">
      ${e.map(e=>{let r=b(this.statistics(e.id));return f`<li><a class="item" href="${n}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${r?h(r,t):d}
        </a></li>`})}
    </ul>`;return f`<div class="page">
      <h2 class="hidden">${t(`nav.runbooks`)}</h2>
      <label class="search">${u(o)}
        <input type="search" aria-label=${t(`runbooks.search`)} placeholder=${t(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${t(`runbooks.count`,{count:i.length})}</p>
      ${a.length?f`<h3 class="heading">${t(`runbooks.used`)}</h3>${c(a)}`:d}
      ${s.length?f`${a.length?f`<h3 class="heading">${t(`runbooks.others`)}</h3>`:d}${c(s)}`:d}
    </div>`}renderOne(e){let{t,now:n,language:i}=this.ctx,a=this.statistics(e.id);return f`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(e.title)}</h2>
        <p class="small quiet">${e.id} · ${t(`runbook.version`,{version:e.version})}</p>
        <div lang=${e.language}>${C(e.text)}</div>
        ${this.mayEdit&&this.source===null?f`<div class="row"><button @click=${()=>this.edit(e.id)}>${u(r)}${t(`runbook.edit`)}</button></div>`:d}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${t(`runbook.recipes`)}</h3>
        ${e.recipes.map(e=>{let r=a.filter(t=>t.recipe===e.id);return f`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?f`<p class="small quiet">${t(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:d}
            ${e.verify.length?f`<p class="small quiet">${t(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:d}
            ${r.map(e=>f`<p>${h(e,t)}
                <span class="small quiet">${t(`runbook.version`,{version:e.version})}${e.last_at?f` · ${t(`runbook.last`,{when:m(e.last_at,n,i)})}`:d}</span></p>`)}
            ${r.length||e.kind!==`act`?d:f`<p class="small quiet">${t(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${e.symptoms.length?f`<section class="card content"><h3 class="title">${t(`runbook.symptoms`)}</h3>
            <ul class="small">${e.symptoms.map(e=>f`<li translate="no">${e}</li>`)}</ul></section>`:d}
      ${e.alerts.length+e.checks.length?f`<section class="card content"><h3 class="title">${t(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${e.checks.map(e=>f`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${e.alerts.map(e=>f`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:d}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return f`${this.source===null?d:f`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?f`<p>${this.answer}</p>`:d}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?d:f`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=p(this.source??``,S(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:_(S(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=y(e)?.join(`
`)??null}async edit(e){this.answer=``;try{this.use((await s(this.ctx,`runbook_source`,{runbook_id:e})).source)}catch(e){this.answer=a(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await s(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,this.symptoms=null,await this.load()}catch(e){this.answer=a(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};c([x()],T.prototype,`runbooks`,void 0),c([x()],T.prototype,`text`,void 0),c([x()],T.prototype,`error`,void 0),c([x()],T.prototype,`canSave`,void 0),c([x()],T.prototype,`source`,void 0),c([x()],T.prototype,`symptoms`,void 0),c([x()],T.prototype,`answer`,void 0),c([x()],T.prototype,`isBusy`,void 0),T=c([g(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};