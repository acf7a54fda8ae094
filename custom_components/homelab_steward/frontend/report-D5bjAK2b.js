import{B as e,Ct as t,H as n,Nt as r,Pt as i,Q as a,U as o,X as s,Y as c,Z as l,_ as u,a as d,ct as f,dt as p,ft as m,ot as h,z as g}from"./shared-BLrf8IzR.js";var _=class extends g{constructor(...t){super(...t),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await e(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...g.styles,c,m`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return a(i,e(`state.error`),this.error,p`<button @click=${this.load}>${e(`state.retry`)}</button>`);let n=this.document;return n?n.sections.length?p`<div class="page">
      <header class="card content">
        <h2 class="title">${n.title}</h2>
        <p>${n.headline}</p>
        <div class="row"><button @click=${()=>u(`homelab-steward-report.md`,`text/markdown`,[n.markdown])}>${s(r)}${e(`report.save`)}</button></div>
      </header>
      ${n.pictures.map(e=>p`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${d(e.svg)}</figure>`)}
      ${n.sections.map(e=>p`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>p`<li>${e}</li>`)}</ul></section>`)}
    </div>`:a(t,n.title,n.headline):l(e)}};o([h()],_.prototype,`document`,void 0),o([h()],_.prototype,`error`,void 0),_=o([f(`homelab-steward-report`)],_);export{_ as ReportPage};