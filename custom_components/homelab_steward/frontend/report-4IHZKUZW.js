import{$ as e,K as t,Kt as n,U as r,W as i,Wt as a,_t as o,b as s,dt as c,et as l,gt as u,jt as d,nt as f,pt as p,q as m,s as h,tt as g}from"./shared-Sda02QKL.js";var _=class extends r{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await i(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=t(e,this.ctx.t)}}}static{this.styles=[...r.styles,e,o`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return f(n,e(`state.error`),this.error,u`<button @click=${this.load}>${e(`state.retry`)}</button>`);let t=this.document;return t?t.sections.length?u`<div class="page">
      <header class="card content">
        <h2 class="title">${t.title}</h2>
        <p>${t.headline}</p>
        <div class="row"><button @click=${()=>s(`homelab-steward-report.md`,`text/markdown`,[t.markdown])}>${l(a)}${e(`report.save`)}</button></div>
      </header>
      ${t.pictures.map(e=>u`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${h(e.svg)}</figure>`)}
      ${t.sections.map(e=>u`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>u`<li>${e}</li>`)}</ul></section>`)}
    </div>`:f(d,t.title,t.headline):g(e)}};m([c()],_.prototype,`document`,void 0),m([c()],_.prototype,`error`,void 0),_=m([p(`homelab-steward-report`)],_);export{_ as ReportPage};