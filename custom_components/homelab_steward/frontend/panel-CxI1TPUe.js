import{Bt as e,Ct as t,Ft as n,G as r,Gt as i,I as a,J as o,K as s,L as c,Mt as l,Pt as u,Q as d,Qt as ee,R as te,Rt as f,St as p,U as m,Ut as h,V as g,Vt as ne,W as re,X as _,Xt as v,Y as y,Z as b,bt as x,ct as S,dt as C,ft as ie,gt as w,ht as T,it as E,kt as D,lt as O,mt as ae,nt as k,ot as A,q as j,st as M,tn as N,ut as P,vt as F,xt as I,z as L}from"./shared-BLrf8IzR.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends L{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...L.styles,y]}render(){let{t:e,feed:n,now:r}=this.ctx,i=n.rows(`approval`),o=a(i.filter(e=>e.status===`pending`),r),s=i.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...o,...s])this.seen.add(e.id);let c=i.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!o.length&&!s.length&&!c.length?d(t,e(`inbox.empty`),e(`inbox.empty_text`)):C`
      <div class="page">
        ${this.ctx.viewer.person?P:C`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(o.slice(0,R))}
        ${o.length>R?C`<p class="quiet">${e(`inbox.more`,{count:o.length-R})}</p>`:P}
        ${s.length?C`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(s)}`:P}
        ${c.length?C`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(c)}`:P}
      </div>
    `}renderAll(e){return c(e,e=>e.id,e=>C`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=m([S(`homelab-steward-inbox`)],B);var V=class extends L{static{this.styles=[...L.styles,y]}render(){let{t:e,feed:t,base:r}=this.ctx,i=t.row(`approval`,this.item);if(!i){let t=C`<a class="button" href="${r}/inbox">${e(`nav.inbox`)}</a>`;return d(n,e(`request.gone`),e(`request.gone_text`),t)}return C`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${i}></homelab-steward-request>
    </div>`}};V=m([S(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>j(()=>import(`./audit-BqpaRRZi.js`),[]),changes:()=>j(()=>import(`./changes-CuCEtzSX.js`),[]),incident:()=>j(()=>import(`./incident-CjvQWrwK.js`),[]),incidents:()=>j(()=>import(`./incidents-B5I6wM0v.js`),[]),models:()=>j(()=>import(`./models-CB68SK3m.js`),[]),people:()=>j(()=>import(`./people-DtMvNPbM.js`),[]),report:()=>j(()=>import(`./report-D5bjAK2b.js`),[]),runbooks:()=>j(()=>import(`./runbooks-BAOKoM-f.js`),[]),service:()=>j(()=>import(`./service-DGifJG9S.js`),[]),services:()=>j(()=>import(`./services-YlWuBP-Y.js`),[]),schedules:()=>j(()=>import(`./schedules-1bF31vcf.js`),[]),settings:()=>j(()=>import(`./settings-sUam2JUu.js`),[])},Y=[q(`inbox`,f,e=>C`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,ne,e=>C`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,ee,e=>C`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,x,(e,t)=>C`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,i,(e,t)=>C`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`report`,u,e=>C`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,p,(e,t)=>C`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,ae,e=>C`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,I,e=>C`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,N,e=>C`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,D,e=>C`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>C`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>C`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>C`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(te,``))[0]]?.().catch(()=>void 0),r(document.documentElement.lang);var $=class extends O{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new E(this,H)}static{this.styles=[o,y,ie`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,k)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,k)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=this.hass?.language??K;if(!re(e))return r(e).then(()=>this.requestUpdate()),P;let t=s(e),[n,i]=Q(this.route?.path??``),a=X[n]?.tab??n,o=this.route?.prefix||`/homelab-steward`;return C`
      <header>
        ${i?C`<a class="back" href="${o}/${a}" aria-label=${t(`nav.back`,{page:t(`nav.${a}`)})}>${_(F)}</a>`:this.narrow?C`<button class="icon" aria-label=${t(`nav.menu`)} @click=${this.toggleMenu}>${_(h)}</button>`:P}
        <h1>${t(`title`)}</h1>
        ${this.renderStewards(t)}
      </header>
      ${this.renderNavigation(o,a)}
      <main>${this.renderPage(n,i,o)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?P:C`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>C`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=s(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===Z;return C`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>C`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:P}
        >
          ${_(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?C`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:P}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:P}>
        ${_(l)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(t,n,r){let i=s(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return d(w,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));let o=[U,Z].includes(t)||t in X||t in J?t:U;if(this.pages.get(o)===!1)return d(w,i(`state.error`),i(`state.no_page`),this.retry(i(`state.retry`)));if(!a||!this.hass)return b(i);if(!a.loaded||!a.viewer){let e=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=C`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return d(v,i(`state.not_loaded`),e,t)}if(a.viewer.access===`none`)return d(T,i(`state.unknown`),i(`state.unknown_text`));let c=g(this.hass,this.feed,a.viewer,this.now,r,this.names),l=X[o]?.page??this.tabs.find(e=>e.key===o)?.page??Y[0].page;return o in J&&!this.pages.has(o)&&this.loadPage(o),o in J&&!this.pages.get(o)?b(i):C`
      ${a.connected?P:C`<p class="away" role="status">${_(e)}<span>${i(`state.away`)}</span></p>`}
      ${o===Z?this.renderMore(r):l(c,n)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(e){let t=s(this.hass?.language??`en`);return C`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>C`<li><a class="item" href="${e}/${n.key}">${_(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return C`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};m([M({attribute:!1})],$.prototype,`hass`,void 0),m([M({attribute:!1})],$.prototype,`route`,void 0),m([M({type:Boolean})],$.prototype,`narrow`,void 0),m([A()],$.prototype,`now`,void 0),m([A()],$.prototype,`entry`,void 0),m([A()],$.prototype,`names`,void 0),$=m([S(`homelab-steward-panel`)],$);