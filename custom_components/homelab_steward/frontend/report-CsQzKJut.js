import{$ as e,B as t,Ft as n,Pt as r,Q as i,U as a,V as o,W as s,X as c,Z as l,a as u,ft as d,lt as f,pt as p,st as m,v as h,wt as g}from"./shared-nRrs-VXQ.js";var _=class extends t{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await o(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=a(e,this.ctx.t)}}}static{this.styles=[...t.styles,c,p`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t}=this.ctx;if(this.error)return e(n,t(`state.error`),this.error,d`<button @click=${this.load}>${t(`state.retry`)}</button>`);let a=this.document;return a?a.sections.length?d`<div class="page">
      <header class="card content">
        <h2 class="title">${a.title}</h2>
        <p>${a.headline}</p>
        <div class="row"><button @click=${()=>h(`homelab-steward-report.md`,`text/markdown`,[a.markdown])}>${l(r)}${t(`report.save`)}</button></div>
      </header>
      ${a.pictures.map(e=>d`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${u(e.svg)}</figure>`)}
      ${a.sections.map(e=>d`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>d`<li>${e}</li>`)}</ul></section>`)}
    </div>`:e(g,a.title,a.headline):i(t)}};s([m()],_.prototype,`document`,void 0),s([m()],_.prototype,`error`,void 0),_=s([f(`homelab-steward-report`)],_);export{_ as ReportPage};