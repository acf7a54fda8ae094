import{$ as e,A as t,B as n,D as r,Dt as i,E as a,Et as o,F as s,G as c,I as l,J as u,K as d,L as f,Lt as p,M as m,Mt as h,N as g,O as _,P as v,Pt as y,Q as b,R as x,T as S,V as C,X as w,Y as T,Z as ee,bt as te,ct as ne,et as E,ht as D,it as O,kt as k,lt as A,nt as j,ot as M,rt as N,ut as P,vt as F,wt as I,xt as L,z as R}from"./shared-DsfEqpX7.js";var z=50,B=class extends _{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[..._.styles,x]}render(){let{t,feed:n,now:r}=this.ctx,i=n.rows(`approval`),a=S(i.filter(e=>e.status===`pending`),r);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id));return!a.length&&!o.length?C(P,t(`inbox.empty`),t(`inbox.empty_text`)):e`
      <div class="page">
        ${this.ctx.viewer.person?b:e`<p class="quiet">${t(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(a.slice(0,z))}
        ${a.length>z?e`<p class="quiet">${t(`inbox.more`,{count:a.length-z})}</p>`:b}
        ${o.length?e`<h2 class="heading">${t(`inbox.decided`)}</h2>
              ${this.renderAll(o)}`:b}
      </div>
    `}renderAll(t){return a(t,e=>e.id,t=>e`<homelab-steward-request .ctx=${this.ctx} .request=${t}></homelab-steward-request>`)}};B=m([w(`homelab-steward-inbox`)],B);var V=class extends _{static{this.styles=[..._.styles,x]}render(){let{t,feed:n,base:r}=this.ctx,i=n.row(`approval`,this.item);if(!i){let n=e`<a class="button" href="${r}/inbox">${t(`nav.inbox`)}</a>`;return C(L,t(`request.gone`),t(`request.gone_text`),n)}return e`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${i}></homelab-steward-request>
    </div>`}};V=m([w(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>l(()=>import(`./audit-DNQtfQQU.js`),[]),incident:()=>l(()=>import(`./incident-Bhy50tjx.js`),[]),incidents:()=>l(()=>import(`./incidents-D4fVaj_w.js`),[]),models:()=>l(()=>import(`./models-D-aae3dM.js`),[]),people:()=>l(()=>import(`./people-DC5KXRs_.js`),[]),report:()=>l(()=>import(`./report-BcFBdcja.js`),[]),runbooks:()=>l(()=>import(`./runbooks-SxGbiL-x.js`),[]),service:()=>l(()=>import(`./service-D4umBoi_.js`),[]),services:()=>l(()=>import(`./services-BMNhevjs.js`),[]),settings:()=>l(()=>import(`./settings-DUzKPvVn.js`),[])},Y=[q(`inbox`,I,t=>e`<homelab-steward-inbox .ctx=${t}></homelab-steward-inbox>`),q(`incidents`,i,t=>e`<homelab-steward-incidents .ctx=${t}></homelab-steward-incidents>`),q(`services`,y,t=>e`<homelab-steward-services .ctx=${t}></homelab-steward-services>`),q(`runbooks`,ne,(t,n)=>e`<homelab-steward-runbooks .ctx=${t} item=${n}></homelab-steward-runbooks>`),q(`report`,te,t=>e`<homelab-steward-report .ctx=${t}></homelab-steward-report>`,{isMore:!0}),q(`people`,j,t=>e`<homelab-steward-people .ctx=${t}></homelab-steward-people>`,{isMore:!0}),q(`models`,A,t=>e`<homelab-steward-models .ctx=${t}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,p,t=>e`<homelab-steward-audit .ctx=${t}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,D,t=>e`<homelab-steward-settings .ctx=${t}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(t,n)=>e`<homelab-steward-request-page .ctx=${t} item=${n}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(t,n)=>e`<homelab-steward-incident .ctx=${t} item=${n}></homelab-steward-incident>`},service:{tab:`services`,page:(t,n)=>e`<homelab-steward-service .ctx=${t} item=${n}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(r,``))[0]]?.().catch(()=>void 0),v(document.documentElement.lang);var $=class extends ee{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new d(this,H)}static{this.styles=[f,x,E`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,c)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,c)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let t=this.hass?.language??K;if(!g(t))return v(t).then(()=>this.requestUpdate()),b;let n=s(t),[r,i]=Q(this.route?.path??``),a=X[r]?.tab??r,o=this.route?.prefix||`/homelab-steward`;return e`
      <header>
        ${i?e`<a class="back" href="${o}/${a}" aria-label=${n(`nav.back`,{page:n(`nav.${a}`)})}>${R(M)}</a>`:this.narrow?e`<button class="icon" aria-label=${n(`nav.menu`)} @click=${this.toggleMenu}>${R(k)}</button>`:b}
        <h1>${n(`title`)}</h1>
        ${this.renderStewards(n)}
      </header>
      ${this.renderNavigation(o,a)}
      <main>${this.renderPage(r,i,o)}</main>
    `}renderStewards(t){let{entries:n=[],entry_id:r}=this.feed.state??{};return n.length<2?b:e`<select aria-label=${t(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${n.map(t=>e`<option value=${t.entry_id} ?selected=${t.entry_id===(this.entry??r)}>${t.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(t,n){let r=s(this.hass?.language??`en`),i=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,a=this.tabs.some(e=>e.isMore&&e.key===n)||n===Z;return e`<nav aria-label=${r(`nav.pages`)}>
      ${this.tabs.map(a=>e`<a
          href="${t}/${a.key}"
          class=${a.isMore?`wide`:``}
          aria-current=${a.key===n?`page`:b}
        >
          ${R(a.path,``,`tab`)}<span>${r(`nav.${a.key}`)}</span>
          ${a.key===`inbox`&&i?e`<span class="count"><span aria-hidden="true">${i}</span><span class="hidden">${r(`nav.waiting`,{count:i})}</span></span>`:b}
        </a>`)}
      <a href="${t}/more" class="phone" aria-current=${a?`page`:b}>
        ${R(F)}<span>${r(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(r,i,a){let c=s(this.hass?.language??`en`),l=this.feed.state;if(this.feed.error)return C(O,c(`state.error`),this.feed.error,this.retry(c(`state.retry`)));let u=[U,Z].includes(r)||r in X||r in J?r:U;if(this.pages.get(u)===!1)return C(O,c(`state.error`),c(`state.no_page`),this.retry(c(`state.retry`)));if(!l||!this.hass)return n(c);if(!l.loaded||!l.viewer){let t=l.entries.length?c(`state.not_loaded_text`):c(`state.not_set_up_text`),n=e`<a class="button" href="/config/integrations/integration/homelab_steward">${c(`state.open_integration`)}</a>`;return C(h,c(`state.not_loaded`),t,n)}if(l.viewer.access===`none`)return C(N,c(`state.unknown`),c(`state.unknown_text`));let d=t(this.hass,this.feed,l.viewer,this.now,a,this.names),f=X[u]?.page??this.tabs.find(e=>e.key===u)?.page??Y[0].page;return u in J&&!this.pages.has(u)&&this.loadPage(u),u in J&&!this.pages.get(u)?n(c):e`
      ${l.connected?b:e`<p class="away" role="status">${R(o)}<span>${c(`state.away`)}</span></p>`}
      ${u===Z?this.renderMore(a):f(d,i)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(t){let n=s(this.hass?.language??`en`);return e`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(r=>e`<li><a class="item" href="${t}/${r.key}">${R(r.path)}<span>${n(`nav.${r.key}`)}</span></a></li>`)}
    </ul></div>`}retry(t){return e`<button @click=${()=>location.reload()}>${t}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};m([T({attribute:!1})],$.prototype,`hass`,void 0),m([T({attribute:!1})],$.prototype,`route`,void 0),m([T({type:Boolean})],$.prototype,`narrow`,void 0),m([u()],$.prototype,`now`,void 0),m([u()],$.prototype,`entry`,void 0),m([u()],$.prototype,`names`,void 0),$=m([w(`homelab-steward-panel`)],$);