import{$ as e,B as t,Dt as n,F as r,Gt as i,Kt as a,N as o,R as s,U as c,V as l,W as u,X as d,Z as f,_ as p,d as m,dt as h,f as g,ft as _,g as v,h as y,j as b,lt as x,m as S,nt as C,p as w,pt as T,qt as E,st as D}from"./shared-nRrs-VXQ.js";var O=50,k=[1,3,7,14,30],A=7,j={safe:`good`,careful:`warning`,breaking:`bad`,unknown:`neutral`},M={held:`neutral`,ready:`info`,asked:`info`,deferred:`neutral`,applying:`info`,watching:`info`,done:`good`,went_back:`warning`,failed:`bad`,rejected:`neutral`,blocked:`bad`,gone:`neutral`},N=[`held`,`ready`,`deferred`],P=[`rejected`,`blocked`,`went_back`,`failed`],F=class extends t{constructor(...e){super(...e),this.older=[],this.filter=`all`,this.most=O,this.days=A,this.answer=``,this.isBusy=!1,this.select=e=>{this.filter=e.target.value,this.most=O}}static{this.styles=[...t.styles,d,T`
      .item {
        align-items: flex-start;
      }
      h4 {
        margin: 4px 0 -4px;
      }
      ul.list > li {
        content-visibility: auto;
        contain-intrinsic-size: auto 84px;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 4px;
      }
      ul.lines {
        padding-inline-start: 20px;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
      }
      dt {
        color: var(--secondary-text-color);
      }
      .versions :is(th, td) {
        padding-inline: 0 12px;
        border-bottom: none;
      }
      [aria-current] {
        background: color-mix(in srgb, var(--primary-color) 10%, transparent);
      }
      [aria-current] .quiet {
        color: inherit;
      }
    `]}willUpdate(e){e.has(`item`)&&(this.answer=``)}updated(e){e.has(`item`)&&this.load(this.item)}render(){let{t,base:n}=this.ctx;if(!this.item)return this.renderList();let r=this.all.find(e=>e.id===this.item),i=_`<a class="button" href="${n}/changes">${t(`nav.changes`)}</a>`;return r?this.renderOne(r):e(a,t(`change.not_there`),``,i)}get all(){return v(this.ctx.feed.rows(`change`),this.older)}get mayChange(){return!!this.ctx.viewer.person&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(){let{t}=this.ctx,n=this.all;if(!n.length)return e(E,t(`change.empty`),t(`change.empty_text`));let r=w(n.filter(e=>y(e,this.filter)));return _`<div class="page">
      <h2 class="hidden">${t(`nav.changes`)}</h2>
      <div class="row wrap"><p class="grow quiet small" role="status">${t(`change.count`,{count:r.length})}</p>
        <select aria-label=${t(`change.filter`)} @change=${this.select}>
          ${m.map(e=>_`<option value=${e} ?selected=${this.filter===e}>${t(`change.filter_${e}`)}</option>`)}
        </select></div>
      ${r.length?_`<ul class="card list">${s(r.slice(0,this.most),e=>e.id,e=>_`<li>${this.renderItem(e)}</li>`)}</ul>`:_`<p class="quiet">${t(`change.none`)}</p>`}
      ${r.length>this.most?_`<p class="row" style="justify-content:center"><button @click=${()=>this.most+=O}>${t(`action.more`)}</button></p>`:h}
    </div>`}renderItem(e){let{base:t}=this.ctx;return _`<a class="item" href="${t}/changes/${e.id}">
      <span class="grow"><span class="title" style="display:block">${e.title}</span>
        <span class="quiet small text">${this.where(e)}${S(e)&&e.result?` · ${e.result}`:``}</span>
        <span class="chips">${this.renderChips(e)}</span></span>
    </a>`}where(e){let t=this.ctx.feed.row(`instance`,e.target.instance_id)?.name;return[e.target.name,...t&&t!==e.target.name?[t]:[],this.t(`change.source_${e.source}`)].join(` · `)}renderChips(e){let{t,now:i,language:a}=this.ctx,s=e.assessment?.level??`unknown`;return _`
      <span class="chip ${M[e.status]}"><span class="dot"></span>${t(`change.status_${e.status}`)}</span>
      <span class="chip ${j[s]}"><span class="dot"></span>${t(`change.level_${s}`)}</span>
      ${e.until&&!S(e)?_`<span class="chip" title=${o(e.until,a)}>${f(n)}${r(e.until,i,a)}</span>`:h}
      ${e.assessment?.security.length?_`<span class="chip info"><span class="dot"></span>${t(`change.security`)}</span>`:h}
    `}renderOne(e){return _`<div class="page">
      <section class="card content">
        <h2 class="title">${e.title}</h2>
        <p class="small quiet text">${this.where(e)}</p>
        <div class="chips">${this.renderChips(e)}</div>
        ${e.reason?_`<p class="text">${e.reason}</p>`:h}
        ${e.result?_`<p class="text">${e.result}</p>`:h}
        ${this.renderLinks(e)}${this.renderButtons(e)}
        <div aria-live="polite">${this.answer?_`<p>${this.answer}</p>`:h}</div>
      </section>
      ${this.renderAssessment(e)}${this.renderFacts(e)}${this.renderNotes(e)}
      ${this.renderOthers(`change.wave`,p(this.all,e),e)}
      ${this.renderOthers(`change.history`,g(this.all,e),e)}
    </div>`}renderLinks(e){let{t,base:n,feed:r}=this.ctx,a=e.status===`asked`&&r.row(`approval`,e.approval_id),o=e.incident_id&&S(e);return!a&&!o&&!e.url?h:_`<div class="row wrap">
      ${a?_`<a class="button" href="${n}/request/${e.approval_id}">${t(`change.decide`)}</a>`:h}
      ${o?_`<a class="button" href="${n}/incident/${e.incident_id}">${t(`change.incident`)}</a>`:h}
      ${e.url&&/^https?:\/\//i.test(e.url)?_`<a class="button" href=${e.url} target="_blank" rel="noreferrer noopener">${f(i)}${t(`change.page`)}</a>`:h}
    </div>`}renderButtons(e){let{t}=this.ctx;return P.includes(e.status)?_`<div class="row wrap"><button ?disabled=${!this.mayChange} @click=${()=>this.change(`offer_change`,e)}>${t(`change.offer`)}</button></div>`:N.includes(e.status)?_`<div class="row wrap">
      <button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`ask_change`,e)}>${t(`change.ask`)}</button>
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`reject_change`,e)}>${t(`change.reject`)}</button>
    </div>
    <div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`defer_change`,e,{days:this.days})}>${t(`change.defer`)}</button>
      <select aria-label=${t(`change.defer_for`)} @change=${e=>this.days=Number(e.target.value)}>
        ${k.map(e=>_`<option value=${e} ?selected=${e===this.days}>${t(`change.days`,{count:e})}</option>`)}
      </select>
    </div>`:h}renderAssessment(e){let{t}=this.ctx,n=e.assessment;return n?_`<section class="card content">
      <h3 class="title">${t(`change.judgement`)}: ${t(`change.level_${n.level}`)}</h3>
      ${n.summary?_`<p class="text">${n.summary}</p>`:h}
      ${this.renderLines(``,n.reasons)}
      ${this.renderLines(`change.breaking`,n.breaking)}
      ${this.renderLines(`change.security`,n.security)}
      ${this.renderLines(`change.matches`,n.matches)}
      ${n.missing?_`<p class="row warning"><span class="dot"></span><span class="grow text">${n.missing}</span></p>`:h}
    </section>`:_`<section class="card content"><h3 class="title">${t(`change.judgement`)}</h3><p>${t(`change.not_judged`)}</p></section>`}renderLines(e,t){return t.length?_`${e?_`<h4 class="title">${this.t(e)}</h4>`:h}
      <ul class="lines">${t.map(e=>_`<li class="text">${e}</li>`)}</ul>`:h}renderFacts(e){let{t,now:n,language:r}=this.ctx,i=[[`change.way_back`,e.way_back_text||t(`change.way_back_${e.way_back}`)],[`change.kept`,e.kept],[`change.until`,e.until&&!S(e)?b(e.until,n,r):null],[`change.found`,b(e.found_at,n,r)],...this.ages(e.assessment),[`change.group`,e.group]].filter(([,e])=>e!=null&&e!==``);return _`<section class="card content">
      <h3 class="title">${t(`change.packages`)}</h3>
      <table class="versions"><tbody>
        ${e.packages.map(e=>_`<tr><th scope="row">${e.name}</th><td>${e.old??t(`change.unknown_version`)} → ${e.new}</td><td>${t(`change.distance_${e.distance}`)}</td></tr>`)}
      </tbody></table>
      <dl class="small">${i.map(([e,n])=>_`<dt>${t(e)}</dt><dd class="text">${n}</dd>`)}</dl>
    </section>`}ages(e){let t=e=>e==null?null:this.t(`change.days`,{count:e});return[[`change.age`,t(e?.age_days)],[`change.stable`,t(e?.stable_days)]]}renderNotes(e){let t=e.assessment?.notes;return t?_`<section class="card content"><details>${C(this.t(`change.notes`))}<pre tabindex="0">${t}</pre></details></section>`:h}renderOthers(e,t,n){return t.length?_`<h3 class="heading">${this.t(e)}</h3>
      <ol class="card list">${t.map(e=>_`<li aria-current=${e.id===n.id?`true`:h}>${this.renderItem(e)}</li>`)}</ol>`:h}async change(e,t,n={}){this.isBusy=!0,this.answer=``;try{let r=await l(this.ctx,e,{change_id:t.id,...n});this.ctx.feed.put(`change`,r.id,r),this.answer=this.t(`change.did_${e}`)}catch(e){this.answer=c(e,this.t)}finally{this.isBusy=!1}}async load(e){try{let t=await l(this.ctx,`changes`,{is_all:!0,...e?{begins:e}:{}});this.older=v(t.changes,this.older)}catch(e){this.answer=c(e,this.t)}}};u([D()],F.prototype,`older`,void 0),u([D()],F.prototype,`filter`,void 0),u([D()],F.prototype,`most`,void 0),u([D()],F.prototype,`days`,void 0),u([D()],F.prototype,`answer`,void 0),u([D()],F.prototype,`isBusy`,void 0),F=u([x(`homelab-steward-changes`)],F);export{F as ChangesPage};