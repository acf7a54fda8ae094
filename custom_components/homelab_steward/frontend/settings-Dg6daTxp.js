import{I as e,L as t,Lt as n,N as r,P as i,U as a,W as o,at as s,dt as c,et as l,it as u,nt as d,ot as f,w as p}from"./shared-COQCZFd_.js";var m=`/config/integrations/integration/homelab_steward`,h=[1,4,12],g=class extends r{constructor(...e){super(...e),this.preferences=null,this.error=``,this.isBusy=!1}static{this.styles=[...r.styles,a,f`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.load()}render(){let{t:e,feed:t,viewer:r}=this.ctx;return s`<div class="page">
      <h2 class="hidden">${e(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?s`<p role="alert">${this.error}</p>`:u}</div>
      ${this.renderSwitches()} ${this.renderMaintenance()} ${this.renderPreferences()}
      ${t.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${r.is_admin?s`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(t=>s`<li><a class="item" href=${m}><span class="grow">${e(`settings.${t}`)}<br /><span class="small quiet">${e(`settings.${t}_text`)}</span></span>${o(n)}</a></li>`)}
          </ul></section>`:u}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,i=t.rows(`mode`)[0],a=i?.pause??null;return s`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${a?e(`settings.paused_by`,{person:a.person_name||e(`settings.automation`),when:p(a.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>s`<option value=${t} ?selected=${(a?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${i?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return s`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${h.map(t=>s`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:i}=this.ctx,a=e.current??e.following??e.once,o=e.instance_ids.map(e=>i.row(`instance`,e)?.name??e);return s`<div class="setting">
      <span class="grow">${e.title}${e.current?s` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:u}
        <br /><span class="small quiet">${[...o,...e.categories].join(`, `)||t(`settings.everything`)}
          ${a?s`· ${p(a.starts_at,n,r)} – ${p(a.ends_at,n,r)}`:u}${e.weekly?s` · ${t(`settings.weekly`)}`:u}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?s`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>s`<div class="setting">
          <span class="grow">${t.title}${t.target?s` · ${t.target.name}`:u}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?s`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:s`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:u}renderFrontEnd(e){let{t}=this.ctx;return e.state===`ok`?u:s`<section class="card content">
      <h3 class="title row"><span class="tone ${e.state===`down`?`bad`:`warning`}">${o(c)}</span>${t(`settings.front_end`,{name:t(`channel.${e.front_end}`)})}</h3>
      ${e.problems.map(e=>s`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await i(this.ctx,`preferences`)).preferences}catch(t){this.error=e(t,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(t,n){this.isBusy=!0,this.error=``;try{await i(this.ctx,t,n)}catch(t){this.error=e(t,this.ctx.t)}finally{this.isBusy=!1}}};t([l()],g.prototype,`preferences`,void 0),t([l()],g.prototype,`error`,void 0),t([l()],g.prototype,`isBusy`,void 0),g=t([d(`homelab-steward-settings`)],g);export{g as SettingsPage};