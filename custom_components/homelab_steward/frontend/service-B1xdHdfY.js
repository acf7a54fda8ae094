import{$ as e,B as t,C as n,It as r,N as i,P as a,Qt as o,T as s,U as c,V as l,W as u,X as d,Z as f,at as p,dt as m,et as h,ft as g,j as _,lt as v,nt as y,pt as b,st as x,tt as S,vt as C,w,x as T,y as E}from"./shared-nRrs-VXQ.js";var D=100,O=class extends t{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.snapshots=new p(this,[`snapshot`])}static{this.styles=[...t.styles,d,b`
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
    `]}willUpdate(e){e.has(`item`)&&this.readPoll(),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t,feed:i,base:a}=this.ctx,o=i.row(`instance`,this.item);if(!o)return e(r,t(`service.gone`),t(`service.gone_text`),g`<a class="button" href="${a}/services">${t(`nav.services`)}</a>`);let s=w(o,i.rows(`catalogue`)[0]),c=this.snapshots.row(`snapshot`,o.id),l=n(o.id,i.rows(`incident`));return g`<div class="page">
      ${this.renderHead(o,s,c)}
      ${l.length?g`<section class="card"><ul class="list">
            ${l.map(e=>g`<li><a class="item" href="${a}/incident/${e.id}">${h(e.severity,t)}<span class="grow">${e.title}</span>${S(e.status,t)}</a></li>`)}
          </ul></section>`:m}
      ${c?this.renderGaps(c,s):m}
      ${c&&s?this.renderInside(o,c,s):m}
      ${s?this.renderActions(o,s,c):m}
    </div>`}renderHead(e,t,n){let{t:r,feed:a,now:s,language:c,viewer:l}=this.ctx,u=T(e,a.rows(`incident`)),d=(e,t)=>t?g`<dt>${r(e)}</dt><dd>${t}</dd>`:m,p=this.polled??e.polled_at,h=e.status===`unreachable`&&e.expected_off===null;return g`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${e.name}</h2>
          <p class="row ${E[u]}"><span class="dot"></span>${r(`health.${u}`)}</p>
        </div>
        ${l.person?g`<button class="icon" ?disabled=${this.isBusy} aria-label=${r(`service.poll`)} title=${r(`service.poll`)} @click=${()=>this.poll(e.id)}>${f(o)}</button>`:m}
      </div>
      ${e.error&&e.expected_off===null?g`<p class="text">${e.error}</p>`:m}
      ${e.expected_off?g`<p class="text">${e.expected_off}</p>`:m}
      <dl>
        ${d(`service.kind`,t?.name??e.service)}
        ${d(`service.version`,e.version)}
        ${d(`service.polled`,p?g`<time datetime=${p} title=${i(p,c)}>${_(p,s,c)}</time>`:``)}
        ${d(`service.changed`,n?_(n.taken_at,s,c):``)}
        ${d(`service.address`,e.settings.url??e.settings.host)}
        ${d(`service.configured`,r(`origin.${e.origin}`))}
      </dl>
      ${e.notices.map(e=>g`<p class="row small" style="align-items:flex-start"><span class="tone warning">${f(C)}</span>${e}</p>`)}
      ${l.person&&(h||e.expected_off!==null)?g`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:e.id,off:h})}>${r(h?`service.expect_off`:`service.expect_on`)}</button></div>`:m}
      <div aria-live="polite">${this.answer?g`<p>${this.answer}</p>`:m}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return m;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return g`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?m:g`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>g`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>g`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return g`
      ${i.length?g`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>g`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:m}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?g`<section class="card content"><details ?open=${a.length<=12}>
          ${y(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,D).map(t=>this.renderThing(e,t,o))}
          ${a.length>D?g`<p class="quiet small">${r(`service.more`,{count:a.length-D})}</p>`:m}
        </details></section>`:m})}
    `}renderThing(e,t,n){let{t:r,feed:i}=this.ctx,a=s(e.id,t,i.rows(`incident`));return g`<div class="thing">
      <p class="row ${E[a]}"><span class="dot" role="img" aria-label=${r(`health.${a}`)}></span><span>${t.name}</span></p>
      ${t.expected_off?g`<p class="small quiet">${t.expected_off}</p>`:m}
      <p class="small quiet readings">${n.map(e=>t.values[e.key]===void 0?m:g`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,n){let{t:r,now:i,language:o}=this.ctx;return t==null?g`<span title=${n??``}>${r(`service.unknown`)}${n?g` <span class="quiet">(${n})</span>`:m}</span>`:typeof t==`boolean`?r(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?_(t,i,o):a(t,e.unit,e.precision,o)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?g`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>g`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:m}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await l(this.ctx,e,t)}catch(e){this.answer=c(e,this.ctx.t);return}finally{this.isBusy=!1}}};u([x()],O.prototype,`isBusy`,void 0),u([x()],O.prototype,`answer`,void 0),u([x()],O.prototype,`polled`,void 0),O=u([v(`homelab-steward-service`)],O);export{O as ServicePage};