import{Bt as e,Ct as t,E as n,F as r,G as i,H as a,I as o,J as s,M as c,N as l,Q as u,U as d,Vt as f,W as p,d as m,et as h,it as g,nt as _,rt as v,w as y}from"./shared-XOvvEVcW.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends c{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await l(this.ctx,`verify_audit`)}catch(e){this.error=r(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);m(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=r(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...c.styles,a,g`
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .filters input {
        flex: 1 1 200px;
      }
      details > summary {
        padding: 8px 16px;
        color: inherit;
        font-weight: inherit;
      }
      details pre,
      details p {
        margin: 0 16px 12px;
      }
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t:e}=this.ctx;return v`<div class="page">
      <h2 class="hidden">${e(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${e(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${d(f)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${d(t)}${e(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${e(`audit.search`)} placeholder=${e(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${e(`audit.event`)} @change=${this.select}>
          <option value="">${e(`audit.any_event`)}</option>
          ${C.map(t=>v`<option value=${t} ?selected=${this.event===t}>${e(`audit.event_${t.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?v`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t}=this.ctx,n=this.verified;return this.isVerifying?v`<p>${t(`audit.verifying`)}</p>`:n?n.broken_at===null?v`<p class="row tone good">${d(f)}<span>${t(`audit.intact`,{count:n.entries})} <code class="small" style="overflow-wrap:anywhere">${n.head}</code></span></p>`:v`<p class="row tone bad">${d(e)}<span>${t(`audit.broken`,{position:n.broken_at,reason:n.reason})}</span></p>`:_}renderEntries(){let{t:e,now:t,language:r}=this.ctx;return this.entries?this.entries.length?v`<ul class="card list">
        ${this.entries.map(i=>v`<li><details>
            ${s(v`<span class="grow"><span>${i.event}</span> <span class="quiet small">#${i.position}</span></span>
              <time class="small quiet" datetime=${i.at} title=${n(i.at,r)}>${y(i.at,t,r)}</time>`)}
            <pre tabindex="0">${T(i.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${e(`audit.digest`,{digest:i.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?v`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:_}`:i(f,e(`audit.none`),``):p(e)}page(e,t){return l(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=r(e,this.ctx.t))}}};o([u()],w.prototype,`entries`,void 0),o([u()],w.prototype,`hasMore`,void 0),o([u()],w.prototype,`event`,void 0),o([u()],w.prototype,`text`,void 0),o([u()],w.prototype,`error`,void 0),o([u()],w.prototype,`isVerifying`,void 0),o([u()],w.prototype,`isExporting`,void 0),o([u()],w.prototype,`verified`,void 0),w=o([h(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};