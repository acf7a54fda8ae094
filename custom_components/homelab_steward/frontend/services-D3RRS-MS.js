import{C as e,E as t,J as n,O as r,Qt as i,S as a,T as o,W as s,_t as c,et as l,ft as u,gt as d,mt as f,pn as p,rt as m,tt as h,ut as g,vt as _,w as v,x as y}from"./shared-ecpPzQbY.js";var b=40,x=class extends s{constructor(...e){super(...e),this.view=`list`,this.snapshots=new g(this,[`snapshot`])}static{this.styles=[...s.styles,l,_`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t}=this.ctx,n=t.rows(`instance`);if(!n.length){let t=c`<a class="button" href="/config/integrations/integration/homelab_steward">${e(`state.open_integration`)}</a>`;return m(p,e(`services.empty`),e(`services.empty_text`),t)}return c`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(n)}</p>
        <div class="row" role="group" aria-label=${e(`services.view`)}>
          ${[`list`,`map`].map(t=>c`<button aria-pressed=${this.view===t} class=${this.view===t?`primary`:``} @click=${()=>this.view=t}>${e(`services.${t}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(n):this.renderMap(n)}
    </div>`}renderSummary(t){let{t:n,feed:r}=this.ctx,i=r.rows(`incident`),a=t.filter(t=>![`good`,`off`].includes(e(t,i))).length;return a?n(`services.with_problems`,{count:a}):n(`services.all_good`,{count:t.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return a(e,t).map(e=>c`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(n){let{t:r,feed:i,base:a}=this.ctx,s=e(n,i.rows(`incident`)),l=t(n,i.rows(`catalogue`)[0]),u=this.snapshots.row(`snapshot`,n.id),f=o(n.id,i.rows(`incident`));return c`<div class="card"><a class="tile" href="${a}/service/${encodeURIComponent(n.id)}">
      <ha-icon .icon=${l?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${n.name}</span>
        <span class="row small quiet ${y[s]}"><span class="dot"></span>${r(`health.${s}`)}</span>
        ${f[0]?c`<span class="small" style="display:block">${f[0].title}</span>`:d}
        ${n.expected_off??n.error?c`<span class="small quiet" style="display:block">${n.expected_off??n.error}</span>`:d}
        ${this.renderGaps(u)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return d;let n=e.missing_rights.length;return c`${e.coverage.status===`complete`?d:c`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?c`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:d}`}renderMap(e){let{t,feed:n}=this.ctx,r=n.rows(`catalogue`)[0],a=v(e,this.snapshots.rows(`snapshot`),r,n.rows(`incident`));return a.length?c`<div class="grid">
      ${a.map(e=>c`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:m(i,t(`services.no_map`),t(`services.no_map_text`))}renderNode(e){let{t,base:n}=this.ctx,a=e.children.slice(0,b);return c`
      <a href="${n}/service/${encodeURIComponent(e.instanceId)}" class=${y[e.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${e.health}`)}></span>
        ${e.kind===`instance`?c`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?h(i):d}
      </a>
      ${a.length?c`<ul>${a.map(e=>c`<li>${this.renderNode(e)}</li>`)}</ul>`:d}
      ${e.children.length>a.length?c`<p class="small quiet">${t(`services.more`,{count:e.children.length-a.length,health:t(`health.${r(e.children.map(e=>e.health))}`)})}</p>`:d}
    `}};n([u()],x.prototype,`view`,void 0),x=n([f(`homelab-steward-services`)],x);export{x as ServicesPage};