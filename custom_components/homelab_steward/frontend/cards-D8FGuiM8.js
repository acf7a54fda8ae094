import{$ as e,C as t,E as n,H as r,J as i,K as a,S as o,T as s,V as c,X as l,Y as u,Z as d,_t as f,at as p,ct as m,ft as h,gt as g,ht as _,mt as v,pt as y,ut as b,vt as x,x as S}from"./shared-ecpPzQbY.js";var C=6e4,w=class extends _{static{this.styles=[e]}constructor(e){super(),this.now=Date.now(),this.feed=new b(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),C),this.addEventListener(`click`,m)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,m)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return d(this.hass?.language??`en`)}render(){let{t:e}=this,t=this.feed.state;if(!this.config||!this.hass)return g;if(!u(this.hass.language))return l(this.hass.language).then(()=>this.requestUpdate()),g;if(this.feed.error)return this.card(f`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!t)return this.card(f`<p class="quiet">${e(`state.loading`)}</p>`);if(!t.viewer)return this.card(f`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(t.viewer.access===`none`)return this.card(f`<p class="quiet">${e(`state.unknown`)}</p>`);let n=a(this.hass,this.feed,t.viewer,this.now),r=t.connected?g:f`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(n,r)}card(e,t=this.config?.title??``){return f`<ha-card class="card">
      <div class="content">${t?f`<h2 class="title">${t}</h2>`:g}${e}</div>
    </ha-card>`}};i([y({attribute:!1})],w.prototype,`hass`,void 0),i([h()],w.prototype,`config`,void 0),i([h()],w.prototype,`now`,void 0);var T=20,E=class extends _{static{this.styles=[e,x`
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
    `]}setConfig(e){this.config=e}async scheduleUpdate(){await l(this.hass?.language??`en`),await super.scheduleUpdate()}get t(){return d(this.hass?.language??`en`)}renderTitle(){return f`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};i([y({attribute:!1})],E.prototype,`hass`,void 0),i([h()],E.prototype,`config`,void 0);var D=class extends E{render(){let{t:e}=this;return f`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${T} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,T):``)}};D=i([v(`homelab-steward-inbox-card-editor`)],D);var O=class extends E{constructor(...e){super(...e),this.feed=new b(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return f`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>f`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};O=i([v(`homelab-steward-service-card-editor`)],O);var k=3,A=class extends w{static{this.styles=[...w.styles,x`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:k}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n}=e,i=this.feed.rows(`approval`),a=c(i.filter(e=>e.status===`pending`),e.now);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),s=!a.length&&!o.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,s),s)return g;let l=[...a,...o].slice(0,this.config?.limit??k),u=a.length-l.filter(e=>e.status===`pending`).length;return this.card(f`${t}
        ${l.length?g:f`<p class="quiet">${n(`inbox.empty`)}</p>`}
        <div>
          ${r(l,e=>e.id,t=>f`<homelab-steward-request compact .ctx=${e} .request=${t}></homelab-steward-request>`)}
        </div>
        ${u>0?f`<p><a href="${e.base}/inbox">${n(`inbox.more`,{count:u})}</a></p>`:g}`,this.config?.title??n(`nav.inbox`))}};A=i([v(`homelab-steward-inbox-card`)],A);var j=3,M=class extends w{static{this.styles=[...w.styles,x`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,r){let{t:i,base:a}=e,o=this.feed.rows(`instance`),c=this.config?.instance?this.feed.row(`instance`,this.config.instance):o[0];if(!c)return this.card(f`<p class="quiet">${i(o.length?`service.gone`:`services.empty`)}</p>`);let l=this.feed.rows(`incident`),u=s(c.id,l),d=t(c,l),m=n(c,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(f`<a class="head" href="${a}/service/${encodeURIComponent(c.id)}">
          <ha-icon .icon=${m}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||c.name}</span>
            <span class="row small quiet ${S[d]}"><span class="dot"></span>${i(`health.${d}`)}</span>
          </span>
        </a>
        ${r}
        ${c.expected_off??c.error?f`<p class="small quiet">${c.expected_off??c.error}</p>`:g}
        ${u.slice(0,j).map(e=>f`<p class="row">${p(e.severity,i)}<a href="${a}/incident/${e.id}">${e.title}</a></p>`)}
        ${u.length>j?f`<p class="small"><a href="${a}/incidents">${i(`incidents.count`,{count:u.length})}</a></p>`:g}`,``)}};M=i([v(`homelab-steward-service-card`)],M);function N(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=o(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function P(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function F(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var I=class extends HTMLElement{static async generate(e,t){let[{rows:n}]=await Promise.all([P(t),l(t.language)]),r=d(t.language),i=Object.values(n.catalogue??{})[0],a=await F(t),o=i?.categories.map(e=>({...e,name:a[e.name]??e.name}));return N(Object.values(n.instance??{}),i&&o?{...i,categories:o}:i,r(`title`),r(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,I);var L=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,R=window,z=document.documentElement.lang||navigator.language;l(z).then(()=>{let e=d(z);R.customCards=[...R.customCards??[],...[`inbox`,`service`].map(t=>({type:`homelab-steward-${t}-card`,name:e(`card.${t}`),description:e(`card.${t}_text`),preview:!0,documentationURL:L}))],R.customStrategies=[...R.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:e(`title`),description:e(`card.dashboard_text`),documentationURL:L}]});