import{B as e,Gt as t,U as n,V as r,W as i,X as a,Z as o,dt as s,ft as c,j as l,lt as u,pt as d,st as f,vt as p}from"./shared-nRrs-VXQ.js";var m=`/config/integrations/integration/homelab_steward`,h=[1,4,12],g=class extends e{constructor(...e){super(...e),this.preferences=null,this.error=``,this.isBusy=!1}static{this.styles=[...e.styles,a,d`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.load()}render(){let{t:e,feed:n,viewer:r}=this.ctx;return c`<div class="page">
      <h2 class="hidden">${e(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?c`<p role="alert">${this.error}</p>`:s}</div>
      ${this.renderSwitches()} ${this.renderMaintenance()} ${this.renderPreferences()}
      ${n.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${r.is_admin?c`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(n=>c`<li><a class="item" href=${m}><span class="grow">${e(`settings.${n}`)}<br /><span class="small quiet">${e(`settings.${n}_text`)}</span></span>${o(t)}</a></li>`)}
          </ul></section>`:s}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,i=t.rows(`mode`)[0],a=i?.pause??null;return c`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${a?e(`settings.paused_by`,{person:a.person_name||e(`settings.automation`),when:l(a.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>c`<option value=${t} ?selected=${(a?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${i?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return c`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${h.map(t=>c`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:i}=this.ctx,a=e.current??e.following??e.once,o=e.instance_ids.map(e=>i.row(`instance`,e)?.name??e);return c`<div class="setting">
      <span class="grow">${e.title}${e.current?c` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:s}
        <br /><span class="small quiet">${[...o,...e.categories].join(`, `)||t(`settings.everything`)}
          ${a?c`· ${l(a.starts_at,n,r)} – ${l(a.ends_at,n,r)}`:s}${e.weekly?c` · ${t(`settings.weekly`)}`:s}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?c`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>c`<div class="setting">
          <span class="grow">${t.title}${t.target?c` · ${t.target.name}`:s}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?c`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:c`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:s}renderFrontEnd(e){let{t}=this.ctx;return e.state===`ok`?s:c`<section class="card content">
      <h3 class="title row"><span class="tone ${e.state===`down`?`bad`:`warning`}">${o(p)}</span>${t(`settings.front_end`,{name:t(`channel.${e.front_end}`)})}</h3>
      ${e.problems.map(e=>c`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await r(this.ctx,`preferences`)).preferences}catch(e){this.error=n(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,t){this.isBusy=!0,this.error=``;try{await r(this.ctx,e,t)}catch(e){this.error=n(e,this.ctx.t)}finally{this.isBusy=!1}}};i([f()],g.prototype,`preferences`,void 0),i([f()],g.prototype,`error`,void 0),i([f()],g.prototype,`isBusy`,void 0),g=i([u(`homelab-steward-settings`)],g);export{g as SettingsPage};