import{$ as e,B as t,J as n,M as r,O as i,Ot as a,Q as o,R as s,V as c,X as l,b as u,ct as d,et as f,g as p,j as m,jt as h,k as g,o as _,r as v,v as y,z as b}from"./shared-DsfEqpX7.js";var x=class extends i{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await g(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=m(e,this.ctx.t)}}}static{this.styles=[...i.styles,s,p,f`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:n,base:r}=this.ctx;if(this.error)return c(d,n(`state.error`),this.error,e`<button @click=${this.load}>${n(`state.retry`)}</button>`);if(!this.runbooks)return t(n);if(!this.item)return this.renderList(this.runbooks);let i=this.runbooks.find(e=>e.id===this.item),a=e`<a class="button" href="${r}/runbooks">${n(`nav.runbooks`)}</a>`;return i?this.renderOne(i):c(d,n(`runbook.gone`),``,a)}renderList(t){let{t:n,base:r}=this.ctx,i=this.text.toLowerCase().split(/\s+/).filter(Boolean),s=t.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t,...e.symptoms].join(` `).toLowerCase();return i.every(e=>n.includes(e))}),c=s.filter(e=>this.statistics(e.id).length),l=s.filter(e=>!c.includes(e)),u=t=>e`<ul class="card list">
      ${t.map(t=>{let i=v(this.statistics(t.id));return e`<li><a class="item" href="${r}/runbooks/${t.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(t.title)}</span>${i?y(i,n):o}
        </a></li>`})}
    </ul>`;return e`<div class="page">
      <h2 class="hidden">${n(`nav.runbooks`)}</h2>
      <label class="search">${b(a)}
        <input type="search" aria-label=${n(`runbooks.search`)} placeholder=${n(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${n(`runbooks.count`,{count:s.length})}</p>
      ${c.length?e`<h3 class="heading">${n(`runbooks.used`)}</h3>${u(c)}`:o}
      ${l.length?e`${c.length?e`<h3 class="heading">${n(`runbooks.others`)}</h3>`:o}${u(l)}`:o}
    </div>`}renderOne(t){let{t:n,now:r,language:i}=this.ctx,a=this.statistics(t.id);return e`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(t.title)}</h2>
        <p class="small quiet">${t.id} · ${n(`runbook.version`,{version:t.version})}</p>
        <div lang=${t.language}>${_(t.text)}</div>
        ${this.mayEdit&&this.source===null?e`<div class="row"><button @click=${()=>this.edit(t.id)}>${b(h)}${n(`runbook.edit`)}</button></div>`:o}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${n(`runbook.recipes`)}</h3>
        ${t.recipes.map(t=>{let s=a.filter(e=>e.recipe===t.id);return e`<div class="recipe">
            <p><strong>${this.ctx.name(t.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${t.steps.length?e`<p class="small quiet">${n(`runbook.steps`,{what:t.steps.map(this.ctx.name).join(` → `)})}</p>`:o}
            ${t.verify.length?e`<p class="small quiet">${n(`plan.verified_by`,{how:t.verify.map(this.ctx.name).join(`, `)})}</p>`:o}
            ${s.map(t=>e`<p>${y(t,n)}
                <span class="small quiet">${n(`runbook.version`,{version:t.version})}${t.last_at?e` · ${n(`runbook.last`,{when:u(t.last_at,r,i)})}`:o}</span></p>`)}
            ${s.length||t.kind!==`act`?o:e`<p class="small quiet">${n(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${t.symptoms.length?e`<section class="card content"><h3 class="title">${n(`runbook.symptoms`)}</h3>
            <ul class="small">${t.symptoms.map(t=>e`<li translate="no">${t}</li>`)}</ul></section>`:o}
      ${t.alerts.length+t.checks.length?e`<section class="card content"><h3 class="title">${n(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${t.checks.map(t=>e`<span class="chip wraps">${this.ctx.name(t)}</span>`)}
              ${t.alerts.map(t=>e`<span class="chip wraps" translate="no">${t}</span>`)}
            </p></section>`:o}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t}=this.ctx;return e`${this.source===null?o:e`<label style="display:block">${t(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.source=e.target.value}></textarea>
            </label>
            <p class="small quiet">${t(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy} @click=${()=>this.save(!0)}>${t(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy} @click=${()=>this.save(!1)}>${t(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${t(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?e`<p>${this.answer}</p>`:o}</div>`}async edit(e){this.answer=``;try{this.source=(await g(this.ctx,`runbook_source`,{runbook_id:e})).source}catch(e){this.answer=m(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await g(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,await this.load()}catch(e){this.answer=m(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};r([n()],x.prototype,`runbooks`,void 0),r([n()],x.prototype,`text`,void 0),r([n()],x.prototype,`error`,void 0),r([n()],x.prototype,`canSave`,void 0),r([n()],x.prototype,`source`,void 0),r([n()],x.prototype,`answer`,void 0),r([n()],x.prototype,`isBusy`,void 0),x=r([l(`homelab-steward-runbooks`)],x);export{x as RunbooksPage};