import{G as e,H as t,I as n,J as r,Lt as i,P as a,W as o,_ as s,_t as c,an as l,et as u,ft as d,g as f,gt as p,h as m,in as h,m as g,mt as _,on as v,p as y,q as b,rt as x,st as S,tt as C,v as w,vt as T,y as E,z as D}from"./shared-ecpPzQbY.js";var O=50,k=[1,3,7,14,30],A=7,j={safe:`good`,careful:`warning`,breaking:`bad`,unknown:`neutral`},M={held:`neutral`,ready:`info`,asked:`info`,deferred:`neutral`,applying:`info`,watching:`info`,done:`good`,went_back:`warning`,failed:`bad`,rejected:`neutral`,blocked:`bad`,gone:`neutral`},N=[`held`,`ready`,`deferred`],P=[`rejected`,`blocked`,`went_back`,`failed`],F=class extends o{constructor(...e){super(...e),this.older=[],this.filter=`all`,this.most=O,this.days=A,this.answer=``,this.isBusy=!1,this.select=e=>{this.filter=e.target.value,this.most=O}}static{this.styles=[...o.styles,u,T`
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
    `]}willUpdate(e){e.has(`item`)&&(this.answer=``)}updated(e){e.has(`item`)&&this.load(this.item)}render(){let{t:e,base:t}=this.ctx;if(!this.item)return this.renderList();let n=this.all.find(e=>e.id===this.item),r=c`<a class="button" href="${t}/changes">${e(`nav.changes`)}</a>`;return n?this.renderOne(n):x(l,e(`change.not_there`),``,r)}get all(){return w(this.ctx.feed.rows(`change`),this.older)}get mayChange(){return!!this.ctx.viewer.person&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(){let{t:e}=this.ctx,n=this.all;if(!n.length)return x(v,e(`change.empty`),e(`change.empty_text`));let r=m(n.filter(e=>s(e,this.filter)));return c`<div class="page">
      <h2 class="hidden">${e(`nav.changes`)}</h2>
      <div class="row wrap"><p class="grow quiet small" role="status">${e(`change.count`,{count:r.length})}</p>
        <select aria-label=${e(`change.filter`)} @change=${this.select}>
          ${y.map(t=>c`<option value=${t} ?selected=${this.filter===t}>${e(`change.filter_${t}`)}</option>`)}
        </select></div>
      ${r.length?c`<ul class="card list">${t(r.slice(0,this.most),e=>e.id,e=>c`<li>${this.renderItem(e)}</li>`)}</ul>`:c`<p class="quiet">${e(`change.none`)}</p>`}
      ${r.length>this.most?c`<p class="row" style="justify-content:center"><button @click=${()=>this.most+=O}>${e(`action.more`)}</button></p>`:p}
    </div>`}renderItem(e){let{base:t}=this.ctx;return c`<a class="item" href="${t}/changes/${e.id}">
      <span class="grow"><span class="title" style="display:block">${e.title}</span>
        <span class="quiet small text">${this.where(e)}${f(e)&&e.result?` · ${e.result}`:``}</span>
        <span class="chips">${this.renderChips(e)}</span></span>
    </a>`}where(e){let t=this.ctx.feed.row(`instance`,e.target.instance_id)?.name;return[e.target.name,...t&&t!==e.target.name?[t]:[],this.t(`change.source_${e.source}`)].join(` · `)}renderChips(e){let{t,now:r,language:a}=this.ctx,o=e.assessment?.level??`unknown`;return c`
      <span class="chip ${M[e.status]}"><span class="dot"></span>${t(`change.status_${e.status}`)}</span>
      <span class="chip ${j[o]}"><span class="dot"></span>${t(`change.level_${o}`)}</span>
      ${e.until&&!f(e)?c`<span class="chip" title=${n(e.until,a)}>${C(i)}${D(e.until,r,a)}</span>`:p}
      ${e.assessment?.security.length?c`<span class="chip info"><span class="dot"></span>${t(`change.security`)}</span>`:p}
    `}renderOne(e){return c`<div class="page">
      <section class="card content">
        <h2 class="title">${e.title}</h2>
        <p class="small quiet text">${this.where(e)}</p>
        <div class="chips">${this.renderChips(e)}</div>
        ${e.reason?c`<p class="text">${e.reason}</p>`:p}
        ${e.result?c`<p class="text">${e.result}</p>`:p}
        ${this.renderLinks(e)}${this.renderButtons(e)}
        <div aria-live="polite">${this.answer?c`<p>${this.answer}</p>`:p}</div>
      </section>
      ${this.renderAssessment(e)}${this.renderFacts(e)}${this.renderNotes(e)}
      ${this.renderOthers(`change.wave`,E(this.all,e),e)}
      ${this.renderOthers(`change.history`,g(this.all,e),e)}
    </div>`}renderLinks(e){let{t,base:n,feed:r}=this.ctx,i=e.status===`asked`&&r.row(`approval`,e.approval_id),a=e.incident_id&&f(e);return!i&&!a&&!e.url?p:c`<div class="row wrap">
      ${i?c`<a class="button" href="${n}/request/${e.approval_id}">${t(`change.decide`)}</a>`:p}
      ${a?c`<a class="button" href="${n}/incident/${e.incident_id}">${t(`change.incident`)}</a>`:p}
      ${e.url&&/^https?:\/\//i.test(e.url)?c`<a class="button" href=${e.url} target="_blank" rel="noreferrer noopener">${C(h)}${t(`change.page`)}</a>`:p}
    </div>`}renderButtons(e){let{t}=this.ctx;return P.includes(e.status)?c`<div class="row wrap"><button ?disabled=${!this.mayChange} @click=${()=>this.change(`offer_change`,e)}>${t(`change.offer`)}</button></div>`:N.includes(e.status)?c`<div class="row wrap">
      <button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`ask_change`,e)}>${t(`change.ask`)}</button>
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`reject_change`,e)}>${t(`change.reject`)}</button>
    </div>
    <div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`defer_change`,e,{days:this.days})}>${t(`change.defer`)}</button>
      <select aria-label=${t(`change.defer_for`)} @change=${e=>this.days=Number(e.target.value)}>
        ${k.map(e=>c`<option value=${e} ?selected=${e===this.days}>${t(`change.days`,{count:e})}</option>`)}
      </select>
    </div>`:p}renderAssessment(e){let{t}=this.ctx,n=e.assessment;return n?c`<section class="card content">
      <h3 class="title">${t(`change.judgement`)}: ${t(`change.level_${n.level}`)}</h3>
      ${n.summary?c`<p class="text">${n.summary}</p>`:p}
      ${this.renderLines(``,n.reasons)}
      ${this.renderLines(`change.breaking`,n.breaking)}
      ${this.renderLines(`change.security`,n.security)}
      ${this.renderLines(`change.matches`,n.matches)}
      ${n.missing?c`<p class="row warning"><span class="dot"></span><span class="grow text">${n.missing}</span></p>`:p}
    </section>`:c`<section class="card content"><h3 class="title">${t(`change.judgement`)}</h3><p>${t(`change.not_judged`)}</p></section>`}renderLines(e,t){return t.length?c`${e?c`<h4 class="title">${this.t(e)}</h4>`:p}
      <ul class="lines">${t.map(e=>c`<li class="text">${e}</li>`)}</ul>`:p}renderFacts(e){let{t,now:n,language:r}=this.ctx,i=[[`change.way_back`,e.way_back_text||t(`change.way_back_${e.way_back}`)],[`change.kept`,e.kept],[`change.until`,e.until&&!f(e)?a(e.until,n,r):null],[`change.found`,a(e.found_at,n,r)],...this.ages(e.assessment),[`change.group`,e.group]].filter(([,e])=>e!=null&&e!==``);return c`<section class="card content">
      <h3 class="title">${t(`change.packages`)}</h3>
      <table class="versions"><tbody>
        ${e.packages.map(e=>c`<tr><th scope="row">${e.name}</th><td>${e.old??t(`change.unknown_version`)} → ${e.new}</td><td>${t(`change.distance_${e.distance}`)}</td></tr>`)}
      </tbody></table>
      <dl class="small">${i.map(([e,n])=>c`<dt>${t(e)}</dt><dd class="text">${n}</dd>`)}</dl>
    </section>`}ages(e){let t=e=>e==null?null:this.t(`change.days`,{count:e});return[[`change.age`,t(e?.age_days)],[`change.stable`,t(e?.stable_days)]]}renderNotes(e){let t=e.assessment?.notes;return t?c`<section class="card content"><details>${S(this.t(`change.notes`))}<pre tabindex="0">${t}</pre></details></section>`:p}renderOthers(e,t,n){return t.length?c`<h3 class="heading">${this.t(e)}</h3>
      <ol class="card list">${t.map(e=>c`<li aria-current=${e.id===n.id?`true`:p}>${this.renderItem(e)}</li>`)}</ol>`:p}async change(t,n,r={}){this.isBusy=!0,this.answer=``;try{let i=await e(this.ctx,t,{change_id:n.id,...r});this.ctx.feed.put(`change`,i.id,i),this.answer=this.t(`change.did_${t}`)}catch(e){this.answer=b(e,this.t)}finally{this.isBusy=!1}}async load(t){try{let n=await e(this.ctx,`changes`,{is_all:!0,...t?{begins:t}:{}});this.older=w(n.changes,this.older)}catch(e){this.answer=b(e,this.t)}}};r([d()],F.prototype,`older`,void 0),r([d()],F.prototype,`filter`,void 0),r([d()],F.prototype,`most`,void 0),r([d()],F.prototype,`days`,void 0),r([d()],F.prototype,`answer`,void 0),r([d()],F.prototype,`isBusy`,void 0),F=r([_(`homelab-steward-changes`)],F);export{F as ChangesPage};