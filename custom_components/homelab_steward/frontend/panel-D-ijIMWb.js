import{$ as e,A as t,At as n,B as r,G as i,H as a,I as o,It as s,L as c,M as l,Nt as u,Ot as ee,P as d,Q as f,R as p,Rt as m,St as h,Tt as g,U as _,V as v,Vt as y,W as b,X as x,Y as S,ct as C,et as w,ft as T,it as E,j as D,jt as O,k as te,mt as ne,nt as k,ot as re,pt as A,rt as j,st as M,tt as N,ut as P,wt as F,yt as I,z as L}from"./shared-XOvvEVcW.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends l{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...l.styles,a]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),a=te(r.filter(e=>e.status===`pending`),n),o=r.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...a,...o])this.seen.add(e.id);let s=r.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!a.length&&!o.length&&!s.length?i(ne,e(`inbox.empty`),e(`inbox.empty_text`)):j`
      <div class="page">
        ${this.ctx.viewer.person?k:j`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(a.slice(0,R))}
        ${a.length>R?j`<p class="quiet">${e(`inbox.more`,{count:a.length-R})}</p>`:k}
        ${o.length?j`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(o)}`:k}
        ${s.length?j`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(s)}`:k}
      </div>
    `}renderAll(e){return t(e,e=>e.id,e=>j`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=o([w(`homelab-steward-inbox`)],B);var V=class extends l{static{this.styles=[...l.styles,a]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=j`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return i(g,e(`request.gone`),e(`request.gone_text`),t)}return j`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};V=o([w(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>r(()=>import(`./audit-Bp8fPSeU.js`),[]),incident:()=>r(()=>import(`./incident-m3PfOJQe.js`),[]),incidents:()=>r(()=>import(`./incidents-Dd-0YBvc.js`),[]),models:()=>r(()=>import(`./models-BfC-XiYY.js`),[]),people:()=>r(()=>import(`./people-CR3gT1Jb.js`),[]),report:()=>r(()=>import(`./report-BGqlWKVG.js`),[]),runbooks:()=>r(()=>import(`./runbooks-CSQguIXw.js`),[]),service:()=>r(()=>import(`./service-BgMCHuj3.js`),[]),services:()=>r(()=>import(`./services-CZEI285P.js`),[]),settings:()=>r(()=>import(`./settings-DdNAKRSv.js`),[])},Y=[q(`inbox`,ee,e=>j`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,O,e=>j`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,m,e=>j`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,T,(e,t)=>j`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`report`,F,e=>j`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`people`,re,e=>j`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,A,e=>j`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,y,e=>j`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,I,e=>j`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>j`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>j`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>j`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(D,``))[0]]?.().catch(()=>void 0),p(document.documentElement.lang);var $=class extends N{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new x(this,H)}static{this.styles=[v,a,E`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,S)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,S)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=this.hass?.language??K;if(!c(e))return p(e).then(()=>this.requestUpdate()),k;let t=L(e),[n,r]=Q(this.route?.path??``),i=X[n]?.tab??n,a=this.route?.prefix||`/homelab-steward`;return j`
      <header>
        ${r?j`<a class="back" href="${a}/${i}" aria-label=${t(`nav.back`,{page:t(`nav.${i}`)})}>${_(P)}</a>`:this.narrow?j`<button class="icon" aria-label=${t(`nav.menu`)} @click=${this.toggleMenu}>${_(u)}</button>`:k}
        <h1>${t(`title`)}</h1>
        ${this.renderStewards(t)}
      </header>
      ${this.renderNavigation(a,i)}
      <main>${this.renderPage(n,r,a)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?k:j`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>j`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=L(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===Z;return j`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>j`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:k}
        >
          ${_(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?j`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:k}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:k}>
        ${_(h)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(e,t,r){let a=L(this.hass?.language??`en`),o=this.feed.state;if(this.feed.error)return i(C,a(`state.error`),this.feed.error,this.retry(a(`state.retry`)));let c=[U,Z].includes(e)||e in X||e in J?e:U;if(this.pages.get(c)===!1)return i(C,a(`state.error`),a(`state.no_page`),this.retry(a(`state.retry`)));if(!o||!this.hass)return b(a);if(!o.loaded||!o.viewer){let e=o.entries.length?a(`state.not_loaded_text`):a(`state.not_set_up_text`),t=j`<a class="button" href="/config/integrations/integration/homelab_steward">${a(`state.open_integration`)}</a>`;return i(s,a(`state.not_loaded`),e,t)}if(o.viewer.access===`none`)return i(M,a(`state.unknown`),a(`state.unknown_text`));let l=d(this.hass,this.feed,o.viewer,this.now,r,this.names),u=X[c]?.page??this.tabs.find(e=>e.key===c)?.page??Y[0].page;return c in J&&!this.pages.has(c)&&this.loadPage(c),c in J&&!this.pages.get(c)?b(a):j`
      ${o.connected?k:j`<p class="away" role="status">${_(n)}<span>${a(`state.away`)}</span></p>`}
      ${c===Z?this.renderMore(r):u(l,t)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(e){let t=L(this.hass?.language??`en`);return j`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>j`<li><a class="item" href="${e}/${n.key}">${_(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return j`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};o([e({attribute:!1})],$.prototype,`hass`,void 0),o([e({attribute:!1})],$.prototype,`route`,void 0),o([e({type:Boolean})],$.prototype,`narrow`,void 0),o([f()],$.prototype,`now`,void 0),o([f()],$.prototype,`entry`,void 0),o([f()],$.prototype,`names`,void 0),$=o([w(`homelab-steward-panel`)],$);