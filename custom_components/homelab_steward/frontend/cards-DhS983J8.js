import{B as e,D as t,E as n,G as r,H as i,I as a,K as o,N as s,O as c,R as l,U as u,V as d,W as f,a as p,b as m,n as h,o as g,r as _,t as v,v as y,w as b,y as x}from"./topology-p2T-Rg3z.js";var S=6e4,C=class extends u{static{this.styles=[c]}constructor(e){super(),this.now=Date.now(),this.feed=new l(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),S),this.addEventListener(`click`,a)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,a)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return t(this.hass?.language??`en`)}render(){let{t:e}=this,t=this.feed.state;if(!this.config||!this.hass)return f;if(this.feed.error)return this.card(r`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!t)return this.card(r`<p class="quiet">${e(`state.loading`)}</p>`);if(!t.viewer)return this.card(r`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(t.viewer.access===`none`)return this.card(r`<p class="quiet">${e(`state.unknown`)}</p>`);let n=b(this.hass,this.feed,t.viewer,this.now),i=t.connected?f:r`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(n,i)}card(e,t=this.config?.title??``){return r`<ha-card class="card">
      <div class="content">${t?r`<h2 class="title">${t}</h2>`:f}${e}</div>
    </ha-card>`}};n([d({attribute:!1})],C.prototype,`hass`,void 0),n([e()],C.prototype,`config`,void 0),n([e()],C.prototype,`now`,void 0);var w=20,T=class extends u{static{this.styles=[c,o`
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
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};n([d({attribute:!1})],T.prototype,`hass`,void 0),n([e()],T.prototype,`config`,void 0);var E=class extends T{render(){let{t:e}=this;return r`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${w} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,w):``)}};E=n([i(`homelab-steward-inbox-card-editor`)],E);var D=class extends T{constructor(...e){super(...e),this.feed=new l(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return r`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>r`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};D=n([i(`homelab-steward-service-card-editor`)],D);var O=3,k=class extends C{static{this.styles=[...C.styles,o`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:O}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n}=e,i=this.feed.rows(`approval`),a=x(i.filter(e=>e.status===`pending`),e.now);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),s=!a.length&&!o.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,s),s)return f;let c=[...a,...o].slice(0,this.config?.limit??O),l=a.length-c.filter(e=>e.status===`pending`).length;return this.card(r`${t}
        ${c.length?f:r`<p class="quiet">${n(`inbox.empty`)}</p>`}
        <div>
          ${m(c,e=>e.id,t=>r`<homelab-steward-request compact .ctx=${e} .request=${t}></homelab-steward-request>`)}
        </div>
        ${l>0?r`<p><a href="${e.base}/inbox">${n(`inbox.more`,{count:l})}</a></p>`:f}`,this.config?.title??n(`nav.inbox`))}};k=n([i(`homelab-steward-inbox-card`)],k);var A=3,j=class extends C{static{this.styles=[...C.styles,o`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n,now:i,language:a,base:o}=e,c=this.feed.rows(`instance`),l=this.config?.instance?this.feed.row(`instance`,this.config.instance):c[0];if(!l)return this.card(r`<p class="quiet">${n(c.length?`service.gone`:`services.empty`)}</p>`);let u=this.feed.rows(`incident`),d=p(l.id,u),m=_(l,u),h=g(l,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(r`<a class="head" href="${o}/service/${encodeURIComponent(l.id)}">
          <ha-icon .icon=${h}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||l.name}</span>
            <span class="row small quiet ${v[m]}"><span class="dot"></span>${n(`health.${m}`)}${l.polled_at?r` · ${y(l.polled_at,i,a)}`:f}</span>
          </span>
        </a>
        ${t}
        ${l.expected_off??l.error?r`<p class="small quiet">${l.expected_off??l.error}</p>`:f}
        ${d.slice(0,A).map(e=>r`<p class="row">${s(e.severity,n)}<a href="${o}/incident/${e.id}">${e.title}</a></p>`)}
        ${d.length>A?r`<p class="small"><a href="${o}/incidents">${n(`incidents.count`,{count:d.length})}</a></p>`:f}`,``)}};j=n([i(`homelab-steward-service-card`)],j);function M(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=h(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function N(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}var P=class extends HTMLElement{static async generate(e,n){let r=t(n.language),{rows:i}=await N(n);return M(Object.values(i.instance??{}),Object.values(i.catalogue??{})[0],r(`title`),r(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,P);var F=t(document.documentElement.lang||navigator.language),I=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,L=window;L.customCards=[...L.customCards??[],...[`inbox`,`service`].map(e=>({type:`homelab-steward-${e}-card`,name:F(`card.${e}`),description:F(`card.${e}_text`),preview:!0,documentationURL:I}))],L.customStrategies=[...L.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:F(`title`),description:F(`card.dashboard_text`),documentationURL:I}];