import{A as e,B as t,Dt as n,F as r,G as i,H as a,It as o,K as s,Kt as c,L as l,M as u,N as d,Nt as f,Ot as p,Pt as m,Q as ee,R as h,St as g,Tt as _,U as v,Ut as y,V as b,Vt as x,W as S,X as C,_t as w,at as T,ct as E,et as D,ft as O,gt as k,ht as te,it as A,j as ne,jt as re,lt as ie,mt as j,nt as M,ot as N,rt as P,tt as F,ut as I,z as L}from"./shared-COQCZFd_.js";var R=50,z=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),B=class extends d{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...d.styles,v]}render(){let{t,feed:n,now:r}=this.ctx,i=n.rows(`approval`),a=e(i.filter(e=>e.status===`pending`),r),o=i.filter(e=>e.status===`scheduled`).sort(z);for(let e of[...a,...o])this.seen.add(e.id);let c=i.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!a.length&&!o.length&&!c.length?s(w,t(`inbox.empty`),t(`inbox.empty_text`)):T`
      <div class="page">
        ${this.ctx.viewer.person?A:T`<p class="quiet">${t(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(a.slice(0,R))}
        ${a.length>R?T`<p class="quiet">${t(`inbox.more`,{count:a.length-R})}</p>`:A}
        ${o.length?T`<h2 class="heading">${t(`status.scheduled`)}</h2>
              ${this.renderAll(o)}`:A}
        ${c.length?T`<h2 class="heading">${t(`inbox.decided`)}</h2>
              ${this.renderAll(c)}`:A}
      </div>
    `}renderAll(e){return ne(e,e=>e.id,e=>T`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};B=l([M(`homelab-steward-inbox`)],B);var V=class extends d{static{this.styles=[...d.styles,v]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=T`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return s(p,e(`request.gone`),e(`request.gone_text`),t)}return T`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};V=l([M(`homelab-steward-request-page`)],V);var H=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`],U=`inbox`,W=3e4,G=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>b(()=>import(`./audit-DkFSktPa.js`),[]),incident:()=>b(()=>import(`./incident-DxwVPDt5.js`),[]),incidents:()=>b(()=>import(`./incidents-DoZ04l7U.js`),[]),models:()=>b(()=>import(`./models-6eT7FbiM.js`),[]),people:()=>b(()=>import(`./people-rFaIGvSt.js`),[]),report:()=>b(()=>import(`./report-fO7CbeXl.js`),[]),runbooks:()=>b(()=>import(`./runbooks-C6Hp3qbj.js`),[]),service:()=>b(()=>import(`./service-BVeuHrlk.js`),[]),services:()=>b(()=>import(`./services-DbiXAgxr.js`),[]),schedules:()=>b(()=>import(`./schedules-CaKukgc8.js`),[]),settings:()=>b(()=>import(`./settings-Dg6daTxp.js`),[])},Y=[q(`inbox`,re,e=>T`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,m,e=>T`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,y,e=>T`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,j,(e,t)=>T`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`report`,n,e=>T`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,k,(e,t)=>T`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,E,e=>T`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,te,e=>T`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`audit`,c,e=>T`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,g,e=>T`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>T`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>T`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>T`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=U,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(u,``))[0]]?.().catch(()=>void 0),L(document.documentElement.lang);var $=class extends P{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new ee(this,H)}static{this.styles=[a,v,N`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),W),this.addEventListener(`click`,C)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),G)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,C)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=this.hass?.language??K;if(!h(e))return L(e).then(()=>this.requestUpdate()),A;let n=t(e),[r,i]=Q(this.route?.path??``),a=X[r]?.tab??r,s=this.route?.prefix||`/homelab-steward`;return T`
      <header>
        ${i?T`<a class="back" href="${s}/${a}" aria-label=${n(`nav.back`,{page:n(`nav.${a}`)})}>${S(O)}</a>`:this.narrow?T`<button class="icon" aria-label=${n(`nav.menu`)} @click=${this.toggleMenu}>${S(o)}</button>`:A}
        <h1>${n(`title`)}</h1>
        ${this.renderStewards(n)}
      </header>
      ${this.renderNavigation(s,a)}
      <main>${this.renderPage(r,i,s)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?A:T`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>T`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(e,n){let r=t(this.hass?.language??`en`),i=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,a=this.tabs.some(e=>e.isMore&&e.key===n)||n===Z;return T`<nav aria-label=${r(`nav.pages`)}>
      ${this.tabs.map(t=>T`<a
          href="${e}/${t.key}"
          class=${t.isMore?`wide`:``}
          aria-current=${t.key===n?`page`:A}
        >
          ${S(t.path,``,`tab`)}<span>${r(`nav.${t.key}`)}</span>
          ${t.key===`inbox`&&i?T`<span class="count"><span aria-hidden="true">${i}</span><span class="hidden">${r(`nav.waiting`,{count:i})}</span></span>`:A}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${a?`page`:A}>
        ${S(_)}<span>${r(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(e,n,a){let o=t(this.hass?.language??`en`),c=this.feed.state;if(this.feed.error)return s(I,o(`state.error`),this.feed.error,this.retry(o(`state.retry`)));let l=[U,Z].includes(e)||e in X||e in J?e:U;if(this.pages.get(l)===!1)return s(I,o(`state.error`),o(`state.no_page`),this.retry(o(`state.retry`)));if(!c||!this.hass)return i(o);if(!c.loaded||!c.viewer){let e=c.entries.length?o(`state.not_loaded_text`):o(`state.not_set_up_text`),t=T`<a class="button" href="/config/integrations/integration/homelab_steward">${o(`state.open_integration`)}</a>`;return s(x,o(`state.not_loaded`),e,t)}if(c.viewer.access===`none`)return s(ie,o(`state.unknown`),o(`state.unknown_text`));let u=r(this.hass,this.feed,c.viewer,this.now,a,this.names),d=X[l]?.page??this.tabs.find(e=>e.key===l)?.page??Y[0].page;return l in J&&!this.pages.has(l)&&this.loadPage(l),l in J&&!this.pages.get(l)?i(o):T`
      ${c.connected?A:T`<p class="away" role="status">${S(f)}<span>${o(`state.away`)}</span></p>`}
      ${l===Z?this.renderMore(a):d(u,n)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(e){let n=t(this.hass?.language??`en`);return T`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(t=>T`<li><a class="item" href="${e}/${t.key}">${S(t.path)}<span>${n(`nav.${t.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return T`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};l([F({attribute:!1})],$.prototype,`hass`,void 0),l([F({attribute:!1})],$.prototype,`route`,void 0),l([F({type:Boolean})],$.prototype,`narrow`,void 0),l([D()],$.prototype,`now`,void 0),l([D()],$.prototype,`entry`,void 0),l([D()],$.prototype,`names`,void 0),$=l([M(`homelab-steward-panel`)],$);