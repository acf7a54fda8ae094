import{$ as e,E as t,G as n,H as r,I as i,K as a,M as o,P as s,Q as c,S as l,T as u,U as d,Wt as f,b as p,bt as m,dt as h,ht as g,it as _,lt as v,mt as y,nt as b,pt as x,rt as S,sn as C,st as w,t as T,tt as E,w as D}from"./shared-DJMK-k9p.js";var O=100,k=class extends r{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.aliases=[],this.snapshots=new w(this,[`snapshot`]),this.namesChanged=e=>{this.aliases=e.detail}}static{this.styles=[...r.styles,c,g`
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
    `]}willUpdate(e){e.has(`item`)&&(this.readPoll(),this.readNames()),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`instance`,this.item);if(!r)return E(f,e(`service.gone`),e(`service.gone_text`),y`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let i=u(r,t.rows(`catalogue`)[0]),a=this.snapshots.row(`snapshot`,r.id),o=D(r.id,t.rows(`incident`));return y`<div class="page" @names-changed=${this.namesChanged}>
      ${this.renderHead(r,i,a)}
      ${o.length?y`<section class="card"><ul class="list">
            ${o.map(t=>y`<li><a class="item" href="${n}/incident/${t.id}">${b(t.severity,e)}<span class="grow">${t.title}</span>${S(t.status,e)}</a></li>`)}
          </ul></section>`:x}
      ${a?this.renderGaps(a,i):x}
      ${a&&i?this.renderInside(r,a,i):x}
      ${i?this.renderActions(r,i,a):x} ${this.renderGone()}
    </div>`}renderHead(t,n,r){let{t:i,feed:a,now:c,language:u,viewer:d}=this.ctx,f=l(t,a.rows(`incident`)),h=(e,t)=>t?y`<dt>${i(e)}</dt><dd>${t}</dd>`:x,g=this.polled??t.polled_at,_=t.status===`unreachable`&&t.expected_off===null;return y`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${t.name}</h2>
          <p class="row ${p[f]}"><span class="dot"></span>${i(`health.${f}`)}</p>
        </div>
        ${d.person?y`<button class="icon" ?disabled=${this.isBusy} aria-label=${i(`service.poll`)} title=${i(`service.poll`)} @click=${()=>this.poll(t.id)}>${e(C)}</button>`:x}
      </div>
      ${t.error&&t.expected_off===null?y`<p class="text">${t.error}</p>`:x}
      ${t.expected_off?y`<p class="text">${t.expected_off}</p>`:x}
      <dl>
        ${h(`service.kind`,n?.name??t.service)}
        ${h(`service.version`,t.version)}
        ${h(`service.polled`,g?y`<time datetime=${g} title=${s(g,u)}>${o(g,c,u)}</time>`:``)}
        ${h(`service.changed`,r?o(r.taken_at,c,u):``)}
        ${h(`service.address`,t.settings.url??t.settings.host)}
        ${h(`service.configured`,i(`origin.${t.origin}`))}
      </dl>
      ${this.renderNames({instance_id:t.id,kind:`instance`,id:t.id},t.name)}
      ${t.notices.map(t=>y`<p class="row small" style="align-items:flex-start"><span class="tone warning">${e(m)}</span>${t}</p>`)}
      ${d.person&&(_||t.expected_off!==null)?y`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:t.id,off:_})}>${i(_?`service.expect_off`:`service.expect_on`)}</button></div>`:x}
      <div aria-live="polite">${this.answer?y`<p>${this.answer}</p>`:x}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return x;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return y`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?x:y`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>y`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>y`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return y`
      ${i.length?y`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>y`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:x}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?y`<section class="card content"><details ?open=${a.length<=12}>
          ${_(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,O).map(t=>this.renderThing(e,t,o))}
          ${a.length>O?y`<p class="quiet small">${r(`service.more`,{count:a.length-O})}</p>`:x}
        </details></section>`:x})}
    `}renderThing(e,n,r){let{t:i,feed:a}=this.ctx,o=t(e.id,n,a.rows(`incident`));return y`<div class="thing">
      <div class="row wrap head">
        <p class="row ${p[o]}"><span class="dot" role="img" aria-label=${i(`health.${o}`)}></span><span>${n.name}</span></p>
        ${this.renderNames({instance_id:e.id,kind:n.kind,id:n.id},n.name,!0)}
      </div>
      ${n.expected_off?y`<p class="small quiet">${n.expected_off}</p>`:x}
      <p class="small quiet readings">${r.map(e=>n.values[e.key]===void 0?x:y`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,n.values[e.key],n.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,n){let{t:r,now:a,language:s}=this.ctx;return t==null?y`<span title=${n??``}>${r(`service.unknown`)}${n?y` <span class="quiet">(${n})</span>`:x}</span>`:typeof t==`boolean`?r(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?o(t,a,s):i(t,e.unit,e.precision,s)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?y`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>y`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:x}renderNames(e,t,n=!1){return y`<homelab-steward-names .ctx=${this.ctx} .target=${e} .name=${t} .names=${T(e,this.aliases)} ?compact=${n}></homelab-steward-names>`}renderGone(){let e=this.aliases.filter(e=>e.gone);return e.length?y`<section class="card content">
      <h3 class="title">${this.ctx.t(`names.gone`)}</h3>
      ${e.map(e=>y`<div class="thing"><p>${e.target_name}</p>${this.renderNames(e.target,e.target_name)}</div>`)}
    </section>`:x}async readNames(){this.aliases=[];let e=this.item,t=await this.send(`aliases`,{instance_id:e});e===this.item&&(this.aliases=t?.aliases??[])}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await d(this.ctx,e,t)}catch(e){this.answer=n(e,this.ctx.t);return}finally{this.isBusy=!1}}};a([v()],k.prototype,`isBusy`,void 0),a([v()],k.prototype,`answer`,void 0),a([v()],k.prototype,`polled`,void 0),a([v()],k.prototype,`aliases`,void 0),k=a([h(`homelab-steward-service`)],k);export{k as ServicePage};