import{$ as e,G as t,H as n,Ht as r,K as i,M as a,Pt as o,Q as s,Qt as c,U as l,Zt as u,dt as d,et as f,ht as p,jt as m,lt as h,mn as g,mt as _,pt as v,tt as y}from"./shared-DJMK-k9p.js";var b=3e4,x=250,S={down:`bad`,up:`good`,split:`warning`,alone:`warning`,blind:`neutral`},C=class extends n{constructor(...e){super(...e),this.found=null,this.error=``,this.text=``,this.answer=``,this.isBusy=!1,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.typing),this.typing=setTimeout(()=>void this.load(),x)},this.load=async()=>{let e=++this.asked;try{let t=await l(this.ctx,`devices`,{language:this.ctx.hass.language,text:this.text});if(e!==this.asked)return;this.found=t,this.error=``}catch(n){e===this.asked&&(this.error=t(n,this.ctx.t))}}}static{this.styles=[...n.styles,s,p`
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
    `]}connectedCallback(){super.connectedCallback(),this.refresh=setInterval(()=>void this.load(),b)}disconnectedCallback(){clearInterval(this.refresh),clearTimeout(this.typing),super.disconnectedCallback()}firstUpdated(e){this.load()}render(){let{t}=this.ctx;if(!this.found)return this.error?y(m,t(`state.error`),this.error,_`<button @click=${this.load}>${t(`state.retry`)}</button>`):f(t);let{devices:n,questions:i,answers:a,blind:o,total:s}=this.found;return!s&&!this.text?y(m,t(`monitors.empty`),t(`monitors.empty_text`)):_`<div class="page">
      <h2 class="hidden">${t(`nav.monitors`)}</h2>
      <p class="quiet">${t(`monitors.text`)}</p>
      ${o.length?_`<section class="card content" aria-label=${t(`monitors.blind_title`)}>
        ${o.map(n=>_`<p class="row">${e(r)}<span><strong>${t(`monitors.blind`,{name:n.name})}</strong> ${n.why}</span></p>`)}
      </section>`:v}
      ${this.renderQuestions(i,a)}
      <label>${e(c,t(`monitors.search`))}
        <input class="grow" type="search" placeholder=${t(`monitors.search`)} .value=${this.text} @input=${this.search} /></label>
      <p class="small quiet" role="status">${t(`monitors.count`,{count:s})}</p>
      ${n.map(e=>this.renderDevice(e))}
    </div>`}renderQuestions(t,n){let{t:r}=this.ctx;if(!t.length&&!n.length&&!this.answer)return v;let i=e=>_`<strong class="pair">${r(`monitors.pair`,{first:this.shown(e.first,e.first_name),second:this.shown(e.second,e.second_name)})}</strong>`;return _`<section class="card content">
      <h3 class="title">${r(`monitors.questions`)}</h3>
      ${t.length?_`<p class="small quiet">${r(`monitors.questions_text`)}</p>`:v}
      ${t.map(t=>_`<div class="question" role="group" aria-label="${t.first_name}, ${t.second_name}">
          <p>${i(t)}</p>
          <p class="small quiet">${t.why}</p>
          ${this.mayDecide?_`<div class="row wrap">
            <button ?disabled=${this.isBusy} @click=${()=>this.decide(t,!0)}>${e(u)}${r(`monitors.same`)}</button>
            <button ?disabled=${this.isBusy} @click=${()=>this.decide(t,!1)}>${e(o)}${r(`monitors.not_same`)}</button>
          </div>`:v}
        </div>`)}
        ${n.map(t=>_`<div class="question" role="group" aria-label="${t.first_name}, ${t.second_name}">
          <p>${i(t)} <span class="chip">${r(t.is_same?`monitors.same`:`monitors.not_same`)}</span></p>
          ${this.mayDecide?_`<button ?disabled=${this.isBusy} @click=${()=>this.decide(t,null)}>${e(g)}${r(`monitors.undo`)}</button>`:v}
        </div>`)}
      <div aria-live="polite">${this.answer?_`<p class="small">${this.answer}</p>`:v}</div>
    </section>`}renderDevice(e){let t=e.names.filter(t=>t!==e.name);return _`<section class="card content" aria-label=${e.name}>
      <h3 class="title">${e.name}</h3>
      ${t.length?_`<p class="small quiet pair">${t.join(`, `)}</p>`:v}
      ${e.aspects.map(e=>this.renderAspect(e))}
    </section>`}renderAspect(e){let{t}=this.ctx,n=t(`monitors.${e.aspect}`);return _`<div class="aspect">
      <p class="row wrap"><span>${e.part?t(`monitors.part`,{aspect:n,part:e.part}):n}</span>
        <span class="chip ${S[e.verdict]}"><span class="dot"></span>${t(`monitors.verdict_${e.verdict}`)}</span></p>
      <ul class="said small">${e.statements.map(e=>this.renderStatement(e))}</ul>
    </div>`}renderStatement(e){let{t,now:n,language:r}=this.ctx;return _`<li>
      <strong>${e.instance}</strong>
      <span>${t(`monitors.says_${e.word}`)}</span>
      ${e.since?_`<span class="quiet">${t(`monitors.since`,{when:a(e.since,n,r)})}</span>`:v}
      ${e.is_fresh?v:_`<span class="chip warning"><span class="dot"></span>${t(`monitors.not_fresh`)}</span>`}
    </li>`}shown(e,t){let n=this.ctx.feed.rows(`instance`).find(t=>e.startsWith(`${t.id}/`));return n?`${t} (${n.name})`:t}get mayDecide(){return this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}async decide(e,n){let{t:r}=this.ctx;this.isBusy=!0;try{await l(this.ctx,`match_devices`,{first:e.first,second:e.second,is_same:n}),this.answer=r(n===null?`monitors.undone`:`monitors.saved`),await this.load()}catch(e){this.answer=t(e,r)}finally{this.isBusy=!1}}};i([h()],C.prototype,`found`,void 0),i([h()],C.prototype,`error`,void 0),i([h()],C.prototype,`text`,void 0),i([h()],C.prototype,`answer`,void 0),i([h()],C.prototype,`isBusy`,void 0),C=i([d(`homelab-steward-monitors`)],C);export{C as MonitorsPage};