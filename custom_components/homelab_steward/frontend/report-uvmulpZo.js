import{$ as e,Et as t,G as n,H as r,It as i,K as a,Lt as o,Q as s,U as c,dt as l,et as u,ht as d,lt as f,mt as p,o as m,tt as h,y as g}from"./shared-DPHSAC7e.js";var _=class extends r{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await c(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...r.styles,s,d`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:n}=this.ctx;if(this.error)return h(o,n(`state.error`),this.error,p`<button @click=${this.load}>${n(`state.retry`)}</button>`);let r=this.document;return r?r.sections.length?p`<div class="page">
      <header class="card content">
        <h2 class="title">${r.title}</h2>
        <p>${r.headline}</p>
        <div class="row"><button @click=${()=>g(`homelab-steward-report.md`,`text/markdown`,[r.markdown])}>${e(i)}${n(`report.save`)}</button></div>
      </header>
      ${r.pictures.map(e=>p`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${m(e.svg)}</figure>`)}
      ${r.sections.map(e=>p`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>p`<li>${e}</li>`)}</ul></section>`)}
    </div>`:h(t,r.title,r.headline):u(n)}};a([f()],_.prototype,`document`,void 0),a([f()],_.prototype,`error`,void 0),_=a([l(`homelab-steward-report`)],_);export{_ as ReportPage};