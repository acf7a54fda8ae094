import{$ as e,F as t,K as n,N as r,U as i,W as a,Wt as o,_t as s,b as c,dt as l,et as u,gt as d,ht as f,mn as p,nt as m,ot as h,pn as g,pt as _,q as v,tt as y}from"./shared-Sda02QKL.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends i{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await a(this.ctx,`verify_audit`)}catch(e){this.error=n(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);c(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=n(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...i.styles,e,s`
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
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t:e}=this.ctx;return d`<div class="page">
      <h2 class="hidden">${e(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${e(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${u(p)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${u(o)}${e(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${e(`audit.search`)} placeholder=${e(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${e(`audit.event`)} @change=${this.select}>
          <option value="">${e(`audit.any_event`)}</option>
          ${C.map(t=>d`<option value=${t} ?selected=${this.event===t}>${e(`audit.event_${t.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?d`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t:e}=this.ctx,t=this.verified;return this.isVerifying?d`<p>${e(`audit.verifying`)}</p>`:t?t.broken_at===null?d`<p class="row tone good">${u(p)}<span>${e(`audit.intact`,{count:t.entries})} <code class="small" style="overflow-wrap:anywhere">${t.head}</code></span></p>`:d`<p class="row tone bad">${u(g)}<span>${e(`audit.broken`,{position:t.broken_at,reason:t.reason})}</span></p>`:f}renderEntries(){let{t:e,now:n,language:i}=this.ctx;return this.entries?this.entries.length?d`<ul class="card list">
        ${this.entries.map(a=>d`<li><details>
            ${h(d`<span class="grow"><span>${a.event}</span> <span class="quiet small">#${a.position}</span></span>
              <time class="small quiet" datetime=${a.at} title=${t(a.at,i)}>${r(a.at,n,i)}</time>`)}
            <pre tabindex="0">${T(a.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${e(`audit.digest`,{digest:a.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?d`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:f}`:m(p,e(`audit.none`),``):y(e)}page(e,t){return a(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=n(e,this.ctx.t))}}};v([l()],w.prototype,`entries`,void 0),v([l()],w.prototype,`hasMore`,void 0),v([l()],w.prototype,`event`,void 0),v([l()],w.prototype,`text`,void 0),v([l()],w.prototype,`error`,void 0),v([l()],w.prototype,`isVerifying`,void 0),v([l()],w.prototype,`isExporting`,void 0),v([l()],w.prototype,`verified`,void 0),w=v([_(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};