import{$ as e,G as t,H as n,K as r,M as i,Q as a,U as o,bt as s,dt as c,ht as l,lt as u,mt as d,pt as f,qt as p}from"./shared-DnsAQMTU.js";var m=[1,2,4,8],h=class extends n{constructor(...e){super(...e),this.error=``,this.isBusy=!1}static{this.styles=[...n.styles,l`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
        flex-wrap: wrap;
      }
      .setting .grow {
        overflow-wrap: anywhere;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        padding-top: 8px;
      }
      input:not([type="checkbox"]),
      select {
        max-width: 100%;
      }
    `]}render(){return d`<div aria-live="polite">${this.error?d`<p role="alert">${this.error}</p>`:f}</div>
      ${this.renderFences()} ${this.renderElevation()}`}get mode(){return this.ctx.feed.rows(`mode`)[0]}get mayChange(){return this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderFences(){let{t:e}=this.ctx,t=this.mode?.fences??[];return d`<section class="card content">
      <h3 class="title">${e(`fences.title`)}</h3>
      <p class="small quiet">${e(`fences.text`)}</p>
      ${this.renderOffers()} ${t.map(e=>this.renderFence(e))}
      ${this.ctx.viewer.person?.role===`owner`?this.renderForm():f}
    </section>`}renderOffers(){let{t:e}=this.ctx,t=this.mode?.fence_offers??[];return!t.length||this.ctx.viewer.person?.role!==`owner`?f:d`<form @submit=${e=>this.answer(e)}>
      <p>${e(`fences.offer`)}</p>
      ${t.map(t=>d`<label><input type="checkbox" name="offer" value=${t.instance_id} /> ${t.name} (${e(`fences.role.${t.role}`)})</label>`)}
      <button class="primary" ?disabled=${!this.mayChange}>${e(`fences.answer`)}</button>
    </form>`}renderFence(e){let{t,feed:n}=this.ctx,r=e.instance?n.row(`instance`,e.instance)?.name??e.instance:``,i=e.role?t(`fences.role.${e.role}`):``,a=[e.service,r,e.kind,e.target,i].filter(Boolean).join(` · `),o=e.actions.length&&!e.actions.includes(`*`)?e.actions.join(`, `):t(`fences.everything`);return d`<div class="setting">
      <span class="grow"><span translate="no">${a}</span><br /><span class="small quiet">${o}${e.with_guests?d` · ${t(`fences.with_guests`)}`:f}${e.reason?d` · ${e.reason}`:f}</span>
        ${e.problem?d`<br /><span class="small" role="status">${e.problem}</span>`:f}</span>
      ${e.origin===`file`?d`<span class="small quiet">${t(`fences.file`)}</span>`:d`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_fence`,{fence_id:e.id})}>${t(`action.remove`)}</button>`}
    </div>`}renderForm(){let{t:e,feed:t}=this.ctx;return d`<form @submit=${e=>this.add(e)}>
      <select name="instance" aria-label=${e(`fences.service`)}>
        ${t.rows(`instance`).map(e=>d`<option value=${e.id}>${e.name}</option>`)}
      </select>
      <input name="target" maxlength="200" placeholder=${e(`fences.target`)} aria-label=${e(`fences.target`)} />
      <input name="reason" maxlength="200" placeholder=${e(`fences.reason`)} aria-label=${e(`fences.reason`)} />
      <label><input type="checkbox" name="with_guests" /> ${e(`fences.with_guests`)}</label>
      <button ?disabled=${!this.mayChange}>${e(`fences.add`)}</button>
    </form>`}renderElevation(){let{t:e,now:t,language:n,feed:r}=this.ctx,a=this.mode?.elevation??null,o=this.ctx.viewer.person?.role===`owner`,s=a!==null&&a.closed_at===null&&Date.parse(a.ends_at)>t;if(!o&&!s)return f;let c=a?r.row(`instance`,a.instance_id)?.name??a.category:``;return d`<section class="card content">
      <h3 class="title">${e(`elevation.title`)}</h3>
      <p class="small quiet">${e(`elevation.text`)}</p>
      ${s&&a?d`<div class="setting"><span class="grow">${e(`elevation.open`,{person:a.person_name,scope:c,when:i(a.ends_at,t,n)})}</span>
            <button ?disabled=${this.isBusy} @click=${()=>this.send(`elevate`,{hours:null})}>${e(`elevation.end`)}</button></div>`:d`<form @submit=${e=>this.elevate(e)}>
            <select name="instance_id" aria-label=${e(`fences.service`)}>
              ${r.rows(`instance`).map(e=>d`<option value=${e.id}>${e.name}</option>`)}
            </select>
            <select name="hours" aria-label=${e(`elevation.length`)}>
              ${m.map(t=>d`<option value=${t}>${e(`elevation.hours`,{count:t})}</option>`)}
            </select>
            <input name="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="12" required placeholder="PIN" aria-label="PIN" />
            <button ?disabled=${!this.mayChange}>${e(`elevation.begin`)}</button>
          </form>`}
    </section>`}async add(e){let[t,n]=g(e),r={instance:n.get(`instance`),target:n.get(`target`),reason:n.get(`reason`)};await this.send(`add_fence`,{...r,with_guests:n.has(`with_guests`)})&&t.reset()}async answer(e){let[,t]=g(e);await this.send(`answer_fences`,{instance_ids:t.getAll(`offer`)})}async elevate(e){let[t,n]=g(e);await this.send(`elevate`,{instance_id:n.get(`instance_id`),hours:Number(n.get(`hours`)),pin:n.get(`pin`)}),t.reset()}async send(e,n){this.isBusy=!0,this.error=``;try{return await o(this.ctx,e,n),!0}catch(e){return this.error=t(e,this.ctx.t),!1}finally{this.isBusy=!1}}};r([u()],h.prototype,`error`,void 0),r([u()],h.prototype,`isBusy`,void 0),h=r([c(`homelab-steward-fences`)],h);function g(e){e.preventDefault();let t=e.target;return[t,new FormData(t)]}var _=`/config/integrations/integration/homelab_steward`,v=[1,4,12],y=class extends n{constructor(...e){super(...e),this.preferences=null,this.aliases=[],this.error=``,this.isBusy=!1}static{this.styles=[...n.styles,a,l`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .names {
        display: grid;
        grid-template-columns: minmax(0, auto) minmax(0, 1fr);
        gap: 4px 16px;
        overflow-wrap: anywhere;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.load()}render(){let{t,feed:n,viewer:r}=this.ctx;return d`<div class="page">
      <h2 class="hidden">${t(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?d`<p role="alert">${this.error}</p>`:f}</div>
      ${this.renderSwitches()} <homelab-steward-fences .ctx=${this.ctx}></homelab-steward-fences> ${this.renderMaintenance()} ${this.renderPreferences()} ${this.renderAliases()}
      ${n.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${r.is_admin?d`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(n=>d`<li><a class="item" href=${_}><span class="grow">${t(`settings.${n}`)}<br /><span class="small quiet">${t(`settings.${n}_text`)}</span></span>${e(p)}</a></li>`)}
          </ul></section>`:f}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,a=t.rows(`mode`)[0],o=a?.pause??null;return d`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${o?e(`settings.paused_by`,{person:o.person_name||e(`settings.automation`),when:i(o.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>d`<option value=${t} ?selected=${(o?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${a?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return d`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${v.map(t=>d`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:a}=this.ctx,o=e.current??e.following??e.once,s=e.instance_ids.map(e=>a.row(`instance`,e)?.name??e);return d`<div class="setting">
      <span class="grow">${e.title}${e.current?d` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:f}
        <br /><span class="small quiet">${[...s,...e.categories].join(`, `)||t(`settings.everything`)}
          ${o?d`· ${i(o.starts_at,n,r)} – ${i(o.ends_at,n,r)}`:f}${e.weekly?d` · ${t(`settings.weekly`)}`:f}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?d`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>d`<div class="setting">
          <span class="grow">${t.title}${t.target?d` · ${t.target.name}`:f}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?d`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:d`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:f}renderAliases(){let{t:e,base:t}=this.ctx;return this.aliases.length?d`<section class="card content">
      <h3 class="title">${e(`names.title`)}</h3>
      <p class="small quiet">${e(`names.title_text`)}</p>
      <dl class="names">
        ${this.aliases.map(e=>d`<dt translate="no">${e.name}</dt>
            <dd><a href="${t}/service/${encodeURIComponent(e.target.instance_id)}">${e.target_name}</a></dd>`)}
      </dl>
    </section>`:f}renderFrontEnd(t){let{t:n}=this.ctx;return t.state===`ok`?f:d`<section class="card content">
      <h3 class="title row"><span class="tone ${t.state===`down`?`bad`:`warning`}">${e(s)}</span>${n(`settings.front_end`,{name:n(`channel.${t.front_end}`)})}</h3>
      ${t.problems.map(e=>d`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await o(this.ctx,`preferences`)).preferences,this.aliases=(await o(this.ctx,`aliases`)).aliases}catch(e){this.error=t(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,n){this.isBusy=!0,this.error=``;try{await o(this.ctx,e,n)}catch(e){this.error=t(e,this.ctx.t)}finally{this.isBusy=!1}}};r([u()],y.prototype,`preferences`,void 0),r([u()],y.prototype,`aliases`,void 0),r([u()],y.prototype,`error`,void 0),r([u()],y.prototype,`isBusy`,void 0),y=r([c(`homelab-steward-settings`)],y);export{y as SettingsPage};