import{$ as e,B as t,Ct as n,J as r,M as i,O as a,Q as o,R as s,S as c,V as l,X as u,_ as d,b as f,et as p,g as m,j as h,k as g,lt as _,mt as v,n as y,z as b}from"./shared-DsfEqpX7.js";var x=14,S=50,C=[`local`,`cloud`,`premium`],w=class extends a{constructor(...e){super(...e),this.deployments=null,this.use=[],this.ledger=[],this.total=0,this.error=``,this.currency=``,this.load=async()=>{this.error=``;try{let[e]=await Promise.all([g(this.ctx,`models`,{days:x}),this.more(void 0)]);this.use=e.use,this.currency=e.currency,this.deployments=e.deployments}catch(e){this.error=h(e,this.ctx.t)}}}static{this.styles=[...a.styles,s,m,p`
      progress {
        width: 100%;
        height: 8px;
        accent-color: var(--primary-color);
      }
      .scroll {
        overflow-x: auto;
      }
      td {
        white-space: nowrap;
      }
    `]}firstUpdated(){this.load()}render(){let{t:n}=this.ctx;return this.error?l(_,n(`state.error`),this.error,e`<button @click=${this.load}>${n(`state.retry`)}</button>`):this.deployments?this.deployments.length?e`<div class="page">
      ${C.map(e=>this.renderTier(e))}
      <section class="card content">
        <h2 class="title">${n(`models.ledger`)}</h2>
        <p class="quiet">${n(`models.ledger_text`,{count:this.total})}</p>
        ${this.ledger.length?this.renderLedger():o}
      </section>
    </div>`:l(_,n(`models.empty`),n(`models.empty_text`)):t(n)}renderTier(t){let{t:r}=this.ctx,i=this.deployments?.filter(e=>e.tier===t)??[];return i.length?e`<section>
      <h2 class="heading row" style="margin-bottom:12px">${b(t===`local`?n:v)} ${r(`tier.${t}`)}</h2>
      <div class="grid">${i.map(e=>this.renderDeployment(e))}</div>
    </section>`:o}renderDeployment(t){let{t:n,now:r}=this.ctx,i=y(this.use,r,x,t.id),a=i.reduce((e,t)=>e+t.value,0);return e`<div class="card content">
      <h3 class="title">${t.id}</h3>
      <p class="small quiet">${[n(`models.size_${t.size}`),t.model,t.embedding_model,t.server].filter(Boolean).join(` · `)}</p>
      <p class="small">${n(`models.used`,{count:t.used})} · ${n(`models.tokens`,{count:t.tokens})}${t.cost?e` · ${this.amount(`daily_cost`,t.cost)}`:o}</p>
      ${t.limits.map(e=>this.renderLimit(e))}
      ${t.limits.length?e`<p class="small quiet">${n(`models.reserve`,{percent:t.reserve_percent})}</p>`:e`<p class="small quiet">${n(`models.no_limit`)}</p>`}
      ${d(i,n(`models.days`,{count:a,days:x}))}
      <p class="small quiet">${n(`models.days`,{count:a,days:x})}</p>
      ${t.model?this.renderCheck(t):o}
      ${t.tier===`local`?o:e`<p class="small quiet">${n(t.takes_masked?`models.masked`:`models.public_only`)}</p>`}
    </div>`}renderLimit(t){let n={used:this.amount(t.kind,t.used),limit:this.amount(t.kind,t.limit)};return e`<label class="small" style="display:block">${this.ctx.t(`limit.${t.kind}`,n)}
      <progress max=${t.limit||1} value=${t.limit?t.used:1}></progress></label>`}amount(e,t){let n=e.endsWith(`cost`)&&this.currency?{style:`currency`,currency:this.currency}:{};return new Intl.NumberFormat(this.ctx.language,n).format(t)}renderCheck(t){let{t:n,language:r}=this.ctx,i=t.check;if(!i)return e`<p class="small quiet">${n(`models.unchecked`)}</p>`;let a=new Intl.DisplayNames([r],{type:`language`}),o=e=>e.map(e=>a.of(e)??e).join(`, `),s=[n(`models.tools_${i.tools}`),i.languages.length?n(`models.good`,{languages:o(i.languages)}):``,i.weak.length?n(`models.weak`,{languages:o(i.weak)}):``,i.speed===null?``:n(`models.speed`,{count:Math.round(i.speed)})];return e`<p class="small">${s.filter(Boolean).join(` · `)}</p>`}renderLedger(){let{t,now:n,language:r}=this.ctx;return e`<div class="scroll" tabindex="0" role="region" aria-label=${t(`models.ledger`)}><table>
        <thead><tr>${[`at`,`deployment`,`task`,`privacy`,`masked`,`size`].map(n=>e`<th scope="col">${t(`ledger.${n}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(t=>e`<tr>
              <td><time datetime=${t.at} title=${c(t.at,r)}>${f(t.at,n,r)}</time></td>
              <td>${t.deployment}</td><td>${t.task}</td><td>${t.privacy}</td><td>${t.masked}</td><td>${(t.bytes/1024).toFixed(1)} kB</td>
            </tr>`)}
        </tbody>
      </table></div>
      ${this.ledger.length<this.total?e`<p><button @click=${()=>this.more(this.ledger.at(-1)?.id)}>${t(`action.more`)}</button></p>`:o}`}async more(e){let t=await g(this.ctx,`ledger`,{limit:S,...e===void 0?{}:{before:e}});this.ledger=e===void 0?t.entries:[...this.ledger,...t.entries],this.total=t.total}};i([r()],w.prototype,`deployments`,void 0),i([r()],w.prototype,`use`,void 0),i([r()],w.prototype,`ledger`,void 0),i([r()],w.prototype,`total`,void 0),i([r()],w.prototype,`error`,void 0),w=i([u(`homelab-steward-models`)],w);export{w as ModelsPage};