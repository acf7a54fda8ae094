import{$ as e,Bt as t,G as n,H as r,K as i,Ot as a,Q as o,U as s,dt as c,et as l,ht as u,lt as d,mt as f,o as p,tt as m,y as h,zt as g}from"./shared-DYd2PHf_.js";var _=class extends r{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await s(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...r.styles,o,u`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:n}=this.ctx;if(this.error)return m(t,n(`state.error`),this.error,f`<button @click=${this.load}>${n(`state.retry`)}</button>`);let r=this.document;return r?r.sections.length?f`<div class="page">
      <header class="card content">
        <h2 class="title">${r.title}</h2>
        <p>${r.headline}</p>
        <div class="row"><button @click=${()=>h(`homelab-steward-report.md`,`text/markdown`,[r.markdown])}>${e(g)}${n(`report.save`)}</button></div>
      </header>
      ${r.pictures.map(e=>f`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${p(e.svg)}</figure>`)}
      ${r.sections.map(e=>f`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>f`<li>${e}</li>`)}</ul></section>`)}
    </div>`:m(a,r.title,r.headline):l(n)}};i([d()],_.prototype,`document`,void 0),i([d()],_.prototype,`error`,void 0),_=i([c(`homelab-steward-report`)],_);export{_ as ReportPage};