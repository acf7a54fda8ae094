import{$ as e,B as t,Bt as n,Ct as r,G as i,Gt as a,Ht as o,It as s,J as c,K as l,Lt as u,Pt as ee,Q as d,Qt as te,R as ne,St as f,Tt as p,U as m,Ut as h,V as g,X as _,Y as v,Z as y,_t as re,bt as ie,ct as b,dt as x,en as S,et as C,ft as w,gt as T,it as E,jt as D,lt as O,mt as k,ot as ae,pt as A,q as j,qt as M,rn as N,ut as P,vt as F,wt as I,z as L}from"./shared-D2FqsNbt.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends g{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...g.styles,y]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),i=ne(r.filter(e=>e.status===`pending`),n),a=r.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...i,...a])this.seen.add(e.id);let o=r.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!i.length&&!a.length&&!o.length?C(p,e(`inbox.empty`),e(`inbox.empty_text`)):A`
      <div class="page">
        ${this.ctx.viewer.person?w:A`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(i.slice(0,R))}
        ${i.length>R?A`<p class="quiet">${e(`inbox.more`,{count:i.length-R})}</p>`:w}
        ${a.length?A`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(a)}`:w}
        ${o.length?A`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(o)}`:w}
      </div>
    `}renderAll(e){return L(e,e=>e.id,e=>A`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=i([P(`homelab-steward-inbox`)],B);var V=class extends g{static{this.styles=[...g.styles,y]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=A`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return C(u,e(`request.gone`),e(`request.gone_text`),t)}return A`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};V=i([P(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>v(()=>import(`./audit-DZnSvJ3M.js`),[]),changes:()=>v(()=>import(`./changes-BQ3CmS_R.js`),[]),incident:()=>v(()=>import(`./incident-BHcrTMvs.js`),[]),incidents:()=>v(()=>import(`./incidents-DpLouEC6.js`),[]),models:()=>v(()=>import(`./models-WFs0P6Wb.js`),[]),people:()=>v(()=>import(`./people-CZVhu77W.js`),[]),report:()=>v(()=>import(`./report-B0E4djEf.js`),[]),runbooks:()=>v(()=>import(`./runbooks-Dbl-sabv.js`),[]),service:()=>v(()=>import(`./service-Dcl6Vx9z.js`),[]),services:()=>v(()=>import(`./services-DbIEYbAO.js`),[]),schedules:()=>v(()=>import(`./schedules-DsmeQPaR.js`),[]),settings:()=>v(()=>import(`./settings-qOfoZJ0K.js`),[])},Y=[q(`inbox`,n,e=>A`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,h,e=>A`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,S,e=>A`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,f,(e,t)=>A`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,M,(e,t)=>A`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`report`,s,e=>A`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,I,(e,t)=>A`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,T,e=>A`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,r,e=>A`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,N,e=>A`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,D,e=>A`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>A`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>A`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>A`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(t,``))[0]]?.().catch(()=>void 0),j(document.documentElement.lang);var $=class extends x{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new ae(this,H)}static{this.styles=[_,y,k`
      :host {
        min-height: 100dvh;
        background: var(--primary-background-color);
        display: grid;
        grid-template: var(--header-height, 56px) 1fr / 1fr auto;
      }
      main {
        grid-column: 1 / -1;
        min-width: 0;
      }
      header,
      nav {
        position: sticky;
        top: 0;
        z-index: 4;
        display: flex;
        min-width: 0;
        background: var(--app-header-background-color, var(--primary-color));
        color: var(--app-header-text-color, #fff);
        border-bottom: var(--app-header-border-bottom, none);
      }
      header {
        align-items: center;
        padding-inline: 12px 0;
        gap: 4px;
      }
      header select {
        min-width: 0;
      }
      h1 {
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        margin-inline: 12px;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      header button:hover:not(:disabled) {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
      header :focus-visible,
      nav :focus-visible {
        outline-color: currentColor;
      }
      .back {
        color: inherit;
        display: flex;
        padding: 8px;
      }
      nav {
        padding-inline-end: 12px;
      }
      nav a {
        color: inherit;
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 0 14px;
        font-weight: 500;
        border-bottom: 3px solid transparent;
        position: relative;
        white-space: nowrap;
      }
      nav a:hover {
        text-decoration: none;
        background: color-mix(in srgb, currentColor 8%, transparent);
      }
      nav a[aria-current] {
        border-bottom-color: currentColor;
      }
      nav svg {
        width: 20px;
        height: 20px;
      }
      .count {
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        background: color-mix(in srgb, var(--error-color, #db4437) 84%, #000);
        color: #fff;
        font-size: 12px;
        line-height: 20px;
        text-align: center;
      }
      .away {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 8px 16px;
        background: color-mix(in srgb, var(--warning-color, #ffa600) 20%, var(--primary-background-color));
      }
      @media (max-width: 1100px) {
        :host {
          grid-template: var(--header-height, 56px) 1fr auto / 1fr;
        }
        nav {
          grid-row: 3;
          top: auto;
          bottom: 0;
          height: calc(56px + env(safe-area-inset-bottom, 0px));
          padding: 0 0 env(safe-area-inset-bottom, 0px);
          background: var(--sidebar-background-color, var(--card-background-color, #fff));
          color: var(--secondary-text-color);
          border-bottom: none;
          border-top: 1px solid var(--divider-color);
        }
        nav a {
          flex: 1;
          min-width: 0;
          flex-direction: column;
          justify-content: center;
          gap: 2px;
          padding: 0 2px;
          border-bottom: none;
          font-size: 12px;
        }
        nav a[aria-current] {
          color: var(--link);
        }
        nav a .count {
          position: absolute;
          top: 4px;
          inset-inline-start: calc(50% + 6px);
          min-width: 16px;
          line-height: 16px;
          padding: 0 4px;
          font-size: 10px;
        }
        nav .wide {
          display: none;
        }
      }
      @media (min-width: 1101px) {
        nav .phone {
          display: none;
        }
      }
      @media (min-width: 1101px) and (max-width: 1500px) {
        /* Beside Home Assistant's sidebar, the icons do not fit. */
        nav svg {
          display: none;
        }
      }
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,E)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,E)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=this.hass?.language??K;if(!l(e))return j(e).then(()=>this.requestUpdate()),w;let t=c(e),[n,r]=Q(this.route?.path??``),i=X[n]?.tab??n,o=this.route?.prefix||`/homelab-steward`;return A`
      <header>
        ${r?A`<a class="back" href="${o}/${i}" aria-label=${t(`nav.back`,{page:t(`nav.${i}`)})}>${d(ie)}</a>`:this.narrow?A`<button class="icon" aria-label=${t(`nav.menu`)} @click=${this.toggleMenu}>${d(a)}</button>`:w}
        <h1>${t(`title`)}</h1>
        ${this.renderStewards(t)}
      </header>
      ${this.renderNavigation(o,i)}
      <main>${this.renderPage(n,r,o)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?w:A`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>A`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=c(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===Z;return A`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>A`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:w}
        >
          ${d(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?A`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:w}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:w}>
        ${d(ee)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(t,n,r){let i=c(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return C(F,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));let s=[U,Z].includes(t)||t in X||t in J?t:U;if(this.pages.get(s)===!1)return C(F,i(`state.error`),i(`state.no_page`),this.retry(i(`state.retry`)));if(!a||!this.hass)return e(i);if(!a.loaded||!a.viewer){let e=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=A`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return C(te,i(`state.not_loaded`),e,t)}if(a.viewer.access===`none`)return C(re,i(`state.unknown`),i(`state.unknown_text`));let l=m(this.hass,this.feed,a.viewer,this.now,r,this.names),u=X[s]?.page??this.tabs.find(e=>e.key===s)?.page??Y[0].page;return s in J&&!this.pages.has(s)&&this.loadPage(s),s in J&&!this.pages.get(s)?e(i):A`
      ${a.connected?w:A`<p class="away" role="status">${d(o)}<span>${i(`state.away`)}</span></p>`}
      ${s===Z?this.renderMore(r):u(l,n)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(e){let t=c(this.hass?.language??`en`);return A`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>A`<li><a class="item" href="${e}/${n.key}">${d(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return A`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};i([O({attribute:!1})],$.prototype,`hass`,void 0),i([O({attribute:!1})],$.prototype,`route`,void 0),i([O({type:Boolean})],$.prototype,`narrow`,void 0),i([b()],$.prototype,`now`,void 0),i([b()],$.prototype,`entry`,void 0),i([b()],$.prototype,`names`,void 0),$=i([P(`homelab-steward-panel`)],$);