import{$ as e,A as t,G as n,H as r,K as i,M as a,O as o,Q as s,Qt as c,Tt as l,U as u,a as d,c as f,d as p,dt as m,et as h,ht as g,i as _,lt as v,mt as y,n as b,pt as x,r as S,rn as C,tt as w}from"./shared-DJMK-k9p.js";var T=class extends r{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.symptoms=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.symptoms=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await u(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...r.styles,s,o,g`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(this.error)return w(l,e(`state.error`),this.error,y`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return h(e);if(!this.item)return this.renderList(this.runbooks);let n=this.runbooks.find(e=>e.id===this.item),r=y`<a class="button" href="${t}/runbooks">${e(`nav.runbooks`)}</a>`;return n?this.renderOne(n):w(l,e(`runbook.gone`),``,r)}renderList(n){let{t:r,base:i}=this.ctx,a=this.text.toLowerCase().split(/\s+/).filter(Boolean),o=n.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return a.every(e=>n.includes(e))}),s=o.filter(e=>this.statistics(e.id).length),l=o.filter(e=>!s.includes(e)),u=e=>y`<ul class="card list">
      ${e.map(e=>{let n=f(this.statistics(e.id));return y`<li><a class="item" href="${i}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${n?t(n,r):x}
        </a></li>`})}
    </ul>`;return y`<div class="page">
      <h2 class="hidden">${r(`nav.runbooks`)}</h2>
      <label class="search">${e(c)}
        <input type="search" aria-label=${r(`runbooks.search`)} placeholder=${r(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${r(`runbooks.count`,{count:o.length})}</p>
      ${s.length?y`<h3 class="heading">${r(`runbooks.used`)}</h3>${u(s)}`:x}
      ${l.length?y`${s.length?y`<h3 class="heading">${r(`runbooks.others`)}</h3>`:x}${u(l)}`:x}
    </div>`}renderOne(n){let{t:r,now:i,language:o}=this.ctx,s=this.statistics(n.id);return y`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(n.title)}</h2>
        <p class="small quiet">${n.id} · ${r(`runbook.version`,{version:n.version})}</p>
        <div lang=${n.language}>${p(n.text)}</div>
        ${this.mayEdit&&this.source===null?y`<div class="row"><button @click=${()=>this.edit(n.id)}>${e(C)}${r(`runbook.edit`)}</button></div>`:x}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${r(`runbook.recipes`)}</h3>
        ${n.recipes.map(e=>{let n=s.filter(t=>t.recipe===e.id);return y`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?y`<p class="small quiet">${r(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:x}
            ${e.verify.length?y`<p class="small quiet">${r(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:x}
            ${n.map(e=>y`<p>${t(e,r)}
                <span class="small quiet">${r(`runbook.version`,{version:e.version})}${e.last_at?y` · ${r(`runbook.last`,{when:a(e.last_at,i,o)})}`:x}</span></p>`)}
            ${n.length||e.kind!==`act`?x:y`<p class="small quiet">${r(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${n.symptoms.length?y`<section class="card content"><h3 class="title">${r(`runbook.symptoms`)}</h3>
            <ul class="small">${n.symptoms.map(e=>y`<li translate="no">${e}</li>`)}</ul></section>`:x}
      ${n.alerts.length+n.checks.length?y`<section class="card content"><h3 class="title">${r(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${n.checks.map(e=>y`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${n.alerts.map(e=>y`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:x}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return y`${this.source===null?x:y`${this.renderSymptoms()}
            <label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.use(e.target.value)}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy||!!this.mistake} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?y`<p>${this.answer}</p>`:x}</div>`}renderSymptoms(){let{t:e}=this.ctx;return this.symptoms===null?x:y`<label style="display:block">${e(`runbook.symptoms_form`)}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake?`true`:`false`} .value=${this.symptoms} @input=${e=>{this.symptoms=e.target.value,this.source=d(this.source??``,b(this.symptoms))}}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${e(`runbook.symptoms_text`)}</p>
      <p role="status">${this.mistake}</p>`}get mistake(){let e=this.symptoms===null?null:S(b(this.symptoms));return e?this.ctx.t(`runbook.${e}`,{most:e===`symptoms_many`?40:200}):``}use(e){this.source=e,this.symptoms=_(e)?.join(`
`)??null}async edit(e){this.answer=``;try{this.use((await u(this.ctx,`runbook_source`,{runbook_id:e})).source)}catch(e){this.answer=n(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await u(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,this.symptoms=null,await this.load()}catch(e){this.answer=n(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};i([v()],T.prototype,`runbooks`,void 0),i([v()],T.prototype,`text`,void 0),i([v()],T.prototype,`error`,void 0),i([v()],T.prototype,`canSave`,void 0),i([v()],T.prototype,`source`,void 0),i([v()],T.prototype,`symptoms`,void 0),i([v()],T.prototype,`answer`,void 0),i([v()],T.prototype,`isBusy`,void 0),T=i([m(`homelab-steward-runbooks`)],T);export{T as RunbooksPage};