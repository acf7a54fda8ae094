import{$ as e,B as t,E as n,H as r,J as i,M as a,O as o,Ot as s,Q as c,R as l,S as u,U as d,V as f,X as p,dt as m,et as h,j as g,k as _,w as v,x as y,z as b}from"./shared-DsfEqpX7.js";var x=50,S=250,C=[`open`,`diagnosed`,`waiting`,`acting`,`unsolved`],w=[`resolved`,`ignored`],T=class extends o{constructor(...e){super(...e),this.rows=null,this.total=0,this.text=``,this.severity=``,this.category=``,this.status=`all`,this.isLoading=!1,this.error=``,this.asked=0,this.newest=0,this.wasConnected=!0}static{this.styles=[...o.styles,l,h`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}firstUpdated(){this.load(!1)}updated(){let e=Math.max(0,...this.ctx.feed.rows(`incident`).map(e=>e.number)),t=this.error!==``&&!this.wasConnected&&!!this.ctx.feed.state?.connected;(this.newest&&e>this.newest||t)&&!this.isLoading&&this.load(!1),this.newest=e,this.wasConnected=!!this.ctx.feed.state?.connected}render(){let{t}=this.ctx;return e`
      <div class="page">
        <h2 class="hidden">${t(`nav.incidents`)}</h2>
        ${this.renderFilters()}
        ${this.error?e`<p role="alert">${this.error} <button @click=${()=>this.load(!1)}>${t(`state.retry`)}</button></p>`:c}
        ${this.renderRows()}
      </div>
    `}renderFilters(){let{t,feed:n}=this.ctx,r=n.rows(`catalogue`)[0]?.categories??[];return e`
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search">${b(s)}
          <input type="search" placeholder=${t(`incidents.search`)} aria-label=${t(`incidents.search`)} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${t(`incidents.status`)} @change=${e=>this.filter(`status`,e)}>
          ${[`all`,`open`,`closed`].map(n=>e`<option value=${n} ?selected=${this.status===n}>${t(`incidents.${n}`)}</option>`)}
        </select>
        <select aria-label=${t(`incidents.severity`)} @change=${e=>this.filter(`severity`,e)}>
          <option value="">${t(`incidents.any_severity`)}</option>
          ${[`critical`,`warning`,`info`].map(n=>e`<option value=${n} ?selected=${this.severity===n}>${t(`severity.${n}`)}</option>`)}
        </select>
        <select aria-label=${t(`incidents.category`)} @change=${e=>this.filter(`category`,e)}>
          <option value="">${t(`incidents.any_category`)}</option>
          ${r.map(t=>e`<option value=${t.key} ?selected=${this.category===t.key}>${this.ctx.name(t.name)}</option>`)}
        </select>
      </form>
    `}renderRows(){let{t:r}=this.ctx,i=this.rows??this.known();if(!i.length&&!this.rows&&!this.error)return t(r);if(!i.length){let e=this.text||this.severity||this.category||this.status!==`all`;return f(m,r(e?`incidents.none`:`incidents.empty`),r(e?`incidents.none_text`:`incidents.empty_text`))}return e`
      <p class="quiet small" role="status">${this.rows||this.error?r(`incidents.count`,{count:this.rows?this.total:i.length}):r(`state.loading`)}</p>
      <ul class="card list">${n(i,e=>e.id,e=>this.renderRow(this.ctx.feed.row(`incident`,e.id)??e))}</ul>
      ${this.rows&&this.rows.length<this.total?e`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${()=>this.load(!0)}>${r(`action.more`)}</button></p>`:c}
    `}known(){let e=this.ctx.feed.rows(`incident`).sort((e,t)=>t.number-e.number);return this.error?e:e.slice(0,x)}renderRow(t){let{t:n,now:i,language:a,base:o}=this.ctx,s=w.includes(t.status);return e`<li>
      <a class="item" href="${o}/incident/${t.id}">
        ${r(t.severity,n,t.status===`resolved`)}
        <span class="grow">
          <span class="title" style="display:block">${t.title}</span>
          <span class="quiet small">#${t.number}${t.target?e` · ${t.target.name}`:c} ·
            <time datetime=${t.opened_at} title=${u(t.opened_at,a)}>${v(t.opened_at,i,a)}</time>
            ${t.alert_count>1?e`· ${n(`incidents.alerts`,{count:t.alert_count})}`:c}
            ${t.suppressed!==null&&!s?e`· ${n(`incidents.silenced`)}`:c}
          </span>
          ${s&&t.resolution?e`<span class="quiet small" style="display:block">${t.resolution}</span>`:c}
        </span>
        <span class="side">
          ${d(t.status,n)}
          ${t.resolved_at?e`<span class="quiet small" style="display:block">${n(`incidents.took`,{time:y(t.opened_at,t.resolved_at)})}</span>`:c}
        </span>
      </a>
    </li>`}search(e){this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)}filter(e,t){let n=t.target.value;e===`status`?this.status=n:e===`severity`?this.severity=n:this.category=n,this.load(!1)}async load(e){let t=++this.asked;this.isLoading=!0,this.error=``;let n=this.rows?.at(-1)?.number;try{let r=await _(this.ctx,`incidents`,{limit:x,...e&&n!==void 0?{before:n}:{},...this.status===`all`?{}:{statuses:this.status===`open`?C:w},...this.severity?{severities:[this.severity]}:{},...this.category?{category:this.category}:{},...this.text.trim()?{text:this.text.trim()}:{}});if(t!==this.asked)return;this.rows=e?[...this.rows??[],...r.incidents]:r.incidents,this.total=r.total}catch(e){t===this.asked&&(this.error=g(e,this.ctx.t))}finally{t===this.asked&&(this.isLoading=!1)}}};a([i()],T.prototype,`rows`,void 0),a([i()],T.prototype,`total`,void 0),a([i()],T.prototype,`text`,void 0),a([i()],T.prototype,`severity`,void 0),a([i()],T.prototype,`category`,void 0),a([i()],T.prototype,`status`,void 0),a([i()],T.prototype,`isLoading`,void 0),a([i()],T.prototype,`error`,void 0),T=a([p(`homelab-steward-incidents`)],T);export{T as IncidentsPage};