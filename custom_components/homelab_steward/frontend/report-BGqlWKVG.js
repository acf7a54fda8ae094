import{Ct as e,F as t,G as n,H as r,I as i,M as a,N as o,Q as s,U as c,W as l,a as u,d,et as f,it as p,mt as m,rt as h,wt as g}from"./shared-XOvvEVcW.js";var _=class extends a{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await o(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=t(e,this.ctx.t)}}}static{this.styles=[...a.styles,r,p`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t}=this.ctx;if(this.error)return n(g,t(`state.error`),this.error,h`<button @click=${this.load}>${t(`state.retry`)}</button>`);let r=this.document;return r?r.sections.length?h`<div class="page">
      <header class="card content">
        <h2 class="title">${r.title}</h2>
        <p>${r.headline}</p>
        <div class="row"><button @click=${()=>d(`homelab-steward-report.md`,`text/markdown`,[r.markdown])}>${c(e)}${t(`report.save`)}</button></div>
      </header>
      ${r.pictures.map(e=>h`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${u(e.svg)}</figure>`)}
      ${r.sections.map(e=>h`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>h`<li>${e}</li>`)}</ul></section>`)}
    </div>`:n(m,r.title,r.headline):l(t)}};i([s()],_.prototype,`document`,void 0),i([s()],_.prototype,`error`,void 0),_=i([f(`homelab-steward-report`)],_);export{_ as ReportPage};