import{D as e,E as t,Ht as n,I as r,J as i,K as a,L as o,N as s,Ot as c,P as l,Q as u,U as d,W as f,Y as p,_ as m,at as h,dt as g,et as _,f as v,g as y,it as b,m as x,nt as S,ot as C,q as w,v as T,w as E}from"./shared-COQCZFd_.js";var D=100,O=class extends s{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.snapshots=new u(this,[`snapshot`])}static{this.styles=[...s.styles,d,C`
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
    `]}willUpdate(e){e.has(`item`)&&this.readPoll(),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`instance`,this.item);if(!r)return a(c,e(`service.gone`),e(`service.gone_text`),h`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let o=m(r,t.rows(`catalogue`)[0]),s=this.snapshots.row(`snapshot`,r.id),l=y(r.id,t.rows(`incident`));return h`<div class="page">
      ${this.renderHead(r,o,s)}
      ${l.length?h`<section class="card"><ul class="list">
            ${l.map(t=>h`<li><a class="item" href="${n}/incident/${t.id}">${w(t.severity,e)}<span class="grow">${t.title}</span>${i(t.status,e)}</a></li>`)}
          </ul></section>`:b}
      ${s?this.renderGaps(s,o):b}
      ${s&&o?this.renderInside(r,s,o):b}
      ${o?this.renderActions(r,o,s):b}
    </div>`}renderHead(e,r,i){let{t:a,feed:o,now:s,language:c,viewer:l}=this.ctx,u=x(e,o.rows(`incident`)),d=(e,t)=>t?h`<dt>${a(e)}</dt><dd>${t}</dd>`:b,p=this.polled??e.polled_at,m=e.status===`unreachable`&&e.expected_off===null;return h`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${e.name}</h2>
          <p class="row ${v[u]}"><span class="dot"></span>${a(`health.${u}`)}</p>
        </div>
        ${l.person?h`<button class="icon" ?disabled=${this.isBusy} aria-label=${a(`service.poll`)} title=${a(`service.poll`)} @click=${()=>this.poll(e.id)}>${f(n)}</button>`:b}
      </div>
      ${e.error&&e.expected_off===null?h`<p class="text">${e.error}</p>`:b}
      ${e.expected_off?h`<p class="text">${e.expected_off}</p>`:b}
      <dl>
        ${d(`service.kind`,r?.name??e.service)}
        ${d(`service.version`,e.version)}
        ${d(`service.polled`,p?h`<time datetime=${p} title=${t(p,c)}>${E(p,s,c)}</time>`:``)}
        ${d(`service.changed`,i?E(i.taken_at,s,c):``)}
        ${d(`service.address`,e.settings.url??e.settings.host)}
        ${d(`service.configured`,a(`origin.${e.origin}`))}
      </dl>
      ${e.notices.map(e=>h`<p class="row small" style="align-items:flex-start"><span class="tone warning">${f(g)}</span>${e}</p>`)}
      ${l.person&&(m||e.expected_off!==null)?h`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:e.id,off:m})}>${a(m?`service.expect_off`:`service.expect_on`)}</button></div>`:b}
      <div aria-live="polite">${this.answer?h`<p>${this.answer}</p>`:b}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return b;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return h`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?b:h`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>h`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>h`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return h`
      ${i.length?h`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>h`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:b}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?h`<section class="card content"><details ?open=${a.length<=12}>
          ${p(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,D).map(t=>this.renderThing(e,t,o))}
          ${a.length>D?h`<p class="quiet small">${r(`service.more`,{count:a.length-D})}</p>`:b}
        </details></section>`:b})}
    `}renderThing(e,t,n){let{t:r,feed:i}=this.ctx,a=T(e.id,t,i.rows(`incident`));return h`<div class="thing">
      <p class="row ${v[a]}"><span class="dot" role="img" aria-label=${r(`health.${a}`)}></span><span>${t.name}</span></p>
      ${t.expected_off?h`<p class="small quiet">${t.expected_off}</p>`:b}
      <p class="small quiet readings">${n.map(e=>t.values[e.key]===void 0?b:h`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(t,n,r){let{t:i,now:a,language:o}=this.ctx;return n==null?h`<span title=${r??``}>${i(`service.unknown`)}${r?h` <span class="quiet">(${r})</span>`:b}</span>`:typeof n==`boolean`?i(n?`service.yes`:`service.no`):t.device_class===`timestamp`&&typeof n==`string`?E(n,a,o):e(n,t.unit,t.precision,o)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?h`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>h`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:b}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await l(this.ctx,e,t)}catch(e){this.answer=r(e,this.ctx.t);return}finally{this.isBusy=!1}}};o([_()],O.prototype,`isBusy`,void 0),o([_()],O.prototype,`answer`,void 0),o([_()],O.prototype,`polled`,void 0),O=o([S(`homelab-steward-service`)],O);export{O as ServicePage};