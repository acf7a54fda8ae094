import{C as e,D as t,G as n,Q as r,S as i,T as a,V as o,Vt as s,Z as c,b as l,ct as u,et as d,ft as f,mt as p,ot as m,pt as h,tn as g,ut as _,w as v,x as y}from"./shared-D2FqsNbt.js";var b=40,x=class extends o{constructor(...e){super(...e),this.view=`list`,this.snapshots=new m(this,[`snapshot`])}static{this.styles=[...o.styles,c,p`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t}=this.ctx,n=t.rows(`instance`);if(!n.length){let t=h`<a class="button" href="/config/integrations/integration/homelab_steward">${e(`state.open_integration`)}</a>`;return d(g,e(`services.empty`),e(`services.empty_text`),t)}return h`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(n)}</p>
        <div class="row" role="group" aria-label=${e(`services.view`)}>
          ${[`list`,`map`].map(t=>h`<button aria-pressed=${this.view===t} class=${this.view===t?`primary`:``} @click=${()=>this.view=t}>${e(`services.${t}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(n):this.renderMap(n)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),a=e.filter(e=>![`good`,`off`].includes(i(e,r))).length;return a?t(`services.with_problems`,{count:a}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return y(e,t).map(e=>h`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t,feed:n,base:r}=this.ctx,o=i(e,n.rows(`incident`)),s=a(e,n.rows(`catalogue`)[0]),c=this.snapshots.row(`snapshot`,e.id),u=v(e.id,n.rows(`incident`));return h`<div class="card"><a class="tile" href="${r}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${s?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${l[o]}"><span class="dot"></span>${t(`health.${o}`)}</span>
        ${u[0]?h`<span class="small" style="display:block">${u[0].title}</span>`:f}
        ${e.expected_off??e.error?h`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:f}
        ${this.renderGaps(c)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return f;let n=e.missing_rights.length;return h`${e.coverage.status===`complete`?f:h`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?h`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:f}`}renderMap(t){let{t:n,feed:r}=this.ctx,i=r.rows(`catalogue`)[0],a=e(t,this.snapshots.rows(`snapshot`),i,r.rows(`incident`));return a.length?h`<div class="grid">
      ${a.map(e=>h`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:d(s,n(`services.no_map`),n(`services.no_map_text`))}renderNode(e){let{t:n,base:i}=this.ctx,a=e.children.slice(0,b);return h`
      <a href="${i}/service/${encodeURIComponent(e.instanceId)}" class=${l[e.health]}>
        <span class="dot" role="img" aria-label=${n(`health.${e.health}`)}></span>
        ${e.kind===`instance`?h`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?r(s):f}
      </a>
      ${a.length?h`<ul>${a.map(e=>h`<li>${this.renderNode(e)}</li>`)}</ul>`:f}
      ${e.children.length>a.length?h`<p class="small quiet">${n(`services.more`,{count:e.children.length-a.length,health:n(`health.${t(e.children.map(e=>e.health))}`)})}</p>`:f}
    `}};n([u()],x.prototype,`view`,void 0),x=n([_(`homelab-steward-services`)],x);export{x as ServicesPage};