import{Ct as e,G as t,J as n,N as r,P as i,W as a,_t as o,at as s,dt as c,et as l,ft as u,gn as d,gt as f,in as p,mt as m,q as h,tt as g,ut as _,vt as v}from"./shared-ecpPzQbY.js";var y={error:`critical`,warning:`warning`,note:`info`},b=class extends a{constructor(...e){super(...e),this.report=null,this.error=``,this.isBusy=!1}static{this.styles=[...a.styles,v`
      :host {
        display: contents;
      }
      .finding {
        padding: 8px 0;
        display: flex;
        gap: 12px;
        overflow-wrap: anywhere;
      }
      .parts {
        list-style: none;
      }
      .parts li {
        display: flex;
        align-items: baseline;
        gap: 12px;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }
      h4 {
        margin: 12px 0 4px;
      }
      .finding + .finding {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.ctx.viewer.access===`full`&&this.load(!1)}render(){let{t:e,feed:t,viewer:n,now:r,language:a}=this.ctx;if(n.access!==`full`)return f;let s=this.report?.areas.flatMap(e=>e.not_checked)??[];return o`<section class="card content" aria-label=${e(`doctor.title`)}>
      <h3 class="title">${e(`doctor.title`)}</h3>
      <p class="small quiet">${this.report?e(`doctor.checked`,{when:i(this.report.at,r,a)}):e(`doctor.text`)}</p>
      <div aria-live="polite" aria-busy=${this.isBusy}>
        ${this.error?o`<p role="alert">${this.error}</p>`:f}
        ${this.report&&!this.report.findings.length?o`<p>${e(`doctor.nothing`)}</p>`:f}
        ${this.report?.findings.map(e=>this.renderFinding(e))}
        ${this.report?.health.length?this.renderHealth(this.report.health):f}
        ${s.map(t=>o`<p class="small quiet">${e(`doctor.not_checked`,{what:t})}</p>`)}
      </div>
      <div class="row wrap">
        <button ?disabled=${this.isBusy||!t.state?.connected} @click=${()=>this.load(!0)}>${e(this.isBusy?`doctor.checking`:`doctor.check_now`)}</button>
      </div>
    </section>`}renderFinding(e){return o`<div class="finding">
      ${s(y[e.severity],this.ctx.t)}
      <span class="grow"><b>${e.subject}</b>: ${e.problem}<br /><span class="small">${e.remedy}</span><br /><span class="small quiet">${e.why}</span></span>
    </div>`}renderHealth(e){let{t,language:n}=this.ctx;return o`<h4>${t(`doctor.health`)}</h4>
      <ul class="parts">${e.map(e=>o`<li>
        <span class="chip ${e.ok===null?`neutral`:e.ok?`good`:`bad`}"><span class="dot"></span>${t(e.ok===null?`doctor.part_unknown`:e.ok?`doctor.part_works`:`doctor.part_fails`)}</span>
        <span class="grow"><b>${t(`doctor.part_${e.key}`)}</b>${e.value===null?f:o`: ${t(`doctor.value_${e.key}`,{value:r(e.key,e.value,n),limit:e.limit??``})}`}
          ${e.reasons.map(e=>o`<br /><span class="small" translate="no">${e}</span>`)}</span>
      </li>`)}</ul>`}async load(e){this.isBusy=!0,this.error=``;try{this.report=await t(this.ctx,`doctor`,{now:e})}catch(e){this.error=h(e,this.ctx.t)}finally{this.isBusy=!1}}};n([u()],b.prototype,`report`,void 0),n([u()],b.prototype,`error`,void 0),n([u()],b.prototype,`isBusy`,void 0),b=n([m(`homelab-steward-doctor`)],b);var x=[1,2,4,8],S=`*`,C=class extends a{constructor(...e){super(...e),this.instance=``,this.error=``,this.errorOf=``,this.isBusy=!1,this.snapshots=new _(this,[`snapshot`])}static{this.styles=[...a.styles,v`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let e=this.ctx.feed.rows(`mode`)[0];return o`${this.renderFences(e?.fences??[])}
      ${this.isOwner?o`${this.renderOffers(e?.fence_offers??[])} ${this.renderAlone(e?.elevation??null)}`:f}`}get isOwner(){return this.ctx.viewer.person?.role===`owner`}get mayChange(){return this.isOwner&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderFences(e){let{t}=this.ctx;return o`<section class="card content" aria-label=${t(`safety.fences`)}>
      <h3 class="title">${t(`safety.fences`)}</h3>
      <p class="small quiet">${t(`safety.fences_text`)}</p>
      ${e.length?f:o`<p class="small">${t(`safety.no_fences`)}</p>`}
      ${e.map(e=>this.renderFence(e))}
      ${this.renderError(`add_fence`,`remove_fence`)} ${this.isOwner?this.renderForm():f}
    </section>`}renderFence(t){let{t:n}=this.ctx,r=t.actions.length&&!t.actions.includes(S)?n(`safety.only`,{actions:t.actions.join(`, `)}):``,i=[t.with_guests?n(`safety.with_guests`):``,r,t.reason,t.origin===`file`?n(`safety.in_file`):``];return o`<div class="fence">
      <span class="grow"><span translate="no">${this.fenced(t)}</span><br />
        <span class="small quiet">${i.filter(Boolean).join(` · `)}</span>
        ${t.problem?o`<br /><span class="small tone warning">${g(e)} ${t.problem}</span>`:f}</span>
      ${t.origin===`file`||!this.isOwner?f:o`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_fence`,{fence_id:t.id})}>${n(`action.remove`)}</button>`}
    </div>`}fenced(e){let{t,feed:n,name:r}=this.ctx,i=n.row(`instance`,e.instance)?.name??e.instance,a=n.rows(`catalogue`)[0]?.services.find(t=>t.key===e.service),o=this.resources(e.instance).find(t=>t.kind===e.kind&&t.id===e.target)?.name??e.target,s=e.role?t(`safety.each_role`,{role:t(`safety.role_${e.role}`)}):``;return[i,e.service?t(`safety.each`,{service:a?r(a.name):e.service}):``,s,o||e.kind].filter(Boolean).join(` · `)}renderForm(){let{t:e,feed:t}=this.ctx,n=this.resources(this.instance);return o`<form class="fence-form" @submit=${this.add}>
      <label>${e(`safety.service`)}
        <select name="instance" required .value=${this.instance} @change=${e=>this.instance=e.target.value}>
          <option value="">${e(`safety.choose`)}</option>
          ${t.rows(`instance`).map(e=>o`<option value=${e.id} ?selected=${e.id===this.instance}>${e.name}</option>`)}
        </select></label>
      ${n.length?o`<label>${e(`safety.inside`)}
            <select name="target"><option value="">${e(`safety.whole`)}</option>
              ${n.map((e,t)=>o`<option value=${t}>${e.name} (${e.kind})</option>`)}</select></label>
            <label class="check"><input type="checkbox" name="guests" />${e(`safety.guests`)}</label>`:f}
      <label>${e(`safety.reason`)}<input name="reason" maxlength="200" /></label>
      <button ?disabled=${!this.mayChange||!this.instance}>${g(d)}${e(`safety.add`)}</button>
    </form>`}renderOffers(e){let{t}=this.ctx;return e.length?o`<section class="card content" aria-label=${t(`safety.offers`)}>
      <h3 class="title">${t(`safety.offers`)}</h3>
      <p class="small quiet">${t(`safety.offers_text`)}</p>
      <form @submit=${this.answer}>
        ${e.map(e=>o`<label class="check"><input type="checkbox" name="offer" value=${e.instance_id} />${e.name} (${t(`safety.role_${e.role}`)})</label>`)}
        ${this.renderError(`answer_fences`)}
        <button ?disabled=${!this.mayChange}>${t(`safety.answer`)}</button>
      </form>
    </section>`:f}renderAlone(e){let{t,now:n,language:r}=this.ctx,a=e!==null&&e.closed_at===null&&Date.parse(e.ends_at)>n?e:null;return o`<section class="card content" aria-label=${t(`safety.alone`)}>
      <h3 class="title">${t(`safety.alone`)}</h3>
      <p class="small quiet">${t(`safety.alone_text`)}</p>
      ${a?o`<div class="fence"><span class="grow">${t(`safety.alone_until`,{person:a.person_name,when:i(a.ends_at,n,r),scope:this.scope(a)})}</span>
            <button ?disabled=${!this.mayChange} @click=${()=>this.send(`elevate`,{hours:null})}>${t(`safety.end`)}</button></div>`:this.ctx.viewer.person?.has_pin?this.renderAloneForm():o`<p class="small">${t(`safety.no_pin`)}</p>`}
      ${this.renderError(`elevate`)}
    </section>`}renderError(...e){return o`<div aria-live="polite">${this.error&&e.includes(this.errorOf)?o`<p role="alert">${this.error}</p>`:f}</div>`}scope(e){let{feed:t,name:n}=this.ctx,r=t.rows(`catalogue`)[0]?.categories.find(t=>t.key===e.category);return r?n(r.name):t.row(`instance`,e.instance_id)?.name??(e.category||e.instance_id)}renderAloneForm(){let{t:e,feed:t,name:n}=this.ctx,r=t.rows(`catalogue`)[0]?.categories??[];return o`<form class="alone" @submit=${this.elevate}>
      <label>${e(`safety.about`)}
        <select name="scope" required><option value="">${e(`safety.choose`)}</option>
          <optgroup label=${e(`safety.categories`)}>${r.map(e=>o`<option value="category ${e.key}">${n(e.name)}</option>`)}</optgroup>
          <optgroup label=${e(`safety.services`)}>${t.rows(`instance`).map(e=>o`<option value="instance_id ${e.id}">${e.name}</option>`)}</optgroup>
        </select></label>
      <label>${e(`safety.for`)}
        <select name="hours">${x.map(t=>o`<option value=${t}>${e(`safety.hours`,{count:t})}</option>`)}</select></label>
      <label>${e(`request.pin`)}<input name="pin" type="password" inputmode="numeric" maxlength="12" autocomplete="off" required /></label>
      <button ?disabled=${!this.mayChange}>${e(`safety.begin`)}</button>
    </form>`}resources(e){return this.snapshots.row(`snapshot`,e)?.resources??[]}async add(e){e.preventDefault();let t=new FormData(this.fenceForm),n=t.get(`target`),r=n?this.resources(this.instance)[Number(n)]:void 0;await this.send(`add_fence`,{instance_id:this.instance,...r?{kind:r.kind,target_id:r.id}:{},with_guests:t.get(`guests`)!==null,reason:String(t.get(`reason`)??``)})&&(this.fenceForm?.reset(),this.instance=``)}async answer(e){e.preventDefault();let t=new FormData(e.target).getAll(`offer`);await this.send(`answer_fences`,{instance_ids:t.map(String)})}async elevate(e){e.preventDefault();let t=new FormData(this.aloneForm),[n=``,r=``]=String(t.get(`scope`)).split(` `);await this.send(`elevate`,{hours:Number(t.get(`hours`)),[n]:r,pin:String(t.get(`pin`))}),this.aloneForm?.reset()}async send(e,n){this.isBusy=!0,this.error=``,this.errorOf=e;try{return await t(this.ctx,e,n),!0}catch(e){return this.error=h(e,this.ctx.t),!1}finally{this.isBusy=!1}}};n([u()],C.prototype,`instance`,void 0),n([u()],C.prototype,`error`,void 0),n([u()],C.prototype,`errorOf`,void 0),n([u()],C.prototype,`isBusy`,void 0),n([c(`form.fence-form`)],C.prototype,`fenceForm`,void 0),n([c(`form.alone`)],C.prototype,`aloneForm`,void 0),C=n([m(`homelab-steward-safety`)],C);var w=`/config/integrations/integration/homelab_steward`,T=[1,4,12],E=class extends a{constructor(...e){super(...e),this.preferences=null,this.coolDowns=[],this.aliases=[],this.error=``,this.isBusy=!1}static{this.styles=[...a.styles,l,v`
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
    `]}firstUpdated(){this.load()}render(){let{t:e,feed:t,viewer:n}=this.ctx;return o`<div class="page">
      <h2 class="hidden">${e(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?o`<p role="alert">${this.error}</p>`:f}</div>
      ${this.renderSwitches()} <homelab-steward-doctor .ctx=${this.ctx}></homelab-steward-doctor> <homelab-steward-safety .ctx=${this.ctx}></homelab-steward-safety> ${this.renderMaintenance()} ${this.renderPreferences()} ${this.renderCoolDowns()} ${this.renderAliases()}
      ${t.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${n.is_admin?o`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(t=>o`<li><a class="item" href=${w}><span class="grow">${e(`settings.${t}`)}<br /><span class="small quiet">${e(`settings.${t}_text`)}</span></span>${g(p)}</a></li>`)}
          </ul></section>`:f}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,a=t.rows(`mode`)[0],s=a?.pause??null;return o`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${s?e(`settings.paused_by`,{person:s.person_name||e(`settings.automation`),when:i(s.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>o`<option value=${t} ?selected=${(s?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${a?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return o`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${T.map(t=>o`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:a}=this.ctx,s=e.current??e.following??e.once,c=e.instance_ids.map(e=>a.row(`instance`,e)?.name??e);return o`<div class="setting">
      <span class="grow">${e.title}${e.current?o` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:f}
        <br /><span class="small quiet">${[...c,...e.categories].join(`, `)||t(`settings.everything`)}
          ${s?o`· ${i(s.starts_at,n,r)} – ${i(s.ends_at,n,r)}`:f}${e.weekly?o` · ${t(`settings.weekly`)}`:f}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?o`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>o`<div class="setting">
          <span class="grow">${t.title}${t.target?o` · ${t.target.name}`:f}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?o`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:o`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:f}renderCoolDowns(){let{t:e,now:t,language:n}=this.ctx;return this.coolDowns.length?o`<section class="card content">
      <h3 class="title">${e(`settings.false_alarms`)}</h3>
      <p class="small quiet">${e(`settings.false_alarms_text`)}</p>
      ${this.coolDowns.map(r=>o`<div class="setting">
          <span class="grow">${r.alert}${r.target?o` · ${r.target.name}`:f}<br />
            <span class="small quiet">${e(`settings.quiet_until`,{when:i(r.until,t,n),person:r.person_name})}</span></span>
          <button ?disabled=${!this.mayChange} @click=${()=>this.change(`remove_cool_down`,{cool_down_id:r.id})}>${e(`action.remove`)}</button>
        </div>`)}
    </section>`:f}renderAliases(){let{t:e,base:t}=this.ctx;return this.aliases.length?o`<section class="card content">
      <h3 class="title">${e(`names.title`)}</h3>
      <p class="small quiet">${e(`names.title_text`)}</p>
      <dl class="names">
        ${this.aliases.map(e=>o`<dt translate="no">${e.name}</dt>
            <dd><a href="${t}/service/${encodeURIComponent(e.target.instance_id)}">${e.target_name}</a></dd>`)}
      </dl>
    </section>`:f}renderFrontEnd(t){let{t:n}=this.ctx;return t.state===`ok`?f:o`<section class="card content">
      <h3 class="title row"><span class="tone ${t.state===`down`?`bad`:`warning`}">${g(e)}</span>${n(`settings.front_end`,{name:n(`channel.${t.front_end}`)})}</h3>
      ${t.problems.map(e=>o`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await t(this.ctx,`preferences`)).preferences,this.coolDowns=(await t(this.ctx,`cool_downs`)).cool_downs,this.aliases=(await t(this.ctx,`aliases`)).aliases}catch(e){this.error=h(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,n){this.isBusy=!0,this.error=``;try{await t(this.ctx,e,n)}catch(e){this.error=h(e,this.ctx.t)}finally{this.isBusy=!1}}};n([u()],E.prototype,`preferences`,void 0),n([u()],E.prototype,`coolDowns`,void 0),n([u()],E.prototype,`aliases`,void 0),n([u()],E.prototype,`error`,void 0),n([u()],E.prototype,`isBusy`,void 0),E=n([m(`homelab-steward-settings`)],E);export{E as SettingsPage};