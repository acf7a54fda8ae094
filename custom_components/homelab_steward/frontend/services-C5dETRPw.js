import{$ as e,B as t,Bt as n,C as r,E as i,S as a,W as o,X as s,Z as c,at as l,b as u,dt as d,en as f,ft as p,lt as m,pt as h,st as g,w as _,x as v,y}from"./shared-nRrs-VXQ.js";var b=40,x=class extends t{constructor(...e){super(...e),this.view=`list`,this.snapshots=new l(this,[`snapshot`])}static{this.styles=[...t.styles,s,h`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t,feed:n}=this.ctx,r=n.rows(`instance`);if(!r.length){let n=p`<a class="button" href="/config/integrations/integration/homelab_steward">${t(`state.open_integration`)}</a>`;return e(f,t(`services.empty`),t(`services.empty_text`),n)}return p`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(r)}</p>
        <div class="row" role="group" aria-label=${t(`services.view`)}>
          ${[`list`,`map`].map(e=>p`<button aria-pressed=${this.view===e} class=${this.view===e?`primary`:``} @click=${()=>this.view=e}>${t(`services.${e}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(r):this.renderMap(r)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(v(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return u(e,t).map(e=>p`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t,feed:n,base:i}=this.ctx,a=v(e,n.rows(`incident`)),o=_(e,n.rows(`catalogue`)[0]),s=this.snapshots.row(`snapshot`,e.id),c=r(e.id,n.rows(`incident`));return p`<div class="card"><a class="tile" href="${i}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${o?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${y[a]}"><span class="dot"></span>${t(`health.${a}`)}</span>
        ${c[0]?p`<span class="small" style="display:block">${c[0].title}</span>`:d}
        ${e.expected_off??e.error?p`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:d}
        ${this.renderGaps(s)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return d;let n=e.missing_rights.length;return p`${e.coverage.status===`complete`?d:p`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?p`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:d}`}renderMap(t){let{t:r,feed:i}=this.ctx,o=i.rows(`catalogue`)[0],s=a(t,this.snapshots.rows(`snapshot`),o,i.rows(`incident`));return s.length?p`<div class="grid">
      ${s.map(e=>p`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:e(n,r(`services.no_map`),r(`services.no_map_text`))}renderNode(e){let{t,base:r}=this.ctx,a=e.children.slice(0,b);return p`
      <a href="${r}/service/${encodeURIComponent(e.instanceId)}" class=${y[e.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${e.health}`)}></span>
        ${e.kind===`instance`?p`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?c(n):d}
      </a>
      ${a.length?p`<ul>${a.map(e=>p`<li>${this.renderNode(e)}</li>`)}</ul>`:d}
      ${e.children.length>a.length?p`<p class="small quiet">${t(`services.more`,{count:e.children.length-a.length,health:t(`health.${i(e.children.map(e=>e.health))}`)})}</p>`:d}
    `}};o([g()],x.prototype,`view`,void 0),x=o([m(`homelab-steward-services`)],x);export{x as ServicesPage};