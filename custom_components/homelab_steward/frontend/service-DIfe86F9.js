import{$ as e,E as t,G as n,H as r,I as i,K as a,M as o,P as s,Q as c,Rt as l,S as u,T as d,U as f,b as p,bt as m,dt as h,en as g,ht as _,it as v,lt as y,mt as b,nt as x,pt as S,rt as C,st as w,t as T,tt as E,w as D}from"./shared-DPHSAC7e.js";var O=100,k=class extends r{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.aliases=[],this.snapshots=new w(this,[`snapshot`]),this.namesChanged=e=>{this.aliases=e.detail}}static{this.styles=[...r.styles,c,_`
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
    `]}willUpdate(e){e.has(`item`)&&(this.readPoll(),this.readNames()),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`instance`,this.item);if(!r)return E(l,e(`service.gone`),e(`service.gone_text`),b`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let i=d(r,t.rows(`catalogue`)[0]),a=this.snapshots.row(`snapshot`,r.id),o=D(r.id,t.rows(`incident`));return b`<div class="page" @names-changed=${this.namesChanged}>
      ${this.renderHead(r,i,a)}
      ${o.length?b`<section class="card"><ul class="list">
            ${o.map(t=>b`<li><a class="item" href="${n}/incident/${t.id}">${x(t.severity,e)}<span class="grow">${t.title}</span>${C(t.status,e)}</a></li>`)}
          </ul></section>`:S}
      ${a?this.renderGaps(a,i):S}
      ${a&&i?this.renderInside(r,a,i):S}
      ${i?this.renderActions(r,i,a):S} ${this.renderGone()}
    </div>`}renderHead(t,n,r){let{t:i,feed:a,now:c,language:l,viewer:d}=this.ctx,f=u(t,a.rows(`incident`)),h=(e,t)=>t?b`<dt>${i(e)}</dt><dd>${t}</dd>`:S,_=this.polled??t.polled_at,v=t.status===`unreachable`&&t.expected_off===null;return b`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${t.name}</h2>
          <p class="row ${p[f]}"><span class="dot"></span>${i(`health.${f}`)}</p>
        </div>
        ${d.person?b`<button class="icon" ?disabled=${this.isBusy} aria-label=${i(`service.poll`)} title=${i(`service.poll`)} @click=${()=>this.poll(t.id)}>${e(g)}</button>`:S}
      </div>
      ${t.error&&t.expected_off===null?b`<p class="text">${t.error}</p>`:S}
      ${t.expected_off?b`<p class="text">${t.expected_off}</p>`:S}
      <dl>
        ${h(`service.kind`,n?.name??t.service)}
        ${h(`service.version`,t.version)}
        ${h(`service.polled`,_?b`<time datetime=${_} title=${s(_,l)}>${o(_,c,l)}</time>`:``)}
        ${h(`service.changed`,r?o(r.taken_at,c,l):``)}
        ${h(`service.address`,t.settings.url??t.settings.host)}
        ${h(`service.configured`,i(`origin.${t.origin}`))}
      </dl>
      ${this.renderNames({instance_id:t.id,kind:`instance`,id:t.id},t.name)}
      ${t.notices.map(t=>b`<p class="row small" style="align-items:flex-start"><span class="tone warning">${e(m)}</span>${t}</p>`)}
      ${d.person&&(v||t.expected_off!==null)?b`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:t.id,off:v})}>${i(v?`service.expect_off`:`service.expect_on`)}</button></div>`:S}
      <div aria-live="polite">${this.answer?b`<p>${this.answer}</p>`:S}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return S;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return b`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?S:b`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>b`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>b`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return b`
      ${i.length?b`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>b`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:S}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?b`<section class="card content"><details ?open=${a.length<=12}>
          ${v(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,O).map(t=>this.renderThing(e,t,o))}
          ${a.length>O?b`<p class="quiet small">${r(`service.more`,{count:a.length-O})}</p>`:S}
        </details></section>`:S})}
    `}renderThing(e,n,r){let{t:i,feed:a}=this.ctx,o=t(e.id,n,a.rows(`incident`));return b`<div class="thing">
      <div class="row wrap head">
        <p class="row ${p[o]}"><span class="dot" role="img" aria-label=${i(`health.${o}`)}></span><span>${n.name}</span></p>
        ${this.renderNames({instance_id:e.id,kind:n.kind,id:n.id},n.name,!0)}
      </div>
      ${n.expected_off?b`<p class="small quiet">${n.expected_off}</p>`:S}
      <p class="small quiet readings">${r.map(e=>n.values[e.key]===void 0?S:b`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,n.values[e.key],n.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,n){let{t:r,now:a,language:s}=this.ctx;return t==null?b`<span title=${n??``}>${r(`service.unknown`)}${n?b` <span class="quiet">(${n})</span>`:S}</span>`:typeof t==`boolean`?r(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?o(t,a,s):i(t,e.unit,e.precision,s)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?b`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>b`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:S}renderNames(e,t,n=!1){return b`<homelab-steward-names .ctx=${this.ctx} .target=${e} .name=${t} .names=${T(e,this.aliases)} ?compact=${n}></homelab-steward-names>`}renderGone(){let e=this.aliases.filter(e=>e.gone);return e.length?b`<section class="card content">
      <h3 class="title">${this.ctx.t(`names.gone`)}</h3>
      ${e.map(e=>b`<div class="thing"><p>${e.target_name}</p>${this.renderNames(e.target,e.target_name)}</div>`)}
    </section>`:S}async readNames(){this.aliases=[];let e=this.item,t=await this.send(`aliases`,{instance_id:e});e===this.item&&(this.aliases=t?.aliases??[])}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await f(this.ctx,e,t)}catch(e){this.answer=n(e,this.ctx.t);return}finally{this.isBusy=!1}}};a([y()],k.prototype,`isBusy`,void 0),a([y()],k.prototype,`answer`,void 0),a([y()],k.prototype,`polled`,void 0),a([y()],k.prototype,`aliases`,void 0),k=a([h(`homelab-steward-service`)],k);export{k as ServicePage};