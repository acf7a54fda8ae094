import{Et as e,G as t,J as n,Nt as r,P as i,W as a,_n as o,_t as s,et as c,ft as l,gt as u,mt as d,nt as f,q as p,rt as m,tt as h,vt as g,wt as _}from"./shared-ecpPzQbY.js";var v=[`observe`,`ask`,`veto`,`auto`],y=e=>`${e.runbook_id}/${e.recipe}/${e.target_class}`,b=class extends a{constructor(...e){super(...e),this.levels=null,this.error=``,this.answer=null,this.isBusy=!1,this.load=async()=>{this.error=``;try{this.levels=(await t(this.ctx,`levels`,{language:this.ctx.hass.language})).levels}catch(e){this.error=p(e,this.ctx.t)}}}static{this.styles=[...a.styles,c,g`
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
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return m(o,e(`state.error`),this.error,s`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.levels)return f(e);let t=this.levels.filter(e=>e.cells.length);if(!t.length)return m(o,e(`autonomy.empty`),e(`autonomy.empty_text`));let n=this.levels.length-t.length;return s`<div class="page">
      <h2 class="hidden">${e(`nav.autonomy`)}</h2>
      <p class="quiet">${e(`autonomy.text`)}</p>
      ${t.map(e=>this.renderRunbook(e))}
      ${n?s`<p class="quiet small">${e(`autonomy.others`,{count:n})}</p>`:u}
    </div>`}renderRunbook(e){return s`<section class="card content">
      <h3 class="title"><a href="${this.ctx.base}/runbooks/${e.id}">${e.title}</a></h3>
      ${e.cells.map(e=>this.renderCell(e))}
    </section>`}renderCell(e){let{t,now:n,language:r}=this.ctx,a=e=>e.toLocaleString(r,{maximumFractionDigits:1}),o=e.label.replaceAll(/\{\w+\}/g,`…`);return s`<div class="cell" role="group" aria-label="${o}, ${this.ctx.name(e.target_class)}">
      <p><strong>${o}</strong> <span class="chip">${this.ctx.name(e.target_class)}</span></p>
      <ol class="ladder" aria-label=${t(`autonomy.ladder`)}>
        ${v.map(n=>s`<li aria-current=${n===e.level?`step`:u}>${t(`autonomy.${n}`)}</li>`)}
      </ol>
      <p class="small">${e.automatic?t(`autonomy.harm`,{harmed:e.harmed,count:e.automatic,percent:a(e.harm_bound*100)}):t(`autonomy.no_automatic`)}${e.worse?s` · ${t(`autonomy.worse`,{count:e.worse})}`:u}</p>
      <p class="small quiet">${t(`autonomy.runs`,{good:e.good,bad:e.bad,unknown:e.unknown})}
        · ${t(`autonomy.evidence`,{evidence:a(e.evidence),undo:a(e.undo_evidence)})}
        ${e.since?s`· ${t(`autonomy.since`,{when:i(e.since,n,r)})}`:u}</p>
      ${this.renderMissing(e)}
      ${e.is_owner_only?s`<p class="small quiet">${t(`autonomy.owner_only`)}</p>`:u}
      ${this.renderButtons(e)}
      <div aria-live="polite">${this.answer?.key===y(e)?s`<p class="small">${this.answer.text}</p>`:u}</div>
    </div>`}renderMissing(e){let{t}=this.ctx;return e.level===`auto`?s`<p class="small quiet">${t(`autonomy.highest`)}</p>`:e.missing.length?s`<p class="small">${t(`autonomy.missing`)}</p>
      <ul class="small quiet missing">${e.missing.map(e=>s`<li>${e}</li>`)}</ul>`:s`<p class="row small">${h(r)} ${t(`autonomy.ready`)}</p>`}renderButtons(t){let{t:n,viewer:r,feed:i}=this.ctx;if(r.person?.role!==`owner`||!i.state?.connected)return u;let a=v.indexOf(t.level),o=t.missing.length?void 0:v[a+1],c=(e,r,i)=>s`<button ?disabled=${this.isBusy} @click=${()=>this.set(t,e)}>
      ${h(r)}${n(i,{level:n(`autonomy.${e}`)})}
    </button>`;return s`<div class="row wrap">
      ${v.slice(0,a).reverse().map(e=>c(e,_,`autonomy.lower`))}
      ${o?c(o,e,`autonomy.raise`):u}
    </div>`}async set(e,n){let{t:r,hass:i}=this.ctx,a=y(e),{runbook_id:o,recipe:s,target_class:c}=e;this.isBusy=!0;try{let{runbook:e,approval_ids:l}=await t(this.ctx,`set_level`,{runbook_id:o,recipe:s,target_class:c,level:n,language:i.language});this.levels=(this.levels??[]).map(t=>t.id===e.id?e:t),this.answer={key:a,text:r(l.length?`autonomy.requested`:`autonomy.saved`)}}catch(e){this.answer={key:a,text:p(e,r)}}finally{this.isBusy=!1}}};n([l()],b.prototype,`levels`,void 0),n([l()],b.prototype,`error`,void 0),n([l()],b.prototype,`answer`,void 0),n([l()],b.prototype,`isBusy`,void 0),b=n([d(`homelab-steward-autonomy`)],b);export{b as AutonomyPage};