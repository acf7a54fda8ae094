import{$ as e,B as t,It as n,J as r,Lt as i,M as a,O as o,Q as s,R as c,S as l,V as u,W as d,X as f,b as p,et as m,j as h,k as g,s as _,yt as v,z as y}from"./shared-DsfEqpX7.js";var b=100,x=500,S=250,C=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],w=class extends o{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await g(this.ctx,`verify_audit`)}catch(e){this.error=h(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(x,t);if(e.push(...n.entries),!n.has_more)break}let t=e.reverse().map(e=>`${JSON.stringify(e)}\n`);_(`homelab-steward-audit.jsonl`,`application/jsonl`,t)}catch(e){this.error=h(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...o.styles,c,m`
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
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t}=this.ctx;return e`<div class="page">
      <h2 class="hidden">${t(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${t(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${y(i)}${t(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${y(v)}${t(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${t(`audit.search`)} placeholder=${t(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${t(`audit.event`)} @change=${this.select}>
          <option value="">${t(`audit.any_event`)}</option>
          ${C.map(n=>e`<option value=${n} ?selected=${this.event===n}>${t(`audit.event_${n.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?e`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t}=this.ctx,r=this.verified;return this.isVerifying?e`<p>${t(`audit.verifying`)}</p>`:r?r.broken_at===null?e`<p class="row tone good">${y(i)}<span>${t(`audit.intact`,{count:r.entries})} <code class="small" style="overflow-wrap:anywhere">${r.head}</code></span></p>`:e`<p class="row tone bad">${y(n)}<span>${t(`audit.broken`,{position:r.broken_at,reason:r.reason})}</span></p>`:s}renderEntries(){let{t:n,now:r,language:a}=this.ctx;return this.entries?this.entries.length?e`<ul class="card list">
        ${this.entries.map(t=>e`<li><details>
            ${d(e`<span class="grow"><span>${t.event}</span> <span class="quiet small">#${t.position}</span></span>
              <time class="small quiet" datetime=${t.at} title=${l(t.at,a)}>${p(t.at,r,a)}</time>`)}
            <pre tabindex="0">${T(t.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${n(`audit.digest`,{digest:t.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?e`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${n(`action.more`)}</button></p>`:s}`:u(i,n(`audit.none`),``):t(n)}page(e,t){return g(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(b,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=h(e,this.ctx.t))}}};a([r()],w.prototype,`entries`,void 0),a([r()],w.prototype,`hasMore`,void 0),a([r()],w.prototype,`event`,void 0),a([r()],w.prototype,`text`,void 0),a([r()],w.prototype,`error`,void 0),a([r()],w.prototype,`isVerifying`,void 0),a([r()],w.prototype,`isExporting`,void 0),a([r()],w.prototype,`verified`,void 0),w=a([f(`homelab-steward-audit`)],w);function T(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}export{w as AuditPage};