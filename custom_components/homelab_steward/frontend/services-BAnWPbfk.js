import{$ as e,C as t,E as n,O as r,S as i,T as a,U as o,Zt as s,_t as c,dt as l,et as u,fn as d,gt as f,ht as p,lt as m,nt as h,pt as g,q as _,w as v,x as y}from"./shared-Sda02QKL.js";var b=40,x=class extends o{constructor(...e){super(...e),this.view=`list`,this.snapshots=new m(this,[`snapshot`])}static{this.styles=[...o.styles,e,c`
      a.tile {
        color: inherit;
        display: flex;
        gap: 16px;
        padding: 16px;
        align-items: flex-start;
      }
      a.tile:hover {
        text-decoration: none;
        background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
      }
      ha-icon {
        --mdc-icon-size: 24px;
        width: 24px;
        height: 24px;
        color: var(--state-icon-color, var(--link));
        flex: none;
      }
      .tree ul {
        list-style: none;
        padding-inline-start: 14px;
        margin-inline-start: 10px;
        border-inline-start: 2px solid var(--divider-color);
      }
      .tree li {
        padding: 2px 0;
      }
      .tree a,
      .tree .name {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        color: inherit;
        min-height: 32px;
        overflow-wrap: anywhere;
      }
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t}=this.ctx,n=t.rows(`instance`);if(!n.length){let t=f`<a class="button" href="/config/integrations/integration/homelab_steward">${e(`state.open_integration`)}</a>`;return h(d,e(`services.empty`),e(`services.empty_text`),t)}return f`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(n)}</p>
        <div class="row" role="group" aria-label=${e(`services.view`)}>
          ${[`list`,`map`].map(t=>f`<button aria-pressed=${this.view===t} class=${this.view===t?`primary`:``} @click=${()=>this.view=t}>${e(`services.${t}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(n):this.renderMap(n)}
    </div>`}renderSummary(e){let{t:n,feed:r}=this.ctx,i=r.rows(`incident`),a=e.filter(e=>![`good`,`off`].includes(t(e,i))).length;return a?n(`services.with_problems`,{count:a}):n(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return i(e,t).map(e=>f`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t:r,feed:i,base:o}=this.ctx,s=t(e,i.rows(`incident`)),c=n(e,i.rows(`catalogue`)[0]),l=this.snapshots.row(`snapshot`,e.id),u=a(e.id,i.rows(`incident`));return f`<div class="card"><a class="tile" href="${o}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${c?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${y[s]}"><span class="dot"></span>${r(`health.${s}`)}</span>
        ${u[0]?f`<span class="small" style="display:block">${u[0].title}</span>`:p}
        ${e.expected_off??e.error?f`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:p}
        ${this.renderGaps(l)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return p;let n=e.missing_rights.length;return f`${e.coverage.status===`complete`?p:f`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?f`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:p}`}renderMap(e){let{t,feed:n}=this.ctx,r=n.rows(`catalogue`)[0],i=v(e,this.snapshots.rows(`snapshot`),r,n.rows(`incident`));return i.length?f`<div class="grid">
      ${i.map(e=>f`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:h(s,t(`services.no_map`),t(`services.no_map_text`))}renderNode(e){let{t,base:n}=this.ctx,i=e.children.slice(0,b);return f`
      <a href="${n}/service/${encodeURIComponent(e.instanceId)}" class=${y[e.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${e.health}`)}></span>
        ${e.kind===`instance`?f`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?u(s):p}
      </a>
      ${i.length?f`<ul>${i.map(e=>f`<li>${this.renderNode(e)}</li>`)}</ul>`:p}
      ${e.children.length>i.length?f`<p class="small quiet">${t(`services.more`,{count:e.children.length-i.length,health:t(`health.${r(e.children.map(e=>e.health))}`)})}</p>`:p}
    `}};_([l()],x.prototype,`view`,void 0),x=_([g(`homelab-steward-services`)],x);export{x as ServicesPage};