import{$ as e,At as t,J as n,M as r,O as i,Q as a,R as o,X as s,at as c,b as l,et as u,j as d,k as f,z as p}from"./shared-DsfEqpX7.js";var m=`/config/integrations/integration/homelab_steward`,h=[1,4,12],g=class extends i{constructor(...e){super(...e),this.preferences=null,this.error=``,this.isBusy=!1}static{this.styles=[...i.styles,o,u`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.load()}render(){let{t:n,feed:r,viewer:i}=this.ctx;return e`<div class="page">
      <h2 class="hidden">${n(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?e`<p role="alert">${this.error}</p>`:a}</div>
      ${this.renderSwitches()} ${this.renderMaintenance()} ${this.renderPreferences()}
      ${r.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${i.is_admin?e`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(r=>e`<li><a class="item" href=${m}><span class="grow">${n(`settings.${r}`)}<br /><span class="small quiet">${n(`settings.${r}_text`)}</span></span>${p(t)}</a></li>`)}
          </ul></section>`:a}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t,feed:n,now:r,language:i}=this.ctx,a=n.rows(`mode`)[0],o=a?.pause??null;return e`<section class="card content">
      <h3 class="title">${t(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${t(`settings.pause`)}<br /><span class="small quiet">
          ${o?t(`settings.paused_by`,{person:o.person_name||t(`settings.automation`),when:l(o.at,r,i)}):t(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(n=>e`<option value=${n} ?selected=${(o?.scope??``)===n}>${t(`pause.${n||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${t(`settings.verbose`)}<br /><span class="small quiet">${t(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${a?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t,feed:n}=this.ctx,r=n.rows(`maintenance`);return e`<section class="card content">
      <h3 class="title">${t(`settings.maintenance`)}</h3>
      <p class="small quiet">${t(`settings.maintenance_text`)}</p>
      ${r.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${h.map(n=>e`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:n,title:t(`settings.maintenance`)})}>${t(`settings.start_maintenance`,{count:n})}</button>`)}
      </div>
    </section>`}renderWindow(t){let{t:n,now:r,language:i,feed:o}=this.ctx,s=t.current??t.following??t.once,c=t.instance_ids.map(e=>o.row(`instance`,e)?.name??e);return e`<div class="setting">
      <span class="grow">${t.title}${t.current?e` <span class="chip info"><span class="dot"></span>${n(`settings.now`)}</span>`:a}
        <br /><span class="small quiet">${[...c,...t.categories].join(`, `)||n(`settings.everything`)}
          ${s?e`· ${l(s.starts_at,r,i)} – ${l(s.ends_at,r,i)}`:a}${t.weekly?e` · ${n(`settings.weekly`)}`:a}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:t.id})}>${n(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t}=this.ctx,n=this.preferences?.filter(e=>e.state!==`noted`)??[];return n.length?e`<section class="card content">
      <h3 class="title">${t(`settings.mutes`)}</h3>
      <p class="small quiet">${t(`settings.mutes_text`)}</p>
      ${n.map(n=>e`<div class="setting">
          <span class="grow">${n.title}${n.target?e` · ${n.target.name}`:a}<br />
            <span class="small quiet">${t(`mute.${n.state}`)} · ${t(`mute.ignored`,{count:n.ignored})}</span></span>
          ${n.state===`proposed`?e`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:n.id,accept:!0})}>${t(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:n.id,accept:!1})}>${t(`mute.decline`)}</button>`:e`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:n.id})}>${t(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:a}renderFrontEnd(t){let{t:n}=this.ctx;return t.state===`ok`?a:e`<section class="card content">
      <h3 class="title row"><span class="tone ${t.state===`down`?`bad`:`warning`}">${p(c)}</span>${n(`settings.front_end`,{name:n(`channel.${t.front_end}`)})}</h3>
      ${t.problems.map(t=>e`<p class="small">${t}</p>`)}
    </section>`}async load(){try{this.preferences=(await f(this.ctx,`preferences`)).preferences}catch(e){this.error=d(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,t){this.isBusy=!0,this.error=``;try{await f(this.ctx,e,t)}catch(e){this.error=d(e,this.ctx.t)}finally{this.isBusy=!1}}};r([n()],g.prototype,`preferences`,void 0),r([n()],g.prototype,`error`,void 0),r([n()],g.prototype,`isBusy`,void 0),g=r([s(`homelab-steward-settings`)],g);export{g as SettingsPage};