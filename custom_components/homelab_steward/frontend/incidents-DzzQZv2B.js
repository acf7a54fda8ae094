import{$ as e,At as t,B as n,G as r,H as i,K as a,L as o,N as s,P as c,Q as l,Qt as u,U as d,dt as f,et as p,ht as m,lt as h,mt as g,nt as _,pt as v,rt as y,tt as b}from"./shared-DJMK-k9p.js";var x=50,S=250,C=[`open`,`diagnosed`,`waiting`,`scheduled`,`acting`,`unsolved`],w=[`resolved`,`ignored`],T=class extends i{constructor(...e){super(...e),this.rows=null,this.total=0,this.text=``,this.severity=``,this.category=``,this.status=`all`,this.isLoading=!1,this.error=``,this.asked=0,this.newest=0,this.wasConnected=!0}static{this.styles=[...i.styles,l,m`
      .filters {
        display: grid;
        grid-template-columns: 1fr repeat(3, auto);
        gap: 8px;
      }
      .search {
        position: relative;
      }
      .search svg {
        position: absolute;
        inset-inline-start: 10px;
        top: 8px;
        color: var(--secondary-text-color);
      }
      .search input {
        width: 100%;
        padding-inline-start: 42px;
      }
      @media (max-width: 700px) {
        .filters {
          grid-template-columns: 1fr 1fr;
        }
        .filters .search {
          grid-column: 1 / -1;
        }
        .filters select {
          min-width: 0;
          width: 100%;
        }
        .filters select:last-child {
          grid-column: 1 / -1;
        }
        .side {
          display: none;
        }
      }
      .item {
        align-items: flex-start;
      }
      .list > li {
        /* Only the rows in view are laid out and painted. */
        content-visibility: auto;
        contain-intrinsic-size: auto 76px;
      }
      .side {
        text-align: end;
        white-space: nowrap;
      }
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}firstUpdated(){this.load(!1)}updated(){let e=Math.max(0,...this.ctx.feed.rows(`incident`).map(e=>e.number)),t=this.error!==``&&!this.wasConnected&&!!this.ctx.feed.state?.connected;(this.newest&&e>this.newest||t)&&!this.isLoading&&this.load(!1),this.newest=e,this.wasConnected=!!this.ctx.feed.state?.connected}render(){let{t:e}=this.ctx;return g`
      <div class="page">
        <h2 class="hidden">${e(`nav.incidents`)}</h2>
        ${this.renderFilters()}
        ${this.error?g`<p role="alert">${this.error} <button @click=${()=>this.load(!1)}>${e(`state.retry`)}</button></p>`:v}
        ${this.renderRows()}
      </div>
    `}renderFilters(){let{t,feed:n}=this.ctx,r=n.rows(`catalogue`)[0]?.categories??[];return g`
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search">${e(u)}
          <input type="search" placeholder=${t(`incidents.search`)} aria-label=${t(`incidents.search`)} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${t(`incidents.status`)} @change=${e=>this.filter(`status`,e)}>
          ${[`all`,`open`,`closed`].map(e=>g`<option value=${e} ?selected=${this.status===e}>${t(`incidents.${e}`)}</option>`)}
        </select>
        <select aria-label=${t(`incidents.severity`)} @change=${e=>this.filter(`severity`,e)}>
          <option value="">${t(`incidents.any_severity`)}</option>
          ${[`critical`,`warning`,`info`].map(e=>g`<option value=${e} ?selected=${this.severity===e}>${t(`severity.${e}`)}</option>`)}
        </select>
        <select aria-label=${t(`incidents.category`)} @change=${e=>this.filter(`category`,e)}>
          <option value="">${t(`incidents.any_category`)}</option>
          ${r.map(e=>g`<option value=${e.key} ?selected=${this.category===e.key}>${this.ctx.name(e.name)}</option>`)}
        </select>
      </form>
    `}renderRows(){let{t:e}=this.ctx,r=this.rows??this.known();if(!r.length&&!this.rows&&!this.error)return p(e);if(!r.length){let n=this.text||this.severity||this.category||this.status!==`all`;return b(t,e(n?`incidents.none`:`incidents.empty`),e(n?`incidents.none_text`:`incidents.empty_text`))}return g`
      <p class="quiet small" role="status">${this.rows||this.error?e(`incidents.count`,{count:this.rows?this.total:r.length}):e(`state.loading`)}</p>
      <ul class="card list">${n(r,e=>e.id,e=>this.renderRow(this.ctx.feed.row(`incident`,e.id)??e))}</ul>
      ${this.rows&&this.rows.length<this.total?g`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:v}
    `}known(){let e=this.ctx.feed.rows(`incident`).sort((e,t)=>t.number-e.number);return this.error?e:e.slice(0,x)}renderRow(e){let{t,now:n,language:r,base:i}=this.ctx,a=w.includes(e.status);return g`<li>
      <a class="item" href="${i}/incident/${e.id}">
        ${_(e.severity,t,e.status===`resolved`)}
        <span class="grow">
          <span class="title" style="display:block">${e.title}</span>
          <span class="quiet small">#${e.number}${e.target?g` · ${e.target.name}`:v} ·
            <time datetime=${e.opened_at} title=${c(e.opened_at,r)}>${o(e.opened_at,n,r)}</time>
            ${e.alert_count>1?g`· ${t(`incidents.alerts`,{count:e.alert_count})}`:v}
            ${e.suppressed!==null&&!a?g`· ${t(`incidents.silenced`)}`:v}
          </span>
          ${a&&e.resolution?g`<span class="quiet small" style="display:block">${e.resolution}</span>`:v}
        </span>
        <span class="side">
          ${y(e.status,t)}
          ${e.resolved_at?g`<span class="quiet small" style="display:block">${t(`incidents.took`,{time:s(e.opened_at,e.resolved_at)})}</span>`:v}
        </span>
      </a>
    </li>`}search(e){this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)}filter(e,t){let n=t.target.value;e===`status`?this.status=n:e===`severity`?this.severity=n:this.category=n,this.load(!1)}async load(e){let t=++this.asked;this.isLoading=!0,this.error=``;let n=this.rows?.at(-1)?.number;try{let r=await d(this.ctx,`incidents`,{limit:x,...e&&n!==void 0?{before:n}:{},...this.status===`all`?{}:{statuses:this.status===`open`?C:w},...this.severity?{severities:[this.severity]}:{},...this.category?{category:this.category}:{},...this.text.trim()?{text:this.text.trim()}:{}});if(t!==this.asked)return;this.rows=e?[...this.rows??[],...r.incidents]:r.incidents,this.total=r.total}catch(e){t===this.asked&&(this.error=r(e,this.ctx.t))}finally{t===this.asked&&(this.isLoading=!1)}}};a([h()],T.prototype,`rows`,void 0),a([h()],T.prototype,`total`,void 0),a([h()],T.prototype,`text`,void 0),a([h()],T.prototype,`severity`,void 0),a([h()],T.prototype,`category`,void 0),a([h()],T.prototype,`status`,void 0),a([h()],T.prototype,`isLoading`,void 0),a([h()],T.prototype,`error`,void 0),T=a([f(`homelab-steward-incidents`)],T);export{T as IncidentsPage};