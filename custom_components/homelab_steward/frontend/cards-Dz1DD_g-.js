import{B as e,C as t,E as n,G as r,J as i,Q as a,S as o,T as s,V as c,X as l,Y as u,_t as d,dt as f,ft as p,gt as m,ht as h,it as g,lt as _,mt as v,pt as y,q as b,st as x,x as S}from"./shared-Sda02QKL.js";var C=6e4,w=class extends v{static{this.styles=[a]}constructor(e){super(),this.now=Date.now(),this.feed=new _(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),C),this.addEventListener(`click`,x)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,x)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return l(this.hass?.language??`en`)}render(){let{t:e}=this,t=this.feed.state;if(!this.config||!this.hass)return h;if(!i(this.hass.language))return u(this.hass.language).then(()=>this.requestUpdate()),h;if(this.feed.error)return this.card(m`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!t)return this.card(m`<p class="quiet">${e(`state.loading`)}</p>`);if(!t.viewer)return this.card(m`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(t.viewer.access===`none`)return this.card(m`<p class="quiet">${e(`state.unknown`)}</p>`);let n=r(this.hass,this.feed,t.viewer,this.now),a=t.connected?h:m`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(n,a)}card(e,t=this.config?.title??``){return m`<ha-card class="card">
      <div class="content">${t?m`<h2 class="title">${t}</h2>`:h}${e}</div>
    </ha-card>`}};b([p({attribute:!1})],w.prototype,`hass`,void 0),b([f()],w.prototype,`config`,void 0),b([f()],w.prototype,`now`,void 0);var T=20,E=class extends v{static{this.styles=[a,d`
      form {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      form > label:not(.check) {
        flex-direction: column;
        align-items: stretch;
        gap: 4px;
      }
    `]}setConfig(e){this.config=e}async scheduleUpdate(){await u(this.hass?.language??`en`),await super.scheduleUpdate()}get t(){return l(this.hass?.language??`en`)}renderTitle(){return m`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};b([p({attribute:!1})],E.prototype,`hass`,void 0),b([f()],E.prototype,`config`,void 0);var D=class extends E{render(){let{t:e}=this;return m`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${T} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,T):``)}};D=b([y(`homelab-steward-inbox-card-editor`)],D);var O=class extends E{constructor(...e){super(...e),this.feed=new _(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return m`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>m`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};O=b([y(`homelab-steward-service-card-editor`)],O);var k=3,A=class extends w{static{this.styles=[...w.styles,d`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:k}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(t,n){let{t:r}=t,i=this.feed.rows(`approval`),a=e(i.filter(e=>e.status===`pending`),t.now);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),s=!a.length&&!o.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,s),s)return h;let l=[...a,...o].slice(0,this.config?.limit??k),u=a.length-l.filter(e=>e.status===`pending`).length;return this.card(m`${n}
        ${l.length?h:m`<p class="quiet">${r(`inbox.empty`)}</p>`}
        <div>
          ${c(l,e=>e.id,e=>m`<homelab-steward-request compact .ctx=${t} .request=${e}></homelab-steward-request>`)}
        </div>
        ${u>0?m`<p><a href="${t.base}/inbox">${r(`inbox.more`,{count:u})}</a></p>`:h}`,this.config?.title??r(`nav.inbox`))}};A=b([y(`homelab-steward-inbox-card`)],A);var j=3,M=class extends w{static{this.styles=[...w.styles,d`
      a.head {
        color: inherit;
        display: flex;
        gap: 12px;
        align-items: center;
      }
      a.head:hover {
        text-decoration: none;
      }
      ha-icon {
        --mdc-icon-size: 24px;
        width: 24px;
        height: 24px;
        color: var(--state-icon-color, var(--link));
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,r){let{t:i,base:a}=e,o=this.feed.rows(`instance`),c=this.config?.instance?this.feed.row(`instance`,this.config.instance):o[0];if(!c)return this.card(m`<p class="quiet">${i(o.length?`service.gone`:`services.empty`)}</p>`);let l=this.feed.rows(`incident`),u=s(c.id,l),d=t(c,l),f=n(c,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(m`<a class="head" href="${a}/service/${encodeURIComponent(c.id)}">
          <ha-icon .icon=${f}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||c.name}</span>
            <span class="row small quiet ${S[d]}"><span class="dot"></span>${i(`health.${d}`)}</span>
          </span>
        </a>
        ${r}
        ${c.expected_off??c.error?m`<p class="small quiet">${c.expected_off??c.error}</p>`:h}
        ${u.slice(0,j).map(e=>m`<p class="row">${g(e.severity,i)}<a href="${a}/incident/${e.id}">${e.title}</a></p>`)}
        ${u.length>j?m`<p class="small"><a href="${a}/incidents">${i(`incidents.count`,{count:u.length})}</a></p>`:h}`,``)}};M=b([y(`homelab-steward-service-card`)],M);function N(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=o(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function P(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function F(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var I=class extends HTMLElement{static async generate(e,t){let[{rows:n}]=await Promise.all([P(t),u(t.language)]),r=l(t.language),i=Object.values(n.catalogue??{})[0],a=await F(t),o=i?.categories.map(e=>({...e,name:a[e.name]??e.name}));return N(Object.values(n.instance??{}),i&&o?{...i,categories:o}:i,r(`title`),r(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,I);var L=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,R=window,z=document.documentElement.lang||navigator.language;u(z).then(()=>{let e=l(z);R.customCards=[...R.customCards??[],...[`inbox`,`service`].map(t=>({type:`homelab-steward-${t}-card`,name:e(`card.${t}`),description:e(`card.${t}_text`),preview:!0,documentationURL:L}))],R.customStrategies=[...R.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:e(`title`),description:e(`card.dashboard_text`),documentationURL:L}]});