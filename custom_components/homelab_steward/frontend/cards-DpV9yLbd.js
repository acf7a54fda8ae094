import{$ as e,A as t,E as n,F as r,G as i,H as a,J as o,K as s,L as c,M as l,N as u,P as d,Q as f,T as p,X as m,Y as h,Z as g,c as _,et as v,f as y,l as b,p as x,u as S}from"./shared-DsfEqpX7.js";var C=6e4,w=class extends g{static{this.styles=[c]}constructor(e){super(),this.now=Date.now(),this.feed=new s(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),C),this.addEventListener(`click`,i)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,i)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return r(this.hass?.language??`en`)}render(){let{t:n}=this,r=this.feed.state;if(!this.config||!this.hass)return f;if(!u(this.hass.language))return d(this.hass.language).then(()=>this.requestUpdate()),f;if(this.feed.error)return this.card(e`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!r)return this.card(e`<p class="quiet">${n(`state.loading`)}</p>`);if(!r.viewer)return this.card(e`<p class="quiet">${n(`state.not_loaded`)}</p>`);if(r.viewer.access===`none`)return this.card(e`<p class="quiet">${n(`state.unknown`)}</p>`);let i=t(this.hass,this.feed,r.viewer,this.now),a=r.connected?f:e`<p class="small quiet" role="status">${n(`state.away`)}</p>`;return this.renderCard(i,a)}card(t,n=this.config?.title??``){return e`<ha-card class="card">
      <div class="content">${n?e`<h2 class="title">${n}</h2>`:f}${t}</div>
    </ha-card>`}};l([h({attribute:!1})],w.prototype,`hass`,void 0),l([o()],w.prototype,`config`,void 0),l([o()],w.prototype,`now`,void 0);var T=20,E=class extends g{static{this.styles=[c,v`
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
    `]}setConfig(e){this.config=e}async scheduleUpdate(){await d(this.hass?.language??`en`),await super.scheduleUpdate()}get t(){return r(this.hass?.language??`en`)}renderTitle(){return e`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};l([h({attribute:!1})],E.prototype,`hass`,void 0),l([o()],E.prototype,`config`,void 0);var D=class extends E{render(){let{t}=this;return e`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${t(`editor.limit`)}
        <input type="number" min="1" max=${T} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${t(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,T):``)}};D=l([m(`homelab-steward-inbox-card-editor`)],D);var O=class extends E{constructor(...e){super(...e),this.feed=new s(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t}=this,n=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),r=this.config?.instance??``;return e`<form @submit=${e=>e.preventDefault()}>
      <label>${t(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!r}>${t(`editor.first`)}</option>
          ${n.map(t=>e`<option value=${t.id} ?selected=${t.id===r}>${t.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};O=l([m(`homelab-steward-service-card-editor`)],O);var k=3,A=class extends w{static{this.styles=[...w.styles,v`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:k}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(t,r){let{t:i}=t,a=this.feed.rows(`approval`),o=p(a.filter(e=>e.status===`pending`),t.now);for(let e of o)this.seen.add(e.id);let s=a.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),c=!o.length&&!s.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,c),c)return f;let l=[...o,...s].slice(0,this.config?.limit??k),u=o.length-l.filter(e=>e.status===`pending`).length;return this.card(e`${r}
        ${l.length?f:e`<p class="quiet">${i(`inbox.empty`)}</p>`}
        <div>
          ${n(l,e=>e.id,n=>e`<homelab-steward-request compact .ctx=${t} .request=${n}></homelab-steward-request>`)}
        </div>
        ${u>0?e`<p><a href="${t.base}/inbox">${i(`inbox.more`,{count:u})}</a></p>`:f}`,this.config?.title??i(`nav.inbox`))}};A=l([m(`homelab-steward-inbox-card`)],A);var j=3,M=class extends w{static{this.styles=[...w.styles,v`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(t,n){let{t:r,base:i}=t,o=this.feed.rows(`instance`),s=this.config?.instance?this.feed.row(`instance`,this.config.instance):o[0];if(!s)return this.card(e`<p class="quiet">${r(o.length?`service.gone`:`services.empty`)}</p>`);let c=this.feed.rows(`incident`),l=y(s.id,c),u=S(s,c),d=x(s,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(e`<a class="head" href="${i}/service/${encodeURIComponent(s.id)}">
          <ha-icon .icon=${d}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||s.name}</span>
            <span class="row small quiet ${_[u]}"><span class="dot"></span>${r(`health.${u}`)}</span>
          </span>
        </a>
        ${n}
        ${s.expected_off??s.error?e`<p class="small quiet">${s.expected_off??s.error}</p>`:f}
        ${l.slice(0,j).map(t=>e`<p class="row">${a(t.severity,r)}<a href="${i}/incident/${t.id}">${t.title}</a></p>`)}
        ${l.length>j?e`<p class="small"><a href="${i}/incidents">${r(`incidents.count`,{count:l.length})}</a></p>`:f}`,``)}};M=l([m(`homelab-steward-service-card`)],M);function N(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=b(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function P(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function F(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var I=class extends HTMLElement{static async generate(e,t){let[{rows:n}]=await Promise.all([P(t),d(t.language)]),i=r(t.language),a=Object.values(n.catalogue??{})[0],o=await F(t),s=a?.categories.map(e=>({...e,name:o[e.name]??e.name}));return N(Object.values(n.instance??{}),a&&s?{...a,categories:s}:a,i(`title`),i(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,I);var L=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,R=window,z=document.documentElement.lang||navigator.language;d(z).then(()=>{let e=r(z);R.customCards=[...R.customCards??[],...[`inbox`,`service`].map(t=>({type:`homelab-steward-${t}-card`,name:e(`card.${t}`),description:e(`card.${t}_text`),preview:!0,documentationURL:L}))],R.customStrategies=[...R.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:e(`title`),description:e(`card.dashboard_text`),documentationURL:L}]});