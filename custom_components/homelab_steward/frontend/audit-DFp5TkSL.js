import{$ as e,G as t,H as n,K as r,M as i,P as a,Q as o,U as s,Vt as c,dn as l,dt as u,et as d,ht as f,it as p,lt as m,mt as h,pt as g,tt as _,un as v,y}from"./shared-DJMK-k9p.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends n{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await s(this.ctx,`verify_audit`)}catch(e){this.error=t(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);y(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=t(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...n.styles,o,f`
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
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t}=this.ctx;return h`<div class="page">
      <h2 class="hidden">${t(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${t(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${e(l)}${t(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${e(c)}${t(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${t(`audit.search`)} placeholder=${t(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${t(`audit.event`)} @change=${this.select}>
          <option value="">${t(`audit.any_event`)}</option>
          ${C.map(e=>h`<option value=${e} ?selected=${this.event===e}>${t(`audit.event_${e.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?h`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t}=this.ctx,n=this.verified;return this.isVerifying?h`<p>${t(`audit.verifying`)}</p>`:n?n.broken_at===null?h`<p class="row tone good">${e(l)}<span>${t(`audit.intact`,{count:n.entries})} <code class="small" style="overflow-wrap:anywhere">${n.head}</code></span></p>`:h`<p class="row tone bad">${e(v)}<span>${t(`audit.broken`,{position:n.broken_at,reason:n.reason})}</span></p>`:g}renderEntries(){let{t:e,now:t,language:n}=this.ctx;return this.entries?this.entries.length?h`<ul class="card list">
        ${this.entries.map(r=>h`<li><details>
            ${p(h`<span class="grow"><span>${r.event}</span> <span class="quiet small">#${r.position}</span></span>
              <time class="small quiet" datetime=${r.at} title=${a(r.at,n)}>${i(r.at,t,n)}</time>`)}
            <pre tabindex="0">${T(r.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${e(`audit.digest`,{digest:r.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?h`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:g}`:_(l,e(`audit.none`),``):d(e)}page(e,t){return s(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let n=++this.asked;this.error=``;try{let t=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(n!==this.asked)return;this.entries=e?[...this.entries??[],...t.entries]:t.entries,this.hasMore=t.has_more}catch(e){n===this.asked&&(this.error=t(e,this.ctx.t))}}};r([m()],w.prototype,`entries`,void 0),r([m()],w.prototype,`hasMore`,void 0),r([m()],w.prototype,`event`,void 0),r([m()],w.prototype,`text`,void 0),r([m()],w.prototype,`error`,void 0),r([m()],w.prototype,`isVerifying`,void 0),r([m()],w.prototype,`isExporting`,void 0),r([m()],w.prototype,`verified`,void 0),w=r([u(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};