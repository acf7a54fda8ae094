import{K as e,L as t,Mt as n,N as r,Q as i,U as a,W as o,Wt as s,_ as c,at as l,et as u,f as d,g as f,h as p,it as m,m as h,nt as g,ot as _,p as v,y}from"./shared-COQCZFd_.js";var b=40,x=class extends r{constructor(...e){super(...e),this.view=`list`,this.snapshots=new i(this,[`snapshot`])}static{this.styles=[...r.styles,a,_`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t,feed:n}=this.ctx,r=n.rows(`instance`);if(!r.length){let n=l`<a class="button" href="/config/integrations/integration/homelab_steward">${t(`state.open_integration`)}</a>`;return e(s,t(`services.empty`),t(`services.empty_text`),n)}return l`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(r)}</p>
        <div class="row" role="group" aria-label=${t(`services.view`)}>
          ${[`list`,`map`].map(e=>l`<button aria-pressed=${this.view===e} class=${this.view===e?`primary`:``} @click=${()=>this.view=e}>${t(`services.${e}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(r):this.renderMap(r)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(h(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return v(e,t).map(e=>l`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t,feed:n,base:r}=this.ctx,i=h(e,n.rows(`incident`)),a=c(e,n.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,e.id),s=f(e.id,n.rows(`incident`));return l`<div class="card"><a class="tile" href="${r}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${a?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${d[i]}"><span class="dot"></span>${t(`health.${i}`)}</span>
        ${s[0]?l`<span class="small" style="display:block">${s[0].title}</span>`:m}
        ${e.expected_off??e.error?l`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:m}
        ${this.renderGaps(o)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return m;let n=e.missing_rights.length;return l`${e.coverage.status===`complete`?m:l`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?l`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:m}`}renderMap(t){let{t:r,feed:i}=this.ctx,a=i.rows(`catalogue`)[0],o=p(t,this.snapshots.rows(`snapshot`),a,i.rows(`incident`));return o.length?l`<div class="grid">
      ${o.map(e=>l`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:e(n,r(`services.no_map`),r(`services.no_map_text`))}renderNode(e){let{t,base:r}=this.ctx,i=e.children.slice(0,b);return l`
      <a href="${r}/service/${encodeURIComponent(e.instanceId)}" class=${d[e.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${e.health}`)}></span>
        ${e.kind===`instance`?l`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?o(n):m}
      </a>
      ${i.length?l`<ul>${i.map(e=>l`<li>${this.renderNode(e)}</li>`)}</ul>`:m}
      ${e.children.length>i.length?l`<p class="small quiet">${t(`services.more`,{count:e.children.length-i.length,health:t(`health.${y(e.children.map(e=>e.health))}`)})}</p>`:m}
    `}};t([u()],x.prototype,`view`,void 0),x=t([g(`homelab-steward-services`)],x);export{x as ServicesPage};