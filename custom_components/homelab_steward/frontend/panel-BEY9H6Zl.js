import{$ as e,$t as t,B as n,Bt as r,Dt as i,Et as a,H as o,J as s,K as c,Lt as l,Ot as u,Q as d,St as f,Tt as ee,Ut as p,V as m,W as h,Wt as g,X as _,Xt as v,Y as y,Yt as te,Z as ne,_t as re,at as b,cn as ie,dn as ae,dt as x,et as S,fn as C,ft as w,ht as oe,jt as se,lt as T,mt as E,on as D,pt as O,q as k,qt as A,st as j,tn as M,tt as N,ut as P,vt as F,yt as I,z as L}from"./shared-DBqsc2Sr.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends o{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...o.styles,d]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),i=L(r.filter(e=>e.status===`pending`),n),a=r.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...i,...a])this.seen.add(e.id);let o=r.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!i.length&&!a.length&&!o.length?N(u,e(`inbox.empty`),e(`inbox.empty_text`)):E`
      <div class="page">
        ${this.ctx.viewer.person?O:E`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(i.slice(0,R))}
        ${i.length>R?E`<p class="quiet">${e(`inbox.more`,{count:i.length-R})}</p>`:O}
        ${a.length?E`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(a)}`:O}
        ${o.length?E`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(o)}`:O}
      </div>
    `}renderAll(e){return n(e,e=>e.id,e=>E`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=c([x(`homelab-steward-inbox`)],B);var V=class extends o{static{this.styles=[...o.styles,d]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=E`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return N(g,e(`request.gone`),e(`request.gone_text`),t)}return E`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};V=c([x(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>_(()=>import(`./audit-DVBs8VU2.js`),[]),autonomy:()=>_(()=>import(`./autonomy-COwIRtbr.js`),[]),changes:()=>_(()=>import(`./changes-C0n-7gy2.js`),[]),incident:()=>_(()=>import(`./incident-CMbQYfIG.js`),[]),incidents:()=>_(()=>import(`./incidents-ktTrdbOB.js`),[]),models:()=>_(()=>import(`./models-To6bQoSF.js`),[]),monitors:()=>_(()=>import(`./monitors-Bx_vOGYU.js`),[]),people:()=>_(()=>import(`./people-BsjY4z7c.js`),[]),report:()=>_(()=>import(`./report-BtgiG-TG.js`),[]),runbooks:()=>_(()=>import(`./runbooks-B8DbyMDL.js`),[]),service:()=>_(()=>import(`./service-C5qgXVE0.js`),[]),services:()=>_(()=>import(`./services-D2nA78Ww.js`),[]),schedules:()=>_(()=>import(`./schedules-PJ4M4XIn.js`),[]),settings:()=>_(()=>import(`./settings-gw66TN0V.js`),[])},Y=[q(`inbox`,A,e=>E`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,v,e=>E`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,ie,e=>E`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,ee,(e,t)=>E`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,M,(e,t)=>E`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`autonomy`,C,e=>E`<homelab-steward-autonomy .ctx=${e}></homelab-steward-autonomy>`,{isMore:!0}),q(`monitors`,se,e=>E`<homelab-steward-monitors .ctx=${e}></homelab-steward-monitors>`,{isMore:!0}),q(`report`,p,e=>E`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,i,(e,t)=>E`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,re,e=>E`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,a,e=>E`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,ae,e=>E`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,l,e=>E`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>E`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>E`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>E`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(m,``))[0]]?.().catch(()=>void 0),s(document.documentElement.lang);var $=class extends w{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new j(this,H)}static{this.styles=[ne,d,oe`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,b)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,b)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let n=this.hass?.language??K;if(!k(n))return s(n).then(()=>this.requestUpdate()),O;let r=y(n),[i,a]=Q(this.route?.path??``),o=X[i]?.tab??i,c=this.route?.prefix||`/homelab-steward`;return E`
      <header>
        ${a?E`<a class="back" href="${c}/${o}" aria-label=${r(`nav.back`,{page:r(`nav.${o}`)})}>${e(f)}</a>`:this.narrow?E`<button class="icon" aria-label=${r(`nav.menu`)} @click=${this.toggleMenu}>${e(t)}</button>`:O}
        <h1>${r(`title`)}</h1>
        ${this.renderStewards(r)}
      </header>
      ${this.renderNavigation(c,o)}
      <main>${this.renderPage(i,a,c)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?O:E`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>E`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(t,n){let i=y(this.hass?.language??`en`),a=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,o=this.tabs.some(e=>e.isMore&&e.key===n)||n===Z;return E`<nav aria-label=${i(`nav.pages`)}>
      ${this.tabs.map(r=>E`<a
          href="${t}/${r.key}"
          class=${r.isMore?`wide`:``}
          aria-current=${r.key===n?`page`:O}
        >
          ${e(r.path,``,`tab`)}<span>${i(`nav.${r.key}`)}</span>
          ${r.key===`inbox`&&a?E`<span class="count"><span aria-hidden="true">${a}</span><span class="hidden">${i(`nav.waiting`,{count:a})}</span></span>`:O}
        </a>`)}
      <a href="${t}/more" class="phone" aria-current=${o?`page`:O}>
        ${e(r)}<span>${i(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(t,n,r){let i=y(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return N(I,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));let o=[U,Z].includes(t)||t in X||t in J?t:U;if(this.pages.get(o)===!1)return N(I,i(`state.error`),i(`state.no_page`),this.retry(i(`state.retry`)));if(!a||!this.hass)return S(i);if(!a.loaded||!a.viewer){let e=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=E`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return N(D,i(`state.not_loaded`),e,t)}if(a.viewer.access===`none`)return N(F,i(`state.unknown`),i(`state.unknown_text`));let s=h(this.hass,this.feed,a.viewer,this.now,r,this.names),c=X[o]?.page??this.tabs.find(e=>e.key===o)?.page??Y[0].page;return o in J&&!this.pages.has(o)&&this.loadPage(o),o in J&&!this.pages.get(o)?S(i):E`
      ${a.connected?O:E`<p class="away" role="status">${e(te)}<span>${i(`state.away`)}</span></p>`}
      ${o===Z?this.renderMore(r):c(s,n)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(t){let n=y(this.hass?.language??`en`);return E`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(r=>E`<li><a class="item" href="${t}/${r.key}">${e(r.path)}<span>${n(`nav.${r.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return E`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};c([P({attribute:!1})],$.prototype,`hass`,void 0),c([P({attribute:!1})],$.prototype,`route`,void 0),c([P({type:Boolean})],$.prototype,`narrow`,void 0),c([T()],$.prototype,`now`,void 0),c([T()],$.prototype,`entry`,void 0),c([T()],$.prototype,`names`,void 0),$=c([x(`homelab-steward-panel`)],$);