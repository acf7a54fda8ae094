import{C as e,G as t,H as n,K as r,L as i,R as a,W as o,Y as s,at as c,b as l,ct as u,dt as d,et as f,ft as p,lt as m,pt as h,q as g,rt as _,st as v,ut as y,w as b,x,y as S}from"./shared-nRrs-VXQ.js";var C=6e4,w=class extends y{static{this.styles=[s]}constructor(e){super(),this.now=Date.now(),this.feed=new c(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),C),this.addEventListener(`click`,_)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,_)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return g(this.hass?.language??`en`)}render(){let{t:e}=this,i=this.feed.state;if(!this.config||!this.hass)return d;if(!t(this.hass.language))return r(this.hass.language).then(()=>this.requestUpdate()),d;if(this.feed.error)return this.card(p`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!i)return this.card(p`<p class="quiet">${e(`state.loading`)}</p>`);if(!i.viewer)return this.card(p`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(i.viewer.access===`none`)return this.card(p`<p class="quiet">${e(`state.unknown`)}</p>`);let a=n(this.hass,this.feed,i.viewer,this.now),o=i.connected?d:p`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(a,o)}card(e,t=this.config?.title??``){return p`<ha-card class="card">
      <div class="content">${t?p`<h2 class="title">${t}</h2>`:d}${e}</div>
    </ha-card>`}};o([u({attribute:!1})],w.prototype,`hass`,void 0),o([v()],w.prototype,`config`,void 0),o([v()],w.prototype,`now`,void 0);var T=20,E=class extends y{static{this.styles=[s,h`
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
    `]}setConfig(e){this.config=e}async scheduleUpdate(){await r(this.hass?.language??`en`),await super.scheduleUpdate()}get t(){return g(this.hass?.language??`en`)}renderTitle(){return p`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};o([u({attribute:!1})],E.prototype,`hass`,void 0),o([v()],E.prototype,`config`,void 0);var D=class extends E{render(){let{t:e}=this;return p`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${T} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,T):``)}};D=o([m(`homelab-steward-inbox-card-editor`)],D);var O=class extends E{constructor(...e){super(...e),this.feed=new c(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return p`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>p`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};O=o([m(`homelab-steward-service-card-editor`)],O);var k=3,A=class extends w{static{this.styles=[...w.styles,h`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:k}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n}=e,r=this.feed.rows(`approval`),o=i(r.filter(e=>e.status===`pending`),e.now);for(let e of o)this.seen.add(e.id);let s=r.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),c=!o.length&&!s.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,c),c)return d;let l=[...o,...s].slice(0,this.config?.limit??k),u=o.length-l.filter(e=>e.status===`pending`).length;return this.card(p`${t}
        ${l.length?d:p`<p class="quiet">${n(`inbox.empty`)}</p>`}
        <div>
          ${a(l,e=>e.id,t=>p`<homelab-steward-request compact .ctx=${e} .request=${t}></homelab-steward-request>`)}
        </div>
        ${u>0?p`<p><a href="${e.base}/inbox">${n(`inbox.more`,{count:u})}</a></p>`:d}`,this.config?.title??n(`nav.inbox`))}};A=o([m(`homelab-steward-inbox-card`)],A);var j=3,M=class extends w{static{this.styles=[...w.styles,h`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(t,n){let{t:r,base:i}=t,a=this.feed.rows(`instance`),o=this.config?.instance?this.feed.row(`instance`,this.config.instance):a[0];if(!o)return this.card(p`<p class="quiet">${r(a.length?`service.gone`:`services.empty`)}</p>`);let s=this.feed.rows(`incident`),c=e(o.id,s),l=x(o,s),u=b(o,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(p`<a class="head" href="${i}/service/${encodeURIComponent(o.id)}">
          <ha-icon .icon=${u}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||o.name}</span>
            <span class="row small quiet ${S[l]}"><span class="dot"></span>${r(`health.${l}`)}</span>
          </span>
        </a>
        ${n}
        ${o.expected_off??o.error?p`<p class="small quiet">${o.expected_off??o.error}</p>`:d}
        ${c.slice(0,j).map(e=>p`<p class="row">${f(e.severity,r)}<a href="${i}/incident/${e.id}">${e.title}</a></p>`)}
        ${c.length>j?p`<p class="small"><a href="${i}/incidents">${r(`incidents.count`,{count:c.length})}</a></p>`:d}`,``)}};M=o([m(`homelab-steward-service-card`)],M);function N(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=l(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function P(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function F(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var I=class extends HTMLElement{static async generate(e,t){let[{rows:n}]=await Promise.all([P(t),r(t.language)]),i=g(t.language),a=Object.values(n.catalogue??{})[0],o=await F(t),s=a?.categories.map(e=>({...e,name:o[e.name]??e.name}));return N(Object.values(n.instance??{}),a&&s?{...a,categories:s}:a,i(`title`),i(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,I);var L=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,R=window,z=document.documentElement.lang||navigator.language;r(z).then(()=>{let e=g(z);R.customCards=[...R.customCards??[],...[`inbox`,`service`].map(t=>({type:`homelab-steward-${t}-card`,name:e(`card.${t}`),description:e(`card.${t}_text`),preview:!0,documentationURL:L}))],R.customStrategies=[...R.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:e(`title`),description:e(`card.dashboard_text`),documentationURL:L}]});