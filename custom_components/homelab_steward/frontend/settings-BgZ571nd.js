import{$ as e,K as t,N as n,St as r,U as i,W as a,_t as o,dt as s,et as c,gt as l,hn as u,ht as d,it as f,lt as p,pt as m,q as h,rn as g,ut as _}from"./shared-Sda02QKL.js";var v={error:`critical`,warning:`warning`,note:`info`},y=class extends i{constructor(...e){super(...e),this.report=null,this.error=``,this.isBusy=!1}static{this.styles=[...i.styles,o`
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
    `]}firstUpdated(){this.ctx.viewer.access===`full`&&this.load(!1)}render(){let{t:e,feed:t,viewer:r,now:i,language:a}=this.ctx;if(r.access!==`full`)return d;let o=this.report?.areas.flatMap(e=>e.not_checked)??[];return l`<section class="card content" aria-label=${e(`doctor.title`)}>
      <h3 class="title">${e(`doctor.title`)}</h3>
      <p class="small quiet">${this.report?e(`doctor.checked`,{when:n(this.report.at,i,a)}):e(`doctor.text`)}</p>
      <div aria-live="polite" aria-busy=${this.isBusy}>
        ${this.error?l`<p role="alert">${this.error}</p>`:d}
        ${this.report&&!this.report.findings.length?l`<p>${e(`doctor.nothing`)}</p>`:d}
        ${this.report?.findings.map(e=>this.renderFinding(e))}
        ${o.map(t=>l`<p class="small quiet">${e(`doctor.not_checked`,{what:t})}</p>`)}
      </div>
      <div class="row wrap">
        <button ?disabled=${this.isBusy||!t.state?.connected} @click=${()=>this.load(!0)}>${e(this.isBusy?`doctor.checking`:`doctor.check_now`)}</button>
      </div>
    </section>`}renderFinding(e){return l`<div class="finding">
      ${f(v[e.severity],this.ctx.t)}
      <span class="grow"><b>${e.subject}</b>: ${e.problem}<br /><span class="small">${e.remedy}</span><br /><span class="small quiet">${e.why}</span></span>
    </div>`}async load(e){this.isBusy=!0,this.error=``;try{this.report=await a(this.ctx,`doctor`,{now:e})}catch(e){this.error=t(e,this.ctx.t)}finally{this.isBusy=!1}}};h([s()],y.prototype,`report`,void 0),h([s()],y.prototype,`error`,void 0),h([s()],y.prototype,`isBusy`,void 0),y=h([m(`homelab-steward-doctor`)],y);var b=[1,2,4,8],x=`*`,S=class extends i{constructor(...e){super(...e),this.instance=``,this.error=``,this.errorOf=``,this.isBusy=!1,this.snapshots=new p(this,[`snapshot`])}static{this.styles=[...i.styles,o`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let e=this.ctx.feed.rows(`mode`)[0];return l`${this.renderFences(e?.fences??[])}
      ${this.isOwner?l`${this.renderOffers(e?.fence_offers??[])} ${this.renderAlone(e?.elevation??null)}`:d}`}get isOwner(){return this.ctx.viewer.person?.role===`owner`}get mayChange(){return this.isOwner&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderFences(e){let{t}=this.ctx;return l`<section class="card content" aria-label=${t(`safety.fences`)}>
      <h3 class="title">${t(`safety.fences`)}</h3>
      <p class="small quiet">${t(`safety.fences_text`)}</p>
      ${e.length?d:l`<p class="small">${t(`safety.no_fences`)}</p>`}
      ${e.map(e=>this.renderFence(e))}
      ${this.renderError(`add_fence`,`remove_fence`)} ${this.isOwner?this.renderForm():d}
    </section>`}renderFence(e){let{t}=this.ctx,n=e.actions.length&&!e.actions.includes(x)?t(`safety.only`,{actions:e.actions.join(`, `)}):``,i=[e.with_guests?t(`safety.with_guests`):``,n,e.reason,e.origin===`file`?t(`safety.in_file`):``];return l`<div class="fence">
      <span class="grow"><span translate="no">${this.fenced(e)}</span><br />
        <span class="small quiet">${i.filter(Boolean).join(` · `)}</span>
        ${e.problem?l`<br /><span class="small tone warning">${c(r)} ${e.problem}</span>`:d}</span>
      ${e.origin===`file`||!this.isOwner?d:l`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_fence`,{fence_id:e.id})}>${t(`action.remove`)}</button>`}
    </div>`}fenced(e){let{t,feed:n,name:r}=this.ctx,i=n.row(`instance`,e.instance)?.name??e.instance,a=n.rows(`catalogue`)[0]?.services.find(t=>t.key===e.service),o=this.resources(e.instance).find(t=>t.kind===e.kind&&t.id===e.target)?.name??e.target,s=e.role?t(`safety.each_role`,{role:t(`safety.role_${e.role}`)}):``;return[i,e.service?t(`safety.each`,{service:a?r(a.name):e.service}):``,s,o||e.kind].filter(Boolean).join(` · `)}renderForm(){let{t:e,feed:t}=this.ctx,n=this.resources(this.instance);return l`<form class="fence-form" @submit=${this.add}>
      <label>${e(`safety.service`)}
        <select name="instance" required .value=${this.instance} @change=${e=>this.instance=e.target.value}>
          <option value="">${e(`safety.choose`)}</option>
          ${t.rows(`instance`).map(e=>l`<option value=${e.id} ?selected=${e.id===this.instance}>${e.name}</option>`)}
        </select></label>
      ${n.length?l`<label>${e(`safety.inside`)}
            <select name="target"><option value="">${e(`safety.whole`)}</option>
              ${n.map((e,t)=>l`<option value=${t}>${e.name} (${e.kind})</option>`)}</select></label>
            <label class="check"><input type="checkbox" name="guests" />${e(`safety.guests`)}</label>`:d}
      <label>${e(`safety.reason`)}<input name="reason" maxlength="200" /></label>
      <button ?disabled=${!this.mayChange||!this.instance}>${c(u)}${e(`safety.add`)}</button>
    </form>`}renderOffers(e){let{t}=this.ctx;return e.length?l`<section class="card content" aria-label=${t(`safety.offers`)}>
      <h3 class="title">${t(`safety.offers`)}</h3>
      <p class="small quiet">${t(`safety.offers_text`)}</p>
      <form @submit=${this.answer}>
        ${e.map(e=>l`<label class="check"><input type="checkbox" name="offer" value=${e.instance_id} />${e.name} (${t(`safety.role_${e.role}`)})</label>`)}
        ${this.renderError(`answer_fences`)}
        <button ?disabled=${!this.mayChange}>${t(`safety.answer`)}</button>
      </form>
    </section>`:d}renderAlone(e){let{t,now:r,language:i}=this.ctx,a=e!==null&&e.closed_at===null&&Date.parse(e.ends_at)>r?e:null;return l`<section class="card content" aria-label=${t(`safety.alone`)}>
      <h3 class="title">${t(`safety.alone`)}</h3>
      <p class="small quiet">${t(`safety.alone_text`)}</p>
      ${a?l`<div class="fence"><span class="grow">${t(`safety.alone_until`,{person:a.person_name,when:n(a.ends_at,r,i),scope:this.scope(a)})}</span>
            <button ?disabled=${!this.mayChange} @click=${()=>this.send(`elevate`,{hours:null})}>${t(`safety.end`)}</button></div>`:this.ctx.viewer.person?.has_pin?this.renderAloneForm():l`<p class="small">${t(`safety.no_pin`)}</p>`}
      ${this.renderError(`elevate`)}
    </section>`}renderError(...e){return l`<div aria-live="polite">${this.error&&e.includes(this.errorOf)?l`<p role="alert">${this.error}</p>`:d}</div>`}scope(e){let{feed:t,name:n}=this.ctx,r=t.rows(`catalogue`)[0]?.categories.find(t=>t.key===e.category);return r?n(r.name):t.row(`instance`,e.instance_id)?.name??(e.category||e.instance_id)}renderAloneForm(){let{t:e,feed:t,name:n}=this.ctx,r=t.rows(`catalogue`)[0]?.categories??[];return l`<form class="alone" @submit=${this.elevate}>
      <label>${e(`safety.about`)}
        <select name="scope" required><option value="">${e(`safety.choose`)}</option>
          <optgroup label=${e(`safety.categories`)}>${r.map(e=>l`<option value="category ${e.key}">${n(e.name)}</option>`)}</optgroup>
          <optgroup label=${e(`safety.services`)}>${t.rows(`instance`).map(e=>l`<option value="instance_id ${e.id}">${e.name}</option>`)}</optgroup>
        </select></label>
      <label>${e(`safety.for`)}
        <select name="hours">${b.map(t=>l`<option value=${t}>${e(`safety.hours`,{count:t})}</option>`)}</select></label>
      <label>${e(`request.pin`)}<input name="pin" type="password" inputmode="numeric" maxlength="12" autocomplete="off" required /></label>
      <button ?disabled=${!this.mayChange}>${e(`safety.begin`)}</button>
    </form>`}resources(e){return this.snapshots.row(`snapshot`,e)?.resources??[]}async add(e){e.preventDefault();let t=new FormData(this.fenceForm),n=t.get(`target`),r=n?this.resources(this.instance)[Number(n)]:void 0;await this.send(`add_fence`,{instance_id:this.instance,...r?{kind:r.kind,target_id:r.id}:{},with_guests:t.get(`guests`)!==null,reason:String(t.get(`reason`)??``)})&&(this.fenceForm?.reset(),this.instance=``)}async answer(e){e.preventDefault();let t=new FormData(e.target).getAll(`offer`);await this.send(`answer_fences`,{instance_ids:t.map(String)})}async elevate(e){e.preventDefault();let t=new FormData(this.aloneForm),[n=``,r=``]=String(t.get(`scope`)).split(` `);await this.send(`elevate`,{hours:Number(t.get(`hours`)),[n]:r,pin:String(t.get(`pin`))}),this.aloneForm?.reset()}async send(e,n){this.isBusy=!0,this.error=``,this.errorOf=e;try{return await a(this.ctx,e,n),!0}catch(e){return this.error=t(e,this.ctx.t),!1}finally{this.isBusy=!1}}};h([s()],S.prototype,`instance`,void 0),h([s()],S.prototype,`error`,void 0),h([s()],S.prototype,`errorOf`,void 0),h([s()],S.prototype,`isBusy`,void 0),h([_(`form.fence-form`)],S.prototype,`fenceForm`,void 0),h([_(`form.alone`)],S.prototype,`aloneForm`,void 0),S=h([m(`homelab-steward-safety`)],S);var C=`/config/integrations/integration/homelab_steward`,w=[1,4,12],T=class extends i{constructor(...e){super(...e),this.preferences=null,this.coolDowns=[],this.aliases=[],this.error=``,this.isBusy=!1}static{this.styles=[...i.styles,e,o`
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
    `]}firstUpdated(){this.load()}render(){let{t:e,feed:t,viewer:n}=this.ctx;return l`<div class="page">
      <h2 class="hidden">${e(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?l`<p role="alert">${this.error}</p>`:d}</div>
      ${this.renderSwitches()} <homelab-steward-doctor .ctx=${this.ctx}></homelab-steward-doctor> <homelab-steward-safety .ctx=${this.ctx}></homelab-steward-safety> ${this.renderMaintenance()} ${this.renderPreferences()} ${this.renderCoolDowns()} ${this.renderAliases()}
      ${t.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${n.is_admin?l`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(t=>l`<li><a class="item" href=${C}><span class="grow">${e(`settings.${t}`)}<br /><span class="small quiet">${e(`settings.${t}_text`)}</span></span>${c(g)}</a></li>`)}
          </ul></section>`:d}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:r,language:i}=this.ctx,a=t.rows(`mode`)[0],o=a?.pause??null;return l`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${o?e(`settings.paused_by`,{person:o.person_name||e(`settings.automation`),when:n(o.at,r,i)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>l`<option value=${t} ?selected=${(o?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${a?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return l`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${w.map(t=>l`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:r,language:i,feed:a}=this.ctx,o=e.current??e.following??e.once,s=e.instance_ids.map(e=>a.row(`instance`,e)?.name??e);return l`<div class="setting">
      <span class="grow">${e.title}${e.current?l` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:d}
        <br /><span class="small quiet">${[...s,...e.categories].join(`, `)||t(`settings.everything`)}
          ${o?l`· ${n(o.starts_at,r,i)} – ${n(o.ends_at,r,i)}`:d}${e.weekly?l` · ${t(`settings.weekly`)}`:d}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?l`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>l`<div class="setting">
          <span class="grow">${t.title}${t.target?l` · ${t.target.name}`:d}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?l`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:l`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:d}renderCoolDowns(){let{t:e,now:t,language:r}=this.ctx;return this.coolDowns.length?l`<section class="card content">
      <h3 class="title">${e(`settings.false_alarms`)}</h3>
      <p class="small quiet">${e(`settings.false_alarms_text`)}</p>
      ${this.coolDowns.map(i=>l`<div class="setting">
          <span class="grow">${i.alert}${i.target?l` · ${i.target.name}`:d}<br />
            <span class="small quiet">${e(`settings.quiet_until`,{when:n(i.until,t,r),person:i.person_name})}</span></span>
          <button ?disabled=${!this.mayChange} @click=${()=>this.change(`remove_cool_down`,{cool_down_id:i.id})}>${e(`action.remove`)}</button>
        </div>`)}
    </section>`:d}renderAliases(){let{t:e,base:t}=this.ctx;return this.aliases.length?l`<section class="card content">
      <h3 class="title">${e(`names.title`)}</h3>
      <p class="small quiet">${e(`names.title_text`)}</p>
      <dl class="names">
        ${this.aliases.map(e=>l`<dt translate="no">${e.name}</dt>
            <dd><a href="${t}/service/${encodeURIComponent(e.target.instance_id)}">${e.target_name}</a></dd>`)}
      </dl>
    </section>`:d}renderFrontEnd(e){let{t}=this.ctx;return e.state===`ok`?d:l`<section class="card content">
      <h3 class="title row"><span class="tone ${e.state===`down`?`bad`:`warning`}">${c(r)}</span>${t(`settings.front_end`,{name:t(`channel.${e.front_end}`)})}</h3>
      ${e.problems.map(e=>l`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await a(this.ctx,`preferences`)).preferences,this.coolDowns=(await a(this.ctx,`cool_downs`)).cool_downs,this.aliases=(await a(this.ctx,`aliases`)).aliases}catch(e){this.error=t(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,n){this.isBusy=!0,this.error=``;try{await a(this.ctx,e,n)}catch(e){this.error=t(e,this.ctx.t)}finally{this.isBusy=!1}}};h([s()],T.prototype,`preferences`,void 0),h([s()],T.prototype,`coolDowns`,void 0),h([s()],T.prototype,`aliases`,void 0),h([s()],T.prototype,`error`,void 0),h([s()],T.prototype,`isBusy`,void 0),T=h([m(`homelab-steward-settings`)],T);export{T as SettingsPage};