import{$ as e,B as t,G as n,H as r,K as i,L as a,M as o,Nt as s,P as c,Q as l,U as u,_ as d,dt as f,en as p,f as m,g as h,h as g,ht as _,it as v,lt as y,m as b,mt as x,nn as S,p as C,pt as w,tn as T,tt as E,v as D}from"./shared-DJMK-k9p.js";var O=50,k=[1,3,7,14,30],A=7,j={safe:`good`,careful:`warning`,breaking:`bad`,unknown:`neutral`},M={held:`neutral`,ready:`info`,asked:`info`,deferred:`neutral`,applying:`info`,watching:`info`,done:`good`,went_back:`warning`,failed:`bad`,rejected:`neutral`,blocked:`bad`,gone:`neutral`},N=[`held`,`ready`,`deferred`],P=[`rejected`,`blocked`,`went_back`,`failed`],F=class extends r{constructor(...e){super(...e),this.older=[],this.filter=`all`,this.most=O,this.days=A,this.answer=``,this.isBusy=!1,this.select=e=>{this.filter=e.target.value,this.most=O}}static{this.styles=[...r.styles,l,_`
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
    `]}willUpdate(e){e.has(`item`)&&(this.answer=``)}updated(e){e.has(`item`)&&this.load(this.item)}render(){let{t:e,base:t}=this.ctx;if(!this.item)return this.renderList();let n=this.all.find(e=>e.id===this.item),r=x`<a class="button" href="${t}/changes">${e(`nav.changes`)}</a>`;return n?this.renderOne(n):E(T,e(`change.not_there`),``,r)}get all(){return d(this.ctx.feed.rows(`change`),this.older)}get mayChange(){return!!this.ctx.viewer.person&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(){let{t:e}=this.ctx,n=this.all;if(!n.length)return E(S,e(`change.empty`),e(`change.empty_text`));let r=b(n.filter(e=>h(e,this.filter)));return x`<div class="page">
      <h2 class="hidden">${e(`nav.changes`)}</h2>
      <div class="row wrap"><p class="grow quiet small" role="status">${e(`change.count`,{count:r.length})}</p>
        <select aria-label=${e(`change.filter`)} @change=${this.select}>
          ${m.map(t=>x`<option value=${t} ?selected=${this.filter===t}>${e(`change.filter_${t}`)}</option>`)}
        </select></div>
      ${r.length?x`<ul class="card list">${t(r.slice(0,this.most),e=>e.id,e=>x`<li>${this.renderItem(e)}</li>`)}</ul>`:x`<p class="quiet">${e(`change.none`)}</p>`}
      ${r.length>this.most?x`<p class="row" style="justify-content:center"><button @click=${()=>this.most+=O}>${e(`action.more`)}</button></p>`:w}
    </div>`}renderItem(e){let{base:t}=this.ctx;return x`<a class="item" href="${t}/changes/${e.id}">
      <span class="grow"><span class="title" style="display:block">${e.title}</span>
        <span class="quiet small text">${this.where(e)}${g(e)&&e.result?` · ${e.result}`:``}</span>
        <span class="chips">${this.renderChips(e)}</span></span>
    </a>`}where(e){let t=this.ctx.feed.row(`instance`,e.target.instance_id)?.name;return[e.target.name,...t&&t!==e.target.name?[t]:[],this.t(`change.source_${e.source}`)].join(` · `)}renderChips(t){let{t:n,now:r,language:i}=this.ctx,o=t.assessment?.level??`unknown`;return x`
      <span class="chip ${M[t.status]}"><span class="dot"></span>${n(`change.status_${t.status}`)}</span>
      <span class="chip ${j[o]}"><span class="dot"></span>${n(`change.level_${o}`)}</span>
      ${t.until&&!g(t)?x`<span class="chip" title=${c(t.until,i)}>${e(s)}${a(t.until,r,i)}</span>`:w}
      ${t.assessment?.security.length?x`<span class="chip info"><span class="dot"></span>${n(`change.security`)}</span>`:w}
    `}renderOne(e){return x`<div class="page">
      <section class="card content">
        <h2 class="title">${e.title}</h2>
        <p class="small quiet text">${this.where(e)}</p>
        <div class="chips">${this.renderChips(e)}</div>
        ${e.reason?x`<p class="text">${e.reason}</p>`:w}
        ${e.result?x`<p class="text">${e.result}</p>`:w}
        ${this.renderLinks(e)}${this.renderButtons(e)}
        <div aria-live="polite">${this.answer?x`<p>${this.answer}</p>`:w}</div>
      </section>
      ${this.renderAssessment(e)}${this.renderFacts(e)}${this.renderNotes(e)}
      ${this.renderOthers(`change.wave`,D(this.all,e),e)}
      ${this.renderOthers(`change.history`,C(this.all,e),e)}
    </div>`}renderLinks(t){let{t:n,base:r,feed:i}=this.ctx,a=t.status===`asked`&&i.row(`approval`,t.approval_id),o=t.incident_id&&g(t);return!a&&!o&&!t.url?w:x`<div class="row wrap">
      ${a?x`<a class="button" href="${r}/request/${t.approval_id}">${n(`change.decide`)}</a>`:w}
      ${o?x`<a class="button" href="${r}/incident/${t.incident_id}">${n(`change.incident`)}</a>`:w}
      ${t.url&&/^https?:\/\//i.test(t.url)?x`<a class="button" href=${t.url} target="_blank" rel="noreferrer noopener">${e(p)}${n(`change.page`)}</a>`:w}
    </div>`}renderButtons(e){let{t}=this.ctx;return P.includes(e.status)?x`<div class="row wrap"><button ?disabled=${!this.mayChange} @click=${()=>this.change(`offer_change`,e)}>${t(`change.offer`)}</button></div>`:N.includes(e.status)?x`<div class="row wrap">
      <button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`ask_change`,e)}>${t(`change.ask`)}</button>
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`reject_change`,e)}>${t(`change.reject`)}</button>
    </div>
    <div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`defer_change`,e,{days:this.days})}>${t(`change.defer`)}</button>
      <select aria-label=${t(`change.defer_for`)} @change=${e=>this.days=Number(e.target.value)}>
        ${k.map(e=>x`<option value=${e} ?selected=${e===this.days}>${t(`change.days`,{count:e})}</option>`)}
      </select>
    </div>`:w}renderAssessment(e){let{t}=this.ctx,n=e.assessment;return n?x`<section class="card content">
      <h3 class="title">${t(`change.judgement`)}: ${t(`change.level_${n.level}`)}</h3>
      ${n.summary?x`<p class="text">${n.summary}</p>`:w}
      ${this.renderLines(``,n.reasons)}
      ${this.renderLines(`change.breaking`,n.breaking)}
      ${this.renderLines(`change.security`,n.security)}
      ${this.renderLines(`change.matches`,n.matches)}
      ${n.missing?x`<p class="row warning"><span class="dot"></span><span class="grow text">${n.missing}</span></p>`:w}
    </section>`:x`<section class="card content"><h3 class="title">${t(`change.judgement`)}</h3><p>${t(`change.not_judged`)}</p></section>`}renderLines(e,t){return t.length?x`${e?x`<h4 class="title">${this.t(e)}</h4>`:w}
      <ul class="lines">${t.map(e=>x`<li class="text">${e}</li>`)}</ul>`:w}renderFacts(e){let{t,now:n,language:r}=this.ctx,i=[[`change.way_back`,e.way_back_text||t(`change.way_back_${e.way_back}`)],[`change.kept`,e.kept],[`change.until`,e.until&&!g(e)?o(e.until,n,r):null],[`change.found`,o(e.found_at,n,r)],...this.ages(e.assessment),[`change.group`,e.group]].filter(([,e])=>e!=null&&e!==``);return x`<section class="card content">
      <h3 class="title">${t(`change.packages`)}</h3>
      <table class="versions"><tbody>
        ${e.packages.map(e=>x`<tr><th scope="row">${e.name}</th><td>${e.old??t(`change.unknown_version`)} → ${e.new}</td><td>${t(`change.distance_${e.distance}`)}</td></tr>`)}
      </tbody></table>
      <dl class="small">${i.map(([e,n])=>x`<dt>${t(e)}</dt><dd class="text">${n}</dd>`)}</dl>
    </section>`}ages(e){let t=e=>e==null?null:this.t(`change.days`,{count:e});return[[`change.age`,t(e?.age_days)],[`change.stable`,t(e?.stable_days)]]}renderNotes(e){let t=e.assessment?.notes;return t?x`<section class="card content"><details>${v(this.t(`change.notes`))}<pre tabindex="0">${t}</pre></details></section>`:w}renderOthers(e,t,n){return t.length?x`<h3 class="heading">${this.t(e)}</h3>
      <ol class="card list">${t.map(e=>x`<li aria-current=${e.id===n.id?`true`:w}>${this.renderItem(e)}</li>`)}</ol>`:w}async change(e,t,r={}){this.isBusy=!0,this.answer=``;try{let n=await u(this.ctx,e,{change_id:t.id,...r});this.ctx.feed.put(`change`,n.id,n),this.answer=this.t(`change.did_${e}`)}catch(e){this.answer=n(e,this.t)}finally{this.isBusy=!1}}async load(e){try{let t=await u(this.ctx,`changes`,{is_all:!0,...e?{begins:e}:{}});this.older=d(t.changes,this.older)}catch(e){this.answer=n(e,this.t)}}};i([y()],F.prototype,`older`,void 0),i([y()],F.prototype,`filter`,void 0),i([y()],F.prototype,`most`,void 0),i([y()],F.prototype,`days`,void 0),i([y()],F.prototype,`answer`,void 0),i([y()],F.prototype,`isBusy`,void 0),F=i([f(`homelab-steward-changes`)],F);export{F as ChangesPage};