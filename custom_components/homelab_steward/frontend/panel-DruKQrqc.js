import{$ as e,$t as t,At as n,B as r,Ct as i,Ft as a,G as o,H as s,Ht as c,It as l,J as u,K as d,Kt as ee,L as f,Nt as p,Q as m,R as te,St as h,Vt as ne,W as g,Wt as _,X as v,Y as y,Z as b,Zt as x,_t as S,at as re,ct as C,dt as w,ft as T,gt as ie,ht as E,lt as D,nn as O,pt as ae,q as k,rt as A,st as j,ut as M,wt as N,xt as P,yt as F,z as I,zt as L}from"./shared-nRrs-VXQ.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends r{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...r.styles,v]}render(){let{t,feed:n,now:r}=this.ctx,i=n.rows(`approval`),a=f(i.filter(e=>e.status===`pending`),r),o=i.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...a,...o])this.seen.add(e.id);let s=i.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!a.length&&!o.length&&!s.length?e(N,t(`inbox.empty`),t(`inbox.empty_text`)):T`
      <div class="page">
        ${this.ctx.viewer.person?w:T`<p class="quiet">${t(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(a.slice(0,R))}
        ${a.length>R?T`<p class="quiet">${t(`inbox.more`,{count:a.length-R})}</p>`:w}
        ${o.length?T`<h2 class="heading">${t(`status.scheduled`)}</h2>
              ${this.renderAll(o)}`:w}
        ${s.length?T`<h2 class="heading">${t(`inbox.decided`)}</h2>
              ${this.renderAll(s)}`:w}
      </div>
    `}renderAll(e){return te(e,e=>e.id,e=>T`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=g([D(`homelab-steward-inbox`)],B);var V=class extends r{static{this.styles=[...r.styles,v]}render(){let{t,feed:n,base:r}=this.ctx,i=n.row(`approval`,this.item);if(!i){let n=T`<a class="button" href="${r}/inbox">${t(`nav.inbox`)}</a>`;return e(l,t(`request.gone`),t(`request.gone_text`),n)}return T`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${i}></homelab-steward-request>
    </div>`}};V=g([D(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>u(()=>import(`./audit-BBLY7Wr9.js`),[]),changes:()=>u(()=>import(`./changes-mmhP_f_2.js`),[]),incident:()=>u(()=>import(`./incident-Ck95ZDGy.js`),[]),incidents:()=>u(()=>import(`./incidents-F8ACSMKH.js`),[]),models:()=>u(()=>import(`./models-C3Ul7qfd.js`),[]),people:()=>u(()=>import(`./people-CfcUC6pB.js`),[]),report:()=>u(()=>import(`./report-CsQzKJut.js`),[]),runbooks:()=>u(()=>import(`./runbooks-DWdXxiJ3.js`),[]),service:()=>u(()=>import(`./service-B1xdHdfY.js`),[]),services:()=>u(()=>import(`./services-C5dETRPw.js`),[]),schedules:()=>u(()=>import(`./schedules-CWXE2nVZ.js`),[]),settings:()=>u(()=>import(`./settings-ilUDxQNG.js`),[])},Y=[q(`inbox`,L,e=>T`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,c,e=>T`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,t,e=>T`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,P,(e,t)=>T`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,ee,(e,t)=>T`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`report`,a,e=>T`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,i,(e,t)=>T`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,E,e=>T`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,h,e=>T`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,O,e=>T`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,n,e=>T`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>T`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>T`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>T`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(I,``))[0]]?.().catch(()=>void 0),d(document.documentElement.lang);var $=class extends M{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new re(this,H)}static{this.styles=[y,v,ae`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,A)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,A)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=this.hass?.language??K;if(!o(e))return d(e).then(()=>this.requestUpdate()),w;let t=k(e),[n,r]=Q(this.route?.path??``),i=X[n]?.tab??n,a=this.route?.prefix||`/homelab-steward`;return T`
      <header>
        ${r?T`<a class="back" href="${a}/${i}" aria-label=${t(`nav.back`,{page:t(`nav.${i}`)})}>${b(F)}</a>`:this.narrow?T`<button class="icon" aria-label=${t(`nav.menu`)} @click=${this.toggleMenu}>${b(_)}</button>`:w}
        <h1>${t(`title`)}</h1>
        ${this.renderStewards(t)}
      </header>
      ${this.renderNavigation(a,i)}
      <main>${this.renderPage(n,r,a)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?w:T`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>T`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=k(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===Z;return T`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>T`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:w}
        >
          ${b(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?T`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:w}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:w}>
        ${b(p)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(t,n,r){let i=k(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return e(S,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));let o=[U,Z].includes(t)||t in X||t in J?t:U;if(this.pages.get(o)===!1)return e(S,i(`state.error`),i(`state.no_page`),this.retry(i(`state.retry`)));if(!a||!this.hass)return m(i);if(!a.loaded||!a.viewer){let t=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),n=T`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return e(x,i(`state.not_loaded`),t,n)}if(a.viewer.access===`none`)return e(ie,i(`state.unknown`),i(`state.unknown_text`));let c=s(this.hass,this.feed,a.viewer,this.now,r,this.names),l=X[o]?.page??this.tabs.find(e=>e.key===o)?.page??Y[0].page;return o in J&&!this.pages.has(o)&&this.loadPage(o),o in J&&!this.pages.get(o)?m(i):T`
      ${a.connected?w:T`<p class="away" role="status">${b(ne)}<span>${i(`state.away`)}</span></p>`}
      ${o===Z?this.renderMore(r):l(c,n)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(e){let t=k(this.hass?.language??`en`);return T`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>T`<li><a class="item" href="${e}/${n.key}">${b(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return T`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};g([C({attribute:!1})],$.prototype,`hass`,void 0),g([C({attribute:!1})],$.prototype,`route`,void 0),g([C({type:Boolean})],$.prototype,`narrow`,void 0),g([j()],$.prototype,`now`,void 0),g([j()],$.prototype,`entry`,void 0),g([j()],$.prototype,`names`,void 0),$=g([D(`homelab-steward-panel`)],$);