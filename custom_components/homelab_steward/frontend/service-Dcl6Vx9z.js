import{$t as e,E as t,F as n,G as r,H as i,Lt as a,M as o,P as s,Q as c,S as l,T as u,V as d,W as f,Z as p,b as m,ct as h,et as g,ft as _,mt as v,nt as y,ot as b,pt as x,rt as S,t as C,tt as w,ut as T,w as E,yt as D}from"./shared-D2FqsNbt.js";var O=100,k=class extends d{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.aliases=[],this.snapshots=new b(this,[`snapshot`]),this.namesChanged=e=>{this.aliases=e.detail}}static{this.styles=[...d.styles,p,v`
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
    `]}willUpdate(e){e.has(`item`)&&(this.readPoll(),this.readNames()),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`instance`,this.item);if(!r)return g(a,e(`service.gone`),e(`service.gone_text`),x`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let i=u(r,t.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,r.id),s=E(r.id,t.rows(`incident`));return x`<div class="page" @names-changed=${this.namesChanged}>
      ${this.renderHead(r,i,o)}
      ${s.length?x`<section class="card"><ul class="list">
            ${s.map(t=>x`<li><a class="item" href="${n}/incident/${t.id}">${w(t.severity,e)}<span class="grow">${t.title}</span>${y(t.status,e)}</a></li>`)}
          </ul></section>`:_}
      ${o?this.renderGaps(o,i):_}
      ${o&&i?this.renderInside(r,o,i):_}
      ${i?this.renderActions(r,i,o):_} ${this.renderGone()}
    </div>`}renderHead(t,n,r){let{t:i,feed:a,now:u,language:d,viewer:f}=this.ctx,p=l(t,a.rows(`incident`)),h=(e,t)=>t?x`<dt>${i(e)}</dt><dd>${t}</dd>`:_,g=this.polled??t.polled_at,v=t.status===`unreachable`&&t.expected_off===null;return x`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${t.name}</h2>
          <p class="row ${m[p]}"><span class="dot"></span>${i(`health.${p}`)}</p>
        </div>
        ${f.person?x`<button class="icon" ?disabled=${this.isBusy} aria-label=${i(`service.poll`)} title=${i(`service.poll`)} @click=${()=>this.poll(t.id)}>${c(e)}</button>`:_}
      </div>
      ${t.error&&t.expected_off===null?x`<p class="text">${t.error}</p>`:_}
      ${t.expected_off?x`<p class="text">${t.expected_off}</p>`:_}
      <dl>
        ${h(`service.kind`,n?.name??t.service)}
        ${h(`service.version`,t.version)}
        ${h(`service.polled`,g?x`<time datetime=${g} title=${s(g,d)}>${o(g,u,d)}</time>`:``)}
        ${h(`service.changed`,r?o(r.taken_at,u,d):``)}
        ${h(`service.address`,t.settings.url??t.settings.host)}
        ${h(`service.configured`,i(`origin.${t.origin}`))}
      </dl>
      ${this.renderNames({instance_id:t.id,kind:`instance`,id:t.id},t.name)}
      ${t.notices.map(e=>x`<p class="row small" style="align-items:flex-start"><span class="tone warning">${c(D)}</span>${e}</p>`)}
      ${f.person&&(v||t.expected_off!==null)?x`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:t.id,off:v})}>${i(v?`service.expect_off`:`service.expect_on`)}</button></div>`:_}
      <div aria-live="polite">${this.answer?x`<p>${this.answer}</p>`:_}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return _;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return x`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?_:x`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>x`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>x`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return x`
      ${i.length?x`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>x`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:_}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?x`<section class="card content"><details ?open=${a.length<=12}>
          ${S(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,O).map(t=>this.renderThing(e,t,o))}
          ${a.length>O?x`<p class="quiet small">${r(`service.more`,{count:a.length-O})}</p>`:_}
        </details></section>`:_})}
    `}renderThing(e,n,r){let{t:i,feed:a}=this.ctx,o=t(e.id,n,a.rows(`incident`));return x`<div class="thing">
      <div class="row wrap head">
        <p class="row ${m[o]}"><span class="dot" role="img" aria-label=${i(`health.${o}`)}></span><span>${n.name}</span></p>
        ${this.renderNames({instance_id:e.id,kind:n.kind,id:n.id},n.name,!0)}
      </div>
      ${n.expected_off?x`<p class="small quiet">${n.expected_off}</p>`:_}
      <p class="small quiet readings">${r.map(e=>n.values[e.key]===void 0?_:x`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,n.values[e.key],n.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,r){let{t:i,now:a,language:s}=this.ctx;return t==null?x`<span title=${r??``}>${i(`service.unknown`)}${r?x` <span class="quiet">(${r})</span>`:_}</span>`:typeof t==`boolean`?i(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?o(t,a,s):n(t,e.unit,e.precision,s)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?x`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>x`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:_}renderNames(e,t,n=!1){return x`<homelab-steward-names .ctx=${this.ctx} .target=${e} .name=${t} .names=${C(e,this.aliases)} ?compact=${n}></homelab-steward-names>`}renderGone(){let e=this.aliases.filter(e=>e.gone);return e.length?x`<section class="card content">
      <h3 class="title">${this.ctx.t(`names.gone`)}</h3>
      ${e.map(e=>x`<div class="thing"><p>${e.target_name}</p>${this.renderNames(e.target,e.target_name)}</div>`)}
    </section>`:_}async readNames(){this.aliases=[];let e=this.item,t=await this.send(`aliases`,{instance_id:e});e===this.item&&(this.aliases=t?.aliases??[])}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await i(this.ctx,e,t)}catch(e){this.answer=f(e,this.ctx.t);return}finally{this.isBusy=!1}}};r([h()],k.prototype,`isBusy`,void 0),r([h()],k.prototype,`answer`,void 0),r([h()],k.prototype,`polled`,void 0),r([h()],k.prototype,`aliases`,void 0),k=r([T(`homelab-steward-service`)],k);export{k as ServicePage};