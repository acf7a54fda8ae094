import{D as e,G as t,H as n,K as r,L as i,O as a,P as o,T as s,U as c,V as l,W as u,a as d,b as f,k as p,n as m,o as h,q as g,r as _,t as v,x as y,z as b}from"./topology-Brtsxikk.js";var x=6e4,S=class extends u{static{this.styles=[p]}constructor(e){super(),this.now=Date.now(),this.feed=new b(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),x),this.addEventListener(`click`,i)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,i)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return a(this.hass?.language??`en`)}render(){let{t:e}=this,n=this.feed.state;if(!this.config||!this.hass)return t;if(this.feed.error)return this.card(r`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!n)return this.card(r`<p class="quiet">${e(`state.loading`)}</p>`);if(!n.viewer)return this.card(r`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(n.viewer.access===`none`)return this.card(r`<p class="quiet">${e(`state.unknown`)}</p>`);let i=s(this.hass,this.feed,n.viewer,this.now),a=n.connected?t:r`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(i,a)}card(e,n=this.config?.title??``){return r`<ha-card class="card">
      <div class="content">${n?r`<h2 class="title">${n}</h2>`:t}${e}</div>
    </ha-card>`}};e([n({attribute:!1})],S.prototype,`hass`,void 0),e([l()],S.prototype,`config`,void 0),e([l()],S.prototype,`now`,void 0);var C=20,w=class extends u{static{this.styles=[p,g`
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
    `]}setConfig(e){this.config=e}get t(){return a(this.hass?.language??`en`)}renderTitle(){return r`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};e([n({attribute:!1})],w.prototype,`hass`,void 0),e([l()],w.prototype,`config`,void 0);var T=class extends w{render(){let{t:e}=this;return r`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${C} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,C):``)}};T=e([c(`homelab-steward-inbox-card-editor`)],T);var E=class extends w{constructor(...e){super(...e),this.feed=new b(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return r`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>r`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};E=e([c(`homelab-steward-service-card-editor`)],E);var D=3,O=class extends S{static{this.styles=[...S.styles,g`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:D}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(e,n){let{t:i}=e,a=this.feed.rows(`approval`),o=f(a.filter(e=>e.status===`pending`),e.now);for(let e of o)this.seen.add(e.id);let s=a.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),c=!o.length&&!s.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,c),c)return t;let l=[...o,...s].slice(0,this.config?.limit??D),u=o.length-l.filter(e=>e.status===`pending`).length;return this.card(r`${n}
        ${l.length?t:r`<p class="quiet">${i(`inbox.empty`)}</p>`}
        <div>
          ${y(l,e=>e.id,t=>r`<homelab-steward-request compact .ctx=${e} .request=${t}></homelab-steward-request>`)}
        </div>
        ${u>0?r`<p><a href="${e.base}/inbox">${i(`inbox.more`,{count:u})}</a></p>`:t}`,this.config?.title??i(`nav.inbox`))}};O=e([c(`homelab-steward-inbox-card`)],O);var k=3,A=class extends S{static{this.styles=[...S.styles,g`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,n){let{t:i,base:a}=e,s=this.feed.rows(`instance`),c=this.config?.instance?this.feed.row(`instance`,this.config.instance):s[0];if(!c)return this.card(r`<p class="quiet">${i(s.length?`service.gone`:`services.empty`)}</p>`);let l=this.feed.rows(`incident`),u=d(c.id,l),f=_(c,l),p=h(c,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(r`<a class="head" href="${a}/service/${encodeURIComponent(c.id)}">
          <ha-icon .icon=${p}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||c.name}</span>
            <span class="row small quiet ${v[f]}"><span class="dot"></span>${i(`health.${f}`)}</span>
          </span>
        </a>
        ${n}
        ${c.expected_off??c.error?r`<p class="small quiet">${c.expected_off??c.error}</p>`:t}
        ${u.slice(0,k).map(e=>r`<p class="row">${o(e.severity,i)}<a href="${a}/incident/${e.id}">${e.title}</a></p>`)}
        ${u.length>k?r`<p class="small"><a href="${a}/incidents">${i(`incidents.count`,{count:u.length})}</a></p>`:t}`,``)}};A=e([c(`homelab-steward-service-card`)],A);function j(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=m(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function M(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function N(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var P=class extends HTMLElement{static async generate(e,t){let n=a(t.language),{rows:r}=await M(t),i=Object.values(r.catalogue??{})[0],o=await N(t),s=i?.categories.map(e=>({...e,name:o[e.name]??e.name}));return j(Object.values(r.instance??{}),i&&s?{...i,categories:s}:i,n(`title`),n(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,P);var F=a(document.documentElement.lang||navigator.language),I=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,L=window;L.customCards=[...L.customCards??[],...[`inbox`,`service`].map(e=>({type:`homelab-steward-${e}-card`,name:F(`card.${e}`),description:F(`card.${e}_text`),preview:!0,documentationURL:I}))],L.customStrategies=[...L.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:F(`title`),description:F(`card.dashboard_text`),documentationURL:I}];