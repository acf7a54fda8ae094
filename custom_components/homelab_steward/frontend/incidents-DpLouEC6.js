import{$ as e,Et as t,G as n,H as r,I as i,N as a,P as o,Q as s,V as c,W as l,Wt as u,Z as d,ct as f,et as p,ft as m,mt as h,nt as g,pt as _,tt as v,ut as y,z as b}from"./shared-D2FqsNbt.js";var x=50,S=250,C=[`open`,`diagnosed`,`waiting`,`scheduled`,`acting`,`unsolved`],w=[`resolved`,`ignored`],T=class extends c{constructor(...e){super(...e),this.rows=null,this.total=0,this.text=``,this.severity=``,this.category=``,this.status=`all`,this.isLoading=!1,this.error=``,this.asked=0,this.newest=0,this.wasConnected=!0}static{this.styles=[...c.styles,d,h`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}firstUpdated(){this.load(!1)}updated(){let e=Math.max(0,...this.ctx.feed.rows(`incident`).map(e=>e.number)),t=this.error!==``&&!this.wasConnected&&!!this.ctx.feed.state?.connected;(this.newest&&e>this.newest||t)&&!this.isLoading&&this.load(!1),this.newest=e,this.wasConnected=!!this.ctx.feed.state?.connected}render(){let{t:e}=this.ctx;return _`
      <div class="page">
        <h2 class="hidden">${e(`nav.incidents`)}</h2>
        ${this.renderFilters()}
        ${this.error?_`<p role="alert">${this.error} <button @click=${()=>this.load(!1)}>${e(`state.retry`)}</button></p>`:m}
        ${this.renderRows()}
      </div>
    `}renderFilters(){let{t:e,feed:t}=this.ctx,n=t.rows(`catalogue`)[0]?.categories??[];return _`
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search">${s(u)}
          <input type="search" placeholder=${e(`incidents.search`)} aria-label=${e(`incidents.search`)} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${e(`incidents.status`)} @change=${e=>this.filter(`status`,e)}>
          ${[`all`,`open`,`closed`].map(t=>_`<option value=${t} ?selected=${this.status===t}>${e(`incidents.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.severity`)} @change=${e=>this.filter(`severity`,e)}>
          <option value="">${e(`incidents.any_severity`)}</option>
          ${[`critical`,`warning`,`info`].map(t=>_`<option value=${t} ?selected=${this.severity===t}>${e(`severity.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.category`)} @change=${e=>this.filter(`category`,e)}>
          <option value="">${e(`incidents.any_category`)}</option>
          ${n.map(e=>_`<option value=${e.key} ?selected=${this.category===e.key}>${this.ctx.name(e.name)}</option>`)}
        </select>
      </form>
    `}renderRows(){let{t:n}=this.ctx,r=this.rows??this.known();if(!r.length&&!this.rows&&!this.error)return e(n);if(!r.length){let e=this.text||this.severity||this.category||this.status!==`all`;return p(t,n(e?`incidents.none`:`incidents.empty`),n(e?`incidents.none_text`:`incidents.empty_text`))}return _`
      <p class="quiet small" role="status">${this.rows||this.error?n(`incidents.count`,{count:this.rows?this.total:r.length}):n(`state.loading`)}</p>
      <ul class="card list">${b(r,e=>e.id,e=>this.renderRow(this.ctx.feed.row(`incident`,e.id)??e))}</ul>
      ${this.rows&&this.rows.length<this.total?_`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${()=>this.load(!0)}>${n(`action.more`)}</button></p>`:m}
    `}known(){let e=this.ctx.feed.rows(`incident`).sort((e,t)=>t.number-e.number);return this.error?e:e.slice(0,x)}renderRow(e){let{t,now:n,language:r,base:s}=this.ctx,c=w.includes(e.status);return _`<li>
      <a class="item" href="${s}/incident/${e.id}">
        ${v(e.severity,t,e.status===`resolved`)}
        <span class="grow">
          <span class="title" style="display:block">${e.title}</span>
          <span class="quiet small">#${e.number}${e.target?_` · ${e.target.name}`:m} ·
            <time datetime=${e.opened_at} title=${o(e.opened_at,r)}>${i(e.opened_at,n,r)}</time>
            ${e.alert_count>1?_`· ${t(`incidents.alerts`,{count:e.alert_count})}`:m}
            ${e.suppressed!==null&&!c?_`· ${t(`incidents.silenced`)}`:m}
          </span>
          ${c&&e.resolution?_`<span class="quiet small" style="display:block">${e.resolution}</span>`:m}
        </span>
        <span class="side">
          ${g(e.status,t)}
          ${e.resolved_at?_`<span class="quiet small" style="display:block">${t(`incidents.took`,{time:a(e.opened_at,e.resolved_at)})}</span>`:m}
        </span>
      </a>
    </li>`}search(e){this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)}filter(e,t){let n=t.target.value;e===`status`?this.status=n:e===`severity`?this.severity=n:this.category=n,this.load(!1)}async load(e){let t=++this.asked;this.isLoading=!0,this.error=``;let n=this.rows?.at(-1)?.number;try{let i=await r(this.ctx,`incidents`,{limit:x,...e&&n!==void 0?{before:n}:{},...this.status===`all`?{}:{statuses:this.status===`open`?C:w},...this.severity?{severities:[this.severity]}:{},...this.category?{category:this.category}:{},...this.text.trim()?{text:this.text.trim()}:{}});if(t!==this.asked)return;this.rows=e?[...this.rows??[],...i.incidents]:i.incidents,this.total=i.total}catch(e){t===this.asked&&(this.error=l(e,this.ctx.t))}finally{t===this.asked&&(this.isLoading=!1)}}};n([f()],T.prototype,`rows`,void 0),n([f()],T.prototype,`total`,void 0),n([f()],T.prototype,`text`,void 0),n([f()],T.prototype,`severity`,void 0),n([f()],T.prototype,`category`,void 0),n([f()],T.prototype,`status`,void 0),n([f()],T.prototype,`isLoading`,void 0),n([f()],T.prototype,`error`,void 0),T=n([y(`homelab-steward-incidents`)],T);export{T as IncidentsPage};