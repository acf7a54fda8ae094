import{G as e,Gt as t,J as n,Mt as r,W as i,_t as a,b as o,et as s,ft as c,mt as l,nt as u,q as d,qt as f,rt as p,s as m,tt as h,vt as g}from"./shared-ecpPzQbY.js";var _=class extends i{constructor(...t){super(...t),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await e(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=d(e,this.ctx.t)}}}static{this.styles=[...i.styles,s,g`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return p(f,e(`state.error`),this.error,a`<button @click=${this.load}>${e(`state.retry`)}</button>`);let n=this.document;return n?n.sections.length?a`<div class="page">
      <header class="card content">
        <h2 class="title">${n.title}</h2>
        <p>${n.headline}</p>
        <div class="row"><button @click=${()=>o(`homelab-steward-report.md`,`text/markdown`,[n.markdown])}>${h(t)}${e(`report.save`)}</button></div>
      </header>
      ${n.pictures.map(e=>a`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${m(e.svg)}</figure>`)}
      ${n.sections.map(e=>a`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>a`<li>${e}</li>`)}</ul></section>`)}
    </div>`:p(r,n.title,n.headline):u(e)}};n([c()],_.prototype,`document`,void 0),n([c()],_.prototype,`error`,void 0),_=n([l(`homelab-steward-report`)],_);export{_ as ReportPage};