import{$ as e,Ct as t,G as n,H as r,K as i,M as a,Q as o,U as s,dt as c,et as l,ht as u,kt as d,lt as f,mt as p,pn as m,pt as h,tt as g,xt as _}from"./shared-DJMK-k9p.js";var v=[`observe`,`ask`,`veto`,`auto`],y=e=>`${e.runbook_id}/${e.recipe}/${e.target_class}`,b=class extends r{constructor(...e){super(...e),this.levels=null,this.error=``,this.answer=null,this.isBusy=!1,this.load=async()=>{this.error=``;try{this.levels=(await s(this.ctx,`levels`,{language:this.ctx.hass.language})).levels}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...r.styles,o,u`
      .cell {
        padding: 12px 0;
      }
      .cell + .cell {
        border-top: 1px solid var(--divider-color);
      }
      .missing {
        margin: 2px 0 8px;
        list-style-position: inside;
      }
      .ladder {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin: 8px 0;
        padding: 0;
        list-style: none;
      }
      .ladder li {
        flex: 1 1 130px;
        padding: 6px 10px;
        border: 1px solid var(--divider-color);
        border-radius: 8px;
        color: var(--secondary-text-color);
        font-size: 13px;
      }
      .ladder li[aria-current] {
        border: 2px solid var(--primary-color);
        color: var(--primary-text-color);
        font-weight: 500;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return g(m,e(`state.error`),this.error,p`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.levels)return l(e);let t=this.levels.filter(e=>e.cells.length);if(!t.length)return g(m,e(`autonomy.empty`),e(`autonomy.empty_text`));let n=this.levels.length-t.length;return p`<div class="page">
      <h2 class="hidden">${e(`nav.autonomy`)}</h2>
      <p class="quiet">${e(`autonomy.text`)}</p>
      ${t.map(e=>this.renderRunbook(e))}
      ${n?p`<p class="quiet small">${e(`autonomy.others`,{count:n})}</p>`:h}
    </div>`}renderRunbook(e){return p`<section class="card content">
      <h3 class="title"><a href="${this.ctx.base}/runbooks/${e.id}">${e.title}</a></h3>
      ${e.cells.map(e=>this.renderCell(e))}
    </section>`}renderCell(e){let{t,now:n,language:r}=this.ctx,i=e=>e.toLocaleString(r,{maximumFractionDigits:1}),o=e.label.replaceAll(/\{\w+\}/g,`…`);return p`<div class="cell" role="group" aria-label="${o}, ${this.ctx.name(e.target_class)}">
      <p><strong>${o}</strong> <span class="chip">${this.ctx.name(e.target_class)}</span></p>
      <ol class="ladder" aria-label=${t(`autonomy.ladder`)}>
        ${v.map(n=>p`<li aria-current=${n===e.level?`step`:h}>${t(`autonomy.${n}`)}</li>`)}
      </ol>
      <p class="small">${e.automatic?t(`autonomy.harm`,{harmed:e.harmed,count:e.automatic,percent:i(e.harm_bound*100)}):t(`autonomy.no_automatic`)}${e.worse?p` · ${t(`autonomy.worse`,{count:e.worse})}`:h}</p>
      <p class="small quiet">${t(`autonomy.runs`,{good:e.good,bad:e.bad,unknown:e.unknown})}
        · ${t(`autonomy.evidence`,{evidence:i(e.evidence),undo:i(e.undo_evidence)})}
        ${e.since?p`· ${t(`autonomy.since`,{when:a(e.since,n,r)})}`:h}</p>
      ${this.renderMissing(e)}
      ${e.is_owner_only?p`<p class="small quiet">${t(`autonomy.owner_only`)}</p>`:h}
      ${this.renderButtons(e)}
      <div aria-live="polite">${this.answer?.key===y(e)?p`<p class="small">${this.answer.text}</p>`:h}</div>
    </div>`}renderMissing(t){let{t:n}=this.ctx;return t.level===`auto`?p`<p class="small quiet">${n(`autonomy.highest`)}</p>`:t.missing.length?p`<p class="small">${n(`autonomy.missing`)}</p>
      <ul class="small quiet missing">${t.missing.map(e=>p`<li>${e}</li>`)}</ul>`:p`<p class="row small">${e(d)} ${n(`autonomy.ready`)}</p>`}renderButtons(n){let{t:r,viewer:i,feed:a}=this.ctx;if(i.person?.role!==`owner`||!a.state?.connected)return h;let o=v.indexOf(n.level),s=n.missing.length?void 0:v[o+1],c=(t,i,a)=>p`<button ?disabled=${this.isBusy} @click=${()=>this.set(n,t)}>
      ${e(i)}${r(a,{level:r(`autonomy.${t}`)})}
    </button>`;return p`<div class="row wrap">
      ${v.slice(0,o).reverse().map(e=>c(e,_,`autonomy.lower`))}
      ${s?c(s,t,`autonomy.raise`):h}
    </div>`}async set(e,t){let{t:r,hass:i}=this.ctx,a=y(e),{runbook_id:o,recipe:c,target_class:l}=e;this.isBusy=!0;try{let{runbook:e,approval_ids:n}=await s(this.ctx,`set_level`,{runbook_id:o,recipe:c,target_class:l,level:t,language:i.language});this.levels=(this.levels??[]).map(t=>t.id===e.id?e:t),this.answer={key:a,text:r(n.length?`autonomy.requested`:`autonomy.saved`)}}catch(e){this.answer={key:a,text:n(e,r)}}finally{this.isBusy=!1}}};i([f()],b.prototype,`levels`,void 0),i([f()],b.prototype,`error`,void 0),i([f()],b.prototype,`answer`,void 0),i([f()],b.prototype,`isBusy`,void 0),b=i([c(`homelab-steward-autonomy`)],b);export{b as AutonomyPage};