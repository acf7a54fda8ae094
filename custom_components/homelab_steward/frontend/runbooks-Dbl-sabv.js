import{$ as e,A as t,G as n,H as r,M as i,O as a,Q as o,St as s,V as c,W as l,Wt as u,Yt as d,Z as f,a as p,c as m,ct as h,d as g,et as _,ft as v,i as y,mt as b,n as x,pt as S,r as C,ut as w}from"./shared-D2FqsNbt.js";var T=class extends c{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await r(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=l(e,this.ctx.t)}}}static{this.styles=[...c.styles,f,a,b`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t,base:n}=this.ctx;if(this.error)return _(s,t(`state.error`),this.error,S`<button @click=${this.load}>${t(`state.retry`)}</button>`);if(!this.runbooks)return e(t);if(!this.item)return this.renderList(this.runbooks);let r=this.runbooks.find(e=>e.id===this.item),i=S`<a class="button" href="${n}/runbooks">${t(`nav.runbooks`)}</a>`;return r?this.renderOne(r):_(s,t(`runbook.gone`),``,i)}renderList(e){let{t:n,base:r}=this.ctx,i=this.text.toLowerCase().split(/\s+/).filter(Boolean),a=e.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return i.every(e=>n.includes(e))}),s=a.filter(e=>this.statistics(e.id).length),c=a.filter(e=>!s.includes(e)),l=e=>S`<ul class="card list">
      ${e.map(e=>{let i=m(this.statistics(e.id));return S`<li><a class="item" href="${r}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${i?t(i,n):v}
        </a></li>`})}
    </ul>`;return S`<div class="page">
      <h2 class="hidden">${n(`nav.runbooks`)}</h2>
      <label class="search">${o(u)}
        <input type="search" aria-label=${n(`runbooks.search`)} placeholder=${n(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${n(`runbooks.count`,{count:a.length})}</p>
      ${s.length?S`<h3 class="heading">${n(`runbooks.used`)}</h3>${l(s)}`:v}
      ${c.length?S`${s.length?S`<h3 class="heading">${n(`runbooks.others`)}</h3>`:v}${l(c)}`:v}
    </div>`}renderOne(e){let{t:n,now:r,language:a}=this.ctx,s=this.statistics(e.id);return S`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(e.title)}</h2>
        <p class="small quiet">${e.id} · ${n(`runbook.version`,{version:e.version})}</p>
        <div lang=${e.language}>${g(e.text)}</div>
        ${this.mayEdit&&this.source===null?S`<div class="row"><button @click=${()=>this.edit(e.id)}>${o(d)}${n(`runbook.edit`)}</button></div>`:v}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${n(`runbook.recipes`)}</h3>
        ${e.recipes.map(e=>{let o=s.filter(t=>t.recipe===e.id);return S`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?S`<p class="small quiet">${n(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:v}
            ${e.verify.length?S`<p class="small quiet">${n(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:v}
            ${o.map(e=>S`<p>${t(e,n)}
                <span class="small quiet">${n(`runbook.version`,{version:e.version})}${e.last_at?S` · ${n(`runbook.last`,{when:i(e.last_at,r,a)})}`:v}</span></p>`)}
            ${o.length||e.kind!==`act`?v:S`<p class="small quiet">${n(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${e.symptoms.length?S`<section class="card content"><h3 class="title">${n(`runbook.symptoms`)}</h3>
            <ul class="small">${e.symptoms.map(e=>S`<li translate="no">${e}</li>`)}</ul></section>`:v}
      ${e.alerts.length+e.checks.length?S`<section class="card content"><h3 class="title">${n(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${e.checks.map(e=>S`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${e.alerts.map(e=>S`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:v}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return S`${this.source===null?v:S`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?S`<p>${this.answer}</p>`:v}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?v:S`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=p(this.source??``,x(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:C(x(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=y(e)?.join(`
`)??null}async edit(e){this.answer=``;try{this.use((await r(this.ctx,`runbook_source`,{runbook_id:e})).source)}catch(e){this.answer=l(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await r(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,this.symptoms=null,await this.load()}catch(e){this.answer=l(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};n([h()],T.prototype,`runbooks`,void 0),n([h()],T.prototype,`text`,void 0),n([h()],T.prototype,`error`,void 0),n([h()],T.prototype,`canSave`,void 0),n([h()],T.prototype,`source`,void 0),n([h()],T.prototype,`symptoms`,void 0),n([h()],T.prototype,`answer`,void 0),n([h()],T.prototype,`isBusy`,void 0),T=n([w(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};