import{$ as e,$t as t,B as n,Bt as r,Dt as i,G as a,H as o,J as s,Kt as c,Ot as l,Pt as u,Q as d,Qt as f,U as p,Ut as m,V as h,X as g,Xt as ee,Y as _,Z as v,_n as y,_t as b,bt as x,dn as S,dt as C,et as w,ft as T,gn as E,gt as D,ht as O,in as te,jt as ne,kt as re,ln as ie,lt as ae,mn as oe,mt as se,nn as k,nt as A,pt as j,q as M,qt as N,st as P,tt as F,wt as I,xt as L,yt as R}from"./shared-Sda02QKL.js";var z=50,B=(e,t)=>Date.parse(e.later?.at??``)-Date.parse(t.later?.at??``),V=class extends p{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...p.styles,e]}render(){let{t:e,feed:t,now:r}=this.ctx,i=t.rows(`approval`),a=n(i.filter(e=>e.status===`pending`),r),o=i.filter(e=>e.status===`scheduled`).sort(B);for(let e of[...a,...o])this.seen.add(e.id);let s=i.filter(e=>![`pending`,`scheduled`].includes(e.status)&&this.seen.has(e.id));return!a.length&&!o.length&&!s.length?A(ne,e(`inbox.empty`),e(`inbox.empty_text`)):D`
      <div class="page">
        ${this.ctx.viewer.person?O:D`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(a.slice(0,z))}
        ${a.length>z?D`<p class="quiet">${e(`inbox.more`,{count:a.length-z})}</p>`:O}
        ${o.length?D`<h2 class="heading">${e(`status.scheduled`)}</h2>
              ${this.renderAll(o)}`:O}
        ${s.length?D`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(s)}`:O}
      </div>
    `}renderAll(e){return h(e,e=>e.id,e=>D`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};V=M([j(`homelab-steward-inbox`)],V);var H=class extends p{static{this.styles=[...p.styles,e]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=D`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return A(N,e(`request.gone`),e(`request.gone_text`),t)}return D`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};H=M([j(`homelab-steward-request-page`)],H);var U=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`,`change`,`foreign_tools`],W=`inbox`,G=3e4,ce=2e3,K=`en`,q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),J={audit:()=>v(()=>import(`./audit-DkQ3lese.js`),[]),autonomy:()=>v(()=>import(`./autonomy-DIWf-zbI.js`),[]),changes:()=>v(()=>import(`./changes-CZ6hTfzC.js`),[]),incident:()=>v(()=>import(`./incident-jseyKu2G.js`),[]),incidents:()=>v(()=>import(`./incidents-DajVjnPh.js`),[]),models:()=>v(()=>import(`./models-DzsX1BvT.js`),[]),monitors:()=>v(()=>import(`./monitors-CLaV4Ztl.js`),[]),people:()=>v(()=>import(`./people-Cu7DXbs5.js`),[]),report:()=>v(()=>import(`./report-4IHZKUZW.js`),[]),runbooks:()=>v(()=>import(`./runbooks-BEecGfBO.js`),[]),service:()=>v(()=>import(`./service-BAfLMrbE.js`),[]),services:()=>v(()=>import(`./services-BAnWPbfk.js`),[]),schedules:()=>v(()=>import(`./schedules-CSk4VGwL.js`),[]),settings:()=>v(()=>import(`./settings-BgZ571nd.js`),[]),tools:()=>v(()=>import(`./tools-Di45ggTy.js`),[])},Y=[q(`inbox`,ee,e=>D`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),q(`incidents`,t,e=>D`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),q(`services`,S,e=>D`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),q(`runbooks`,i,(e,t)=>D`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),q(`changes`,te,(e,t)=>D`<homelab-steward-changes .ctx=${e} item=${t}></homelab-steward-changes>`,{isMore:!0}),q(`autonomy`,E,e=>D`<homelab-steward-autonomy .ctx=${e}></homelab-steward-autonomy>`,{isMore:!0}),q(`monitors`,u,e=>D`<homelab-steward-monitors .ctx=${e}></homelab-steward-monitors>`,{isMore:!0}),q(`report`,c,e=>D`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),q(`schedules`,re,(e,t)=>D`<homelab-steward-schedules .ctx=${e} item=${t}></homelab-steward-schedules>`,{isMore:!0,isFull:!0}),q(`people`,R,e=>D`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),q(`models`,l,e=>D`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),q(`tools`,y,e=>D`<homelab-steward-tools .ctx=${e}></homelab-steward-tools>`,{isMore:!0,isFull:!0}),q(`audit`,oe,e=>D`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),q(`settings`,r,e=>D`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],X={request:{tab:`inbox`,page:(e,t)=>D`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>D`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>D`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},Z=`more`;function Q(e){let[t=W,n=``]=e.split(`/`).filter(Boolean).map(decodeURIComponent);return[t,n]}J[Q(location.pathname.replace(o,``))[0]]?.().catch(()=>void 0),_(document.documentElement.lang);var $=class extends se{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=K,this.pages=new Map,this.feed=new ae(this,U)}static{this.styles=[d,e,b`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),G),this.addEventListener(`click`,P)}firstUpdated(){setTimeout(()=>Object.values(J).forEach(e=>void e().catch(()=>void 0)),ce)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,P)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??K;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=K}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=this.hass?.language??K;if(!s(e))return _(e).then(()=>this.requestUpdate()),O;let t=g(e),[n,r]=Q(this.route?.path??``),i=X[n]?.tab??n,a=this.route?.prefix||`/homelab-steward`;return D`
      <header>
        ${r?D`<a class="back" href="${a}/${i}" aria-label=${t(`nav.back`,{page:t(`nav.${i}`)})}>${w(I)}</a>`:this.narrow?D`<button class="icon" aria-label=${t(`nav.menu`)} @click=${this.toggleMenu}>${w(k)}</button>`:O}
        <h1>${t(`title`)}</h1>
        ${this.renderStewards(t)}
      </header>
      ${this.renderNavigation(a,i)}
      <main>${this.renderPage(n,r,a)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?O:D`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>D`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Y.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=g(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===Z;return D`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>D`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:O}
        >
          ${w(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?D`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:O}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:O}>
        ${w(m)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(e,t,n){let r=g(this.hass?.language??`en`),i=this.feed.state;if(this.feed.error)return A(L,r(`state.error`),this.feed.error,this.retry(r(`state.retry`)));let o=[W,Z].includes(e)||e in X||e in J?e:W;if(this.pages.get(o)===!1)return A(L,r(`state.error`),r(`state.no_page`),this.retry(r(`state.retry`)));if(!i||!this.hass)return F(r);if(!i.loaded||!i.viewer){let e=i.entries.length?r(`state.not_loaded_text`):r(`state.not_set_up_text`),t=D`<a class="button" href="/config/integrations/integration/homelab_steward">${r(`state.open_integration`)}</a>`;return A(ie,r(`state.not_loaded`),e,t)}if(i.viewer.access===`none`)return A(x,r(`state.unknown`),r(`state.unknown_text`));let s=a(this.hass,this.feed,i.viewer,this.now,n,this.names),c=X[o]?.page??this.tabs.find(e=>e.key===o)?.page??Y[0].page;return o in J&&!this.pages.has(o)&&this.loadPage(o),o in J&&!this.pages.get(o)?F(r):D`
      ${i.connected?O:D`<p class="away" role="status">${w(f)}<span>${r(`state.away`)}</span></p>`}
      ${o===Z?this.renderMore(n):c(s,t)}
    `}async loadPage(e){this.pages.set(e,null);let t=await J[e]().then(()=>!0,()=>!1);this.pages.set(e,t),this.requestUpdate()}renderMore(e){let t=g(this.hass?.language??`en`);return D`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>D`<li><a class="item" href="${e}/${n.key}">${w(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return D`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};M([T({attribute:!1})],$.prototype,`hass`,void 0),M([T({attribute:!1})],$.prototype,`route`,void 0),M([T({type:Boolean})],$.prototype,`narrow`,void 0),M([C()],$.prototype,`now`,void 0),M([C()],$.prototype,`entry`,void 0),M([C()],$.prototype,`names`,void 0),$=M([j(`homelab-steward-panel`)],$);