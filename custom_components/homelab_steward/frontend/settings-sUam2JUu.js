import{A as e,B as t,H as n,U as r,Wt as i,X as a,Y as o,_t as s,ct as c,dt as l,ft as u,ot as d,ut as f,z as p}from"./shared-BLrf8IzR.js";var m=`/config/integrations/integration/homelab_steward`,h=[1,4,12],g=class extends p{constructor(...e){super(...e),this.preferences=null,this.error=``,this.isBusy=!1}static{this.styles=[...p.styles,o,u`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.load()}render(){let{t:e,feed:t,viewer:n}=this.ctx;return l`<div class="page">
      <h2 class="hidden">${e(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?l`<p role="alert">${this.error}</p>`:f}</div>
      ${this.renderSwitches()} ${this.renderMaintenance()} ${this.renderPreferences()}
      ${t.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${n.is_admin?l`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(t=>l`<li><a class="item" href=${m}><span class="grow">${e(`settings.${t}`)}<br /><span class="small quiet">${e(`settings.${t}_text`)}</span></span>${a(i)}</a></li>`)}
          </ul></section>`:f}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t,feed:n,now:r,language:i}=this.ctx,a=n.rows(`mode`)[0],o=a?.pause??null;return l`<section class="card content">
      <h3 class="title">${t(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${t(`settings.pause`)}<br /><span class="small quiet">
          ${o?t(`settings.paused_by`,{person:o.person_name||t(`settings.automation`),when:e(o.at,r,i)}):t(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(e=>l`<option value=${e} ?selected=${(o?.scope??``)===e}>${t(`pause.${e||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${t(`settings.verbose`)}<br /><span class="small quiet">${t(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${a?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return l`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${h.map(t=>l`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(t){let{t:n,now:r,language:i,feed:a}=this.ctx,o=t.current??t.following??t.once,s=t.instance_ids.map(e=>a.row(`instance`,e)?.name??e);return l`<div class="setting">
      <span class="grow">${t.title}${t.current?l` <span class="chip info"><span class="dot"></span>${n(`settings.now`)}</span>`:f}
        <br /><span class="small quiet">${[...s,...t.categories].join(`, `)||n(`settings.everything`)}
          ${o?l`· ${e(o.starts_at,r,i)} – ${e(o.ends_at,r,i)}`:f}${t.weekly?l` · ${n(`settings.weekly`)}`:f}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:t.id})}>${n(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?l`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>l`<div class="setting">
          <span class="grow">${t.title}${t.target?l` · ${t.target.name}`:f}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?l`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:l`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:f}renderFrontEnd(e){let{t}=this.ctx;return e.state===`ok`?f:l`<section class="card content">
      <h3 class="title row"><span class="tone ${e.state===`down`?`bad`:`warning`}">${a(s)}</span>${t(`settings.front_end`,{name:t(`channel.${e.front_end}`)})}</h3>
      ${e.problems.map(e=>l`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await t(this.ctx,`preferences`)).preferences}catch(e){this.error=n(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,r){this.isBusy=!0,this.error=``;try{await t(this.ctx,e,r)}catch(e){this.error=n(e,this.ctx.t)}finally{this.isBusy=!1}}};r([d()],g.prototype,`preferences`,void 0),r([d()],g.prototype,`error`,void 0),r([d()],g.prototype,`isBusy`,void 0),g=r([c(`homelab-steward-settings`)],g);export{g as SettingsPage};