import{G as e,H as t,I as n,M as r,Q as i,U as a,X as o,_ as s,et as c,f as l,g as u,h as d,it as f,kt as p,m,nt as h,p as g,rt as _,y as v,zt as y}from"./shared-XOvvEVcW.js";var b=40,x=class extends r{constructor(...e){super(...e),this.view=`list`,this.snapshots=new o(this,[`snapshot`])}static{this.styles=[...r.styles,t,f`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t,feed:n}=this.ctx,r=n.rows(`instance`);if(!r.length){let n=_`<a class="button" href="/config/integrations/integration/homelab_steward">${t(`state.open_integration`)}</a>`;return e(y,t(`services.empty`),t(`services.empty_text`),n)}return _`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(r)}</p>
        <div class="row" role="group" aria-label=${t(`services.view`)}>
          ${[`list`,`map`].map(e=>_`<button aria-pressed=${this.view===e} class=${this.view===e?`primary`:``} @click=${()=>this.view=e}>${t(`services.${e}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(r):this.renderMap(r)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(m(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return g(e,t).map(e=>_`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t,feed:n,base:r}=this.ctx,i=m(e,n.rows(`incident`)),a=s(e,n.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,e.id),c=u(e.id,n.rows(`incident`));return _`<div class="card"><a class="tile" href="${r}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${a?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${l[i]}"><span class="dot"></span>${t(`health.${i}`)}</span>
        ${c[0]?_`<span class="small" style="display:block">${c[0].title}</span>`:h}
        ${e.expected_off??e.error?_`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:h}
        ${this.renderGaps(o)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return h;let n=e.missing_rights.length;return _`${e.coverage.status===`complete`?h:_`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?_`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:h}`}renderMap(t){let{t:n,feed:r}=this.ctx,i=r.rows(`catalogue`)[0],a=d(t,this.snapshots.rows(`snapshot`),i,r.rows(`incident`));return a.length?_`<div class="grid">
      ${a.map(e=>_`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:e(p,n(`services.no_map`),n(`services.no_map_text`))}renderNode(e){let{t,base:n}=this.ctx,r=e.children.slice(0,b);return _`
      <a href="${n}/service/${encodeURIComponent(e.instanceId)}" class=${l[e.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${e.health}`)}></span>
        ${e.kind===`instance`?_`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?a(p):h}
      </a>
      ${r.length?_`<ul>${r.map(e=>_`<li>${this.renderNode(e)}</li>`)}</ul>`:h}
      ${e.children.length>r.length?_`<p class="small quiet">${t(`services.more`,{count:e.children.length-r.length,health:t(`health.${v(e.children.map(e=>e.health))}`)})}</p>`:h}
    `}};n([i()],x.prototype,`view`,void 0),x=n([c(`homelab-steward-services`)],x);export{x as ServicesPage};