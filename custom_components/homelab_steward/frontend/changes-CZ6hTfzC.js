import{$ as e,F as t,It as n,K as r,N as i,R as a,U as o,V as s,W as c,_ as l,_t as u,an as d,dt as f,et as p,g as m,gt as h,h as g,ht as _,in as v,m as y,nt as b,ot as x,p as S,pt as C,q as w,rn as T,v as E,y as D}from"./shared-Sda02QKL.js";var O=50,k=[1,3,7,14,30],A=7,j={safe:`good`,careful:`warning`,breaking:`bad`,unknown:`neutral`},M={held:`neutral`,ready:`info`,asked:`info`,deferred:`neutral`,applying:`info`,watching:`info`,done:`good`,went_back:`warning`,failed:`bad`,rejected:`neutral`,blocked:`bad`,gone:`neutral`},N=[`held`,`ready`,`deferred`],P=[`rejected`,`blocked`,`went_back`,`failed`],F=class extends o{constructor(...e){super(...e),this.older=[],this.filter=`all`,this.most=O,this.days=A,this.answer=``,this.isBusy=!1,this.select=e=>{this.filter=e.target.value,this.most=O}}static{this.styles=[...o.styles,e,u`
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
    `]}willUpdate(e){e.has(`item`)&&(this.answer=``)}updated(e){e.has(`item`)&&this.load(this.item)}render(){let{t:e,base:t}=this.ctx;if(!this.item)return this.renderList();let n=this.all.find(e=>e.id===this.item),r=h`<a class="button" href="${t}/changes">${e(`nav.changes`)}</a>`;return n?this.renderOne(n):b(v,e(`change.not_there`),``,r)}get all(){return E(this.ctx.feed.rows(`change`),this.older)}get mayChange(){return!!this.ctx.viewer.person&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(){let{t:e}=this.ctx,t=this.all;if(!t.length)return b(d,e(`change.empty`),e(`change.empty_text`));let n=g(t.filter(e=>l(e,this.filter)));return h`<div class="page">
      <h2 class="hidden">${e(`nav.changes`)}</h2>
      <div class="row wrap"><p class="grow quiet small" role="status">${e(`change.count`,{count:n.length})}</p>
        <select aria-label=${e(`change.filter`)} @change=${this.select}>
          ${S.map(t=>h`<option value=${t} ?selected=${this.filter===t}>${e(`change.filter_${t}`)}</option>`)}
        </select></div>
      ${n.length?h`<ul class="card list">${s(n.slice(0,this.most),e=>e.id,e=>h`<li>${this.renderItem(e)}</li>`)}</ul>`:h`<p class="quiet">${e(`change.none`)}</p>`}
      ${n.length>this.most?h`<p class="row" style="justify-content:center"><button @click=${()=>this.most+=O}>${e(`action.more`)}</button></p>`:_}
    </div>`}renderItem(e){let{base:t}=this.ctx;return h`<a class="item" href="${t}/changes/${e.id}">
      <span class="grow"><span class="title" style="display:block">${e.title}</span>
        <span class="quiet small text">${this.where(e)}${m(e)&&e.result?` · ${e.result}`:``}</span>
        <span class="chips">${this.renderChips(e)}</span></span>
    </a>`}where(e){let t=this.ctx.feed.row(`instance`,e.target.instance_id)?.name;return[e.target.name,...t&&t!==e.target.name?[t]:[],this.t(`change.source_${e.source}`)].join(` · `)}renderChips(e){let{t:r,now:i,language:o}=this.ctx,s=e.assessment?.level??`unknown`;return h`
      <span class="chip ${M[e.status]}"><span class="dot"></span>${r(`change.status_${e.status}`)}</span>
      <span class="chip ${j[s]}"><span class="dot"></span>${r(`change.level_${s}`)}</span>
      ${e.until&&!m(e)?h`<span class="chip" title=${t(e.until,o)}>${p(n)}${a(e.until,i,o)}</span>`:_}
      ${e.assessment?.security.length?h`<span class="chip info"><span class="dot"></span>${r(`change.security`)}</span>`:_}
    `}renderOne(e){return h`<div class="page">
      <section class="card content">
        <h2 class="title">${e.title}</h2>
        <p class="small quiet text">${this.where(e)}</p>
        <div class="chips">${this.renderChips(e)}</div>
        ${e.reason?h`<p class="text">${e.reason}</p>`:_}
        ${e.result?h`<p class="text">${e.result}</p>`:_}
        ${this.renderLinks(e)}${this.renderButtons(e)}
        <div aria-live="polite">${this.answer?h`<p>${this.answer}</p>`:_}</div>
      </section>
      ${this.renderAssessment(e)}${this.renderFacts(e)}${this.renderNotes(e)}
      ${this.renderOthers(`change.wave`,D(this.all,e),e)}
      ${this.renderOthers(`change.history`,y(this.all,e),e)}
    </div>`}renderLinks(e){let{t,base:n,feed:r}=this.ctx,i=e.status===`asked`&&r.row(`approval`,e.approval_id),a=e.incident_id&&m(e);return!i&&!a&&!e.url?_:h`<div class="row wrap">
      ${i?h`<a class="button" href="${n}/request/${e.approval_id}">${t(`change.decide`)}</a>`:_}
      ${a?h`<a class="button" href="${n}/incident/${e.incident_id}">${t(`change.incident`)}</a>`:_}
      ${e.url&&/^https?:\/\//i.test(e.url)?h`<a class="button" href=${e.url} target="_blank" rel="noreferrer noopener">${p(T)}${t(`change.page`)}</a>`:_}
    </div>`}renderButtons(e){let{t}=this.ctx;return P.includes(e.status)?h`<div class="row wrap"><button ?disabled=${!this.mayChange} @click=${()=>this.change(`offer_change`,e)}>${t(`change.offer`)}</button></div>`:N.includes(e.status)?h`<div class="row wrap">
      <button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`ask_change`,e)}>${t(`change.ask`)}</button>
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`reject_change`,e)}>${t(`change.reject`)}</button>
    </div>
    <div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`defer_change`,e,{days:this.days})}>${t(`change.defer`)}</button>
      <select aria-label=${t(`change.defer_for`)} @change=${e=>this.days=Number(e.target.value)}>
        ${k.map(e=>h`<option value=${e} ?selected=${e===this.days}>${t(`change.days`,{count:e})}</option>`)}
      </select>
    </div>`:_}renderAssessment(e){let{t}=this.ctx,n=e.assessment;return n?h`<section class="card content">
      <h3 class="title">${t(`change.judgement`)}: ${t(`change.level_${n.level}`)}</h3>
      ${n.summary?h`<p class="text">${n.summary}</p>`:_}
      ${this.renderLines(``,n.reasons)}
      ${this.renderLines(`change.breaking`,n.breaking)}
      ${this.renderLines(`change.security`,n.security)}
      ${this.renderLines(`change.matches`,n.matches)}
      ${n.missing?h`<p class="row warning"><span class="dot"></span><span class="grow text">${n.missing}</span></p>`:_}
    </section>`:h`<section class="card content"><h3 class="title">${t(`change.judgement`)}</h3><p>${t(`change.not_judged`)}</p></section>`}renderLines(e,t){return t.length?h`${e?h`<h4 class="title">${this.t(e)}</h4>`:_}
      <ul class="lines">${t.map(e=>h`<li class="text">${e}</li>`)}</ul>`:_}renderFacts(e){let{t,now:n,language:r}=this.ctx,a=[[`change.way_back`,e.way_back_text||t(`change.way_back_${e.way_back}`)],[`change.kept`,e.kept],[`change.until`,e.until&&!m(e)?i(e.until,n,r):null],[`change.found`,i(e.found_at,n,r)],...this.ages(e.assessment),[`change.group`,e.group]].filter(([,e])=>e!=null&&e!==``);return h`<section class="card content">
      <h3 class="title">${t(`change.packages`)}</h3>
      <table class="versions"><tbody>
        ${e.packages.map(e=>h`<tr><th scope="row">${e.name}</th><td>${e.old??t(`change.unknown_version`)} → ${e.new}</td><td>${t(`change.distance_${e.distance}`)}</td></tr>`)}
      </tbody></table>
      <dl class="small">${a.map(([e,n])=>h`<dt>${t(e)}</dt><dd class="text">${n}</dd>`)}</dl>
    </section>`}ages(e){let t=e=>e==null?null:this.t(`change.days`,{count:e});return[[`change.age`,t(e?.age_days)],[`change.stable`,t(e?.stable_days)]]}renderNotes(e){let t=e.assessment?.notes;return t?h`<section class="card content"><details>${x(this.t(`change.notes`))}<pre tabindex="0">${t}</pre></details></section>`:_}renderOthers(e,t,n){return t.length?h`<h3 class="heading">${this.t(e)}</h3>
      <ol class="card list">${t.map(e=>h`<li aria-current=${e.id===n.id?`true`:_}>${this.renderItem(e)}</li>`)}</ol>`:_}async change(e,t,n={}){this.isBusy=!0,this.answer=``;try{let r=await c(this.ctx,e,{change_id:t.id,...n});this.ctx.feed.put(`change`,r.id,r),this.answer=this.t(`change.did_${e}`)}catch(e){this.answer=r(e,this.t)}finally{this.isBusy=!1}}async load(e){try{let t=await c(this.ctx,`changes`,{is_all:!0,...e?{begins:e}:{}});this.older=E(t.changes,this.older)}catch(e){this.answer=r(e,this.t)}}};w([f()],F.prototype,`older`,void 0),w([f()],F.prototype,`filter`,void 0),w([f()],F.prototype,`most`,void 0),w([f()],F.prototype,`days`,void 0),w([f()],F.prototype,`answer`,void 0),w([f()],F.prototype,`isBusy`,void 0),F=w([C(`homelab-steward-changes`)],F);export{F as ChangesPage};