import{$ as e,Et as t,G as n,H as r,It as i,K as a,Kt as o,M as s,O as c,P as l,Q as u,U as d,dt as f,et as p,ht as m,k as h,lt as g,mt as _,pt as v,s as y,tt as b}from"./shared-DJMK-k9p.js";var x=14,S=50,C=[`local`,`cloud`,`premium`],w=class extends r{constructor(...e){super(...e),this.deployments=null,this.use=[],this.ledger=[],this.total=0,this.error=``,this.currency=``,this.routing=[],this.load=async()=>{this.error=``;try{let[e]=await Promise.all([d(this.ctx,`models`,{days:x}),this.more(void 0)]);this.use=e.use,this.currency=e.currency,this.routing=e.routing,this.deployments=e.deployments}catch(e){this.error=n(e,this.ctx.t)}}}static{this.styles=[...r.styles,u,c,m`
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
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;return this.error?b(t,e(`state.error`),this.error,_`<button @click=${this.load}>${e(`state.retry`)}</button>`):this.deployments?this.deployments.length?_`<div class="page">
      ${C.map(e=>this.renderTier(e))}
      ${this.routing.length?this.renderRouting():v}
      <section class="card content">
        <h2 class="title">${e(`models.ledger`)}</h2>
        <p class="quiet">${e(`models.ledger_text`,{count:this.total})}</p>
        ${this.ledger.length?this.renderLedger():v}
      </section>
    </div>`:b(t,e(`models.empty`),e(`models.empty_text`)):p(e)}renderTier(t){let{t:n}=this.ctx,r=this.deployments?.filter(e=>e.tier===t)??[];return r.length?_`<section>
      <h2 class="heading row" style="margin-bottom:12px">${e(t===`local`?o:i)} ${n(`tier.${t}`)}</h2>
      <div class="grid">${r.map(e=>this.renderDeployment(e))}</div>
    </section>`:v}renderDeployment(e){let{t,now:n}=this.ctx,r=y(this.use,n,x,e.id),i=r.reduce((e,t)=>e+t.value,0);return _`<div class="card content">
      <h3 class="title">${e.id}</h3>
      <p class="small quiet">${[t(`models.size_${e.size}`),e.model,e.embedding_model,e.server].filter(Boolean).join(` · `)}</p>
      <p class="small">${t(`models.used`,{count:e.used})} · ${t(`models.tokens`,{count:e.tokens})}${e.cost?_` · ${this.amount(`daily_cost`,e.cost)}`:v}</p>
      ${e.limits.map(e=>this.renderLimit(e))}
      ${e.limits.length?_`<p class="small quiet">${t(`models.reserve`,{percent:e.reserve_percent})}</p>`:_`<p class="small quiet">${t(`models.no_limit`)}</p>`}
      ${h(r,t(`models.days`,{count:i,days:x}))}
      <p class="small quiet">${t(`models.days`,{count:i,days:x})}</p>
      ${e.good_at.length?_`<p class="small">${t(`models.good_at`,{work:e.good_at.map(e=>t(`work.${e}`)).join(`, `)})}</p>`:v}
      ${e.model?this.renderCheck(e):v}
      ${e.tier===`local`?v:_`<p class="small quiet">${t(e.takes_masked?`models.masked`:`models.public_only`)}</p>`}
    </div>`}renderRouting(){let{t:e}=this.ctx;return _`<section class="card content">
      <h2 class="title">${e(`models.routing`)}</h2>
      <p class="quiet">${e(`models.routing_text`)}</p>
      <dl class="routes">
        ${this.routing.map(t=>_`<div><dt>${e(`work.${t.work}`)}${t.is_changed?_` <span class="chip">${e(`schedule.changed`)}</span>`:v}<br /><span class="small quiet">${e(`work.${t.work}_text`)}</span></dt>
            <dd><ol>${t.steps.map(e=>this.renderStep(e))}</ol></dd></div>`)}
      </dl>
    </section>`}renderStep(e){let{t}=this.ctx,[n,r]=e.split(`_`),i=this.deployments?.filter(e=>e.model&&e.tier===n&&e.size===r)??[],a=t(`models.step`,{tier:t(`tier.${n}`),size:t(`models.size_${r}`)});return i.length?_`<li><strong>${i.map(e=>e.id).join(`, `)}</strong> · ${a}</li>`:_`<li class="quiet">${a}</li>`}renderLimit(e){let t={used:this.amount(e.kind,e.used),limit:this.amount(e.kind,e.limit)};return _`<label class="small" style="display:block">${this.ctx.t(`limit.${e.kind}`,t)}
      <progress max=${e.limit||1} value=${e.limit?e.used:1}></progress></label>`}amount(e,t){let n=e.endsWith(`cost`)&&this.currency?{style:`currency`,currency:this.currency}:{};return new Intl.NumberFormat(this.ctx.language,n).format(t)}renderCheck(e){let{t,language:n}=this.ctx,r=e.check;if(!r)return _`<p class="small quiet">${t(`models.unchecked`)}</p>`;let i=new Intl.DisplayNames([n],{type:`language`}),a=e=>e.map(e=>i.of(e)??e).join(`, `),o=[t(`models.tools_${r.tools}`),r.languages.length?t(`models.good`,{languages:a(r.languages)}):``,r.weak.length?t(`models.weak`,{languages:a(r.weak)}):``,r.speed===null?``:t(`models.speed`,{count:Math.round(r.speed)})];return _`<p class="small">${o.filter(Boolean).join(` · `)}</p>`}renderLedger(){let{t:e,now:t,language:n}=this.ctx;return _`<div class="scroll" tabindex="0" role="region" aria-label=${e(`models.ledger`)}><table>
        <thead><tr>${[`at`,`deployment`,`task`,`privacy`,`masked`,`size`].map(t=>_`<th scope="col">${e(`ledger.${t}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(e=>_`<tr>
              <td><time datetime=${e.at} title=${l(e.at,n)}>${s(e.at,t,n)}</time></td>
              <td>${e.deployment}</td><td>${e.task}</td><td>${e.privacy}</td><td>${e.masked}</td><td>${(e.bytes/1024).toFixed(1)} kB</td>
            </tr>`)}
        </tbody>
      </table></div>
      ${this.ledger.length<this.total?_`<p><button @click=${()=>this.more(this.ledger.at(-1)?.id)}>${e(`action.more`)}</button></p>`:v}`}async more(e){let t=await d(this.ctx,`ledger`,{limit:S,...e===void 0?{}:{before:e}});this.ledger=e===void 0?t.entries:[...this.ledger,...t.entries],this.total=t.total}};a([g()],w.prototype,`deployments`,void 0),a([g()],w.prototype,`use`,void 0),a([g()],w.prototype,`ledger`,void 0),a([g()],w.prototype,`total`,void 0),a([g()],w.prototype,`error`,void 0),w=a([f(`homelab-steward-models`)],w);export{w as ModelsPage};