import{$ as e,A as t,B as n,C as r,Ft as i,H as a,M as o,N as s,Q as c,S as l,U as u,X as d,Y as f,Zt as p,_t as m,b as h,ct as g,dt as _,et as v,ft as y,it as b,ot as x,tt as S,ut as C,v as w,w as T,z as E}from"./shared-BLrf8IzR.js";var D=100,O=class extends E{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.snapshots=new b(this,[`snapshot`])}static{this.styles=[...E.styles,f,y`
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
    `]}willUpdate(e){e.has(`item`)&&this.readPoll(),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t,feed:n,base:a}=this.ctx,o=n.row(`instance`,this.item);if(!o)return c(i,t(`service.gone`),t(`service.gone_text`),_`<a class="button" href="${a}/services">${t(`nav.services`)}</a>`);let s=r(o,n.rows(`catalogue`)[0]),u=this.snapshots.row(`snapshot`,o.id),d=l(o.id,n.rows(`incident`));return _`<div class="page">
      ${this.renderHead(o,s,u)}
      ${d.length?_`<section class="card"><ul class="list">
            ${d.map(n=>_`<li><a class="item" href="${a}/incident/${n.id}">${e(n.severity,t)}<span class="grow">${n.title}</span>${v(n.status,t)}</a></li>`)}
          </ul></section>`:C}
      ${u?this.renderGaps(u,s):C}
      ${u&&s?this.renderInside(o,u,s):C}
      ${s?this.renderActions(o,s,u):C}
    </div>`}renderHead(e,n,r){let{t:i,feed:a,now:s,language:c,viewer:l}=this.ctx,u=h(e,a.rows(`incident`)),f=(e,t)=>t?_`<dt>${i(e)}</dt><dd>${t}</dd>`:C,g=this.polled??e.polled_at,v=e.status===`unreachable`&&e.expected_off===null;return _`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${e.name}</h2>
          <p class="row ${w[u]}"><span class="dot"></span>${i(`health.${u}`)}</p>
        </div>
        ${l.person?_`<button class="icon" ?disabled=${this.isBusy} aria-label=${i(`service.poll`)} title=${i(`service.poll`)} @click=${()=>this.poll(e.id)}>${d(p)}</button>`:C}
      </div>
      ${e.error&&e.expected_off===null?_`<p class="text">${e.error}</p>`:C}
      ${e.expected_off?_`<p class="text">${e.expected_off}</p>`:C}
      <dl>
        ${f(`service.kind`,n?.name??e.service)}
        ${f(`service.version`,e.version)}
        ${f(`service.polled`,g?_`<time datetime=${g} title=${o(g,c)}>${t(g,s,c)}</time>`:``)}
        ${f(`service.changed`,r?t(r.taken_at,s,c):``)}
        ${f(`service.address`,e.settings.url??e.settings.host)}
        ${f(`service.configured`,i(`origin.${e.origin}`))}
      </dl>
      ${e.notices.map(e=>_`<p class="row small" style="align-items:flex-start"><span class="tone warning">${d(m)}</span>${e}</p>`)}
      ${l.person&&(v||e.expected_off!==null)?_`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:e.id,off:v})}>${i(v?`service.expect_off`:`service.expect_on`)}</button></div>`:C}
      <div aria-live="polite">${this.answer?_`<p>${this.answer}</p>`:C}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return C;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return _`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?C:_`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>_`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>_`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return _`
      ${i.length?_`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>_`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:C}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?_`<section class="card content"><details ?open=${a.length<=12}>
          ${S(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,D).map(t=>this.renderThing(e,t,o))}
          ${a.length>D?_`<p class="quiet small">${r(`service.more`,{count:a.length-D})}</p>`:C}
        </details></section>`:C})}
    `}renderThing(e,t,n){let{t:r,feed:i}=this.ctx,a=T(e.id,t,i.rows(`incident`));return _`<div class="thing">
      <p class="row ${w[a]}"><span class="dot" role="img" aria-label=${r(`health.${a}`)}></span><span>${t.name}</span></p>
      ${t.expected_off?_`<p class="small quiet">${t.expected_off}</p>`:C}
      <p class="small quiet readings">${n.map(e=>t.values[e.key]===void 0?C:_`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,n,r){let{t:i,now:a,language:o}=this.ctx;return n==null?_`<span title=${r??``}>${i(`service.unknown`)}${r?_` <span class="quiet">(${r})</span>`:C}</span>`:typeof n==`boolean`?i(n?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof n==`string`?t(n,a,o):s(n,e.unit,e.precision,o)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?_`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>_`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:C}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await n(this.ctx,e,t)}catch(e){this.answer=a(e,this.ctx.t);return}finally{this.isBusy=!1}}};u([x()],O.prototype,`isBusy`,void 0),u([x()],O.prototype,`answer`,void 0),u([x()],O.prototype,`polled`,void 0),O=u([g(`homelab-steward-service`)],O);export{O as ServicePage};