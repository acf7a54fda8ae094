import{$ as e,Ft as t,J as n,K as r,M as i,O as a,Q as o,R as s,Tt as c,V as l,X as u,c as d,d as f,et as p,f as m,h,l as g,p as _,u as v,z as y}from"./shared-DsfEqpX7.js";var b=40,x=class extends a{constructor(...e){super(...e),this.view=`list`,this.snapshots=new r(this,[`snapshot`])}static{this.styles=[...a.styles,s,p`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:n,feed:r}=this.ctx,i=r.rows(`instance`);if(!i.length){let r=e`<a class="button" href="/config/integrations/integration/homelab_steward">${n(`state.open_integration`)}</a>`;return l(t,n(`services.empty`),n(`services.empty_text`),r)}return e`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(i)}</p>
        <div class="row" role="group" aria-label=${n(`services.view`)}>
          ${[`list`,`map`].map(t=>e`<button aria-pressed=${this.view===t} class=${this.view===t?`primary`:``} @click=${()=>this.view=t}>${n(`services.${t}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(i):this.renderMap(i)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(v(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(t){let n=this.ctx.feed.rows(`catalogue`)[0];return g(t,n).map(t=>e`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(t.name)}</h2>
        <div class="grid">${t.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(t){let{t:n,feed:r,base:i}=this.ctx,a=v(t,r.rows(`incident`)),s=_(t,r.rows(`catalogue`)[0]),c=this.snapshots.row(`snapshot`,t.id),l=m(t.id,r.rows(`incident`));return e`<div class="card"><a class="tile" href="${i}/service/${encodeURIComponent(t.id)}">
      <ha-icon .icon=${s?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${t.name}</span>
        <span class="row small quiet ${d[a]}"><span class="dot"></span>${n(`health.${a}`)}</span>
        ${l[0]?e`<span class="small" style="display:block">${l[0].title}</span>`:o}
        ${t.expected_off??t.error?e`<span class="small quiet" style="display:block">${t.expected_off??t.error}</span>`:o}
        ${this.renderGaps(c)}
      </span>
    </a></div>`}renderGaps(t){let{t:n}=this.ctx;if(!t)return o;let r=t.missing_rights.length;return e`${t.coverage.status===`complete`?o:e`<span class="chip warning"><span class="dot"></span>${n(`coverage.${t.coverage.status}`)}</span>`}
    ${r?e`<span class="chip warning"><span class="dot"></span>${n(`services.missing_rights`,{count:r})}</span>`:o}`}renderMap(t){let{t:n,feed:r}=this.ctx,i=r.rows(`catalogue`)[0],a=f(t,this.snapshots.rows(`snapshot`),i,r.rows(`incident`));return a.length?e`<div class="grid">
      ${a.map(t=>e`<section class="card content tree">${this.renderNode(t)}</section>`)}
    </div>`:l(c,n(`services.no_map`),n(`services.no_map_text`))}renderNode(t){let{t:n,base:r}=this.ctx,i=t.children.slice(0,b);return e`
      <a href="${r}/service/${encodeURIComponent(t.instanceId)}" class=${d[t.health]}>
        <span class="dot" role="img" aria-label=${n(`health.${t.health}`)}></span>
        ${t.kind===`instance`?e`<strong>${t.name}</strong>`:t.name}
        ${t.kind===`application`?y(c):o}
      </a>
      ${i.length?e`<ul>${i.map(t=>e`<li>${this.renderNode(t)}</li>`)}</ul>`:o}
      ${t.children.length>i.length?e`<p class="small quiet">${n(`services.more`,{count:t.children.length-i.length,health:n(`health.${h(t.children.map(e=>e.health))}`)})}</p>`:o}
    `}};i([n()],x.prototype,`view`,void 0),x=i([u(`homelab-steward-services`)],x);export{x as ServicesPage};