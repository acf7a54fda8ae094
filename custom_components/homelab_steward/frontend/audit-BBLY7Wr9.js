import{$ as e,B as t,N as n,Pt as r,Q as i,U as a,V as o,W as s,X as c,Z as l,dt as u,ft as d,j as f,lt as p,nn as m,nt as h,pt as g,st as _,tn as v,v as y}from"./shared-nRrs-VXQ.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends t{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await o(this.ctx,`verify_audit`)}catch(e){this.error=a(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);y(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=a(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...t.styles,c,g`
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
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${l(m)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${l(r)}${e(`audit.export`)}</button>
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
    </div>`}renderVerified(){let{t:e}=this.ctx,t=this.verified;return this.isVerifying?d`<p>${e(`audit.verifying`)}</p>`:t?t.broken_at===null?d`<p class="row tone good">${l(m)}<span>${e(`audit.intact`,{count:t.entries})} <code class="small" style="overflow-wrap:anywhere">${t.head}</code></span></p>`:d`<p class="row tone bad">${l(v)}<span>${e(`audit.broken`,{position:t.broken_at,reason:t.reason})}</span></p>`:u}renderEntries(){let{t,now:r,language:a}=this.ctx;return this.entries?this.entries.length?d`<ul class="card list">
        ${this.entries.map(e=>d`<li><details>
            ${h(d`<span class="grow"><span>${e.event}</span> <span class="quiet small">#${e.position}</span></span>
              <time class="small quiet" datetime=${e.at} title=${n(e.at,a)}>${f(e.at,r,a)}</time>`)}
            <pre tabindex="0">${T(e.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${t(`audit.digest`,{digest:e.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?d`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${t(`action.more`)}</button></p>`:u}`:e(m,t(`audit.none`),``):i(t)}page(e,t){return o(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=a(e,this.ctx.t))}}};s([_()],w.prototype,`entries`,void 0),s([_()],w.prototype,`hasMore`,void 0),s([_()],w.prototype,`event`,void 0),s([_()],w.prototype,`text`,void 0),s([_()],w.prototype,`error`,void 0),s([_()],w.prototype,`isVerifying`,void 0),s([_()],w.prototype,`isExporting`,void 0),s([_()],w.prototype,`verified`,void 0),w=s([p(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};