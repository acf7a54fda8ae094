import{B as e,D as t,E as n,G as r,H as i,I as a,K as o,N as s,O as c,R as l,U as u,V as d,W as f,a as p,b as m,n as h,o as g,r as _,t as v,w as y,y as b}from"./topology-jAhzykW0.js";var x=6e4,S=class extends u{static{this.styles=[c]}constructor(e){super(),this.now=Date.now(),this.feed=new l(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),x),this.addEventListener(`click`,a)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,a)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return t(this.hass?.language??`en`)}render(){let{t:e}=this,t=this.feed.state;if(!this.config||!this.hass)return f;if(this.feed.error)return this.card(r`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!t)return this.card(r`<p class="quiet">${e(`state.loading`)}</p>`);if(!t.viewer)return this.card(r`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(t.viewer.access===`none`)return this.card(r`<p class="quiet">${e(`state.unknown`)}</p>`);let n=y(this.hass,this.feed,t.viewer,this.now),i=t.connected?f:r`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(n,i)}card(e,t=this.config?.title??``){return r`<ha-card class="card">
      <div class="content">${t?r`<h2 class="title">${t}</h2>`:f}${e}</div>
    </ha-card>`}};n([d({attribute:!1})],S.prototype,`hass`,void 0),n([e()],S.prototype,`config`,void 0),n([e()],S.prototype,`now`,void 0);var C=20,w=class extends u{static{this.styles=[c,o`
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
    `]}setConfig(e){this.config=e}get t(){return t(this.hass?.language??`en`)}renderTitle(){return r`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};n([d({attribute:!1})],w.prototype,`hass`,void 0),n([e()],w.prototype,`config`,void 0);var T=class extends w{render(){let{t:e}=this;return r`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${C} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,C):``)}};T=n([i(`homelab-steward-inbox-card-editor`)],T);var E=class extends w{constructor(...e){super(...e),this.feed=new l(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return r`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>r`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};E=n([i(`homelab-steward-service-card-editor`)],E);var D=3,O=class extends S{static{this.styles=[...S.styles,o`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:D}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n}=e,i=this.feed.rows(`approval`),a=b(i.filter(e=>e.status===`pending`),e.now);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),s=!a.length&&!o.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,s),s)return f;let c=[...a,...o].slice(0,this.config?.limit??D),l=a.length-c.filter(e=>e.status===`pending`).length;return this.card(r`${t}
        ${c.length?f:r`<p class="quiet">${n(`inbox.empty`)}</p>`}
        <div>
          ${m(c,e=>e.id,t=>r`<homelab-steward-request compact .ctx=${e} .request=${t}></homelab-steward-request>`)}
        </div>
        ${l>0?r`<p><a href="${e.base}/inbox">${n(`inbox.more`,{count:l})}</a></p>`:f}`,this.config?.title??n(`nav.inbox`))}};O=n([i(`homelab-steward-inbox-card`)],O);var k=3,A=class extends S{static{this.styles=[...S.styles,o`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n,base:i}=e,a=this.feed.rows(`instance`),o=this.config?.instance?this.feed.row(`instance`,this.config.instance):a[0];if(!o)return this.card(r`<p class="quiet">${n(a.length?`service.gone`:`services.empty`)}</p>`);let c=this.feed.rows(`incident`),l=p(o.id,c),u=_(o,c),d=g(o,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(r`<a class="head" href="${i}/service/${encodeURIComponent(o.id)}">
          <ha-icon .icon=${d}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||o.name}</span>
            <span class="row small quiet ${v[u]}"><span class="dot"></span>${n(`health.${u}`)}</span>
          </span>
        </a>
        ${t}
        ${o.expected_off??o.error?r`<p class="small quiet">${o.expected_off??o.error}</p>`:f}
        ${l.slice(0,k).map(e=>r`<p class="row">${s(e.severity,n)}<a href="${i}/incident/${e.id}">${e.title}</a></p>`)}
        ${l.length>k?r`<p class="small"><a href="${i}/incidents">${n(`incidents.count`,{count:l.length})}</a></p>`:f}`,``)}};A=n([i(`homelab-steward-service-card`)],A);function j(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=h(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function M(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function N(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var P=class extends HTMLElement{static async generate(e,n){let r=t(n.language),{rows:i}=await M(n),a=Object.values(i.catalogue??{})[0],o=await N(n),s=a?.categories.map(e=>({...e,name:o[e.name]??e.name}));return j(Object.values(i.instance??{}),a&&s?{...a,categories:s}:a,r(`title`),r(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,P);var F=t(document.documentElement.lang||navigator.language),I=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,L=window;L.customCards=[...L.customCards??[],...[`inbox`,`service`].map(e=>({type:`homelab-steward-${e}-card`,name:F(`card.${e}`),description:F(`card.${e}_text`),preview:!0,documentationURL:I}))],L.customStrategies=[...L.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:F(`title`),description:F(`card.dashboard_text`),documentationURL:I}];