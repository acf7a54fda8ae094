import{G as e,Gt as t,I as n,J as r,P as i,W as a,_t as o,b as s,et as c,ft as l,gt as u,hn as d,mn as f,mt as p,nt as m,q as h,rt as g,st as _,tt as v,vt as y}from"./shared-ecpPzQbY.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends a{constructor(...t){super(...t),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await e(this.ctx,`verify_audit`)}catch(e){this.error=h(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);s(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=h(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...a.styles,c,y`
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
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t:e}=this.ctx;return o`<div class="page">
      <h2 class="hidden">${e(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${e(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${v(d)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${v(t)}${e(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${e(`audit.search`)} placeholder=${e(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${e(`audit.event`)} @change=${this.select}>
          <option value="">${e(`audit.any_event`)}</option>
          ${C.map(t=>o`<option value=${t} ?selected=${this.event===t}>${e(`audit.event_${t.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?o`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t:e}=this.ctx,t=this.verified;return this.isVerifying?o`<p>${e(`audit.verifying`)}</p>`:t?t.broken_at===null?o`<p class="row tone good">${v(d)}<span>${e(`audit.intact`,{count:t.entries})} <code class="small" style="overflow-wrap:anywhere">${t.head}</code></span></p>`:o`<p class="row tone bad">${v(f)}<span>${e(`audit.broken`,{position:t.broken_at,reason:t.reason})}</span></p>`:u}renderEntries(){let{t:e,now:t,language:r}=this.ctx;return this.entries?this.entries.length?o`<ul class="card list">
        ${this.entries.map(a=>o`<li><details>
            ${_(o`<span class="grow"><span>${a.event}</span> <span class="quiet small">#${a.position}</span></span>
              <time class="small quiet" datetime=${a.at} title=${n(a.at,r)}>${i(a.at,t,r)}</time>`)}
            <pre tabindex="0">${T(a.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${e(`audit.digest`,{digest:a.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?o`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:u}`:g(d,e(`audit.none`),``):m(e)}page(t,n){return e(this.ctx,`audit`,{limit:t,...n===void 0?{}:{before:n},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=h(e,this.ctx.t))}}};r([l()],w.prototype,`entries`,void 0),r([l()],w.prototype,`hasMore`,void 0),r([l()],w.prototype,`event`,void 0),r([l()],w.prototype,`text`,void 0),r([l()],w.prototype,`error`,void 0),r([l()],w.prototype,`isVerifying`,void 0),r([l()],w.prototype,`isExporting`,void 0),r([l()],w.prototype,`verified`,void 0),w=r([p(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};