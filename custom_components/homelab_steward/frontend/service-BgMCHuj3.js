import{D as e,E as t,F as n,G as r,H as i,I as a,J as o,K as s,Lt as c,M as l,N as u,Q as d,Tt as f,U as p,X as m,_ as h,et as g,f as _,g as v,it as y,lt as b,m as x,nt as S,q as C,rt as w,v as T,w as E}from"./shared-XOvvEVcW.js";var D=100,O=class extends l{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.snapshots=new m(this,[`snapshot`])}static{this.styles=[...l.styles,i,y`
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
    `]}willUpdate(e){e.has(`item`)&&this.readPoll(),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,i=t.row(`instance`,this.item);if(!i)return r(f,e(`service.gone`),e(`service.gone_text`),w`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let a=h(i,t.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,i.id),c=v(i.id,t.rows(`incident`));return w`<div class="page">
      ${this.renderHead(i,a,o)}
      ${c.length?w`<section class="card"><ul class="list">
            ${c.map(t=>w`<li><a class="item" href="${n}/incident/${t.id}">${s(t.severity,e)}<span class="grow">${t.title}</span>${C(t.status,e)}</a></li>`)}
          </ul></section>`:S}
      ${o?this.renderGaps(o,a):S}
      ${o&&a?this.renderInside(i,o,a):S}
      ${a?this.renderActions(i,a,o):S}
    </div>`}renderHead(e,n,r){let{t:i,feed:a,now:o,language:s,viewer:l}=this.ctx,u=x(e,a.rows(`incident`)),d=(e,t)=>t?w`<dt>${i(e)}</dt><dd>${t}</dd>`:S,f=this.polled??e.polled_at,m=e.status===`unreachable`&&e.expected_off===null;return w`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${e.name}</h2>
          <p class="row ${_[u]}"><span class="dot"></span>${i(`health.${u}`)}</p>
        </div>
        ${l.person?w`<button class="icon" ?disabled=${this.isBusy} aria-label=${i(`service.poll`)} title=${i(`service.poll`)} @click=${()=>this.poll(e.id)}>${p(c)}</button>`:S}
      </div>
      ${e.error&&e.expected_off===null?w`<p class="text">${e.error}</p>`:S}
      ${e.expected_off?w`<p class="text">${e.expected_off}</p>`:S}
      <dl>
        ${d(`service.kind`,n?.name??e.service)}
        ${d(`service.version`,e.version)}
        ${d(`service.polled`,f?w`<time datetime=${f} title=${t(f,s)}>${E(f,o,s)}</time>`:``)}
        ${d(`service.changed`,r?E(r.taken_at,o,s):``)}
        ${d(`service.address`,e.settings.url??e.settings.host)}
        ${d(`service.configured`,i(`origin.${e.origin}`))}
      </dl>
      ${e.notices.map(e=>w`<p class="row small" style="align-items:flex-start"><span class="tone warning">${p(b)}</span>${e}</p>`)}
      ${l.person&&(m||e.expected_off!==null)?w`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:e.id,off:m})}>${i(m?`service.expect_off`:`service.expect_on`)}</button></div>`:S}
      <div aria-live="polite">${this.answer?w`<p>${this.answer}</p>`:S}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return S;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return w`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?S:w`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>w`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>w`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return w`
      ${i.length?w`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>w`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:S}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),s=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?w`<section class="card content"><details ?open=${a.length<=12}>
          ${o(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,D).map(t=>this.renderThing(e,t,s))}
          ${a.length>D?w`<p class="quiet small">${r(`service.more`,{count:a.length-D})}</p>`:S}
        </details></section>`:S})}
    `}renderThing(e,t,n){let{t:r,feed:i}=this.ctx,a=T(e.id,t,i.rows(`incident`));return w`<div class="thing">
      <p class="row ${_[a]}"><span class="dot" role="img" aria-label=${r(`health.${a}`)}></span><span>${t.name}</span></p>
      ${t.expected_off?w`<p class="small quiet">${t.expected_off}</p>`:S}
      <p class="small quiet readings">${n.map(e=>t.values[e.key]===void 0?S:w`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(t,n,r){let{t:i,now:a,language:o}=this.ctx;return n==null?w`<span title=${r??``}>${i(`service.unknown`)}${r?w` <span class="quiet">(${r})</span>`:S}</span>`:typeof n==`boolean`?i(n?`service.yes`:`service.no`):t.device_class===`timestamp`&&typeof n==`string`?E(n,a,o):e(n,t.unit,t.precision,o)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?w`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>w`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:S}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await u(this.ctx,e,t)}catch(e){this.answer=n(e,this.ctx.t);return}finally{this.isBusy=!1}}};a([d()],O.prototype,`isBusy`,void 0),a([d()],O.prototype,`answer`,void 0),a([d()],O.prototype,`polled`,void 0),O=a([g(`homelab-steward-service`)],O);export{O as ServicePage};