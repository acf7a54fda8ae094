import{$ as e,G as t,H as n,K as r,M as i,Q as a,U as o,bt as s,ct as c,dt as l,en as u,fn as d,ht as f,lt as p,mt as m,nt as h,pt as g,st as _}from"./shared-B57TWGKF.js";var v={error:`critical`,warning:`warning`,note:`info`},y=class extends n{constructor(...e){super(...e),this.report=null,this.error=``,this.isBusy=!1}static{this.styles=[...n.styles,f`
      :host {
        display: contents;
      }
      .finding {
        padding: 8px 0;
        display: flex;
        gap: 12px;
        overflow-wrap: anywhere;
      }
      .finding + .finding {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.ctx.viewer.access===`full`&&this.load(!1)}render(){let{t:e,feed:t,viewer:n,now:r,language:a}=this.ctx;if(n.access!==`full`)return g;let o=this.report?.areas.flatMap(e=>e.not_checked)??[];return m`<section class="card content" aria-label=${e(`doctor.title`)}>
      <h3 class="title">${e(`doctor.title`)}</h3>
      <p class="small quiet">${this.report?e(`doctor.checked`,{when:i(this.report.at,r,a)}):e(`doctor.text`)}</p>
      <div aria-live="polite" aria-busy=${this.isBusy}>
        ${this.error?m`<p role="alert">${this.error}</p>`:g}
        ${this.report&&!this.report.findings.length?m`<p>${e(`doctor.nothing`)}</p>`:g}
        ${this.report?.findings.map(e=>this.renderFinding(e))}
        ${o.map(t=>m`<p class="small quiet">${e(`doctor.not_checked`,{what:t})}</p>`)}
      </div>
      <div class="row wrap">
        <button ?disabled=${this.isBusy||!t.state?.connected} @click=${()=>this.load(!0)}>${e(this.isBusy?`doctor.checking`:`doctor.check_now`)}</button>
      </div>
    </section>`}renderFinding(e){return m`<div class="finding">
      ${h(v[e.severity],this.ctx.t)}
      <span class="grow"><b>${e.subject}</b>: ${e.problem}<br /><span class="small">${e.remedy}</span><br /><span class="small quiet">${e.why}</span></span>
    </div>`}async load(e){this.isBusy=!0,this.error=``;try{this.report=await o(this.ctx,`doctor`,{now:e})}catch(e){this.error=t(e,this.ctx.t)}finally{this.isBusy=!1}}};r([p()],y.prototype,`report`,void 0),r([p()],y.prototype,`error`,void 0),r([p()],y.prototype,`isBusy`,void 0),y=r([l(`homelab-steward-doctor`)],y);var b=[1,2,4,8],x=`*`,S=class extends n{constructor(...e){super(...e),this.instance=``,this.error=``,this.errorOf=``,this.isBusy=!1,this.snapshots=new _(this,[`snapshot`])}static{this.styles=[...n.styles,f`
      :host {
        display: contents;
      }
      .fence {
        padding: 8px 0;
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        align-items: center;
        overflow-wrap: anywhere;
      }
      .fence > .grow {
        flex: 1 1 200px;
      }
      .fence + .fence {
        border-top: 1px solid var(--divider-color);
      }
      form {
        display: grid;
        gap: 8px;
        margin-top: 12px;
      }
      form label {
        display: grid;
        gap: 4px;
      }
      form label.check {
        display: flex;
        align-items: center;
      }
      form button {
        justify-self: start;
      }
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let e=this.ctx.feed.rows(`mode`)[0];return m`${this.renderFences(e?.fences??[])}
      ${this.isOwner?m`${this.renderOffers(e?.fence_offers??[])} ${this.renderAlone(e?.elevation??null)}`:g}`}get isOwner(){return this.ctx.viewer.person?.role===`owner`}get mayChange(){return this.isOwner&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderFences(e){let{t}=this.ctx;return m`<section class="card content" aria-label=${t(`safety.fences`)}>
      <h3 class="title">${t(`safety.fences`)}</h3>
      <p class="small quiet">${t(`safety.fences_text`)}</p>
      ${e.length?g:m`<p class="small">${t(`safety.no_fences`)}</p>`}
      ${e.map(e=>this.renderFence(e))}
      ${this.renderError(`add_fence`,`remove_fence`)} ${this.isOwner?this.renderForm():g}
    </section>`}renderFence(t){let{t:n}=this.ctx,r=t.actions.length&&!t.actions.includes(x)?n(`safety.only`,{actions:t.actions.join(`, `)}):``,i=[t.with_guests?n(`safety.with_guests`):``,r,t.reason,t.origin===`file`?n(`safety.in_file`):``];return m`<div class="fence">
      <span class="grow"><span translate="no">${this.fenced(t)}</span><br />
        <span class="small quiet">${i.filter(Boolean).join(` · `)}</span>
        ${t.problem?m`<br /><span class="small tone warning">${e(s)} ${t.problem}</span>`:g}</span>
      ${t.origin===`file`||!this.isOwner?g:m`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_fence`,{fence_id:t.id})}>${n(`action.remove`)}</button>`}
    </div>`}fenced(e){let{t,feed:n,name:r}=this.ctx,i=n.row(`instance`,e.instance)?.name??e.instance,a=n.rows(`catalogue`)[0]?.services.find(t=>t.key===e.service),o=this.resources(e.instance).find(t=>t.kind===e.kind&&t.id===e.target)?.name??e.target,s=e.role?t(`safety.each_role`,{role:t(`safety.role_${e.role}`)}):``;return[i,e.service?t(`safety.each`,{service:a?r(a.name):e.service}):``,s,o||e.kind].filter(Boolean).join(` · `)}renderForm(){let{t,feed:n}=this.ctx,r=this.resources(this.instance);return m`<form class="fence-form" @submit=${this.add}>
      <label>${t(`safety.service`)}
        <select name="instance" required .value=${this.instance} @change=${e=>this.instance=e.target.value}>
          <option value="">${t(`safety.choose`)}</option>
          ${n.rows(`instance`).map(e=>m`<option value=${e.id} ?selected=${e.id===this.instance}>${e.name}</option>`)}
        </select></label>
      ${r.length?m`<label>${t(`safety.inside`)}
            <select name="target"><option value="">${t(`safety.whole`)}</option>
              ${r.map((e,t)=>m`<option value=${t}>${e.name} (${e.kind})</option>`)}</select></label>
            <label class="check"><input type="checkbox" name="guests" />${t(`safety.guests`)}</label>`:g}
      <label>${t(`safety.reason`)}<input name="reason" maxlength="200" /></label>
      <button ?disabled=${!this.mayChange||!this.instance}>${e(d)}${t(`safety.add`)}</button>
    </form>`}renderOffers(e){let{t}=this.ctx;return e.length?m`<section class="card content" aria-label=${t(`safety.offers`)}>
      <h3 class="title">${t(`safety.offers`)}</h3>
      <p class="small quiet">${t(`safety.offers_text`)}</p>
      <form @submit=${this.answer}>
        ${e.map(e=>m`<label class="check"><input type="checkbox" name="offer" value=${e.instance_id} />${e.name} (${t(`safety.role_${e.role}`)})</label>`)}
        ${this.renderError(`answer_fences`)}
        <button ?disabled=${!this.mayChange}>${t(`safety.answer`)}</button>
      </form>
    </section>`:g}renderAlone(e){let{t,now:n,language:r}=this.ctx,a=e!==null&&e.closed_at===null&&Date.parse(e.ends_at)>n?e:null;return m`<section class="card content" aria-label=${t(`safety.alone`)}>
      <h3 class="title">${t(`safety.alone`)}</h3>
      <p class="small quiet">${t(`safety.alone_text`)}</p>
      ${a?m`<div class="fence"><span class="grow">${t(`safety.alone_until`,{person:a.person_name,when:i(a.ends_at,n,r),scope:this.scope(a)})}</span>
            <button ?disabled=${!this.mayChange} @click=${()=>this.send(`elevate`,{hours:null})}>${t(`safety.end`)}</button></div>`:this.ctx.viewer.person?.has_pin?this.renderAloneForm():m`<p class="small">${t(`safety.no_pin`)}</p>`}
      ${this.renderError(`elevate`)}
    </section>`}renderError(...e){return m`<div aria-live="polite">${this.error&&e.includes(this.errorOf)?m`<p role="alert">${this.error}</p>`:g}</div>`}scope(e){let{feed:t,name:n}=this.ctx,r=t.rows(`catalogue`)[0]?.categories.find(t=>t.key===e.category);return r?n(r.name):t.row(`instance`,e.instance_id)?.name??(e.category||e.instance_id)}renderAloneForm(){let{t:e,feed:t,name:n}=this.ctx,r=t.rows(`catalogue`)[0]?.categories??[];return m`<form class="alone" @submit=${this.elevate}>
      <label>${e(`safety.about`)}
        <select name="scope" required><option value="">${e(`safety.choose`)}</option>
          <optgroup label=${e(`safety.categories`)}>${r.map(e=>m`<option value="category ${e.key}">${n(e.name)}</option>`)}</optgroup>
          <optgroup label=${e(`safety.services`)}>${t.rows(`instance`).map(e=>m`<option value="instance_id ${e.id}">${e.name}</option>`)}</optgroup>
        </select></label>
      <label>${e(`safety.for`)}
        <select name="hours">${b.map(t=>m`<option value=${t}>${e(`safety.hours`,{count:t})}</option>`)}</select></label>
      <label>${e(`request.pin`)}<input name="pin" type="password" inputmode="numeric" maxlength="12" autocomplete="off" required /></label>
      <button ?disabled=${!this.mayChange}>${e(`safety.begin`)}</button>
    </form>`}resources(e){return this.snapshots.row(`snapshot`,e)?.resources??[]}async add(e){e.preventDefault();let t=new FormData(this.fenceForm),n=t.get(`target`),r=n?this.resources(this.instance)[Number(n)]:void 0;await this.send(`add_fence`,{instance_id:this.instance,...r?{kind:r.kind,target_id:r.id}:{},with_guests:t.get(`guests`)!==null,reason:String(t.get(`reason`)??``)})&&(this.fenceForm?.reset(),this.instance=``)}async answer(e){e.preventDefault();let t=new FormData(e.target).getAll(`offer`);await this.send(`answer_fences`,{instance_ids:t.map(String)})}async elevate(e){e.preventDefault();let t=new FormData(this.aloneForm),[n=``,r=``]=String(t.get(`scope`)).split(` `);await this.send(`elevate`,{hours:Number(t.get(`hours`)),[n]:r,pin:String(t.get(`pin`))}),this.aloneForm?.reset()}async send(e,n){this.isBusy=!0,this.error=``,this.errorOf=e;try{return await o(this.ctx,e,n),!0}catch(e){return this.error=t(e,this.ctx.t),!1}finally{this.isBusy=!1}}};r([p()],S.prototype,`instance`,void 0),r([p()],S.prototype,`error`,void 0),r([p()],S.prototype,`errorOf`,void 0),r([p()],S.prototype,`isBusy`,void 0),r([c(`form.fence-form`)],S.prototype,`fenceForm`,void 0),r([c(`form.alone`)],S.prototype,`aloneForm`,void 0),S=r([l(`homelab-steward-safety`)],S);var C=`/config/integrations/integration/homelab_steward`,w=[1,4,12],T=class extends n{constructor(...e){super(...e),this.preferences=null,this.coolDowns=[],this.aliases=[],this.error=``,this.isBusy=!1}static{this.styles=[...n.styles,a,f`
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
    `]}firstUpdated(){this.load()}render(){let{t,feed:n,viewer:r}=this.ctx;return m`<div class="page">
      <h2 class="hidden">${t(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?m`<p role="alert">${this.error}</p>`:g}</div>
      ${this.renderSwitches()} <homelab-steward-doctor .ctx=${this.ctx}></homelab-steward-doctor> <homelab-steward-safety .ctx=${this.ctx}></homelab-steward-safety> ${this.renderMaintenance()} ${this.renderPreferences()} ${this.renderCoolDowns()} ${this.renderAliases()}
      ${n.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${r.is_admin?m`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(n=>m`<li><a class="item" href=${C}><span class="grow">${t(`settings.${n}`)}<br /><span class="small quiet">${t(`settings.${n}_text`)}</span></span>${e(u)}</a></li>`)}
          </ul></section>`:g}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,a=t.rows(`mode`)[0],o=a?.pause??null;return m`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${o?e(`settings.paused_by`,{person:o.person_name||e(`settings.automation`),when:i(o.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>m`<option value=${t} ?selected=${(o?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${a?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return m`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${w.map(t=>m`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:a}=this.ctx,o=e.current??e.following??e.once,s=e.instance_ids.map(e=>a.row(`instance`,e)?.name??e);return m`<div class="setting">
      <span class="grow">${e.title}${e.current?m` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:g}
        <br /><span class="small quiet">${[...s,...e.categories].join(`, `)||t(`settings.everything`)}
          ${o?m`· ${i(o.starts_at,n,r)} – ${i(o.ends_at,n,r)}`:g}${e.weekly?m` · ${t(`settings.weekly`)}`:g}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?m`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>m`<div class="setting">
          <span class="grow">${t.title}${t.target?m` · ${t.target.name}`:g}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?m`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:m`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:g}renderCoolDowns(){let{t:e,now:t,language:n}=this.ctx;return this.coolDowns.length?m`<section class="card content">
      <h3 class="title">${e(`settings.false_alarms`)}</h3>
      <p class="small quiet">${e(`settings.false_alarms_text`)}</p>
      ${this.coolDowns.map(r=>m`<div class="setting">
          <span class="grow">${r.alert}${r.target?m` · ${r.target.name}`:g}<br />
            <span class="small quiet">${e(`settings.quiet_until`,{when:i(r.until,t,n),person:r.person_name})}</span></span>
          <button ?disabled=${!this.mayChange} @click=${()=>this.change(`remove_cool_down`,{cool_down_id:r.id})}>${e(`action.remove`)}</button>
        </div>`)}
    </section>`:g}renderAliases(){let{t:e,base:t}=this.ctx;return this.aliases.length?m`<section class="card content">
      <h3 class="title">${e(`names.title`)}</h3>
      <p class="small quiet">${e(`names.title_text`)}</p>
      <dl class="names">
        ${this.aliases.map(e=>m`<dt translate="no">${e.name}</dt>
            <dd><a href="${t}/service/${encodeURIComponent(e.target.instance_id)}">${e.target_name}</a></dd>`)}
      </dl>
    </section>`:g}renderFrontEnd(t){let{t:n}=this.ctx;return t.state===`ok`?g:m`<section class="card content">
      <h3 class="title row"><span class="tone ${t.state===`down`?`bad`:`warning`}">${e(s)}</span>${n(`settings.front_end`,{name:n(`channel.${t.front_end}`)})}</h3>
      ${t.problems.map(e=>m`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await o(this.ctx,`preferences`)).preferences,this.coolDowns=(await o(this.ctx,`cool_downs`)).cool_downs,this.aliases=(await o(this.ctx,`aliases`)).aliases}catch(e){this.error=t(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,n){this.isBusy=!0,this.error=``;try{await o(this.ctx,e,n)}catch(e){this.error=t(e,this.ctx.t)}finally{this.isBusy=!1}}};r([p()],T.prototype,`preferences`,void 0),r([p()],T.prototype,`coolDowns`,void 0),r([p()],T.prototype,`aliases`,void 0),r([p()],T.prototype,`error`,void 0),r([p()],T.prototype,`isBusy`,void 0),T=r([l(`homelab-steward-settings`)],T);export{T as SettingsPage};