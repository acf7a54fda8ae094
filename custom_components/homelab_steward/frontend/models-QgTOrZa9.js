import{$ as e,Bt as t,G as n,H as r,K as i,M as a,O as o,P as s,Q as c,U as l,dt as u,et as d,ht as f,jt as p,k as m,lt as h,mt as g,pt as _,s as v,tt as y,wt as b}from"./shared-DPHSAC7e.js";var x=14,S=50,C=[`local`,`cloud`,`premium`],w=class extends r{constructor(...e){super(...e),this.deployments=null,this.use=[],this.ledger=[],this.total=0,this.error=``,this.currency=``,this.routing=[],this.load=async()=>{this.error=``;try{let[e]=await Promise.all([l(this.ctx,`models`,{days:x}),this.more(void 0)]);this.use=e.use,this.currency=e.currency,this.routing=e.routing,this.deployments=e.deployments}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...r.styles,c,o,f`
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
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;return this.error?y(b,e(`state.error`),this.error,g`<button @click=${this.load}>${e(`state.retry`)}</button>`):this.deployments?this.deployments.length?g`<div class="page">
      ${C.map(e=>this.renderTier(e))}
      ${this.routing.length?this.renderRouting():_}
      <section class="card content">
        <h2 class="title">${e(`models.ledger`)}</h2>
        <p class="quiet">${e(`models.ledger_text`,{count:this.total})}</p>
        ${this.ledger.length?this.renderLedger():_}
      </section>
    </div>`:y(b,e(`models.empty`),e(`models.empty_text`)):d(e)}renderTier(n){let{t:r}=this.ctx,i=this.deployments?.filter(e=>e.tier===n)??[];return i.length?g`<section>
      <h2 class="heading row" style="margin-bottom:12px">${e(n===`local`?t:p)} ${r(`tier.${n}`)}</h2>
      <div class="grid">${i.map(e=>this.renderDeployment(e))}</div>
    </section>`:_}renderDeployment(e){let{t,now:n}=this.ctx,r=v(this.use,n,x,e.id),i=r.reduce((e,t)=>e+t.value,0);return g`<div class="card content">
      <h3 class="title">${e.id}</h3>
      <p class="small quiet">${[t(`models.size_${e.size}`),e.model,e.embedding_model,e.server].filter(Boolean).join(` · `)}</p>
      <p class="small">${t(`models.used`,{count:e.used})} · ${t(`models.tokens`,{count:e.tokens})}${e.cost?g` · ${this.amount(`daily_cost`,e.cost)}`:_}</p>
      ${e.limits.map(e=>this.renderLimit(e))}
      ${e.limits.length?g`<p class="small quiet">${t(`models.reserve`,{percent:e.reserve_percent})}</p>`:g`<p class="small quiet">${t(`models.no_limit`)}</p>`}
      ${m(r,t(`models.days`,{count:i,days:x}))}
      <p class="small quiet">${t(`models.days`,{count:i,days:x})}</p>
      ${e.good_at.length?g`<p class="small">${t(`models.good_at`,{work:e.good_at.map(e=>t(`work.${e}`)).join(`, `)})}</p>`:_}
      ${e.model?this.renderCheck(e):_}
      ${e.tier===`local`?_:g`<p class="small quiet">${t(e.takes_masked?`models.masked`:`models.public_only`)}</p>`}
    </div>`}renderRouting(){let{t:e}=this.ctx;return g`<section class="card content">
      <h2 class="title">${e(`models.routing`)}</h2>
      <p class="quiet">${e(`models.routing_text`)}</p>
      <dl class="routes">
        ${this.routing.map(t=>g`<div><dt>${e(`work.${t.work}`)}${t.is_changed?g` <span class="chip">${e(`schedule.changed`)}</span>`:_}<br /><span class="small quiet">${e(`work.${t.work}_text`)}</span></dt>
            <dd><ol>${t.steps.map(e=>this.renderStep(e))}</ol></dd></div>`)}
      </dl>
    </section>`}renderStep(e){let{t}=this.ctx,[n,r]=e.split(`_`),i=this.deployments?.filter(e=>e.model&&e.tier===n&&e.size===r)??[],a=t(`models.step`,{tier:t(`tier.${n}`),size:t(`models.size_${r}`)});return i.length?g`<li><strong>${i.map(e=>e.id).join(`, `)}</strong> · ${a}</li>`:g`<li class="quiet">${a}</li>`}renderLimit(e){let t={used:this.amount(e.kind,e.used),limit:this.amount(e.kind,e.limit)};return g`<label class="small" style="display:block">${this.ctx.t(`limit.${e.kind}`,t)}
      <progress max=${e.limit||1} value=${e.limit?e.used:1}></progress></label>`}amount(e,t){let n=e.endsWith(`cost`)&&this.currency?{style:`currency`,currency:this.currency}:{};return new Intl.NumberFormat(this.ctx.language,n).format(t)}renderCheck(e){let{t,language:n}=this.ctx,r=e.check;if(!r)return g`<p class="small quiet">${t(`models.unchecked`)}</p>`;let i=new Intl.DisplayNames([n],{type:`language`}),a=e=>e.map(e=>i.of(e)??e).join(`, `),o=[t(`models.tools_${r.tools}`),r.languages.length?t(`models.good`,{languages:a(r.languages)}):``,r.weak.length?t(`models.weak`,{languages:a(r.weak)}):``,r.speed===null?``:t(`models.speed`,{count:Math.round(r.speed)})];return g`<p class="small">${o.filter(Boolean).join(` · `)}</p>`}renderLedger(){let{t:e,now:t,language:n}=this.ctx;return g`<div class="scroll" tabindex="0" role="region" aria-label=${e(`models.ledger`)}><table>
        <thead><tr>${[`at`,`deployment`,`task`,`privacy`,`masked`,`size`].map(t=>g`<th scope="col">${e(`ledger.${t}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(e=>g`<tr>
              <td><time datetime=${e.at} title=${s(e.at,n)}>${a(e.at,t,n)}</time></td>
              <td>${e.deployment}</td><td>${e.task}</td><td>${e.privacy}</td><td>${e.masked}</td><td>${(e.bytes/1024).toFixed(1)} kB</td>
            </tr>`)}
        </tbody>
      </table></div>
      ${this.ledger.length<this.total?g`<p><button @click=${()=>this.more(this.ledger.at(-1)?.id)}>${e(`action.more`)}</button></p>`:_}`}async more(e){let t=await l(this.ctx,`ledger`,{limit:S,...e===void 0?{}:{before:e}});this.ledger=e===void 0?t.entries:[...this.ledger,...t.entries],this.total=t.total}};i([h()],w.prototype,`deployments`,void 0),i([h()],w.prototype,`use`,void 0),i([h()],w.prototype,`ledger`,void 0),i([h()],w.prototype,`total`,void 0),i([h()],w.prototype,`error`,void 0),w=i([u(`homelab-steward-models`)],w);export{w as ModelsPage};