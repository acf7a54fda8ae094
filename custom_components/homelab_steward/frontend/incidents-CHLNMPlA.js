import{F as e,G as t,H as n,I as r,J as i,Pt as a,W as o,_t as s,at as c,et as l,ft as u,gt as d,mt as f,nn as p,nt as m,ot as h,q as g,rt as _,tt as v,vt as y,z as b}from"./shared-ecpPzQbY.js";var x=50,S=250,C=[`open`,`diagnosed`,`waiting`,`scheduled`,`acting`,`unsolved`],w=[`resolved`,`ignored`],T=class extends o{constructor(...e){super(...e),this.rows=null,this.total=0,this.text=``,this.severity=``,this.category=``,this.status=`all`,this.isLoading=!1,this.error=``,this.asked=0,this.newest=0,this.wasConnected=!0}static{this.styles=[...o.styles,l,y`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}firstUpdated(){this.load(!1)}updated(){let e=Math.max(0,...this.ctx.feed.rows(`incident`).map(e=>e.number)),t=this.error!==``&&!this.wasConnected&&!!this.ctx.feed.state?.connected;(this.newest&&e>this.newest||t)&&!this.isLoading&&this.load(!1),this.newest=e,this.wasConnected=!!this.ctx.feed.state?.connected}render(){let{t:e}=this.ctx;return s`
      <div class="page">
        <h2 class="hidden">${e(`nav.incidents`)}</h2>
        ${this.renderFilters()}
        ${this.error?s`<p role="alert">${this.error} <button @click=${()=>this.load(!1)}>${e(`state.retry`)}</button></p>`:d}
        ${this.renderRows()}
      </div>
    `}renderFilters(){let{t:e,feed:t}=this.ctx,n=t.rows(`catalogue`)[0]?.categories??[];return s`
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search">${v(p)}
          <input type="search" placeholder=${e(`incidents.search`)} aria-label=${e(`incidents.search`)} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${e(`incidents.status`)} @change=${e=>this.filter(`status`,e)}>
          ${[`all`,`open`,`closed`].map(t=>s`<option value=${t} ?selected=${this.status===t}>${e(`incidents.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.severity`)} @change=${e=>this.filter(`severity`,e)}>
          <option value="">${e(`incidents.any_severity`)}</option>
          ${[`critical`,`warning`,`info`].map(t=>s`<option value=${t} ?selected=${this.severity===t}>${e(`severity.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.category`)} @change=${e=>this.filter(`category`,e)}>
          <option value="">${e(`incidents.any_category`)}</option>
          ${n.map(e=>s`<option value=${e.key} ?selected=${this.category===e.key}>${this.ctx.name(e.name)}</option>`)}
        </select>
      </form>
    `}renderRows(){let{t:e}=this.ctx,t=this.rows??this.known();if(!t.length&&!this.rows&&!this.error)return m(e);if(!t.length){let t=this.text||this.severity||this.category||this.status!==`all`;return _(a,e(t?`incidents.none`:`incidents.empty`),e(t?`incidents.none_text`:`incidents.empty_text`))}return s`
      <p class="quiet small" role="status">${this.rows||this.error?e(`incidents.count`,{count:this.rows?this.total:t.length}):e(`state.loading`)}</p>
      <ul class="card list">${n(t,e=>e.id,e=>this.renderRow(this.ctx.feed.row(`incident`,e.id)??e))}</ul>
      ${this.rows&&this.rows.length<this.total?s`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:d}
    `}known(){let e=this.ctx.feed.rows(`incident`).sort((e,t)=>t.number-e.number);return this.error?e:e.slice(0,x)}renderRow(t){let{t:n,now:i,language:a,base:o}=this.ctx,l=w.includes(t.status);return s`<li>
      <a class="item" href="${o}/incident/${t.id}">
        ${c(t.severity,n,t.status===`resolved`)}
        <span class="grow">
          <span class="title" style="display:block">${t.title}</span>
          <span class="quiet small">#${t.number}${t.target?s` · ${t.target.name}`:d} ·
            <time datetime=${t.opened_at} title=${r(t.opened_at,a)}>${b(t.opened_at,i,a)}</time>
            ${t.alert_count>1?s`· ${n(`incidents.alerts`,{count:t.alert_count})}`:d}
            ${t.suppressed!==null&&!l?s`· ${n(`incidents.silenced`)}`:d}
          </span>
          ${l&&t.resolution?s`<span class="quiet small" style="display:block">${t.resolution}</span>`:d}
        </span>
        <span class="side">
          ${h(t.status,n)}
          ${t.resolved_at?s`<span class="quiet small" style="display:block">${n(`incidents.took`,{time:e(t.opened_at,t.resolved_at)})}</span>`:d}
        </span>
      </a>
    </li>`}search(e){this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),S)}filter(e,t){let n=t.target.value;e===`status`?this.status=n:e===`severity`?this.severity=n:this.category=n,this.load(!1)}async load(e){let n=++this.asked;this.isLoading=!0,this.error=``;let r=this.rows?.at(-1)?.number;try{let i=await t(this.ctx,`incidents`,{limit:x,...e&&r!==void 0?{before:r}:{},...this.status===`all`?{}:{statuses:this.status===`open`?C:w},...this.severity?{severities:[this.severity]}:{},...this.category?{category:this.category}:{},...this.text.trim()?{text:this.text.trim()}:{}});if(n!==this.asked)return;this.rows=e?[...this.rows??[],...i.incidents]:i.incidents,this.total=i.total}catch(e){n===this.asked&&(this.error=g(e,this.ctx.t))}finally{n===this.asked&&(this.isLoading=!1)}}};i([u()],T.prototype,`rows`,void 0),i([u()],T.prototype,`total`,void 0),i([u()],T.prototype,`text`,void 0),i([u()],T.prototype,`severity`,void 0),i([u()],T.prototype,`category`,void 0),i([u()],T.prototype,`status`,void 0),i([u()],T.prototype,`isLoading`,void 0),i([u()],T.prototype,`error`,void 0),T=i([f(`homelab-steward-incidents`)],T);export{T as IncidentsPage};