import{$ as e,F as t,K as n,Nt as r,P as i,R as a,U as o,V as s,W as c,_t as l,at as u,dt as d,et as f,gt as p,ht as m,it as h,nt as g,pt as _,q as v,tn as y,tt as b}from"./shared-Sda02QKL.js";var x=50,S=250,C=[`open`,`diagnosed`,`waiting`,`scheduled`,`acting`,`unsolved`],w=[`resolved`,`ignored`],T=class extends o{constructor(...e){super(...e),this.rows=null,this.total=0,this.text=``,this.severity=``,this.category=``,this.status=`all`,this.isLoading=!1,this.error=``,this.asked=0,this.newest=0,this.wasConnected=!0}static{this.styles=[...o.styles,e,l`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}firstUpdated(){this.load(!1)}updated(){let e=Math.max(0,...this.ctx.feed.rows(`incident`).map(e=>e.number)),t=this.error!==``&&!this.wasConnected&&!!this.ctx.feed.state?.connected;(this.newest&&e>this.newest||t)&&!this.isLoading&&this.load(!1),this.newest=e,this.wasConnected=!!this.ctx.feed.state?.connected}render(){let{t:e}=this.ctx;return p`
      <div class="page">
        <h2 class="hidden">${e(`nav.incidents`)}</h2>
        ${this.renderFilters()}
        ${this.error?p`<p role="alert">${this.error} <button @click=${()=>this.load(!1)}>${e(`state.retry`)}</button></p>`:m}
        ${this.renderRows()}
      </div>
    `}renderFilters(){let{t:e,feed:t}=this.ctx,n=t.rows(`catalogue`)[0]?.categories??[];return p`
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search">${f(y)}
          <input type="search" placeholder=${e(`incidents.search`)} aria-label=${e(`incidents.search`)} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${e(`incidents.status`)} @change=${e=>this.filter(`status`,e)}>
          ${[`all`,`open`,`closed`].map(t=>p`<option value=${t} ?selected=${this.status===t}>${e(`incidents.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.severity`)} @change=${e=>this.filter(`severity`,e)}>
          <option value="">${e(`incidents.any_severity`)}</option>
          ${[`critical`,`warning`,`info`].map(t=>p`<option value=${t} ?selected=${this.severity===t}>${e(`severity.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.category`)} @change=${e=>this.filter(`category`,e)}>
          <option value="">${e(`incidents.any_category`)}</option>
          ${n.map(e=>p`<option value=${e.key} ?selected=${this.category===e.key}>${this.ctx.name(e.name)}</option>`)}
        </select>
      </form>
    `}renderRows(){let{t:e}=this.ctx,t=this.rows??this.known();if(!t.length&&!this.rows&&!this.error)return b(e);if(!t.length){let t=this.text||this.severity||this.category||this.status!==`all`;return g(r,e(t?`incidents.none`:`incidents.empty`),e(t?`incidents.none_text`:`incidents.empty_text`))}return p`
      <p class="quiet small" role="status">${this.rows||this.error?e(`incidents.count`,{count:this.rows?this.total:t.length}):e(`state.loading`)}</p>
      <ul class="card list">${s(t,e=>e.id,e=>this.renderRow(this.ctx.feed.row(`incident`,e.id)??e))}</ul>
      ${this.rows&&this.rows.length<this.total?p`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:m}
    `}known(){let e=this.ctx.feed.rows(`incident`).sort((e,t)=>t.number-e.number);return this.error?e:e.slice(0,x)}renderRow(e){let{t:n,now:r,language:o,base:s}=this.ctx,c=w.includes(e.status);return p`<li>
      <a class="item" href="${s}/incident/${e.id}">
        ${h(e.severity,n,e.status===`resolved`)}
        <span class="grow">
          <span class="title" style="display:block">${e.title}</span>
          <span class="quiet small">#${e.number}${e.target?p` · ${e.target.name}`:m} ·
            <time datetime=${e.opened_at} title=${t(e.opened_at,o)}>${a(e.opened_at,r,o)}</time>
            ${e.alert_count>1?p`· ${n(`incidents.alerts`,{count:e.alert_count})}`:m}
            ${e.suppressed!==null&&!c?p`· ${n(`incidents.silenced`)}`:m}
          </span>
          ${c&&e.resolution?p`<span class="quiet small" style="display:block">${e.resolution}</span>`:m}
        </span>
        <span class="side">
          ${u(e.status,n)}
          ${e.resolved_at?p`<span class="quiet small" style="display:block">${n(`incidents.took`,{time:i(e.opened_at,e.resolved_at)})}</span>`:m}
        </span>
      </a>
    </li>`}search(e){this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)}filter(e,t){let n=t.target.value;e===`status`?this.status=n:e===`severity`?this.severity=n:this.category=n,this.load(!1)}async load(e){let t=++this.asked;this.isLoading=!0,this.error=``;let r=this.rows?.at(-1)?.number;try{let n=await c(this.ctx,`incidents`,{limit:x,...e&&r!==void 0?{before:r}:{},...this.status===`all`?{}:{statuses:this.status===`open`?C:w},...this.severity?{severities:[this.severity]}:{},...this.category?{category:this.category}:{},...this.text.trim()?{text:this.text.trim()}:{}});if(t!==this.asked)return;this.rows=e?[...this.rows??[],...n.incidents]:n.incidents,this.total=n.total}catch(e){t===this.asked&&(this.error=n(e,this.ctx.t))}finally{t===this.asked&&(this.isLoading=!1)}}};v([d()],T.prototype,`rows`,void 0),v([d()],T.prototype,`total`,void 0),v([d()],T.prototype,`text`,void 0),v([d()],T.prototype,`severity`,void 0),v([d()],T.prototype,`category`,void 0),v([d()],T.prototype,`status`,void 0),v([d()],T.prototype,`isLoading`,void 0),v([d()],T.prototype,`error`,void 0),T=v([_(`homelab-steward-incidents`)],T);export{T as IncidentsPage};