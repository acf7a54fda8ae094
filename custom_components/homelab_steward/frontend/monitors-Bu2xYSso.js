import{Ft as e,G as t,J as n,Kt as r,P as i,Rt as a,W as o,_t as s,et as c,ft as l,gt as u,mt as d,nn as f,nt as p,q as m,rt as h,tn as g,tt as _,vt as v,yn as y}from"./shared-ecpPzQbY.js";var b=3e4,x=250,S={down:`bad`,up:`good`,split:`warning`,alone:`warning`,blind:`neutral`},C=class extends o{constructor(...e){super(...e),this.found=null,this.error=``,this.text=``,this.answer=``,this.isBusy=!1,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.typing),this.typing=setTimeout(()=>void this.load(),x)},this.load=async()=>{let e=++this.asked;try{let n=await t(this.ctx,`devices`,{language:this.ctx.hass.language,text:this.text});if(e!==this.asked)return;this.found=n,this.error=``}catch(t){e===this.asked&&(this.error=m(t,this.ctx.t))}}}static{this.styles=[...o.styles,c,v`
      .aspect + .aspect {
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .said {
        margin: 6px 0 0;
        padding: 0;
        list-style: none;
      }
      .said li {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        padding: 2px 0;
      }
      .said strong,
      .pair {
        overflow-wrap: anywhere;
      }
      div.question {
        padding: 8px 0;
      }
      div.question + div.question {
        border-top: 1px solid var(--divider-color);
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
    `]}connectedCallback(){super.connectedCallback(),this.refresh=setInterval(()=>void this.load(),b)}disconnectedCallback(){clearInterval(this.refresh),clearTimeout(this.typing),super.disconnectedCallback()}firstUpdated(e){this.load()}render(){let{t}=this.ctx;if(!this.found)return this.error?h(e,t(`state.error`),this.error,s`<button @click=${this.load}>${t(`state.retry`)}</button>`):p(t);let{devices:n,questions:i,answers:a,blind:o,total:c}=this.found;return!c&&!this.text?h(e,t(`monitors.empty`),t(`monitors.empty_text`)):s`<div class="page">
      <h2 class="hidden">${t(`nav.monitors`)}</h2>
      <p class="quiet">${t(`monitors.text`)}</p>
      ${o.length?s`<section class="card content" aria-label=${t(`monitors.blind_title`)}>
        ${o.map(e=>s`<p class="row">${_(r)}<span><strong>${t(`monitors.blind`,{name:e.name})}</strong> ${e.why}</span></p>`)}
      </section>`:u}
      ${this.renderQuestions(i,a)}
      <label>${_(f,t(`monitors.search`))}
        <input class="grow" type="search" placeholder=${t(`monitors.search`)} .value=${this.text} @input=${this.search} /></label>
      <p class="small quiet" role="status">${t(`monitors.count`,{count:c})}</p>
      ${n.map(e=>this.renderDevice(e))}
    </div>`}renderQuestions(e,t){let{t:n}=this.ctx;if(!e.length&&!t.length&&!this.answer)return u;let r=e=>s`<strong class="pair">${n(`monitors.pair`,{first:this.shown(e.first,e.first_name),second:this.shown(e.second,e.second_name)})}</strong>`;return s`<section class="card content">
      <h3 class="title">${n(`monitors.questions`)}</h3>
      ${e.length?s`<p class="small quiet">${n(`monitors.questions_text`)}</p>`:u}
      ${e.map(e=>s`<div class="question" role="group" aria-label="${e.first_name}, ${e.second_name}">
          <p>${r(e)}</p>
          <p class="small quiet">${e.why}</p>
          ${this.mayDecide?s`<div class="row wrap">
            <button ?disabled=${this.isBusy} @click=${()=>this.decide(e,!0)}>${_(g)}${n(`monitors.same`)}</button>
            <button ?disabled=${this.isBusy} @click=${()=>this.decide(e,!1)}>${_(a)}${n(`monitors.not_same`)}</button>
          </div>`:u}
        </div>`)}
        ${t.map(e=>s`<div class="question" role="group" aria-label="${e.first_name}, ${e.second_name}">
          <p>${r(e)} <span class="chip">${n(e.is_same?`monitors.same`:`monitors.not_same`)}</span></p>
          ${this.mayDecide?s`<button ?disabled=${this.isBusy} @click=${()=>this.decide(e,null)}>${_(y)}${n(`monitors.undo`)}</button>`:u}
        </div>`)}
      <div aria-live="polite">${this.answer?s`<p class="small">${this.answer}</p>`:u}</div>
    </section>`}renderDevice(e){let t=e.names.filter(t=>t!==e.name);return s`<section class="card content" aria-label=${e.name}>
      <h3 class="title">${e.name}</h3>
      ${t.length?s`<p class="small quiet pair">${t.join(`, `)}</p>`:u}
      ${e.aspects.map(e=>this.renderAspect(e))}
    </section>`}renderAspect(e){let{t}=this.ctx,n=t(`monitors.${e.aspect}`);return s`<div class="aspect">
      <p class="row wrap"><span>${e.part?t(`monitors.part`,{aspect:n,part:e.part}):n}</span>
        <span class="chip ${S[e.verdict]}"><span class="dot"></span>${t(`monitors.verdict_${e.verdict}`)}</span></p>
      <ul class="said small">${e.statements.map(e=>this.renderStatement(e))}</ul>
    </div>`}renderStatement(e){let{t,now:n,language:r}=this.ctx;return s`<li>
      <strong>${e.instance}</strong>
      <span>${t(`monitors.says_${e.word}`)}</span>
      ${e.repeats?s`<span class="quiet">${t(`monitors.repeats`,{name:e.repeats})}</span>`:u}
      ${e.since?s`<span class="quiet">${t(`monitors.since`,{when:i(e.since,n,r)})}</span>`:u}
      ${e.is_fresh?u:s`<span class="chip warning"><span class="dot"></span>${t(`monitors.not_fresh`)}</span>`}
      ${e.settled?s`<span class="quiet">${t(`monitors.record`,{right:e.right,count:e.settled})}</span>`:u}
    </li>`}shown(e,t){let n=this.ctx.feed.rows(`instance`).find(t=>e.startsWith(`${t.id}/`));return n?`${t} (${n.name})`:t}get mayDecide(){return this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}async decide(e,n){let{t:r}=this.ctx;this.isBusy=!0;try{await t(this.ctx,`match_devices`,{first:e.first,second:e.second,is_same:n}),this.answer=r(n===null?`monitors.undone`:`monitors.saved`),await this.load()}catch(e){this.answer=m(e,r)}finally{this.isBusy=!1}}};n([l()],C.prototype,`found`,void 0),n([l()],C.prototype,`error`,void 0),n([l()],C.prototype,`text`,void 0),n([l()],C.prototype,`answer`,void 0),n([l()],C.prototype,`isBusy`,void 0),C=n([d(`homelab-steward-monitors`)],C);export{C as MonitorsPage};