import{$ as e,$t as t,B as n,Bt as r,Dt as i,Et as a,H as o,J as s,K as c,Lt as l,Ot as u,Q as d,St as f,Tt as ee,Ut as te,V as p,W as m,Wt as h,X as g,Xt as _,Y as v,Yt as ne,Z as re,_t as ie,at as y,cn as ae,dn as oe,dt as b,et as x,ft as S,ht as C,jt as se,lt as w,mt as T,on as E,pn as D,pt as O,q as k,qt as A,st as j,tn as M,tt as N,ut as P,vt as F,yt as I,z as L}from"./shared-DJMK-k9p.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends o{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...o.styles,d]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),i=L(r.filter(e=>e.status===`pending`),n),a=r.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...i,...a])this.seen.add(e.id);let o=r.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!i.length&&!a.length&&!o.length?N(u,e(`inbox.empty`),e(`inbox.empty_text`)):T`
      <div class="page">
        ${this.ctx.viewer.person?O:T`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(i.slice(0,R))}
        ${i.length>R?T`<p class="quiet">${e(`inbox.more`,{count:i.length-R})}</p>`:O}
        ${a.length?T`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(a)}`:O}
        ${o.length?T`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(o)}`:O}
      </div>
    `}renderAll(e){return n(e,e=>e.id,e=>T`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=c([b(`homelab-steward-inbox`)],B);var V=class extends o{static{this.styles=[...o.styles,d]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=T`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return N(h,e(`request.gone`),e(`request.gone_text`),t)}return T`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};V=c([b(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>g(()=>import(`./audit-DFp5TkSL.js`),[]),autonomy:()=>g(()=>import(`./autonomy-BGqVHLSj.js`),[]),changes:()=>g(()=>import(`./changes-BjgO3yMF.js`),[]),incident:()=>g(()=>import(`./incident-DUWPqJJ6.js`),[]),incidents:()=>g(()=>import(`./incidents-DzzQZv2B.js`),[]),models:()=>g(()=>import(`./models-DBlHx8bf.js`),[]),monitors:()=>g(()=>import(`./monitors-D2fLGR8t.js`),[]),people:()=>g(()=>import(`./people-CvCFqc-W.js`),[]),report:()=>g(()=>import(`./report-BXMxJ_XW.js`),[]),runbooks:()=>g(()=>import(`./runbooks-C06FXqB_.js`),[]),service:()=>g(()=>import(`./service-DhHZuVYq.js`),[]),services:()=>g(()=>import(`./services-QR9qSdlD.js`),[]),schedules:()=>g(()=>import(`./schedules-ek0bNlEH.js`),[]),settings:()=>g(()=>import(`./settings-CQagjuIs.js`),[])},Y=[q(`inbox`,A,e=>T`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,_,e=>T`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,ae,e=>T`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,ee,(e,t)=>T`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,M,(e,t)=>T`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`autonomy`,D,e=>T`<homelab-steward-autonomy .ctx=${e}></homelab-steward-autonomy>`,{isMore:!0}),q(`monitors`,se,e=>T`<homelab-steward-monitors .ctx=${e}></homelab-steward-monitors>`,{isMore:!0}),q(`report`,te,e=>T`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,i,(e,t)=>T`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,ie,e=>T`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,a,e=>T`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,oe,e=>T`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,l,e=>T`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>T`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>T`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>T`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(p,``))[0]]?.().catch(()=>void 0),s(document.documentElement.lang);var $=class extends S{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new j(this,H)}static{this.styles=[re,d,C`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,y)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,y)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let n=this.hass?.language??K;if(!k(n))return s(n).then(()=>this.requestUpdate()),O;let r=v(n),[i,a]=Q(this.route?.path??``),o=X[i]?.tab??i,c=this.route?.prefix||`/homelab-steward`;return T`
      <header>
        ${a?T`<a class="back" href="${c}/${o}" aria-label=${r(`nav.back`,{page:r(`nav.${o}`)})}>${e(f)}</a>`:this.narrow?T`<button class="icon" aria-label=${r(`nav.menu`)} @click=${this.toggleMenu}>${e(t)}</button>`:O}
        <h1>${r(`title`)}</h1>
        ${this.renderStewards(r)}
      </header>
      ${this.renderNavigation(c,o)}
      <main>${this.renderPage(i,a,c)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?O:T`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>T`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(t,n){let i=v(this.hass?.language??`en`),a=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,o=this.tabs.some(e=>e.isMore&&e.key===n)||n===Z;return T`<nav aria-label=${i(`nav.pages`)}>
      ${this.tabs.map(r=>T`<a
          href="${t}/${r.key}"
          class=${r.isMore?`wide`:``}
          aria-current=${r.key===n?`page`:O}
        >
          ${e(r.path,``,`tab`)}<span>${i(`nav.${r.key}`)}</span>
          ${r.key===`inbox`&&a?T`<span class="count"><span aria-hidden="true">${a}</span><span class="hidden">${i(`nav.waiting`,{count:a})}</span></span>`:O}
        </a>`)}
      <a href="${t}/more" class="phone" aria-current=${o?`page`:O}>
        ${e(r)}<span>${i(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(t,n,r){let i=v(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return N(I,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));let o=[U,Z].includes(t)||t in X||t in J?t:U;if(this.pages.get(o)===!1)return N(I,i(`state.error`),i(`state.no_page`),this.retry(i(`state.retry`)));if(!a||!this.hass)return x(i);if(!a.loaded||!a.viewer){let e=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=T`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return N(E,i(`state.not_loaded`),e,t)}if(a.viewer.access===`none`)return N(F,i(`state.unknown`),i(`state.unknown_text`));let s=m(this.hass,this.feed,a.viewer,this.now,r,this.names),c=X[o]?.page??this.tabs.find(e=>e.key===o)?.page??Y[0].page;return o in J&&!this.pages.has(o)&&this.loadPage(o),o in J&&!this.pages.get(o)?x(i):T`
      ${a.connected?O:T`<p class="away" role="status">${e(ne)}<span>${i(`state.away`)}</span></p>`}
      ${o===Z?this.renderMore(r):c(s,n)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(t){let n=v(this.hass?.language??`en`);return T`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(r=>T`<li><a class="item" href="${t}/${r.key}">${e(r.path)}<span>${n(`nav.${r.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return T`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};c([P({attribute:!1})],$.prototype,`hass`,void 0),c([P({attribute:!1})],$.prototype,`route`,void 0),c([P({type:Boolean})],$.prototype,`narrow`,void 0),c([w()],$.prototype,`now`,void 0),c([w()],$.prototype,`entry`,void 0),c([w()],$.prototype,`names`,void 0),$=c([b(`homelab-steward-panel`)],$);