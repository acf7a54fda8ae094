import{G as e,J as t,K as n,R as r,S as i,T as a,U as o,X as s,b as c,ct as l,dt as u,ft as d,it as f,lt as p,mt as m,ot as h,pt as g,q as _,tt as v,ut as y,w as b,x,z as S}from"./shared-D2FqsNbt.js";var C=6e4,w=class extends u{static{this.styles=[s]}constructor(e){super(),this.now=Date.now(),this.feed=new h(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),C),this.addEventListener(`click`,f)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,f)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return t(this.hass?.language??`en`)}render(){let{t:e}=this,t=this.feed.state;if(!this.config||!this.hass)return d;if(!n(this.hass.language))return _(this.hass.language).then(()=>this.requestUpdate()),d;if(this.feed.error)return this.card(g`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!t)return this.card(g`<p class="quiet">${e(`state.loading`)}</p>`);if(!t.viewer)return this.card(g`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(t.viewer.access===`none`)return this.card(g`<p class="quiet">${e(`state.unknown`)}</p>`);let r=o(this.hass,this.feed,t.viewer,this.now),i=t.connected?d:g`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(r,i)}card(e,t=this.config?.title??``){return g`<ha-card class="card">
      <div class="content">${t?g`<h2 class="title">${t}</h2>`:d}${e}</div>
    </ha-card>`}};e([p({attribute:!1})],w.prototype,`hass`,void 0),e([l()],w.prototype,`config`,void 0),e([l()],w.prototype,`now`,void 0);var T=20,E=class extends u{static{this.styles=[s,m`
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
    `]}setConfig(e){this.config=e}async scheduleUpdate(){await _(this.hass?.language??`en`),await super.scheduleUpdate()}get t(){return t(this.hass?.language??`en`)}renderTitle(){return g`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};e([p({attribute:!1})],E.prototype,`hass`,void 0),e([l()],E.prototype,`config`,void 0);var D=class extends E{render(){let{t:e}=this;return g`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${T} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,T):``)}};D=e([y(`homelab-steward-inbox-card-editor`)],D);var O=class extends E{constructor(...e){super(...e),this.feed=new h(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return g`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>g`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};O=e([y(`homelab-steward-service-card-editor`)],O);var k=3,A=class extends w{static{this.styles=[...w.styles,m`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:k}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n}=e,i=this.feed.rows(`approval`),a=r(i.filter(e=>e.status===`pending`),e.now);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),s=!a.length&&!o.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,s),s)return d;let c=[...a,...o].slice(0,this.config?.limit??k),l=a.length-c.filter(e=>e.status===`pending`).length;return this.card(g`${t}
        ${c.length?d:g`<p class="quiet">${n(`inbox.empty`)}</p>`}
        <div>
          ${S(c,e=>e.id,t=>g`<homelab-steward-request compact .ctx=${e} .request=${t}></homelab-steward-request>`)}
        </div>
        ${l>0?g`<p><a href="${e.base}/inbox">${n(`inbox.more`,{count:l})}</a></p>`:d}`,this.config?.title??n(`nav.inbox`))}};A=e([y(`homelab-steward-inbox-card`)],A);var j=3,M=class extends w{static{this.styles=[...w.styles,m`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n,base:r}=e,o=this.feed.rows(`instance`),s=this.config?.instance?this.feed.row(`instance`,this.config.instance):o[0];if(!s)return this.card(g`<p class="quiet">${n(o.length?`service.gone`:`services.empty`)}</p>`);let l=this.feed.rows(`incident`),u=b(s.id,l),f=i(s,l),p=a(s,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(g`<a class="head" href="${r}/service/${encodeURIComponent(s.id)}">
          <ha-icon .icon=${p}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||s.name}</span>
            <span class="row small quiet ${c[f]}"><span class="dot"></span>${n(`health.${f}`)}</span>
          </span>
        </a>
        ${t}
        ${s.expected_off??s.error?g`<p class="small quiet">${s.expected_off??s.error}</p>`:d}
        ${u.slice(0,j).map(e=>g`<p class="row">${v(e.severity,n)}<a href="${r}/incident/${e.id}">${e.title}</a></p>`)}
        ${u.length>j?g`<p class="small"><a href="${r}/incidents">${n(`incidents.count`,{count:u.length})}</a></p>`:d}`,``)}};M=e([y(`homelab-steward-service-card`)],M);function N(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=x(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function P(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function F(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var I=class extends HTMLElement{static async generate(e,n){let[{rows:r}]=await Promise.all([P(n),_(n.language)]),i=t(n.language),a=Object.values(r.catalogue??{})[0],o=await F(n),s=a?.categories.map(e=>({...e,name:o[e.name]??e.name}));return N(Object.values(r.instance??{}),a&&s?{...a,categories:s}:a,i(`title`),i(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,I);var L=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,R=window,z=document.documentElement.lang||navigator.language;_(z).then(()=>{let e=t(z);R.customCards=[...R.customCards??[],...[`inbox`,`service`].map(t=>({type:`homelab-steward-${t}-card`,name:e(`card.${t}`),description:e(`card.${t}_text`),preview:!0,documentationURL:L}))],R.customStrategies=[...R.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:e(`title`),description:e(`card.dashboard_text`),documentationURL:L}]});