import{$ as e,C as t,D as n,E as r,F as i,K as a,L as o,N as s,St as c,T as l,U as u,W as d,_t as f,at as p,dt as m,et as h,gt as g,ht as _,it as v,lt as y,n as b,nt as x,ot as S,pt as C,q as w,qt as T,un as E,x as D}from"./shared-Sda02QKL.js";var O=100,k=class extends u{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.aliases=[],this.snapshots=new y(this,[`snapshot`]),this.namesChanged=e=>{this.aliases=e.detail}}static{this.styles=[...u.styles,e,f`
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
    `]}willUpdate(e){e.has(`item`)&&(this.readPoll(),this.readNames()),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,i=t.row(`instance`,this.item);if(!i)return x(T,e(`service.gone`),e(`service.gone_text`),g`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let a=r(i,t.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,i.id),s=l(i.id,t.rows(`incident`));return g`<div class="page" @names-changed=${this.namesChanged}>
      ${this.renderHead(i,a,o)}
      ${s.length?g`<section class="card"><ul class="list">
            ${s.map(t=>g`<li><a class="item" href="${n}/incident/${t.id}">${v(t.severity,e)}<span class="grow">${t.title}</span>${p(t.status,e)}</a></li>`)}
          </ul></section>`:_}
      ${o?this.renderGaps(o,a):_}
      ${o&&a?this.renderInside(i,o,a):_}
      ${a?this.renderActions(i,a,o):_} ${this.renderGone()}
    </div>`}renderHead(e,n,r){let{t:a,feed:o,now:l,language:u,viewer:d}=this.ctx,f=t(e,o.rows(`incident`)),p=(e,t)=>t?g`<dt>${a(e)}</dt><dd>${t}</dd>`:_,m=this.polled??e.polled_at,v=e.status===`unreachable`&&e.expected_off===null;return g`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${e.name}</h2>
          <p class="row ${D[f]}"><span class="dot"></span>${a(`health.${f}`)}</p>
        </div>
        ${d.person?g`<button class="icon" ?disabled=${this.isBusy} aria-label=${a(`service.poll`)} title=${a(`service.poll`)} @click=${()=>this.poll(e.id)}>${h(E)}</button>`:_}
      </div>
      ${e.error&&e.expected_off===null?g`<p class="text">${e.error}</p>`:_}
      ${e.expected_off?g`<p class="text">${e.expected_off}</p>`:_}
      <dl>
        ${p(`service.kind`,n?.name??e.service)}
        ${p(`service.version`,e.version)}
        ${p(`service.polled`,m?g`<time datetime=${m} title=${i(m,u)}>${s(m,l,u)}</time>`:``)}
        ${p(`service.changed`,r?s(r.taken_at,l,u):``)}
        ${p(`service.address`,e.settings.url??e.settings.host)}
        ${p(`service.configured`,a(`origin.${e.origin}`))}
      </dl>
      ${this.renderNames({instance_id:e.id,kind:`instance`,id:e.id},e.name)}
      ${e.notices.map(e=>g`<p class="row small" style="align-items:flex-start"><span class="tone warning">${h(c)}</span>${e}</p>`)}
      ${d.person&&(v||e.expected_off!==null)?g`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:e.id,off:v})}>${a(v?`service.expect_off`:`service.expect_on`)}</button></div>`:_}
      <div aria-live="polite">${this.answer?g`<p>${this.answer}</p>`:_}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return _;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return g`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?_:g`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>g`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>g`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return g`
      ${i.length?g`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>g`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:_}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?g`<section class="card content"><details ?open=${a.length<=12}>
          ${S(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,O).map(t=>this.renderThing(e,t,o))}
          ${a.length>O?g`<p class="quiet small">${r(`service.more`,{count:a.length-O})}</p>`:_}
        </details></section>`:_})}
    `}renderThing(e,t,r){let{t:i,feed:a}=this.ctx,o=n(e.id,t,a.rows(`incident`));return g`<div class="thing">
      <div class="row wrap head">
        <p class="row ${D[o]}"><span class="dot" role="img" aria-label=${i(`health.${o}`)}></span><span>${t.name}</span></p>
        ${this.renderNames({instance_id:e.id,kind:t.kind,id:t.id},t.name,!0)}
      </div>
      ${t.expected_off?g`<p class="small quiet">${t.expected_off}</p>`:_}
      <p class="small quiet readings">${r.map(e=>t.values[e.key]===void 0?_:g`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,n){let{t:r,now:i,language:a}=this.ctx;return t==null?g`<span title=${n??``}>${r(`service.unknown`)}${n?g` <span class="quiet">(${n})</span>`:_}</span>`:typeof t==`boolean`?r(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?s(t,i,a):o(t,e.unit,e.precision,a)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?g`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>g`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:_}renderNames(e,t,n=!1){return g`<homelab-steward-names .ctx=${this.ctx} .target=${e} .name=${t} .names=${b(e,this.aliases)} ?compact=${n}></homelab-steward-names>`}renderGone(){let e=this.aliases.filter(e=>e.gone);return e.length?g`<section class="card content">
      <h3 class="title">${this.ctx.t(`names.gone`)}</h3>
      ${e.map(e=>g`<div class="thing"><p>${e.target_name}</p>${this.renderNames(e.target,e.target_name)}</div>`)}
    </section>`:_}async readNames(){this.aliases=[];let e=this.item,t=await this.send(`aliases`,{instance_id:e});e===this.item&&(this.aliases=t?.aliases??[])}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await d(this.ctx,e,t)}catch(e){this.answer=a(e,this.ctx.t);return}finally{this.isBusy=!1}}};w([m()],k.prototype,`isBusy`,void 0),w([m()],k.prototype,`answer`,void 0),w([m()],k.prototype,`polled`,void 0),w([m()],k.prototype,`aliases`,void 0),k=w([C(`homelab-steward-service`)],k);export{k as ServicePage};