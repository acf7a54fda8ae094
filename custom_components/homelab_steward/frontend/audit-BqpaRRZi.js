import{A as e,B as t,H as n,M as r,Nt as i,Q as a,U as o,X as s,Y as c,Z as l,_ as u,ct as d,dt as f,en as p,ft as m,ot as h,tn as g,tt as _,ut as v,z as y}from"./shared-BLrf8IzR.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends y{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await t(this.ctx,`verify_audit`)}catch(e){this.error=n(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);u(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=n(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...y.styles,c,m`
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
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t:e}=this.ctx;return f`<div class="page">
      <h2 class="hidden">${e(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${e(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${s(g)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${s(i)}${e(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${e(`audit.search`)} placeholder=${e(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${e(`audit.event`)} @change=${this.select}>
          <option value="">${e(`audit.any_event`)}</option>
          ${C.map(t=>f`<option value=${t} ?selected=${this.event===t}>${e(`audit.event_${t.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?f`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t:e}=this.ctx,t=this.verified;return this.isVerifying?f`<p>${e(`audit.verifying`)}</p>`:t?t.broken_at===null?f`<p class="row tone good">${s(g)}<span>${e(`audit.intact`,{count:t.entries})} <code class="small" style="overflow-wrap:anywhere">${t.head}</code></span></p>`:f`<p class="row tone bad">${s(p)}<span>${e(`audit.broken`,{position:t.broken_at,reason:t.reason})}</span></p>`:v}renderEntries(){let{t,now:n,language:i}=this.ctx;return this.entries?this.entries.length?f`<ul class="card list">
        ${this.entries.map(a=>f`<li><details>
            ${_(f`<span class="grow"><span>${a.event}</span> <span class="quiet small">#${a.position}</span></span>
              <time class="small quiet" datetime=${a.at} title=${r(a.at,i)}>${e(a.at,n,i)}</time>`)}
            <pre tabindex="0">${T(a.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${t(`audit.digest`,{digest:a.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?f`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${t(`action.more`)}</button></p>`:v}`:a(g,t(`audit.none`),``):l(t)}page(e,n){return t(this.ctx,`audit`,{limit:e,...n===void 0?{}:{before:n},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=n(e,this.ctx.t))}}};o([h()],w.prototype,`entries`,void 0),o([h()],w.prototype,`hasMore`,void 0),o([h()],w.prototype,`event`,void 0),o([h()],w.prototype,`text`,void 0),o([h()],w.prototype,`error`,void 0),o([h()],w.prototype,`isVerifying`,void 0),o([h()],w.prototype,`isExporting`,void 0),o([h()],w.prototype,`verified`,void 0),w=o([d(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};