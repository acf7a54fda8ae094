import{$ as e,$t as t,At as n,Ft as r,H as i,J as a,Jt as o,K as s,Mt as c,Ot as l,Q as u,St as d,Tt as ee,U as f,V as p,Vt as te,W as m,Wt as ne,X as h,Y as g,Z as _,Zt as v,_n as y,_t as b,an as re,bt as ie,ct as x,en as S,et as C,fn as w,ft as T,gt as E,hn as ae,ht as oe,kt as se,mt as D,nt as O,pt as k,qt as A,rn as j,rt as M,tt as N,un as P,ut as F,vn as I,vt as L,xt as R}from"./shared-ecpPzQbY.js";var z=50,B=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),V=class extends m{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...m.styles,C]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),i=p(r.filter(e=>e.status===`pending`),n),a=r.filter(e=>e.status===`scheduled`).sort(B);for(let e of[...i,...a])this.seen.add(e.id);let o=r.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!i.length&&!a.length&&!o.length?M(c,e(`inbox.empty`),e(`inbox.empty_text`)):b`
      <div class="page">
        ${this.ctx.viewer.person?E:b`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(i.slice(0,z))}
        ${i.length>z?b`<p class="quiet">${e(`inbox.more`,{count:i.length-z})}</p>`:E}
        ${a.length?b`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(a)}`:E}
        ${o.length?b`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(o)}`:E}
      </div>
    `}renderAll(e){return i(e,e=>e.id,e=>b`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};V=a([D(`homelab-steward-inbox`)],V);var H=class extends m{static{this.styles=[...m.styles,C]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=b`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return M(o,e(`request.gone`),e(`request.gone_text`),t)}return b`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};H=a([D(`homelab-steward-request-page`)],H);var U=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`,`foreign_tools`],W=`inbox`,G=3e4,ce=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>u(()=>import(`./audit-ZiFPhgje.js`),[]),autonomy:()=>u(()=>import(`./autonomy-BXEcCxWa.js`),[]),changes:()=>u(()=>import(`./changes-ChZMnUAt.js`),[]),incident:()=>u(()=>import(`./incident-prFeo9hc.js`),[]),incidents:()=>u(()=>import(`./incidents-CHLNMPlA.js`),[]),models:()=>u(()=>import(`./models-CRlg2NUB.js`),[]),monitors:()=>u(()=>import(`./monitors-Bu2xYSso.js`),[]),people:()=>u(()=>import(`./people-sQX6AgVq.js`),[]),report:()=>u(()=>import(`./report-Cr7EqC5D.js`),[]),runbooks:()=>u(()=>import(`./runbooks-DUep6v0J.js`),[]),service:()=>u(()=>import(`./service-BptD5N7s.js`),[]),services:()=>u(()=>import(`./services-D3RRS-MS.js`),[]),schedules:()=>u(()=>import(`./schedules-CeVEKrwR.js`),[]),settings:()=>u(()=>import(`./settings-CZAY6MFA.js`),[]),tools:()=>u(()=>import(`./tools-BP2DHqvA.js`),[])},Y=[q(`inbox`,v,e=>b`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,S,e=>b`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,w,e=>b`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,l,(e,t)=>b`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,re,(e,t)=>b`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`autonomy`,y,e=>b`<homelab-steward-autonomy .ctx=${e}></homelab-steward-autonomy>`,{isMore:!0}),q(`monitors`,r,e=>b`<homelab-steward-monitors .ctx=${e}></homelab-steward-monitors>`,{isMore:!0}),q(`report`,A,e=>b`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,n,(e,t)=>b`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,ie,e=>b`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,se,e=>b`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`tools`,I,e=>b`<homelab-steward-tools .ctx=${e}></homelab-steward-tools>`,{isMore:!0,isFull:!0}),q(`audit`,ae,e=>b`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,te,e=>b`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>b`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>b`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>b`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=W,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(f,``))[0]]?.().catch(()=>void 0),h(document.documentElement.lang);var $=class extends oe{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new F(this,U)}static{this.styles=[e,C,L`
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
        nav a {
          padding: 0 8px;
        }
      }
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),G),this.addEventListener(`click`,x)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),ce)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,x)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=this.hass?.language??K;if(!g(e))return h(e).then(()=>this.requestUpdate()),E;let t=_(e),[n,r]=Q(this.route?.path??``),i=X[n]?.tab??n,a=this.route?.prefix||`/homelab-steward`;return b`
      <header>
        ${r?b`<a class="back" href="${a}/${i}" aria-label=${t(`nav.back`,{page:t(`nav.${i}`)})}>${N(ee)}</a>`:this.narrow?b`<button class="icon" aria-label=${t(`nav.menu`)} @click=${this.toggleMenu}>${N(j)}</button>`:E}
        <h1>${t(`title`)}</h1>
        ${this.renderStewards(t)}
      </header>
      ${this.renderNavigation(a,i)}
      <main>${this.renderPage(n,r,a)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?E:b`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>b`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=_(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===Z;return b`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>b`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:E}
        >
          ${N(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?b`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:E}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:E}>
        ${N(ne)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(e,n,r){let i=_(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return M(d,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));let o=[W,Z].includes(e)||e in X||e in J?e:W;if(this.pages.get(o)===!1)return M(d,i(`state.error`),i(`state.no_page`),this.retry(i(`state.retry`)));if(!a||!this.hass)return O(i);if(!a.loaded||!a.viewer){let e=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=b`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return M(P,i(`state.not_loaded`),e,t)}if(a.viewer.access===`none`)return M(R,i(`state.unknown`),i(`state.unknown_text`));let c=s(this.hass,this.feed,a.viewer,this.now,r,this.names),l=X[o]?.page??this.tabs.find(e=>e.key===o)?.page??Y[0].page;return o in J&&!this.pages.has(o)&&this.loadPage(o),o in J&&!this.pages.get(o)?O(i):b`
      ${a.connected?E:b`<p class="away" role="status">${N(t)}<span>${i(`state.away`)}</span></p>`}
      ${o===Z?this.renderMore(r):l(c,n)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(e){let t=_(this.hass?.language??`en`);return b`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>b`<li><a class="item" href="${e}/${n.key}">${N(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return b`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};a([k({attribute:!1})],$.prototype,`hass`,void 0),a([k({attribute:!1})],$.prototype,`route`,void 0),a([k({type:Boolean})],$.prototype,`narrow`,void 0),a([T()],$.prototype,`now`,void 0),a([T()],$.prototype,`entry`,void 0),a([T()],$.prototype,`names`,void 0),$=a([D(`homelab-steward-panel`)],$);