import{$t as e,C as t,Q as n,S as r,T as i,U as a,X as o,Y as s,b as c,ct as l,dt as u,ft as d,it as f,ot as p,ut as m,v as h,x as g,y as _,z as v,zt as y}from"./shared-BLrf8IzR.js";var b=40,x=class extends v{constructor(...e){super(...e),this.view=`list`,this.snapshots=new f(this,[`snapshot`])}static{this.styles=[...v.styles,s,d`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t,feed:r}=this.ctx,i=r.rows(`instance`);if(!i.length){let r=u`<a class="button" href="/config/integrations/integration/homelab_steward">${t(`state.open_integration`)}</a>`;return n(e,t(`services.empty`),t(`services.empty_text`),r)}return u`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(i)}</p>
        <div class="row" role="group" aria-label=${t(`services.view`)}>
          ${[`list`,`map`].map(e=>u`<button aria-pressed=${this.view===e} class=${this.view===e?`primary`:``} @click=${()=>this.view=e}>${t(`services.${e}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(i):this.renderMap(i)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(c(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return _(e,t).map(e=>u`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t:n,feed:i,base:a}=this.ctx,o=c(e,i.rows(`incident`)),s=t(e,i.rows(`catalogue`)[0]),l=this.snapshots.row(`snapshot`,e.id),d=r(e.id,i.rows(`incident`));return u`<div class="card"><a class="tile" href="${a}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${s?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${h[o]}"><span class="dot"></span>${n(`health.${o}`)}</span>
        ${d[0]?u`<span class="small" style="display:block">${d[0].title}</span>`:m}
        ${e.expected_off??e.error?u`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:m}
        ${this.renderGaps(l)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return m;let n=e.missing_rights.length;return u`${e.coverage.status===`complete`?m:u`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?u`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:m}`}renderMap(e){let{t,feed:r}=this.ctx,i=r.rows(`catalogue`)[0],a=g(e,this.snapshots.rows(`snapshot`),i,r.rows(`incident`));return a.length?u`<div class="grid">
      ${a.map(e=>u`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:n(y,t(`services.no_map`),t(`services.no_map_text`))}renderNode(e){let{t,base:n}=this.ctx,r=e.children.slice(0,b);return u`
      <a href="${n}/service/${encodeURIComponent(e.instanceId)}" class=${h[e.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${e.health}`)}></span>
        ${e.kind===`instance`?u`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?o(y):m}
      </a>
      ${r.length?u`<ul>${r.map(e=>u`<li>${this.renderNode(e)}</li>`)}</ul>`:m}
      ${e.children.length>r.length?u`<p class="small quiet">${t(`services.more`,{count:e.children.length-r.length,health:t(`health.${i(e.children.map(e=>e.health))}`)})}</p>`:m}
    `}};a([p()],x.prototype,`view`,void 0),x=a([l(`homelab-steward-services`)],x);export{x as ServicesPage};