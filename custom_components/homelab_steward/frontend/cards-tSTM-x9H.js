import{A as e,B as t,F as n,H as r,L as i,Q as a,R as o,X as s,_ as c,at as l,et as u,f as d,g as f,it as p,j as m,m as h,nt as g,ot as _,p as v,q as y,rt as b,tt as x,z as S}from"./shared-COQCZFd_.js";var C=6e4,w=class extends b{static{this.styles=[r]}constructor(e){super(),this.now=Date.now(),this.feed=new a(this,e)}setConfig(e){this.config=e}getCardSize(){return 3}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),C),this.addEventListener(`click`,s)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,s)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language}get t(){return t(this.hass?.language??`en`)}render(){let{t:e}=this,t=this.feed.state;if(!this.config||!this.hass)return p;if(!o(this.hass.language))return S(this.hass.language).then(()=>this.requestUpdate()),p;if(this.feed.error)return this.card(l`<p class="quiet" role="alert">${this.feed.error}</p>`);if(!t)return this.card(l`<p class="quiet">${e(`state.loading`)}</p>`);if(!t.viewer)return this.card(l`<p class="quiet">${e(`state.not_loaded`)}</p>`);if(t.viewer.access===`none`)return this.card(l`<p class="quiet">${e(`state.unknown`)}</p>`);let r=n(this.hass,this.feed,t.viewer,this.now),i=t.connected?p:l`<p class="small quiet" role="status">${e(`state.away`)}</p>`;return this.renderCard(r,i)}card(e,t=this.config?.title??``){return l`<ha-card class="card">
      <div class="content">${t?l`<h2 class="title">${t}</h2>`:p}${e}</div>
    </ha-card>`}};i([x({attribute:!1})],w.prototype,`hass`,void 0),i([u()],w.prototype,`config`,void 0),i([u()],w.prototype,`now`,void 0);var T=20,E=class extends b{static{this.styles=[r,_`
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
    `]}setConfig(e){this.config=e}async scheduleUpdate(){await S(this.hass?.language??`en`),await super.scheduleUpdate()}get t(){return t(this.hass?.language??`en`)}renderTitle(){return l`<label>${this.t(`editor.title`)}
      <input .value=${this.config?.title??``} maxlength="100" @input=${e=>this.change(`title`,e.target.value)} />
    </label>`}change(e,t){if(!this.config)return;let n={...this.config,[e]:t};(t===``||t===!1)&&delete n[e],this.config=n,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:n},bubbles:!0,composed:!0}))}};i([x({attribute:!1})],E.prototype,`hass`,void 0),i([u()],E.prototype,`config`,void 0);var D=class extends E{render(){let{t:e}=this;return l`<form @submit=${e=>e.preventDefault()}>
      ${this.renderTitle()}
      <label>${e(`editor.limit`)}
        <input type="number" min="1" max=${T} .value=${String(this.config?.limit??``)} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty??!1} @change=${e=>this.change(`hide_empty`,e.target.checked)} />
        ${e(`editor.hide_empty`)}
      </label>
    </form>`}limit(e){let t=Math.trunc(Number(e.target.value));this.change(`limit`,t>=1?Math.min(t,T):``)}};D=i([g(`homelab-steward-inbox-card-editor`)],D);var O=class extends E{constructor(...e){super(...e),this.feed=new a(this,[`instance`])}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass)}render(){let{t:e}=this,t=this.feed.rows(`instance`).sort((e,t)=>e.name.localeCompare(t.name)),n=this.config?.instance??``;return l`<form @submit=${e=>e.preventDefault()}>
      <label>${e(`editor.instance`)}
        <select @change=${e=>this.change(`instance`,e.target.value)}>
          <option value="" ?selected=${!n}>${e(`editor.first`)}</option>
          ${t.map(e=>l`<option value=${e.id} ?selected=${e.id===n}>${e.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`}};O=i([g(`homelab-steward-service-card-editor`)],O);var k=3,A=class extends w{static{this.styles=[...w.styles,_`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `]}static getConfigElement(){return document.createElement(`homelab-steward-inbox-card-editor`)}static getStubConfig(){return{limit:k}}constructor(){super([`approval`,`statistics`,`catalogue`]),this.seen=new Set}getGridOptions(){return{columns:12,min_columns:6,rows:`auto`}}renderCard(t,n){let{t:r}=t,i=this.feed.rows(`approval`),a=e(i.filter(e=>e.status===`pending`),t.now);for(let e of a)this.seen.add(e.id);let o=i.filter(e=>e.status!==`pending`&&this.seen.has(e.id)),s=!a.length&&!o.length&&!!this.config?.hide_empty;if(this.toggleAttribute(`hidden`,s),s)return p;let c=[...a,...o].slice(0,this.config?.limit??k),u=a.length-c.filter(e=>e.status===`pending`).length;return this.card(l`${n}
        ${c.length?p:l`<p class="quiet">${r(`inbox.empty`)}</p>`}
        <div>
          ${m(c,e=>e.id,e=>l`<homelab-steward-request compact .ctx=${t} .request=${e}></homelab-steward-request>`)}
        </div>
        ${u>0?l`<p><a href="${t.base}/inbox">${r(`inbox.more`,{count:u})}</a></p>`:p}`,this.config?.title??r(`nav.inbox`))}};A=i([g(`homelab-steward-inbox-card`)],A);var j=3,M=class extends w{static{this.styles=[...w.styles,_`
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
    `]}static getConfigElement(){return document.createElement(`homelab-steward-service-card-editor`)}static getStubConfig(){return{}}constructor(){super([`instance`,`incident`,`catalogue`])}getGridOptions(){return{columns:6,min_columns:6,rows:`auto`}}renderCard(e,t){let{t:n,base:r}=e,i=this.feed.rows(`instance`),a=this.config?.instance?this.feed.row(`instance`,this.config.instance):i[0];if(!a)return this.card(l`<p class="quiet">${n(i.length?`service.gone`:`services.empty`)}</p>`);let o=this.feed.rows(`incident`),s=f(a.id,o),u=h(a,o),m=c(a,this.feed.rows(`catalogue`)[0])?.icon??`mdi:server`;return this.card(l`<a class="head" href="${r}/service/${encodeURIComponent(a.id)}">
          <ha-icon .icon=${m}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title||a.name}</span>
            <span class="row small quiet ${d[u]}"><span class="dot"></span>${n(`health.${u}`)}</span>
          </span>
        </a>
        ${t}
        ${a.expected_off??a.error?l`<p class="small quiet">${a.expected_off??a.error}</p>`:p}
        ${s.slice(0,j).map(e=>l`<p class="row">${y(e.severity,n)}<a href="${r}/incident/${e.id}">${e.title}</a></p>`)}
        ${s.length>j?l`<p class="small"><a href="${r}/incidents">${n(`incidents.count`,{count:s.length})}</a></p>`:p}`,``)}};M=i([g(`homelab-steward-service-card`)],M);function N(e,t,n,r){let i=(e,t)=>({type:`heading`,heading:e,...t?{icon:t}:{}}),a=v(e,t).map(e=>({type:`grid`,cards:[i(e.name,e.icon),...e.instances.map(e=>({type:`custom:homelab-steward-service-card`,instance:e.id}))]}));return{title:n,views:[{title:n,path:`homelab`,type:`sections`,sections:[{type:`grid`,cards:[i(r,`mdi:inbox`),{type:`custom:homelab-steward-inbox-card`,title:``}]},...a]}]}}async function P(e){let t;try{return await new Promise((n,r)=>{e.connection.subscribeMessage(e=>{e.kind===`state`&&n(e)},{type:`homelab_steward/subscribe`,kinds:[`instance`,`catalogue`]}).then(e=>t=e,r)})}finally{await Promise.resolve(),await t?.()}}async function F(e){try{let t={type:`homelab_steward/names`,language:e.language};return(await e.connection.sendMessagePromise(t)).names}catch{return{}}}var I=class extends HTMLElement{static async generate(e,n){let[{rows:r}]=await Promise.all([P(n),S(n.language)]),i=t(n.language),a=Object.values(r.catalogue??{})[0],o=await F(n),s=a?.categories.map(e=>({...e,name:o[e.name]??e.name}));return N(Object.values(r.instance??{}),a&&s?{...a,categories:s}:a,i(`title`),i(`nav.inbox`))}};customElements.define(`ll-strategy-dashboard-homelab-steward`,I);var L=`https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md`,R=window,z=document.documentElement.lang||navigator.language;S(z).then(()=>{let e=t(z);R.customCards=[...R.customCards??[],...[`inbox`,`service`].map(t=>({type:`homelab-steward-${t}-card`,name:e(`card.${t}`),description:e(`card.${t}_text`),preview:!0,documentationURL:L}))],R.customStrategies=[...R.customStrategies??[],{type:`homelab-steward`,strategyType:`dashboard`,name:e(`title`),description:e(`card.dashboard_text`),documentationURL:L}]});