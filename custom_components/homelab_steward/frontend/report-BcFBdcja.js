import{$ as e,B as t,J as n,M as r,O as i,R as a,V as o,X as s,bt as c,et as l,j as u,k as d,s as f,t as p,ut as m,yt as h,z as g}from"./shared-DsfEqpX7.js";var _=class extends i{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await d(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=u(e,this.ctx.t)}}}static{this.styles=[...i.styles,a,l`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:n}=this.ctx;if(this.error)return o(c,n(`state.error`),this.error,e`<button @click=${this.load}>${n(`state.retry`)}</button>`);let r=this.document;return r?r.sections.length?e`<div class="page">
      <header class="card content">
        <h2 class="title">${r.title}</h2>
        <p>${r.headline}</p>
        <div class="row"><button @click=${()=>f(`homelab-steward-report.md`,`text/markdown`,[r.markdown])}>${g(h)}${n(`report.save`)}</button></div>
      </header>
      ${r.pictures.map(t=>e`<figure class="card content"><figcaption class="title">${t.title}</figcaption>${p(t.svg)}</figure>`)}
      ${r.sections.map(t=>e`<section class="card content"><h3 class="title">${t.title}</h3>
          <ul style="padding-inline-start:20px">${t.lines.map(t=>e`<li>${t}</li>`)}</ul></section>`)}
    </div>`:o(m,r.title,r.headline):t(n)}};r([n()],_.prototype,`document`,void 0),r([n()],_.prototype,`error`,void 0),_=r([s(`homelab-steward-report`)],_);export{_ as ReportPage};