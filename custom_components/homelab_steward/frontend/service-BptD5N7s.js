import{C as e,Ct as t,D as n,E as r,G as i,I as a,J as o,Jt as s,P as c,R as l,T as u,W as d,_t as f,at as p,dn as m,et as h,ft as g,gt as _,mt as v,n as y,ot as b,q as x,rt as S,st as C,tt as w,ut as T,vt as E,x as D}from"./shared-ecpPzQbY.js";var O=100,k=class extends d{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.aliases=[],this.snapshots=new T(this,[`snapshot`]),this.namesChanged=e=>{this.aliases=e.detail}}static{this.styles=[...d.styles,h,E`
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
      .head {
        min-height: 40px;
      }
      homelab-steward-action.thing {
        padding: 4px 0;
      }
      .thing + .thing {
        border-top: 1px solid var(--divider-color);
      }
    `]}willUpdate(e){e.has(`item`)&&(this.readPoll(),this.readNames()),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,i=t.row(`instance`,this.item);if(!i)return S(s,e(`service.gone`),e(`service.gone_text`),f`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let a=r(i,t.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,i.id),c=u(i.id,t.rows(`incident`));return f`<div class="page" @names-changed=${this.namesChanged}>
      ${this.renderHead(i,a,o)}
      ${c.length?f`<section class="card"><ul class="list">
            ${c.map(t=>f`<li><a class="item" href="${n}/incident/${t.id}">${p(t.severity,e)}<span class="grow">${t.title}</span>${b(t.status,e)}</a></li>`)}
          </ul></section>`:_}
      ${o?this.renderGaps(o,a):_}
      ${o&&a?this.renderInside(i,o,a):_}
      ${a?this.renderActions(i,a,o):_} ${this.renderGone()}
    </div>`}renderHead(n,r,i){let{t:o,feed:s,now:l,language:u,viewer:d}=this.ctx,p=e(n,s.rows(`incident`)),h=(e,t)=>t?f`<dt>${o(e)}</dt><dd>${t}</dd>`:_,g=this.polled??n.polled_at,v=n.status===`unreachable`&&n.expected_off===null;return f`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${n.name}</h2>
          <p class="row ${D[p]}"><span class="dot"></span>${o(`health.${p}`)}</p>
        </div>
        ${d.person?f`<button class="icon" ?disabled=${this.isBusy} aria-label=${o(`service.poll`)} title=${o(`service.poll`)} @click=${()=>this.poll(n.id)}>${w(m)}</button>`:_}
      </div>
      ${n.error&&n.expected_off===null?f`<p class="text">${n.error}</p>`:_}
      ${n.expected_off?f`<p class="text">${n.expected_off}</p>`:_}
      <dl>
        ${h(`service.kind`,r?.name??n.service)}
        ${h(`service.version`,n.version)}
        ${h(`service.polled`,g?f`<time datetime=${g} title=${a(g,u)}>${c(g,l,u)}</time>`:``)}
        ${h(`service.changed`,i?c(i.taken_at,l,u):``)}
        ${h(`service.address`,n.settings.url??n.settings.host)}
        ${h(`service.configured`,o(`origin.${n.origin}`))}
      </dl>
      ${this.renderNames({instance_id:n.id,kind:`instance`,id:n.id},n.name)}
      ${n.notices.map(e=>f`<p class="row small" style="align-items:flex-start"><span class="tone warning">${w(t)}</span>${e}</p>`)}
      ${d.person&&(v||n.expected_off!==null)?f`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:n.id,off:v})}>${o(v?`service.expect_off`:`service.expect_on`)}</button></div>`:_}
      <div aria-live="polite">${this.answer?f`<p>${this.answer}</p>`:_}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return _;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return f`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?_:f`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>f`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>f`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return f`
      ${i.length?f`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>f`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:_}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?f`<section class="card content"><details ?open=${a.length<=12}>
          ${C(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,O).map(t=>this.renderThing(e,t,o))}
          ${a.length>O?f`<p class="quiet small">${r(`service.more`,{count:a.length-O})}</p>`:_}
        </details></section>`:_})}
    `}renderThing(e,t,r){let{t:i,feed:a}=this.ctx,o=n(e.id,t,a.rows(`incident`));return f`<div class="thing">
      <div class="row wrap head">
        <p class="row ${D[o]}"><span class="dot" role="img" aria-label=${i(`health.${o}`)}></span><span>${t.name}</span></p>
        ${this.renderNames({instance_id:e.id,kind:t.kind,id:t.id},t.name,!0)}
      </div>
      ${t.expected_off?f`<p class="small quiet">${t.expected_off}</p>`:_}
      <p class="small quiet readings">${r.map(e=>t.values[e.key]===void 0?_:f`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,n){let{t:r,now:i,language:a}=this.ctx;return t==null?f`<span title=${n??``}>${r(`service.unknown`)}${n?f` <span class="quiet">(${n})</span>`:_}</span>`:typeof t==`boolean`?r(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?c(t,i,a):l(t,e.unit,e.precision,a)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?f`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>f`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:_}renderNames(e,t,n=!1){return f`<homelab-steward-names .ctx=${this.ctx} .target=${e} .name=${t} .names=${y(e,this.aliases)} ?compact=${n}></homelab-steward-names>`}renderGone(){let e=this.aliases.filter(e=>e.gone);return e.length?f`<section class="card content">
      <h3 class="title">${this.ctx.t(`names.gone`)}</h3>
      ${e.map(e=>f`<div class="thing"><p>${e.target_name}</p>${this.renderNames(e.target,e.target_name)}</div>`)}
    </section>`:_}async readNames(){this.aliases=[];let e=this.item,t=await this.send(`aliases`,{instance_id:e});e===this.item&&(this.aliases=t?.aliases??[])}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await i(this.ctx,e,t)}catch(e){this.answer=x(e,this.ctx.t);return}finally{this.isBusy=!1}}};o([g()],k.prototype,`isBusy`,void 0),o([g()],k.prototype,`answer`,void 0),o([g()],k.prototype,`polled`,void 0),o([g()],k.prototype,`aliases`,void 0),k=o([v(`homelab-steward-service`)],k);export{k as ServicePage};