import{$ as e,A as t,I as n,K as r,L as i,P as a,Q as o,R as s,V as c,X as l,Y as u,_ as d,et as f,f as p,g as m,it as h,k as g,m as _,nt as v,p as y,rt as b,tt as x,z as S}from"./shared-XOvvEVcW.js";var C=6e4,w=class extends x{static{this.styles=[c]}constructor(e){super(),this.now=Date.now(),this.feed=new l(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),C),this.addEventListener(`click`,u)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,u)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return S(this.hass?.language??`en`)}render(){let{t:e}=this,t=this.feed.state;if(!this.config||!this.hass)return v;if(!i(this.hass.language))return s(this.hass.language).then(()=>this.requestUpdate()),v;if(this.feed.error)return this.card(b`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!t)return this.card(b`<p class="quiet">${e(`state.loading`)}</p>`);if(!t.viewer)return this.card(b`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(t.viewer.access===`none`)return this.card(b`<p class="quiet">${e(`state.unknown`)}</p>`);let n=a(this.hass,this.feed,t.viewer,this.now),r=t.connected?v:b`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(n,r)}card(e,t=this.config?.title??``){return b`<ha-card class="card">
      <div class="content">${t?b`<h2 class="title">${t}</h2>`:v}${e}</div>
    </ha-card>`}};n([e({attribute:!1})],w.prototype,`hass`,void 0),n([o()],w.prototype,`config`,void 0),n([o()],w.prototype,`now`,void 0);var T=20,E=class extends x{static{this.styles=[c,h`
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
    `]}setConfig(e){this.config=e}async scheduleUpdate(){await s(this.hass?.language??`en`),await super.scheduleUpdate()}get t(){return S(this.hass?.language??`en`)}renderTitle(){return b`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};n([e({attribute:!1})],E.prototype,`hass`,void 0),n([o()],E.prototype,`config`,void 0);var D=class extends E{render(){let{t:e}=this;return b`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${T} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,T):``)}};D=n([f(`homelab-steward-inbox-card-editor`)],D);var O=class extends E{constructor(...e){super(...e),this.feed=new l(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return b`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>b`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};O=n([f(`homelab-steward-service-card-editor`)],O);var k=3,A=class extends w{static{this.styles=[...w.styles,h`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:k}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(e,n){let{t:r}=e,i=this.feed.rows(`approval`),a=g(i.filter(e=>e.status===`pending`),e.now);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),s=!a.length&&!o.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,s),s)return v;let c=[...a,...o].slice(0,this.config?.limit??k),l=a.length-c.filter(e=>e.status===`pending`).length;return this.card(b`${n}
        ${c.length?v:b`<p class="quiet">${r(`inbox.empty`)}</p>`}
        <div>
          ${t(c,e=>e.id,t=>b`<homelab-steward-request compact .ctx=${e} .request=${t}></homelab-steward-request>`)}
        </div>
        ${l>0?b`<p><a href="${e.base}/inbox">${r(`inbox.more`,{count:l})}</a></p>`:v}`,this.config?.title??r(`nav.inbox`))}};A=n([f(`homelab-steward-inbox-card`)],A);var j=3,M=class extends w{static{this.styles=[...w.styles,h`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n,base:i}=e,a=this.feed.rows(`instance`),o=this.config?.instance?this.feed.row(`instance`,this.config.instance):a[0];if(!o)return this.card(b`<p class="quiet">${n(a.length?`service.gone`:`services.empty`)}</p>`);let s=this.feed.rows(`incident`),c=m(o.id,s),l=_(o,s),u=d(o,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(b`<a class="head" href="${i}/service/${encodeURIComponent(o.id)}">
          <ha-icon .icon=${u}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||o.name}</span>
            <span class="row small quiet ${p[l]}"><span class="dot"></span>${n(`health.${l}`)}</span>
          </span>
        </a>
        ${t}
        ${o.expected_off??o.error?b`<p class="small quiet">${o.expected_off??o.error}</p>`:v}
        ${c.slice(0,j).map(e=>b`<p class="row">${r(e.severity,n)}<a href="${i}/incident/${e.id}">${e.title}</a></p>`)}
        ${c.length>j?b`<p class="small"><a href="${i}/incidents">${n(`incidents.count`,{count:c.length})}</a></p>`:v}`,``)}};M=n([f(`homelab-steward-service-card`)],M);function N(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=y(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function P(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function F(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var I=class extends HTMLElement{static async generate(e,t){let[{rows:n}]=await Promise.all([P(t),s(t.language)]),r=S(t.language),i=Object.values(n.catalogue??{})[0],a=await F(t),o=i?.categories.map(e=>({...e,name:a[e.name]??e.name}));return N(Object.values(n.instance??{}),i&&o?{...i,categories:o}:i,r(`title`),r(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,I);var L=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,R=window,z=document.documentElement.lang||navigator.language;s(z).then(()=>{let e=S(z);R.customCards=[...R.customCards??[],...[`inbox`,`service`].map(t=>({type:`homelab-steward-${t}-card`,name:e(`card.${t}`),description:e(`card.${t}_text`),preview:!0,documentationURL:L}))],R.customStrategies=[...R.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:e(`title`),description:e(`card.dashboard_text`),documentationURL:L}]});