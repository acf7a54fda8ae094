import{$ as e,Gt as t,K as n,Lt as r,N as i,Pt as a,U as o,W as s,_t as c,dt as l,en as u,et as d,gt as f,ht as p,nt as m,pt as h,q as g,tn as _,tt as v,vn as y}from"./shared-Sda02QKL.js";var b=3e4,x=250,S={down:`bad`,up:`good`,split:`warning`,alone:`warning`,blind:`neutral`},C=class extends o{constructor(...e){super(...e),this.found=null,this.error=``,this.text=``,this.answer=``,this.isBusy=!1,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.typing),this.typing=setTimeout(()=>void this.load(),x)},this.load=async()=>{let e=++this.asked;try{let t=await s(this.ctx,`devices`,{language:this.ctx.hass.language,text:this.text});if(e!==this.asked)return;this.found=t,this.error=``}catch(t){e===this.asked&&(this.error=n(t,this.ctx.t))}}}static{this.styles=[...o.styles,e,c`
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
    `]}connectedCallback(){super.connectedCallback(),this.refresh=setInterval(()=>void this.load(),b)}disconnectedCallback(){clearInterval(this.refresh),clearTimeout(this.typing),super.disconnectedCallback()}firstUpdated(e){this.load()}render(){let{t:e}=this.ctx;if(!this.found)return this.error?m(a,e(`state.error`),this.error,f`<button @click=${this.load}>${e(`state.retry`)}</button>`):v(e);let{devices:n,questions:r,answers:i,blind:o,total:s}=this.found;return!s&&!this.text?m(a,e(`monitors.empty`),e(`monitors.empty_text`)):f`<div class="page">
      <h2 class="hidden">${e(`nav.monitors`)}</h2>
      <p class="quiet">${e(`monitors.text`)}</p>
      ${o.length?f`<section class="card content" aria-label=${e(`monitors.blind_title`)}>
        ${o.map(n=>f`<p class="row">${d(t)}<span><strong>${e(`monitors.blind`,{name:n.name})}</strong> ${n.why}</span></p>`)}
      </section>`:p}
      ${this.renderQuestions(r,i)}
      <label>${d(_,e(`monitors.search`))}
        <input class="grow" type="search" placeholder=${e(`monitors.search`)} .value=${this.text} @input=${this.search} /></label>
      <p class="small quiet" role="status">${e(`monitors.count`,{count:s})}</p>
      ${n.map(e=>this.renderDevice(e))}
    </div>`}renderQuestions(e,t){let{t:n}=this.ctx;if(!e.length&&!t.length&&!this.answer)return p;let i=e=>f`<strong class="pair">${n(`monitors.pair`,{first:this.shown(e.first,e.first_name),second:this.shown(e.second,e.second_name)})}</strong>`;return f`<section class="card content">
      <h3 class="title">${n(`monitors.questions`)}</h3>
      ${e.length?f`<p class="small quiet">${n(`monitors.questions_text`)}</p>`:p}
      ${e.map(e=>f`<div class="question" role="group" aria-label="${e.first_name}, ${e.second_name}">
          <p>${i(e)}</p>
          <p class="small quiet">${e.why}</p>
          ${this.mayDecide?f`<div class="row wrap">
            <button ?disabled=${this.isBusy} @click=${()=>this.decide(e,!0)}>${d(u)}${n(`monitors.same`)}</button>
            <button ?disabled=${this.isBusy} @click=${()=>this.decide(e,!1)}>${d(r)}${n(`monitors.not_same`)}</button>
          </div>`:p}
        </div>`)}
        ${t.map(e=>f`<div class="question" role="group" aria-label="${e.first_name}, ${e.second_name}">
          <p>${i(e)} <span class="chip">${n(e.is_same?`monitors.same`:`monitors.not_same`)}</span></p>
          ${this.mayDecide?f`<button ?disabled=${this.isBusy} @click=${()=>this.decide(e,null)}>${d(y)}${n(`monitors.undo`)}</button>`:p}
        </div>`)}
      <div aria-live="polite">${this.answer?f`<p class="small">${this.answer}</p>`:p}</div>
    </section>`}renderDevice(e){let t=e.names.filter(t=>t!==e.name);return f`<section class="card content" aria-label=${e.name}>
      <h3 class="title">${e.name}</h3>
      ${t.length?f`<p class="small quiet pair">${t.join(`, `)}</p>`:p}
      ${e.aspects.map(e=>this.renderAspect(e))}
    </section>`}renderAspect(e){let{t}=this.ctx,n=t(`monitors.${e.aspect}`);return f`<div class="aspect">
      <p class="row wrap"><span>${e.part?t(`monitors.part`,{aspect:n,part:e.part}):n}</span>
        <span class="chip ${S[e.verdict]}"><span class="dot"></span>${t(`monitors.verdict_${e.verdict}`)}</span></p>
      <ul class="said small">${e.statements.map(e=>this.renderStatement(e))}</ul>
    </div>`}renderStatement(e){let{t,now:n,language:r}=this.ctx;return f`<li>
      <strong>${e.instance}</strong>
      <span>${t(`monitors.says_${e.word}`)}</span>
      ${e.since?f`<span class="quiet">${t(`monitors.since`,{when:i(e.since,n,r)})}</span>`:p}
      ${e.is_fresh?p:f`<span class="chip warning"><span class="dot"></span>${t(`monitors.not_fresh`)}</span>`}
    </li>`}shown(e,t){let n=this.ctx.feed.rows(`instance`).find(t=>e.startsWith(`${t.id}/`));return n?`${t} (${n.name})`:t}get mayDecide(){return this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}async decide(e,t){let{t:r}=this.ctx;this.isBusy=!0;try{await s(this.ctx,`match_devices`,{first:e.first,second:e.second,is_same:t}),this.answer=r(t===null?`monitors.undone`:`monitors.saved`),await this.load()}catch(e){this.answer=n(e,r)}finally{this.isBusy=!1}}};g([l()],C.prototype,`found`,void 0),g([l()],C.prototype,`error`,void 0),g([l()],C.prototype,`text`,void 0),g([l()],C.prototype,`answer`,void 0),g([l()],C.prototype,`isBusy`,void 0),C=g([h(`homelab-steward-monitors`)],C);export{C as MonitorsPage};