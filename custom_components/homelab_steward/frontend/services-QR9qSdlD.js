import{$ as e,C as t,D as n,H as r,Jt as i,K as a,Q as o,S as s,T as c,b as l,dt as u,ht as d,ln as f,lt as p,mt as m,pt as h,st as g,tt as _,w as v,x as y}from"./shared-DJMK-k9p.js";var b=40,x=class extends r{constructor(...e){super(...e),this.view=`list`,this.snapshots=new g(this,[`snapshot`])}static{this.styles=[...r.styles,o,d`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t}=this.ctx,n=t.rows(`instance`);if(!n.length){let t=m`<a class="button" href="/config/integrations/integration/homelab_steward">${e(`state.open_integration`)}</a>`;return _(f,e(`services.empty`),e(`services.empty_text`),t)}return m`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(n)}</p>
        <div class="row" role="group" aria-label=${e(`services.view`)}>
          ${[`list`,`map`].map(t=>m`<button aria-pressed=${this.view===t} class=${this.view===t?`primary`:``} @click=${()=>this.view=t}>${e(`services.${t}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(n):this.renderMap(n)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(s(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return y(e,t).map(e=>m`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t,feed:n,base:r}=this.ctx,i=s(e,n.rows(`incident`)),a=c(e,n.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,e.id),u=v(e.id,n.rows(`incident`));return m`<div class="card"><a class="tile" href="${r}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${a?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${l[i]}"><span class="dot"></span>${t(`health.${i}`)}</span>
        ${u[0]?m`<span class="small" style="display:block">${u[0].title}</span>`:h}
        ${e.expected_off??e.error?m`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:h}
        ${this.renderGaps(o)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return h;let n=e.missing_rights.length;return m`${e.coverage.status===`complete`?h:m`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?m`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:h}`}renderMap(e){let{t:n,feed:r}=this.ctx,a=r.rows(`catalogue`)[0],o=t(e,this.snapshots.rows(`snapshot`),a,r.rows(`incident`));return o.length?m`<div class="grid">
      ${o.map(e=>m`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:_(i,n(`services.no_map`),n(`services.no_map_text`))}renderNode(t){let{t:r,base:a}=this.ctx,o=t.children.slice(0,b);return m`
      <a href="${a}/service/${encodeURIComponent(t.instanceId)}" class=${l[t.health]}>
        <span class="dot" role="img" aria-label=${r(`health.${t.health}`)}></span>
        ${t.kind===`instance`?m`<strong>${t.name}</strong>`:t.name}
        ${t.kind===`application`?e(i):h}
      </a>
      ${o.length?m`<ul>${o.map(e=>m`<li>${this.renderNode(e)}</li>`)}</ul>`:h}
      ${t.children.length>o.length?m`<p class="small quiet">${r(`services.more`,{count:t.children.length-o.length,health:r(`health.${n(t.children.map(e=>e.health))}`)})}</p>`:h}
    `}};a([p()],x.prototype,`view`,void 0),x=a([u(`homelab-steward-services`)],x);export{x as ServicesPage};