import{$ as e,A as t,F as n,K as r,N as i,Ot as a,U as o,W as s,Yt as c,_t as l,c as u,dt as d,et as f,gt as p,ht as m,k as h,nt as g,pt as _,q as v,tt as y,zt as b}from"./shared-Sda02QKL.js";var x=14,S=50,C=[`local`,`cloud`,`premium`],w=class extends o{constructor(...e){super(...e),this.deployments=null,this.use=[],this.ledger=[],this.total=0,this.error=``,this.currency=``,this.routing=[],this.load=async()=>{this.error=``;try{let[e]=await Promise.all([s(this.ctx,`models`,{days:x}),this.more(void 0)]);this.use=e.use,this.currency=e.currency,this.routing=e.routing,this.deployments=e.deployments}catch(e){this.error=r(e,this.ctx.t)}}}static{this.styles=[...o.styles,e,h,l`
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
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;return this.error?g(a,e(`state.error`),this.error,p`<button @click=${this.load}>${e(`state.retry`)}</button>`):this.deployments?this.deployments.length?p`<div class="page">
      ${C.map(e=>this.renderTier(e))}
      ${this.routing.length?this.renderRouting():m}
      <section class="card content">
        <h2 class="title">${e(`models.ledger`)}</h2>
        <p class="quiet">${e(`models.ledger_text`,{count:this.total})}</p>
        ${this.ledger.length?this.renderLedger():m}
      </section>
    </div>`:g(a,e(`models.empty`),e(`models.empty_text`)):y(e)}renderTier(e){let{t}=this.ctx,n=this.deployments?.filter(t=>t.tier===e)??[];return n.length?p`<section>
      <h2 class="heading row" style="margin-bottom:12px">${f(e===`local`?c:b)} ${t(`tier.${e}`)}</h2>
      <div class="grid">${n.map(e=>this.renderDeployment(e))}</div>
    </section>`:m}renderDeployment(e){let{t:n,now:r}=this.ctx,i=u(this.use,r,x,e.id),a=i.reduce((e,t)=>e+t.value,0);return p`<div class="card content">
      <h3 class="title">${e.id}</h3>
      <p class="small quiet">${[n(`models.size_${e.size}`),e.model,e.embedding_model,e.server].filter(Boolean).join(` · `)}</p>
      <p class="small">${n(`models.used`,{count:e.used})} · ${n(`models.tokens`,{count:e.tokens})}${e.cost?p` · ${this.amount(`daily_cost`,e.cost)}`:m}</p>
      ${e.limits.map(e=>this.renderLimit(e))}
      ${e.limits.length?p`<p class="small quiet">${n(`models.reserve`,{percent:e.reserve_percent})}</p>`:p`<p class="small quiet">${n(`models.no_limit`)}</p>`}
      ${t(i,n(`models.days`,{count:a,days:x}))}
      <p class="small quiet">${n(`models.days`,{count:a,days:x})}</p>
      ${e.good_at.length?p`<p class="small">${n(`models.good_at`,{work:e.good_at.map(e=>n(`work.${e}`)).join(`, `)})}</p>`:m}
      ${e.model?this.renderCheck(e):m}
      ${e.tier===`local`?m:p`<p class="small quiet">${n(e.takes_masked?`models.masked`:`models.public_only`)}</p>`}
    </div>`}renderRouting(){let{t:e}=this.ctx;return p`<section class="card content">
      <h2 class="title">${e(`models.routing`)}</h2>
      <p class="quiet">${e(`models.routing_text`)}</p>
      <dl class="routes">
        ${this.routing.map(t=>p`<div><dt>${e(`work.${t.work}`)}${t.is_changed?p` <span class="chip">${e(`schedule.changed`)}</span>`:m}<br /><span class="small quiet">${e(`work.${t.work}_text`)}</span></dt>
            <dd><ol>${t.steps.map(e=>this.renderStep(e))}</ol></dd></div>`)}
      </dl>
    </section>`}renderStep(e){let{t}=this.ctx,[n,r]=e.split(`_`),i=this.deployments?.filter(e=>e.model&&e.tier===n&&e.size===r)??[],a=t(`models.step`,{tier:t(`tier.${n}`),size:t(`models.size_${r}`)});return i.length?p`<li><strong>${i.map(e=>e.id).join(`, `)}</strong> · ${a}</li>`:p`<li class="quiet">${a}</li>`}renderLimit(e){let t={used:this.amount(e.kind,e.used),limit:this.amount(e.kind,e.limit)};return p`<label class="small" style="display:block">${this.ctx.t(`limit.${e.kind}`,t)}
      <progress max=${e.limit||1} value=${e.limit?e.used:1}></progress></label>`}amount(e,t){let n=e.endsWith(`cost`)&&this.currency?{style:`currency`,currency:this.currency}:{};return new Intl.NumberFormat(this.ctx.language,n).format(t)}renderCheck(e){let{t,language:n}=this.ctx,r=e.check;if(!r)return p`<p class="small quiet">${t(`models.unchecked`)}</p>`;let i=new Intl.DisplayNames([n],{type:`language`}),a=e=>e.map(e=>i.of(e)??e).join(`, `),o=[t(`models.tools_${r.tools}`),r.languages.length?t(`models.good`,{languages:a(r.languages)}):``,r.weak.length?t(`models.weak`,{languages:a(r.weak)}):``,r.speed===null?``:t(`models.speed`,{count:Math.round(r.speed)})];return p`<p class="small">${o.filter(Boolean).join(` · `)}</p>`}renderLedger(){let{t:e,now:t,language:r}=this.ctx;return p`<div class="scroll" tabindex="0" role="region" aria-label=${e(`models.ledger`)}><table>
        <thead><tr>${[`at`,`deployment`,`task`,`privacy`,`masked`,`size`].map(t=>p`<th scope="col">${e(`ledger.${t}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(e=>p`<tr>
              <td><time datetime=${e.at} title=${n(e.at,r)}>${i(e.at,t,r)}</time></td>
              <td>${e.deployment}</td><td>${e.task}</td><td>${e.privacy}</td><td>${e.masked}</td><td>${(e.bytes/1024).toFixed(1)} kB</td>
            </tr>`)}
        </tbody>
      </table></div>
      ${this.ledger.length<this.total?p`<p><button @click=${()=>this.more(this.ledger.at(-1)?.id)}>${e(`action.more`)}</button></p>`:m}`}async more(e){let t=await s(this.ctx,`ledger`,{limit:S,...e===void 0?{}:{before:e}});this.ledger=e===void 0?t.entries:[...this.ledger,...t.entries],this.total=t.total}};v([d()],w.prototype,`deployments`,void 0),v([d()],w.prototype,`use`,void 0),v([d()],w.prototype,`ledger`,void 0),v([d()],w.prototype,`total`,void 0),v([d()],w.prototype,`error`,void 0),w=v([_(`homelab-steward-models`)],w);export{w as ModelsPage};