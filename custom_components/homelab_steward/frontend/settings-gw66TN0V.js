import{$ as e,G as t,H as n,K as r,M as i,Q as a,U as o,bt as s,dt as c,en as l,ht as u,lt as d,mt as f,pt as p}from"./shared-DBqsc2Sr.js";var m=`/config/integrations/integration/homelab_steward`,h=[1,4,12],g=class extends n{constructor(...e){super(...e),this.preferences=null,this.coolDowns=[],this.aliases=[],this.error=``,this.isBusy=!1}static{this.styles=[...n.styles,a,u`
      .setting {
        padding: 8px 0;
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        align-items: center;
      }
      .setting > .grow {
        flex: 1 1 200px;
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
    `]}firstUpdated(){this.load()}render(){let{t,feed:n,viewer:r}=this.ctx;return f`<div class="page">
      <h2 class="hidden">${t(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?f`<p role="alert">${this.error}</p>`:p}</div>
      ${this.renderSwitches()} ${this.renderMaintenance()} ${this.renderPreferences()} ${this.renderCoolDowns()} ${this.renderAliases()}
      ${n.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${r.is_admin?f`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(n=>f`<li><a class="item" href=${m}><span class="grow">${t(`settings.${n}`)}<br /><span class="small quiet">${t(`settings.${n}_text`)}</span></span>${e(l)}</a></li>`)}
          </ul></section>`:p}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,a=t.rows(`mode`)[0],o=a?.pause??null;return f`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${o?e(`settings.paused_by`,{person:o.person_name||e(`settings.automation`),when:i(o.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>f`<option value=${t} ?selected=${(o?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${a?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return f`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${h.map(t=>f`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:a}=this.ctx,o=e.current??e.following??e.once,s=e.instance_ids.map(e=>a.row(`instance`,e)?.name??e);return f`<div class="setting">
      <span class="grow">${e.title}${e.current?f` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:p}
        <br /><span class="small quiet">${[...s,...e.categories].join(`, `)||t(`settings.everything`)}
          ${o?f`· ${i(o.starts_at,n,r)} – ${i(o.ends_at,n,r)}`:p}${e.weekly?f` · ${t(`settings.weekly`)}`:p}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?f`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>f`<div class="setting">
          <span class="grow">${t.title}${t.target?f` · ${t.target.name}`:p}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?f`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:f`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:p}renderCoolDowns(){let{t:e,now:t,language:n}=this.ctx;return this.coolDowns.length?f`<section class="card content">
      <h3 class="title">${e(`settings.false_alarms`)}</h3>
      <p class="small quiet">${e(`settings.false_alarms_text`)}</p>
      ${this.coolDowns.map(r=>f`<div class="setting">
          <span class="grow">${r.alert}${r.target?f` · ${r.target.name}`:p}<br />
            <span class="small quiet">${e(`settings.quiet_until`,{when:i(r.until,t,n),person:r.person_name})}</span></span>
          <button ?disabled=${!this.mayChange} @click=${()=>this.change(`remove_cool_down`,{cool_down_id:r.id})}>${e(`action.remove`)}</button>
        </div>`)}
    </section>`:p}renderAliases(){let{t:e,base:t}=this.ctx;return this.aliases.length?f`<section class="card content">
      <h3 class="title">${e(`names.title`)}</h3>
      <p class="small quiet">${e(`names.title_text`)}</p>
      <dl class="names">
        ${this.aliases.map(e=>f`<dt translate="no">${e.name}</dt>
            <dd><a href="${t}/service/${encodeURIComponent(e.target.instance_id)}">${e.target_name}</a></dd>`)}
      </dl>
    </section>`:p}renderFrontEnd(t){let{t:n}=this.ctx;return t.state===`ok`?p:f`<section class="card content">
      <h3 class="title row"><span class="tone ${t.state===`down`?`bad`:`warning`}">${e(s)}</span>${n(`settings.front_end`,{name:n(`channel.${t.front_end}`)})}</h3>
      ${t.problems.map(e=>f`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await o(this.ctx,`preferences`)).preferences,this.coolDowns=(await o(this.ctx,`cool_downs`)).cool_downs,this.aliases=(await o(this.ctx,`aliases`)).aliases}catch(e){this.error=t(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,n){this.isBusy=!0,this.error=``;try{await o(this.ctx,e,n)}catch(e){this.error=t(e,this.ctx.t)}finally{this.isBusy=!1}}};r([d()],g.prototype,`preferences`,void 0),r([d()],g.prototype,`coolDowns`,void 0),r([d()],g.prototype,`aliases`,void 0),r([d()],g.prototype,`error`,void 0),r([d()],g.prototype,`isBusy`,void 0),g=r([c(`homelab-steward-settings`)],g);export{g as SettingsPage};