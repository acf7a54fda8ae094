import{$ as e,Ft as t,G as n,H as r,It as i,Q as a,Tt as o,V as s,W as c,Z as l,ct as u,et as d,mt as f,o as p,pt as m,ut as h,y as g}from"./shared-D2FqsNbt.js";var _=class extends s{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await r(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=c(e,this.ctx.t)}}}static{this.styles=[...s.styles,l,f`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:n}=this.ctx;if(this.error)return d(i,n(`state.error`),this.error,m`<button @click=${this.load}>${n(`state.retry`)}</button>`);let r=this.document;return r?r.sections.length?m`<div class="page">
      <header class="card content">
        <h2 class="title">${r.title}</h2>
        <p>${r.headline}</p>
        <div class="row"><button @click=${()=>g(`homelab-steward-report.md`,`text/markdown`,[r.markdown])}>${a(t)}${n(`report.save`)}</button></div>
      </header>
      ${r.pictures.map(e=>m`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${p(e.svg)}</figure>`)}
      ${r.sections.map(e=>m`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>m`<li>${e}</li>`)}</ul></section>`)}
    </div>`:d(o,r.title,r.headline):e(n)}};n([u()],_.prototype,`document`,void 0),n([u()],_.prototype,`error`,void 0),_=n([h(`homelab-steward-report`)],_);export{_ as ReportPage};