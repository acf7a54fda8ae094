import{$ as e,$t as t,B as n,Ct as r,Et as i,Ft as a,H as o,J as s,Jt as c,K as l,Kt as u,Lt as ee,Mt as te,Q as d,Rt as f,Tt as p,Ut as m,V as ne,Vt as re,W as h,Wt as g,X as _,Y as v,Z as y,_t as b,at as x,dt as S,et as C,ft as w,ht as T,in as E,lt as D,mt as O,pt as k,q as ie,st as ae,tn as A,tt as j,ut as M,vt as N,wt as P,xt as F,yt as I,z as L}from"./shared-DPHSAC7e.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends o{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...o.styles,d]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),a=L(r.filter(e=>e.status===`pending`),n),o=r.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...a,...o])this.seen.add(e.id);let s=r.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!a.length&&!o.length&&!s.length?j(i,e(`inbox.empty`),e(`inbox.empty_text`)):O`
      <div class="page">
        ${this.ctx.viewer.person?k:O`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(a.slice(0,R))}
        ${a.length>R?O`<p class="quiet">${e(`inbox.more`,{count:a.length-R})}</p>`:k}
        ${o.length?O`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(o)}`:k}
        ${s.length?O`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(s)}`:k}
      </div>
    `}renderAll(e){return n(e,e=>e.id,e=>O`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=l([S(`homelab-steward-inbox`)],B);var V=class extends o{static{this.styles=[...o.styles,d]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=O`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return j(f,e(`request.gone`),e(`request.gone_text`),t)}return O`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};V=l([S(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>_(()=>import(`./audit-Dn9lFiFZ.js`),[]),changes:()=>_(()=>import(`./changes-Cg6PUhs5.js`),[]),incident:()=>_(()=>import(`./incident-CMWw2mpR.js`),[]),incidents:()=>_(()=>import(`./incidents-CSoF2zjI.js`),[]),models:()=>_(()=>import(`./models-QgTOrZa9.js`),[]),people:()=>_(()=>import(`./people-DP9fE2NO.js`),[]),report:()=>_(()=>import(`./report-uvmulpZo.js`),[]),runbooks:()=>_(()=>import(`./runbooks-BENEOpBr.js`),[]),service:()=>_(()=>import(`./service-DIfe86F9.js`),[]),services:()=>_(()=>import(`./services-BFN848tG.js`),[]),schedules:()=>_(()=>import(`./schedules-BDR_hSS7.js`),[]),settings:()=>_(()=>import(`./settings-G_qped6H.js`),[])},Y=[q(`inbox`,re,e=>O`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,g,e=>O`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,A,e=>O`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,r,(e,t)=>O`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,c,(e,t)=>O`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`report`,ee,e=>O`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,p,(e,t)=>O`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,b,e=>O`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,P,e=>O`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,E,e=>O`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,te,e=>O`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>O`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>O`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>O`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(ne,``))[0]]?.().catch(()=>void 0),s(document.documentElement.lang);var $=class extends w{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new ae(this,H)}static{this.styles=[y,d,T`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,x)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,x)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let t=this.hass?.language??K;if(!ie(t))return s(t).then(()=>this.requestUpdate()),k;let n=v(t),[r,i]=Q(this.route?.path??``),a=X[r]?.tab??r,o=this.route?.prefix||`/homelab-steward`;return O`
      <header>
        ${i?O`<a class="back" href="${o}/${a}" aria-label=${n(`nav.back`,{page:n(`nav.${a}`)})}>${e(F)}</a>`:this.narrow?O`<button class="icon" aria-label=${n(`nav.menu`)} @click=${this.toggleMenu}>${e(u)}</button>`:k}
        <h1>${n(`title`)}</h1>
        ${this.renderStewards(n)}
      </header>
      ${this.renderNavigation(o,a)}
      <main>${this.renderPage(r,i,o)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?k:O`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>O`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(t,n){let r=v(this.hass?.language??`en`),i=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,o=this.tabs.some(e=>e.isMore&&e.key===n)||n===Z;return O`<nav aria-label=${r(`nav.pages`)}>
      ${this.tabs.map(a=>O`<a
          href="${t}/${a.key}"
          class=${a.isMore?`wide`:``}
          aria-current=${a.key===n?`page`:k}
        >
          ${e(a.path,``,`tab`)}<span>${r(`nav.${a.key}`)}</span>
          ${a.key===`inbox`&&i?O`<span class="count"><span aria-hidden="true">${i}</span><span class="hidden">${r(`nav.waiting`,{count:i})}</span></span>`:k}
        </a>`)}
      <a href="${t}/more" class="phone" aria-current=${o?`page`:k}>
        ${e(a)}<span>${r(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(n,r,i){let a=v(this.hass?.language??`en`),o=this.feed.state;if(this.feed.error)return j(I,a(`state.error`),this.feed.error,this.retry(a(`state.retry`)));let s=[U,Z].includes(n)||n in X||n in J?n:U;if(this.pages.get(s)===!1)return j(I,a(`state.error`),a(`state.no_page`),this.retry(a(`state.retry`)));if(!o||!this.hass)return C(a);if(!o.loaded||!o.viewer){let e=o.entries.length?a(`state.not_loaded_text`):a(`state.not_set_up_text`),n=O`<a class="button" href="/config/integrations/integration/homelab_steward">${a(`state.open_integration`)}</a>`;return j(t,a(`state.not_loaded`),e,n)}if(o.viewer.access===`none`)return j(N,a(`state.unknown`),a(`state.unknown_text`));let c=h(this.hass,this.feed,o.viewer,this.now,i,this.names),l=X[s]?.page??this.tabs.find(e=>e.key===s)?.page??Y[0].page;return s in J&&!this.pages.has(s)&&this.loadPage(s),s in J&&!this.pages.get(s)?C(a):O`
      ${o.connected?k:O`<p class="away" role="status">${e(m)}<span>${a(`state.away`)}</span></p>`}
      ${s===Z?this.renderMore(i):l(c,r)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(t){let n=v(this.hass?.language??`en`);return O`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(r=>O`<li><a class="item" href="${t}/${r.key}">${e(r.path)}<span>${n(`nav.${r.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return O`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};l([M({attribute:!1})],$.prototype,`hass`,void 0),l([M({attribute:!1})],$.prototype,`route`,void 0),l([M({type:Boolean})],$.prototype,`narrow`,void 0),l([D()],$.prototype,`now`,void 0),l([D()],$.prototype,`entry`,void 0),l([D()],$.prototype,`names`,void 0),$=l([S(`homelab-steward-panel`)],$);