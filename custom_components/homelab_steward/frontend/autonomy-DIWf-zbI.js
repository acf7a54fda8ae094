import{$ as e,Ct as t,K as n,Mt as r,N as i,Tt as a,U as o,W as s,_t as c,dt as l,et as u,gn as d,gt as f,ht as p,nt as m,pt as h,q as g,tt as _}from"./shared-Sda02QKL.js";var v=[`observe`,`ask`,`veto`,`auto`],y=e=>`${e.runbook_id}/${e.recipe}/${e.target_class}`,b=class extends o{constructor(...e){super(...e),this.levels=null,this.error=``,this.answer=null,this.isBusy=!1,this.load=async()=>{this.error=``;try{this.levels=(await s(this.ctx,`levels`,{language:this.ctx.hass.language})).levels}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...o.styles,e,c`
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
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return m(d,e(`state.error`),this.error,f`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.levels)return _(e);let t=this.levels.filter(e=>e.cells.length);if(!t.length)return m(d,e(`autonomy.empty`),e(`autonomy.empty_text`));let n=this.levels.length-t.length;return f`<div class="page">
      <h2 class="hidden">${e(`nav.autonomy`)}</h2>
      <p class="quiet">${e(`autonomy.text`)}</p>
      ${t.map(e=>this.renderRunbook(e))}
      ${n?f`<p class="quiet small">${e(`autonomy.others`,{count:n})}</p>`:p}
    </div>`}renderRunbook(e){return f`<section class="card content">
      <h3 class="title"><a href="${this.ctx.base}/runbooks/${e.id}">${e.title}</a></h3>
      ${e.cells.map(e=>this.renderCell(e))}
    </section>`}renderCell(e){let{t,now:n,language:r}=this.ctx,a=e=>e.toLocaleString(r,{maximumFractionDigits:1}),o=e.label.replaceAll(/\{\w+\}/g,`…`);return f`<div class="cell" role="group" aria-label="${o}, ${this.ctx.name(e.target_class)}">
      <p><strong>${o}</strong> <span class="chip">${this.ctx.name(e.target_class)}</span></p>
      <ol class="ladder" aria-label=${t(`autonomy.ladder`)}>
        ${v.map(n=>f`<li aria-current=${n===e.level?`step`:p}>${t(`autonomy.${n}`)}</li>`)}
      </ol>
      <p class="small">${e.automatic?t(`autonomy.harm`,{harmed:e.harmed,count:e.automatic,percent:a(e.harm_bound*100)}):t(`autonomy.no_automatic`)}${e.worse?f` · ${t(`autonomy.worse`,{count:e.worse})}`:p}</p>
      <p class="small quiet">${t(`autonomy.runs`,{good:e.good,bad:e.bad,unknown:e.unknown})}
        · ${t(`autonomy.evidence`,{evidence:a(e.evidence),undo:a(e.undo_evidence)})}
        ${e.since?f`· ${t(`autonomy.since`,{when:i(e.since,n,r)})}`:p}</p>
      ${this.renderMissing(e)}
      ${e.is_owner_only?f`<p class="small quiet">${t(`autonomy.owner_only`)}</p>`:p}
      ${this.renderButtons(e)}
      <div aria-live="polite">${this.answer?.key===y(e)?f`<p class="small">${this.answer.text}</p>`:p}</div>
    </div>`}renderMissing(e){let{t}=this.ctx;return e.level===`auto`?f`<p class="small quiet">${t(`autonomy.highest`)}</p>`:e.missing.length?f`<p class="small">${t(`autonomy.missing`)}</p>
      <ul class="small quiet missing">${e.missing.map(e=>f`<li>${e}</li>`)}</ul>`:f`<p class="row small">${u(r)} ${t(`autonomy.ready`)}</p>`}renderButtons(e){let{t:n,viewer:r,feed:i}=this.ctx;if(r.person?.role!==`owner`||!i.state?.connected)return p;let o=v.indexOf(e.level),s=e.missing.length?void 0:v[o+1],c=(t,r,i)=>f`<button ?disabled=${this.isBusy} @click=${()=>this.set(e,t)}>
      ${u(r)}${n(i,{level:n(`autonomy.${t}`)})}
    </button>`;return f`<div class="row wrap">
      ${v.slice(0,o).reverse().map(e=>c(e,t,`autonomy.lower`))}
      ${s?c(s,a,`autonomy.raise`):p}
    </div>`}async set(e,t){let{t:r,hass:i}=this.ctx,a=y(e),{runbook_id:o,recipe:c,target_class:l}=e;this.isBusy=!0;try{let{runbook:e,approval_ids:n}=await s(this.ctx,`set_level`,{runbook_id:o,recipe:c,target_class:l,level:t,language:i.language});this.levels=(this.levels??[]).map(t=>t.id===e.id?e:t),this.answer={key:a,text:r(n.length?`autonomy.requested`:`autonomy.saved`)}}catch(e){this.answer={key:a,text:n(e,r)}}finally{this.isBusy=!1}}};g([l()],b.prototype,`levels`,void 0),g([l()],b.prototype,`error`,void 0),g([l()],b.prototype,`answer`,void 0),g([l()],b.prototype,`isBusy`,void 0),b=g([h(`homelab-steward-autonomy`)],b);export{b as AutonomyPage};