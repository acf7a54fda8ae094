import{$ as e,Ft as t,G as n,H as r,M as i,P as a,Q as o,V as s,W as c,Z as l,ct as u,et as d,ft as f,mt as p,nn as m,pt as h,rn as g,rt as _,ut as v,y}from"./shared-D2FqsNbt.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends s{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await r(this.ctx,`verify_audit`)}catch(e){this.error=c(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);y(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=c(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...s.styles,l,p`
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
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t:e}=this.ctx;return h`<div class="page">
      <h2 class="hidden">${e(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${e(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${o(g)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${o(t)}${e(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${e(`audit.search`)} placeholder=${e(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${e(`audit.event`)} @change=${this.select}>
          <option value="">${e(`audit.any_event`)}</option>
          ${C.map(t=>h`<option value=${t} ?selected=${this.event===t}>${e(`audit.event_${t.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?h`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t:e}=this.ctx,t=this.verified;return this.isVerifying?h`<p>${e(`audit.verifying`)}</p>`:t?t.broken_at===null?h`<p class="row tone good">${o(g)}<span>${e(`audit.intact`,{count:t.entries})} <code class="small" style="overflow-wrap:anywhere">${t.head}</code></span></p>`:h`<p class="row tone bad">${o(m)}<span>${e(`audit.broken`,{position:t.broken_at,reason:t.reason})}</span></p>`:f}renderEntries(){let{t,now:n,language:r}=this.ctx;return this.entries?this.entries.length?h`<ul class="card list">
        ${this.entries.map(e=>h`<li><details>
            ${_(h`<span class="grow"><span>${e.event}</span> <span class="quiet small">#${e.position}</span></span>
              <time class="small quiet" datetime=${e.at} title=${a(e.at,r)}>${i(e.at,n,r)}</time>`)}
            <pre tabindex="0">${T(e.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${t(`audit.digest`,{digest:e.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?h`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${t(`action.more`)}</button></p>`:f}`:d(g,t(`audit.none`),``):e(t)}page(e,t){return r(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=c(e,this.ctx.t))}}};n([u()],w.prototype,`entries`,void 0),n([u()],w.prototype,`hasMore`,void 0),n([u()],w.prototype,`event`,void 0),n([u()],w.prototype,`text`,void 0),n([u()],w.prototype,`error`,void 0),n([u()],w.prototype,`isVerifying`,void 0),n([u()],w.prototype,`isExporting`,void 0),n([u()],w.prototype,`verified`,void 0),w=n([v(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};