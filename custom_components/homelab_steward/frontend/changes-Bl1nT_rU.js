import{$ as e,B as t,G as n,H as r,K as i,L as a,M as o,Mt as s,P as c,Q as l,Qt as u,U as d,Xt as f,Zt as p,_ as m,dt as h,f as g,g as _,h as v,ht as y,it as b,lt as x,m as S,mt as C,p as w,pt as T,tt as E,v as D}from"./shared-DYd2PHf_.js";var O=50,k=[1,3,7,14,30],A=7,j={safe:`good`,careful:`warning`,breaking:`bad`,unknown:`neutral`},M={held:`neutral`,ready:`info`,asked:`info`,deferred:`neutral`,applying:`info`,watching:`info`,done:`good`,went_back:`warning`,failed:`bad`,rejected:`neutral`,blocked:`bad`,gone:`neutral`},N=[`held`,`ready`,`deferred`],P=[`rejected`,`blocked`,`went_back`,`failed`],F=class extends r{constructor(...e){super(...e),this.older=[],this.filter=`all`,this.most=O,this.days=A,this.answer=``,this.isBusy=!1,this.select=e=>{this.filter=e.target.value,this.most=O}}static{this.styles=[...r.styles,l,y`
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
    `]}willUpdate(e){e.has(`item`)&&(this.answer=``)}updated(e){e.has(`item`)&&this.load(this.item)}render(){let{t:e,base:t}=this.ctx;if(!this.item)return this.renderList();let n=this.all.find(e=>e.id===this.item),r=C`<a class="button" href="${t}/changes">${e(`nav.changes`)}</a>`;return n?this.renderOne(n):E(p,e(`change.not_there`),``,r)}get all(){return m(this.ctx.feed.rows(`change`),this.older)}get mayChange(){return!!this.ctx.viewer.person&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(){let{t:e}=this.ctx,n=this.all;if(!n.length)return E(u,e(`change.empty`),e(`change.empty_text`));let r=S(n.filter(e=>_(e,this.filter)));return C`<div class="page">
      <h2 class="hidden">${e(`nav.changes`)}</h2>
      <div class="row wrap"><p class="grow quiet small" role="status">${e(`change.count`,{count:r.length})}</p>
        <select aria-label=${e(`change.filter`)} @change=${this.select}>
          ${g.map(t=>C`<option value=${t} ?selected=${this.filter===t}>${e(`change.filter_${t}`)}</option>`)}
        </select></div>
      ${r.length?C`<ul class="card list">${t(r.slice(0,this.most),e=>e.id,e=>C`<li>${this.renderItem(e)}</li>`)}</ul>`:C`<p class="quiet">${e(`change.none`)}</p>`}
      ${r.length>this.most?C`<p class="row" style="justify-content:center"><button @click=${()=>this.most+=O}>${e(`action.more`)}</button></p>`:T}
    </div>`}renderItem(e){let{base:t}=this.ctx;return C`<a class="item" href="${t}/changes/${e.id}">
      <span class="grow"><span class="title" style="display:block">${e.title}</span>
        <span class="quiet small text">${this.where(e)}${v(e)&&e.result?` · ${e.result}`:``}</span>
        <span class="chips">${this.renderChips(e)}</span></span>
    </a>`}where(e){let t=this.ctx.feed.row(`instance`,e.target.instance_id)?.name;return[e.target.name,...t&&t!==e.target.name?[t]:[],this.t(`change.source_${e.source}`)].join(` · `)}renderChips(t){let{t:n,now:r,language:i}=this.ctx,o=t.assessment?.level??`unknown`;return C`
      <span class="chip ${M[t.status]}"><span class="dot"></span>${n(`change.status_${t.status}`)}</span>
      <span class="chip ${j[o]}"><span class="dot"></span>${n(`change.level_${o}`)}</span>
      ${t.until&&!v(t)?C`<span class="chip" title=${c(t.until,i)}>${e(s)}${a(t.until,r,i)}</span>`:T}
      ${t.assessment?.security.length?C`<span class="chip info"><span class="dot"></span>${n(`change.security`)}</span>`:T}
    `}renderOne(e){return C`<div class="page">
      <section class="card content">
        <h2 class="title">${e.title}</h2>
        <p class="small quiet text">${this.where(e)}</p>
        <div class="chips">${this.renderChips(e)}</div>
        ${e.reason?C`<p class="text">${e.reason}</p>`:T}
        ${e.result?C`<p class="text">${e.result}</p>`:T}
        ${this.renderLinks(e)}${this.renderButtons(e)}
        <div aria-live="polite">${this.answer?C`<p>${this.answer}</p>`:T}</div>
      </section>
      ${this.renderAssessment(e)}${this.renderFacts(e)}${this.renderNotes(e)}
      ${this.renderOthers(`change.wave`,D(this.all,e),e)}
      ${this.renderOthers(`change.history`,w(this.all,e),e)}
    </div>`}renderLinks(t){let{t:n,base:r,feed:i}=this.ctx,a=t.status===`asked`&&i.row(`approval`,t.approval_id),o=t.incident_id&&v(t);return!a&&!o&&!t.url?T:C`<div class="row wrap">
      ${a?C`<a class="button" href="${r}/request/${t.approval_id}">${n(`change.decide`)}</a>`:T}
      ${o?C`<a class="button" href="${r}/incident/${t.incident_id}">${n(`change.incident`)}</a>`:T}
      ${t.url&&/^https?:\/\//i.test(t.url)?C`<a class="button" href=${t.url} target="_blank" rel="noreferrer noopener">${e(f)}${n(`change.page`)}</a>`:T}
    </div>`}renderButtons(e){let{t}=this.ctx;return P.includes(e.status)?C`<div class="row wrap"><button ?disabled=${!this.mayChange} @click=${()=>this.change(`offer_change`,e)}>${t(`change.offer`)}</button></div>`:N.includes(e.status)?C`<div class="row wrap">
      <button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`ask_change`,e)}>${t(`change.ask`)}</button>
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`reject_change`,e)}>${t(`change.reject`)}</button>
    </div>
    <div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`defer_change`,e,{days:this.days})}>${t(`change.defer`)}</button>
      <select aria-label=${t(`change.defer_for`)} @change=${e=>this.days=Number(e.target.value)}>
        ${k.map(e=>C`<option value=${e} ?selected=${e===this.days}>${t(`change.days`,{count:e})}</option>`)}
      </select>
    </div>`:T}renderAssessment(e){let{t}=this.ctx,n=e.assessment;return n?C`<section class="card content">
      <h3 class="title">${t(`change.judgement`)}: ${t(`change.level_${n.level}`)}</h3>
      ${n.summary?C`<p class="text">${n.summary}</p>`:T}
      ${this.renderLines(``,n.reasons)}
      ${this.renderLines(`change.breaking`,n.breaking)}
      ${this.renderLines(`change.security`,n.security)}
      ${this.renderLines(`change.matches`,n.matches)}
      ${n.missing?C`<p class="row warning"><span class="dot"></span><span class="grow text">${n.missing}</span></p>`:T}
    </section>`:C`<section class="card content"><h3 class="title">${t(`change.judgement`)}</h3><p>${t(`change.not_judged`)}</p></section>`}renderLines(e,t){return t.length?C`${e?C`<h4 class="title">${this.t(e)}</h4>`:T}
      <ul class="lines">${t.map(e=>C`<li class="text">${e}</li>`)}</ul>`:T}renderFacts(e){let{t,now:n,language:r}=this.ctx,i=[[`change.way_back`,e.way_back_text||t(`change.way_back_${e.way_back}`)],[`change.kept`,e.kept],[`change.until`,e.until&&!v(e)?o(e.until,n,r):null],[`change.found`,o(e.found_at,n,r)],...this.ages(e.assessment),[`change.group`,e.group]].filter(([,e])=>e!=null&&e!==``);return C`<section class="card content">
      <h3 class="title">${t(`change.packages`)}</h3>
      <table class="versions"><tbody>
        ${e.packages.map(e=>C`<tr><th scope="row">${e.name}</th><td>${e.old??t(`change.unknown_version`)} → ${e.new}</td><td>${t(`change.distance_${e.distance}`)}</td></tr>`)}
      </tbody></table>
      <dl class="small">${i.map(([e,n])=>C`<dt>${t(e)}</dt><dd class="text">${n}</dd>`)}</dl>
    </section>`}ages(e){let t=e=>e==null?null:this.t(`change.days`,{count:e});return[[`change.age`,t(e?.age_days)],[`change.stable`,t(e?.stable_days)]]}renderNotes(e){let t=e.assessment?.notes;return t?C`<section class="card content"><details>${b(this.t(`change.notes`))}<pre tabindex="0">${t}</pre></details></section>`:T}renderOthers(e,t,n){return t.length?C`<h3 class="heading">${this.t(e)}</h3>
      <ol class="card list">${t.map(e=>C`<li aria-current=${e.id===n.id?`true`:T}>${this.renderItem(e)}</li>`)}</ol>`:T}async change(e,t,r={}){this.isBusy=!0,this.answer=``;try{let n=await d(this.ctx,e,{change_id:t.id,...r});this.ctx.feed.put(`change`,n.id,n),this.answer=this.t(`change.did_${e}`)}catch(e){this.answer=n(e,this.t)}finally{this.isBusy=!1}}async load(e){try{let t=await d(this.ctx,`changes`,{is_all:!0,...e?{begins:e}:{}});this.older=m(t.changes,this.older)}catch(e){this.answer=n(e,this.t)}}};i([x()],F.prototype,`older`,void 0),i([x()],F.prototype,`filter`,void 0),i([x()],F.prototype,`most`,void 0),i([x()],F.prototype,`days`,void 0),i([x()],F.prototype,`answer`,void 0),i([x()],F.prototype,`isBusy`,void 0),F=i([h(`homelab-steward-changes`)],F);export{F as ChangesPage};