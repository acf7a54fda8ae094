import{Dt as e,Et as t,G as n,I as r,K as i,L as a,N as o,P as s,U as c,W as l,_t as u,a as d,at as f,d as p,et as m,nt as h,ot as g}from"./shared-COQCZFd_.js";var _=class extends o{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await s(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=r(e,this.ctx.t)}}}static{this.styles=[...o.styles,c,g`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:r}=this.ctx;if(this.error)return i(e,r(`state.error`),this.error,f`<button @click=${this.load}>${r(`state.retry`)}</button>`);let a=this.document;return a?a.sections.length?f`<div class="page">
      <header class="card content">
        <h2 class="title">${a.title}</h2>
        <p>${a.headline}</p>
        <div class="row"><button @click=${()=>p(`homelab-steward-report.md`,`text/markdown`,[a.markdown])}>${l(t)}${r(`report.save`)}</button></div>
      </header>
      ${a.pictures.map(e=>f`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${d(e.svg)}</figure>`)}
      ${a.sections.map(e=>f`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>f`<li>${e}</li>`)}</ul></section>`)}
    </div>`:i(u,a.title,a.headline):n(r)}};a([m()],_.prototype,`document`,void 0),a([m()],_.prototype,`error`,void 0),_=a([h(`homelab-steward-report`)],_);export{_ as ReportPage};