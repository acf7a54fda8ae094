import{$ as e,C as t,H as n,J as r,K as i,M as a,Nt as o,O as s,Q as c,R as l,S as u,U as d,V as f,W as p,X as m,at as h,b as g,c as _,et as v,f as y,j as b,k as x,m as S,p as C,u as w,xt as T,z as E}from"./shared-DsfEqpX7.js";var D=100,O=class extends s{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.snapshots=new i(this,[`snapshot`])}static{this.styles=[...s.styles,l,v`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .readings {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
      }
      .thing {
        padding: 8px 0;
      }
      homelab-steward-action.thing {
        padding: 4px 0;
      }
      .thing + .thing {
        border-top: 1px solid var(--divider-color);
      }
    `]}willUpdate(e){e.has(`item`)&&this.readPoll(),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t,feed:r,base:i}=this.ctx,a=r.row(`instance`,this.item);if(!a)return f(T,t(`service.gone`),t(`service.gone_text`),e`<a class="button" href="${i}/services">${t(`nav.services`)}</a>`);let o=C(a,r.rows(`catalogue`)[0]),s=this.snapshots.row(`snapshot`,a.id),l=y(a.id,r.rows(`incident`));return e`<div class="page">
      ${this.renderHead(a,o,s)}
      ${l.length?e`<section class="card"><ul class="list">
            ${l.map(r=>e`<li><a class="item" href="${i}/incident/${r.id}">${n(r.severity,t)}<span class="grow">${r.title}</span>${d(r.status,t)}</a></li>`)}
          </ul></section>`:c}
      ${s?this.renderGaps(s,o):c}
      ${s&&o?this.renderInside(a,s,o):c}
      ${o?this.renderActions(a,o,s):c}
    </div>`}renderHead(t,n,r){let{t:i,feed:a,now:s,language:l,viewer:d}=this.ctx,f=w(t,a.rows(`incident`)),p=(t,n)=>n?e`<dt>${i(t)}</dt><dd>${n}</dd>`:c,m=this.polled??t.polled_at,v=t.status===`unreachable`&&t.expected_off===null;return e`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${t.name}</h2>
          <p class="row ${_[f]}"><span class="dot"></span>${i(`health.${f}`)}</p>
        </div>
        ${d.person?e`<button class="icon" ?disabled=${this.isBusy} aria-label=${i(`service.poll`)} title=${i(`service.poll`)} @click=${()=>this.poll(t.id)}>${E(o)}</button>`:c}
      </div>
      ${t.error&&t.expected_off===null?e`<p class="text">${t.error}</p>`:c}
      ${t.expected_off?e`<p class="text">${t.expected_off}</p>`:c}
      <dl>
        ${p(`service.kind`,n?.name??t.service)}
        ${p(`service.version`,t.version)}
        ${p(`service.polled`,m?e`<time datetime=${m} title=${u(m,l)}>${g(m,s,l)}</time>`:``)}
        ${p(`service.changed`,r?g(r.taken_at,s,l):``)}
        ${p(`service.address`,t.settings.url??t.settings.host)}
        ${p(`service.configured`,i(`origin.${t.origin}`))}
      </dl>
      ${t.notices.map(t=>e`<p class="row small" style="align-items:flex-start"><span class="tone warning">${E(h)}</span>${t}</p>`)}
      ${d.person&&(v||t.expected_off!==null)?e`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:t.id,off:v})}>${i(v?`service.expect_off`:`service.expect_on`)}</button></div>`:c}
      <div aria-live="polite">${this.answer?e`<p>${this.answer}</p>`:c}</div>
    </header>`}renderGaps(t,n){let{t:r}=this.ctx,{coverage:i,missing_rights:a}=t;if(i.status===`complete`&&!a.length)return c;let o=e=>n?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return e`<section class="card content">
      <h3 class="title">${r(`service.gaps`)}</h3>
      ${i.status===`complete`?c:e`<p class="quiet">${r(`coverage.${i.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${i.gaps.map(t=>e`<li>${t.part}: <span class="quiet">${t.reason}</span></li>`)}
        ${a.map(t=>e`<li>${r(`service.right`,{name:t})} <span class="quiet">${this.ctx.name(o(t)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(t,n,r){let{t:i}=this.ctx,a=r.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return e`
      ${a.length?e`<section class="card content"><h3 class="title">${i(`service.readings`)}</h3>
            <dl>${a.map(t=>e`<dt>${this.ctx.name(t.name)}</dt><dd>${this.renderValue(t,n.values[t.key],n.unknown[t.key])}</dd>`)}</dl>
          </section>`:c}
      ${r.resources.map(a=>{let o=n.resources.filter(e=>e.kind===a.kind),s=r.sensors.filter(e=>e.scope===a.kind&&e.enabled_by_default);return o.length?e`<section class="card content"><details ?open=${o.length<=12}>
          ${p(i(`service.resources`,{kind:this.ctx.name(a.name),number:o.length}))}
          ${o.slice(0,D).map(e=>this.renderThing(t,e,s))}
          ${o.length>D?e`<p class="quiet small">${i(`service.more`,{count:o.length-D})}</p>`:c}
        </details></section>`:c})}
    `}renderThing(t,n,r){let{t:i,feed:a}=this.ctx,o=S(t.id,n,a.rows(`incident`));return e`<div class="thing">
      <p class="row ${_[o]}"><span class="dot" role="img" aria-label=${i(`health.${o}`)}></span><span>${n.name}</span></p>
      ${n.expected_off?e`<p class="small quiet">${n.expected_off}</p>`:c}
      <p class="small quiet readings">${r.map(t=>n.values[t.key]===void 0?c:e`<span>${this.ctx.name(t.name)}: ${this.renderValue(t,n.values[t.key],n.unknown[t.key])}</span>`)}</p>
    </div>`}renderValue(n,r,i){let{t:a,now:o,language:s}=this.ctx;return r==null?e`<span title=${i??``}>${a(`service.unknown`)}${i?e` <span class="quiet">(${i})</span>`:c}</span>`:typeof r==`boolean`?a(r?`service.yes`:`service.no`):n.device_class===`timestamp`&&typeof r==`string`?g(r,o,s):t(r,n.unit,n.precision,s)}renderActions(t,n,r){let{t:i}=this.ctx;return n.actions.length?e`<section class="card content">
      <h3 class="title">${i(`service.actions`)}</h3>
      <p class="small quiet">${i(`service.actions_text`)}</p>
      ${n.actions.map(i=>e`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${t} .offer=${n} .action=${i} .snapshot=${r}></homelab-steward-action>`)}
    </section>`:c}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await x(this.ctx,e,t)}catch(e){this.answer=b(e,this.ctx.t);return}finally{this.isBusy=!1}}};a([r()],O.prototype,`isBusy`,void 0),a([r()],O.prototype,`answer`,void 0),a([r()],O.prototype,`polled`,void 0),O=a([m(`homelab-steward-service`)],O);export{O as ServicePage};