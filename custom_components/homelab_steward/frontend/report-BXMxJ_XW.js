import{$ as e,G as t,H as n,K as r,Ot as i,Q as a,U as o,Ut as s,Vt as c,dt as l,et as u,ht as d,lt as f,mt as p,o as m,tt as h,y as g}from"./shared-DJMK-k9p.js";var _=class extends n{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await o(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=t(e,this.ctx.t)}}}static{this.styles=[...n.styles,a,d`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t}=this.ctx;if(this.error)return h(s,t(`state.error`),this.error,p`<button @click=${this.load}>${t(`state.retry`)}</button>`);let n=this.document;return n?n.sections.length?p`<div class="page">
      <header class="card content">
        <h2 class="title">${n.title}</h2>
        <p>${n.headline}</p>
        <div class="row"><button @click=${()=>g(`homelab-steward-report.md`,`text/markdown`,[n.markdown])}>${e(c)}${t(`report.save`)}</button></div>
      </header>
      ${n.pictures.map(e=>p`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${m(e.svg)}</figure>`)}
      ${n.sections.map(e=>p`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>p`<li>${e}</li>`)}</ul></section>`)}
    </div>`:h(i,n.title,n.headline):u(t)}};r([f()],_.prototype,`document`,void 0),r([f()],_.prototype,`error`,void 0),_=r([l(`homelab-steward-report`)],_);export{_ as ReportPage};