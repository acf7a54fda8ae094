import{A as e,B as t,Et as n,Gt as r,H as i,Kt as a,L as o,M as s,P as c,Q as l,U as u,Wt as d,X as f,Y as p,ct as m,d as h,dt as g,f as _,ft as v,g as y,h as b,m as x,ot as S,p as C,tt as w,ut as T,z as E}from"./shared-BLrf8IzR.js";var D=50,O=[1,3,7,14,30],k=7,A={safe:`good`,careful:`warning`,breaking:`bad`,unknown:`neutral`},j={held:`neutral`,ready:`info`,asked:`info`,deferred:`neutral`,applying:`info`,watching:`info`,done:`good`,went_back:`warning`,failed:`bad`,rejected:`neutral`,blocked:`bad`,gone:`neutral`},M=[`held`,`ready`,`deferred`],N=[`rejected`,`blocked`,`went_back`,`failed`],P=class extends E{constructor(...e){super(...e),this.older=[],this.filter=`all`,this.most=D,this.days=k,this.answer=``,this.isBusy=!1,this.select=e=>{this.filter=e.target.value,this.most=D}}static{this.styles=[...E.styles,p,v`
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
    `]}willUpdate(e){e.has(`item`)&&(this.answer=``)}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(!this.item)return this.renderList();let n=this.all.find(e=>e.id===this.item),i=g`<a class="button" href="${t}/changes">${e(`nav.changes`)}</a>`;return n?this.renderOne(n):l(r,e(`change.not_there`),``,i)}get all(){let e=this.ctx.feed.rows(`change`),t=new Set(e.map(e=>e.id));return[...e,...this.older.filter(e=>!t.has(e.id))]}get mayChange(){return!!this.ctx.viewer.person&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(){let{t:e}=this.ctx,t=this.all;if(!t.length)return l(a,e(`change.empty`),e(`change.empty_text`));let n=C(t.filter(e=>b(e,this.filter)));return g`<div class="page">
      <h2 class="hidden">${e(`nav.changes`)}</h2>
      <div class="row wrap"><p class="grow quiet small" role="status">${e(`change.count`,{count:n.length})}</p>
        <select aria-label=${e(`change.filter`)} @change=${this.select}>
          ${h.map(t=>g`<option value=${t} ?selected=${this.filter===t}>${e(`change.filter_${t}`)}</option>`)}
        </select></div>
      ${n.length?g`<ul class="card list">${o(n.slice(0,this.most),e=>e.id,e=>g`<li>${this.renderItem(e)}</li>`)}</ul>`:g`<p class="quiet">${e(`change.none`)}</p>`}
      ${n.length>this.most?g`<p class="row" style="justify-content:center"><button @click=${()=>this.most+=D}>${e(`action.more`)}</button></p>`:T}
    </div>`}renderItem(e){let{base:t}=this.ctx;return g`<a class="item" href="${t}/changes/${e.id}">
      <span class="grow"><span class="title" style="display:block">${e.title}</span>
        <span class="quiet small text">${this.where(e)}${x(e)&&e.result?` · ${e.result}`:``}</span>
        <span class="chips">${this.renderChips(e)}</span></span>
    </a>`}where(e){let t=this.ctx.feed.row(`instance`,e.target.instance_id)?.name;return[e.target.name,...t&&t!==e.target.name?[t]:[],this.t(`change.source_${e.source}`)].join(` · `)}renderChips(e){let{t,now:r,language:i}=this.ctx,a=e.assessment?.level??`unknown`;return g`
      <span class="chip ${j[e.status]}"><span class="dot"></span>${t(`change.status_${e.status}`)}</span>
      <span class="chip ${A[a]}"><span class="dot"></span>${t(`change.level_${a}`)}</span>
      ${e.until&&!x(e)?g`<span class="chip" title=${s(e.until,i)}>${f(n)}${c(e.until,r,i)}</span>`:T}
      ${e.assessment?.security.length?g`<span class="chip info"><span class="dot"></span>${t(`change.security`)}</span>`:T}
    `}renderOne(e){return g`<div class="page">
      <section class="card content">
        <h2 class="title">${e.title}</h2>
        <p class="small quiet text">${this.where(e)}</p>
        <div class="chips">${this.renderChips(e)}</div>
        ${e.reason?g`<p class="text">${e.reason}</p>`:T}
        ${e.result?g`<p class="text">${e.result}</p>`:T}
        ${this.renderLinks(e)}${this.renderButtons(e)}
        <div aria-live="polite">${this.answer?g`<p>${this.answer}</p>`:T}</div>
      </section>
      ${this.renderAssessment(e)}${this.renderFacts(e)}${this.renderNotes(e)}
      ${this.renderOthers(`change.wave`,y(this.all,e),e)}
      ${this.renderOthers(`change.history`,_(this.all,e),e)}
    </div>`}renderLinks(e){let{t,base:n,feed:r}=this.ctx,i=e.status===`asked`&&r.row(`approval`,e.approval_id),a=e.incident_id&&x(e);return!i&&!a&&!e.url?T:g`<div class="row wrap">
      ${i?g`<a class="button" href="${n}/request/${e.approval_id}">${t(`change.decide`)}</a>`:T}
      ${a?g`<a class="button" href="${n}/incident/${e.incident_id}">${t(`change.incident`)}</a>`:T}
      ${e.url&&/^https?:\/\//i.test(e.url)?g`<a class="button" href=${e.url} target="_blank" rel="noreferrer noopener">${f(d)}${t(`change.page`)}</a>`:T}
    </div>`}renderButtons(e){let{t}=this.ctx;return N.includes(e.status)?g`<div class="row wrap"><button ?disabled=${!this.mayChange} @click=${()=>this.change(`offer_change`,e)}>${t(`change.offer`)}</button></div>`:M.includes(e.status)?g`<div class="row wrap">
      <button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`ask_change`,e)}>${t(`change.ask`)}</button>
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`reject_change`,e)}>${t(`change.reject`)}</button>
    </div>
    <div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`defer_change`,e,{days:this.days})}>${t(`change.defer`)}</button>
      <select aria-label=${t(`change.defer_for`)} @change=${e=>this.days=Number(e.target.value)}>
        ${O.map(e=>g`<option value=${e} ?selected=${e===this.days}>${t(`change.days`,{count:e})}</option>`)}
      </select>
    </div>`:T}renderAssessment(e){let{t}=this.ctx,n=e.assessment;return n?g`<section class="card content">
      <h3 class="title">${t(`change.judgement`)}: ${t(`change.level_${n.level}`)}</h3>
      ${n.summary?g`<p class="text">${n.summary}</p>`:T}
      ${this.renderLines(``,n.reasons)}
      ${this.renderLines(`change.breaking`,n.breaking)}
      ${this.renderLines(`change.security`,n.security)}
      ${this.renderLines(`change.matches`,n.matches)}
      ${n.missing?g`<p class="row warning"><span class="dot"></span><span class="grow text">${n.missing}</span></p>`:T}
    </section>`:g`<section class="card content"><h3 class="title">${t(`change.judgement`)}</h3><p>${t(`change.not_judged`)}</p></section>`}renderLines(e,t){return t.length?g`${e?g`<h4 class="title">${this.t(e)}</h4>`:T}
      <ul class="lines">${t.map(e=>g`<li class="text">${e}</li>`)}</ul>`:T}renderFacts(t){let{t:n,now:r,language:i}=this.ctx,a=[[`change.way_back`,t.way_back_text||n(`change.way_back_${t.way_back}`)],[`change.kept`,t.kept],[`change.until`,t.until&&!x(t)?e(t.until,r,i):null],[`change.found`,e(t.found_at,r,i)],...this.ages(t.assessment),[`change.group`,t.group]].filter(([,e])=>e!=null&&e!==``);return g`<section class="card content">
      <h3 class="title">${n(`change.packages`)}</h3>
      <table class="versions"><tbody>
        ${t.packages.map(e=>g`<tr><th scope="row">${e.name}</th><td>${e.old??n(`change.unknown_version`)} → ${e.new}</td><td>${n(`change.distance_${e.distance}`)}</td></tr>`)}
      </tbody></table>
      <dl class="small">${a.map(([e,t])=>g`<dt>${n(e)}</dt><dd class="text">${t}</dd>`)}</dl>
    </section>`}ages(e){let t=e=>e==null?null:this.t(`change.days`,{count:e});return[[`change.age`,t(e?.age_days)],[`change.stable`,t(e?.stable_days)]]}renderNotes(e){let t=e.assessment?.notes;return t?g`<section class="card content"><details>${w(this.t(`change.notes`))}<pre tabindex="0">${t}</pre></details></section>`:T}renderOthers(e,t,n){return t.length?g`<h3 class="heading">${this.t(e)}</h3>
      <ol class="card list">${t.map(e=>g`<li aria-current=${e.id===n.id?`true`:T}>${this.renderItem(e)}</li>`)}</ol>`:T}async change(e,n,r={}){this.isBusy=!0,this.answer=``;try{let i=await t(this.ctx,e,{change_id:n.id,...r});this.ctx.feed.put(`change`,i.id,i),this.answer=this.t(`change.did_${e}`)}catch(e){this.answer=i(e,this.t)}finally{this.isBusy=!1}}async load(){try{this.older=(await t(this.ctx,`changes`,{is_all:!0})).changes}catch(e){this.answer=i(e,this.t)}}};u([S()],P.prototype,`older`,void 0),u([S()],P.prototype,`filter`,void 0),u([S()],P.prototype,`most`,void 0),u([S()],P.prototype,`days`,void 0),u([S()],P.prototype,`answer`,void 0),u([S()],P.prototype,`isBusy`,void 0),P=u([m(`homelab-steward-changes`)],P);export{P as ChangesPage};