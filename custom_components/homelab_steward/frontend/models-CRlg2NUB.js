import{A as e,Bt as t,G as n,I as r,J as i,P as a,W as o,Xt as s,_t as c,c as l,et as u,ft as d,gt as f,k as p,kt as m,mt as h,nt as g,q as _,rt as v,tt as y,vt as b}from"./shared-ecpPzQbY.js";var x=14,S=50,C=[`local`,`cloud`,`premium`],w=class extends o{constructor(...e){super(...e),this.deployments=null,this.use=[],this.ledger=[],this.total=0,this.error=``,this.currency=``,this.routing=[],this.load=async()=>{this.error=``;try{let[e]=await Promise.all([n(this.ctx,`models`,{days:x}),this.more(void 0)]);this.use=e.use,this.currency=e.currency,this.routing=e.routing,this.deployments=e.deployments}catch(e){this.error=_(e,this.ctx.t)}}}static{this.styles=[...o.styles,u,p,b`
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
      .routes > div {
        display: grid;
        gap: 4px 16px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr));
        padding: 8px 0;
      }
      .routes > div + div {
        border-top: 1px solid var(--divider-color);
      }
      ol {
        padding-inline-start: 20px;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;return this.error?v(m,e(`state.error`),this.error,c`<button @click=${this.load}>${e(`state.retry`)}</button>`):this.deployments?this.deployments.length?c`<div class="page">
      ${C.map(e=>this.renderTier(e))}
      ${this.routing.length?this.renderRouting():f}
      <section class="card content">
        <h2 class="title">${e(`models.ledger`)}</h2>
        <p class="quiet">${e(`models.ledger_text`,{count:this.total})}</p>
        ${this.ledger.length?this.renderLedger():f}
      </section>
    </div>`:v(m,e(`models.empty`),e(`models.empty_text`)):g(e)}renderTier(e){let{t:n}=this.ctx,r=this.deployments?.filter(t=>t.tier===e)??[];return r.length?c`<section>
      <h2 class="heading row" style="margin-bottom:12px">${y(e===`local`?s:t)} ${n(`tier.${e}`)}</h2>
      <div class="grid">${r.map(e=>this.renderDeployment(e))}</div>
    </section>`:f}renderDeployment(t){let{t:n,now:r}=this.ctx,i=l(this.use,r,x,t.id),a=i.reduce((e,t)=>e+t.value,0);return c`<div class="card content">
      <h3 class="title">${t.id}</h3>
      <p class="small quiet">${[n(`models.size_${t.size}`),t.model,t.embedding_model,t.server].filter(Boolean).join(` · `)}</p>
      <p class="small">${n(`models.used`,{count:t.used})} · ${n(`models.tokens`,{count:t.tokens})}${t.cost?c` · ${this.amount(`daily_cost`,t.cost)}`:f}</p>
      ${t.limits.map(e=>this.renderLimit(e))}
      ${t.limits.length?c`<p class="small quiet">${n(`models.reserve`,{percent:t.reserve_percent})}</p>`:c`<p class="small quiet">${n(`models.no_limit`)}</p>`}
      ${e(i,n(`models.days`,{count:a,days:x}))}
      <p class="small quiet">${n(`models.days`,{count:a,days:x})}</p>
      ${t.good_at.length?c`<p class="small">${n(`models.good_at`,{work:t.good_at.map(e=>n(`work.${e}`)).join(`, `)})}</p>`:f}
      ${t.model?this.renderCheck(t):f}
      ${t.tier===`local`?f:c`<p class="small quiet">${n(t.takes_masked?`models.masked`:`models.public_only`)}</p>`}
    </div>`}renderRouting(){let{t:e}=this.ctx;return c`<section class="card content">
      <h2 class="title">${e(`models.routing`)}</h2>
      <p class="quiet">${e(`models.routing_text`)}</p>
      <dl class="routes">
        ${this.routing.map(t=>c`<div><dt>${e(`work.${t.work}`)}${t.is_changed?c` <span class="chip">${e(`schedule.changed`)}</span>`:f}<br /><span class="small quiet">${e(`work.${t.work}_text`)}</span></dt>
            <dd><ol>${t.steps.map(e=>this.renderStep(e))}</ol></dd></div>`)}
      </dl>
    </section>`}renderStep(e){let{t}=this.ctx,[n,r]=e.split(`_`),i=this.deployments?.filter(e=>e.model&&e.tier===n&&e.size===r)??[],a=t(`models.step`,{tier:t(`tier.${n}`),size:t(`models.size_${r}`)});return i.length?c`<li><strong>${i.map(e=>e.id).join(`, `)}</strong> · ${a}</li>`:c`<li class="quiet">${a}</li>`}renderLimit(e){let t={used:this.amount(e.kind,e.used),limit:this.amount(e.kind,e.limit)};return c`<label class="small" style="display:block">${this.ctx.t(`limit.${e.kind}`,t)}
      <progress max=${e.limit||1} value=${e.limit?e.used:1}></progress></label>`}amount(e,t){let n=e.endsWith(`cost`)&&this.currency?{style:`currency`,currency:this.currency}:{};return new Intl.NumberFormat(this.ctx.language,n).format(t)}renderCheck(e){let{t,language:n}=this.ctx,r=e.check;if(!r)return c`<p class="small quiet">${t(`models.unchecked`)}</p>`;let i=new Intl.DisplayNames([n],{type:`language`}),a=e=>e.map(e=>i.of(e)??e).join(`, `),o=[t(`models.tools_${r.tools}`),r.languages.length?t(`models.good`,{languages:a(r.languages)}):``,r.weak.length?t(`models.weak`,{languages:a(r.weak)}):``,r.speed===null?``:t(`models.speed`,{count:Math.round(r.speed)})];return c`<p class="small">${o.filter(Boolean).join(` · `)}</p>`}renderLedger(){let{t:e,now:t,language:n}=this.ctx;return c`<div class="scroll" tabindex="0" role="region" aria-label=${e(`models.ledger`)}><table>
        <thead><tr>${[`at`,`deployment`,`task`,`privacy`,`masked`,`size`].map(t=>c`<th scope="col">${e(`ledger.${t}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(e=>c`<tr>
              <td><time datetime=${e.at} title=${r(e.at,n)}>${a(e.at,t,n)}</time></td>
              <td>${e.deployment}</td><td>${e.task}</td><td>${e.privacy}</td><td>${e.masked}</td><td>${(e.bytes/1024).toFixed(1)} kB</td>
            </tr>`)}
        </tbody>
      </table></div>
      ${this.ledger.length<this.total?c`<p><button @click=${()=>this.more(this.ledger.at(-1)?.id)}>${e(`action.more`)}</button></p>`:f}`}async more(e){let t=await n(this.ctx,`ledger`,{limit:S,...e===void 0?{}:{before:e}});this.ledger=e===void 0?t.entries:[...this.ledger,...t.entries],this.total=t.total}};i([d()],w.prototype,`deployments`,void 0),i([d()],w.prototype,`use`,void 0),i([d()],w.prototype,`ledger`,void 0),i([d()],w.prototype,`total`,void 0),i([d()],w.prototype,`error`,void 0),w=i([h(`homelab-steward-models`)],w);export{w as ModelsPage};