import{$ as e,At as t,B as n,G as r,J as i,P as a,W as o,_t as s,cn as c,et as l,ft as u,gt as d,ht as f,ln as p,lt as m,mt as h,nt as g,pt as _,q as v,rt as y,sn as b,tt as x,vt as S}from"./shared-ecpPzQbY.js";var C={title:``,cron:`0 9 * * *`,zone:``,rules:[],tools:[],prompt:``,models:`local`,tokens:4e3,deliver_to:[`telegram`,`phone`],send:`findings`},w=[`telegram`,`phone`],T=[`local`,`any`],E=[`findings`,`news`,`always`],D=class extends f{constructor(...e){super(...e),this.schedule=null,this.entered=C,this.mistakes={},this.next=null,this.isBusy=!1,this.number=0,this.preview=async()=>{let e=++this.number,t={...this.entered,title:this.entered.title||`-`,rules:[`updates`],tools:[],prompt:``,tokens:0};try{let n=await this.send(t,!0);e===this.number&&this.use(n,[`cron`,`zone`])}catch{e===this.number&&(this.next=null)}},this.save=async e=>{if(e.preventDefault(),!this.isBusy){this.isBusy=!0,this.number+=1;try{let e=await this.send(this.entered,!1);this.use(e,null),e.schedule&&this.dispatchEvent(new CustomEvent(`saved`,{detail:e.schedule}))}catch(e){this.mistakes={"":v(e,this.ctx.t)}}finally{this.isBusy=!1}await this.updateComplete,this.renderRoot.querySelector(`input[aria-invalid="true"], textarea[aria-invalid="true"], fieldset[aria-invalid="true"] input`)?.focus()}}}static{this.styles=[e,S`
      form {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      label.field {
        display: flex;
        flex-direction: column;
        align-items: stretch;
        gap: 4px;
        max-width: 480px;
      }
      form span {
        display: block;
        margin-top: 4px;
      }
      form span[hidden] {
        display: none;
      }
      fieldset {
        border: 1px solid var(--divider-color);
        border-radius: 8px;
        margin: 0;
        padding: 8px 12px;
        display: grid;
        gap: 8px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr));
        max-height: 320px;
        overflow-y: auto;
      }
      fieldset label {
        align-items: flex-start;
        overflow-wrap: anywhere;
      }
      textarea {
        min-height: 5em;
        resize: vertical;
      }
      .fields {
        display: grid;
        gap: 16px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
      }
      [aria-invalid="true"] {
        border-color: var(--error-color, #db4437);
      }
    `]}willUpdate(){!this.hasUpdated&&this.schedule?.question&&(this.entered=this.schedule.question)}firstUpdated(){this.preview()}get isWhole(){return!this.schedule||this.schedule.is_own}render(){let{t:e}=this.ctx,t=Intl.supportedValuesOf(`timeZone`);return s`<form novalidate @submit=${this.save}>
      ${this.isWhole?this.renderText(`title`,{maxlength:80}):s`<p class="small quiet">${e(`schedule.of_app`)}</p>`}
      <div class="fields">
        ${this.renderText(`cron`,{about:e(`schedule.cron_text`)})}
        ${this.renderText(`zone`,{about:e(`schedule.zone_text`,{zone:this.listed.zone}),list:`zones`})}
      </div>
      <datalist id="zones">${t.map(e=>s`<option value=${e}></option>`)}</datalist>
      ${this.renderNext()}
      ${this.isWhole?this.renderQuestion():d}
      ${this.renderGroup(`deliver_to`,w.map(t=>({id:t,name:e(`schedule.place_${t}`)})))}
      <div class="row wrap">
        <button class="primary" ?disabled=${this.isBusy}>${e(`schedule.save`)}</button>
        <button type="button" class="plain" @click=${()=>this.dispatchEvent(new CustomEvent(`cancelled`))}>${e(`action.cancel`)}</button>
      </div>
      <div aria-live="polite">${this.mistakes[``]?s`<p class="error">${this.mistakes[``]}</p>`:d}</div>
    </form>`}renderQuestion(){let{t:e}=this.ctx;return s`${this.renderGroup(`rules`,this.listed.rules)} ${this.renderGroup(`tools`,this.known(this.listed.tools))}
      <div><label class="field">${e(`schedule.field_prompt`)}
        <textarea name="prompt" maxlength="2000" aria-describedby="about-prompt" aria-invalid=${!!this.mistakes.prompt} .value=${this.entered.prompt} @input=${this.typed(`prompt`)}></textarea>
      </label>${this.renderAbout(`prompt`,e(`schedule.prompt_text`))}</div>
      <div class="fields">
        ${this.renderSelect(`models`,T)} ${this.renderSelect(`send`,E)}
        ${this.renderText(`tokens`,{type:`number`,about:e(`schedule.tokens_text`)})}
      </div>`}known(e){let t=new Set(e.map(e=>e.id));return[...e,...this.entered.tools.filter(e=>!t.has(e)).map(e=>({id:e,name:e}))]}renderText(e,t){return s`<div><label class="field">${this.ctx.t(`schedule.field_${e}`)}
      <input name=${e} type=${t.type??`text`} list=${t.list??d} autocomplete="off" min="0" maxlength=${t.maxlength??80}
        aria-describedby="about-${e}" aria-invalid=${!!this.mistakes[e]} .value=${String(this.entered[e])} @input=${this.typed(e)} @change=${this.preview} />
    </label>${this.renderAbout(e,t.about??``)}</div>`}renderSelect(e,t){let{t:n}=this.ctx;return s`<div><label class="field">${n(`schedule.field_${e}`)}
      <select name=${e} aria-describedby="about-${e}" aria-invalid=${!!this.mistakes[e]} @change=${this.typed(e)}>
        ${t.map(t=>s`<option value=${t} ?selected=${t===this.entered[e]}>${n(`schedule.${e}_${t}`)}</option>`)}
      </select>
    </label>${this.renderAbout(e,``)}</div>`}renderGroup(e,t){if(!t.length)return d;let n=t=>n=>{let r=this.entered[e].filter(e=>e!==t);this.enter(e,n.target.checked?[...r,t]:r)};return s`<div><fieldset aria-describedby="about-${e}" aria-invalid=${!!this.mistakes[e]}><legend>${this.ctx.t(`schedule.field_${e}`)}</legend>
        ${t.map(t=>s`<label><input type="checkbox" name=${e} value=${t.id} .checked=${this.entered[e].includes(t.id)} @change=${n(t.id)} />${t.name}</label>`)}
      </fieldset>${this.renderAbout(e,``)}</div>`}renderAbout(e,t){let n=this.mistakes[e];return n?s`<span id="about-${e}" class="small error" role="alert">${n}</span>`:s`<span id="about-${e}" class="small quiet" ?hidden=${!t}>${t}</span>`}renderNext(){let{t:e,language:t}=this.ctx,r=this.entered.zone||this.listed.zone;return s`<div aria-live="polite">${this.next?s`<p class="small"><strong>${this.next.said}</strong></p>
          <p class="small quiet">${e(`schedule.preview`,{times:this.next.next_at.map(e=>n(e,r,t)).join(` · `)})}</p>`:d}</div>`}typed(e){return t=>{let{value:n}=t.target;this.enter(e,e===`tokens`?Math.max(-1,Math.min(Math.trunc(Number(n||-1)),2**31-1))||0:n)}}enter(e,t){this.entered={...this.entered,[e]:t},this.mistakes=Object.fromEntries(Object.entries(this.mistakes).filter(([t])=>t!==e&&t!==``))}use(e,t){let n=e.mistakes.filter(e=>!t||t.includes(e.key)),r=t?Object.entries(this.mistakes).filter(([e])=>!t.includes(e)):[];this.mistakes=Object.fromEntries([...r,...n.map(e=>[e.key,e.text])]),this.next=e.next_at.length?e:null}send(e,t){return r(this.ctx,`save_schedule`,{question:e,...this.schedule?{schedule_id:this.schedule.id,version:this.schedule.version}:{},...t?{only_check:!0}:{}})}};i([_({attribute:!1})],D.prototype,`ctx`,void 0),i([_({attribute:!1})],D.prototype,`schedule`,void 0),i([_({attribute:!1})],D.prototype,`listed`,void 0),i([u()],D.prototype,`entered`,void 0),i([u()],D.prototype,`mistakes`,void 0),i([u()],D.prototype,`next`,void 0),i([u()],D.prototype,`isBusy`,void 0),D=i([h(`homelab-steward-schedule-form`)],D);var O=`new`,k={done:`good`,failed:`bad`,running:`info`,never:`neutral`},A=class extends o{constructor(...e){super(...e),this.listed=null,this.error=``,this.answer=``,this.isBusy=!1,this.isEditing=!1,this.isSure=!1,this.cancelled=()=>{this.isEditing=!1,this.item===O&&m(`${this.ctx.base}/schedules`)},this.saved=async e=>{await this.load(),this.isEditing=!1,this.item===O?m(`${this.ctx.base}/schedules/${e.detail.id}`,!0):this.answer=this.t(`schedule.saved`)},this.load=async()=>{this.error=``;try{this.listed=await r(this.ctx,`schedules`,{language:this.ctx.hass.language})}catch(e){this.error=v(e,this.t)}}}static{this.styles=[...o.styles,l,S`
      li {
        padding-inline-end: 16px;
      }
      ul.lines {
        padding-inline-start: 20px;
      }
    `]}willUpdate(e){e.has(`item`)&&(this.isEditing=!1,this.isSure=!1,this.answer=``)}firstUpdated(){this.load()}render(){let{t:e,base:n}=this.ctx;if(this.error)return y(t,e(`state.error`),this.error,s`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.listed)return g(e);if(!this.item)return this.renderList(this.listed);if(this.item===O)return s`<div class="page"><section class="card content"><h2 class="title">${e(`schedule.new`)}</h2>${this.renderForm(null)}</section></div>`;let r=this.listed.schedules.find(e=>e.id===this.item),i=s`<a class="button" href="${n}/schedules">${e(`nav.schedules`)}</a>`;return r?this.renderOne(r):y(t,e(`schedule.gone`),``,i)}get mayChange(){return this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(e){let{t,base:n}=this.ctx;return s`<div class="page">
      <h2 class="hidden">${t(`nav.schedules`)}</h2>
      <div class="row wrap"><p class="grow quiet" style="min-width:60%">${t(`schedule.text`)}</p>
        ${this.mayChange?s`<a class="button" href="${n}/schedules/${O}">${x(p)}${t(`schedule.new`)}</a>`:d}</div>
      ${this.renderAnswer()}
      <ul class="card list">
        ${e.schedules.map(e=>s`<li class="row">
            <a class="item grow" href="${n}/schedules/${e.id}"><span class="grow">${e.title}${this.renderKind(e)}<br />
              <span class="small quiet">${this.when(e)}</span><br />
              <span class="small">${this.renderResult(e)}</span></span></a>
            ${this.renderSwitch(e)}
          </li>`)}
      </ul>
      ${e.wrong.length?s`<section class="card content"><h3 class="title">${t(`schedule.wrong`)}</h3>
            <ul class="small lines" translate="no">${e.wrong.map(e=>s`<li>${e}</li>`)}</ul></section>`:d}
    </div>`}renderKind(e){let t=e.is_own?`own`:e.is_changed?`changed`:``;return t?s` <span class="chip">${this.t(`schedule.${t}`)}</span>`:d}when(e){let t=e.zone===this.listed?.zone?``:` (${e.zone})`,n=e.next_at?this.t(`schedule.next`,{when:this.at(e.next_at,e.zone)}):this.t(`schedule.off`);return`${e.said}${t} · ${n}`}at(e,t){return n(e,t,this.ctx.language)}renderResult(e){let{t,now:n,language:r}=this.ctx,i=t(`schedule.result_${e.last?.is_silent&&e.result===`done`?`silent`:e.result}`,{reason:e.reason});return s`<span class="row ${k[e.result]??``}"><span class="dot"></span><span class="grow">${e.due_at?`${a(e.due_at,n,r)} · `:``}${i}</span></span>`}renderSwitch(e){return s`<input type="checkbox" role="switch" aria-label=${this.t(`schedule.switch`,{title:e.title})} .checked=${e.is_enabled} ?disabled=${!this.mayChange}
      @change=${t=>this.change(`switch_schedule`,{schedule_id:e.id,is_enabled:t.target.checked})} />`}renderAnswer(){return s`<div aria-live="polite">${this.answer?s`<p>${this.answer}</p>`:d}</div>`}renderOne(e){let{t}=this.ctx;return s`<div class="page">
      <section class="card content">
        <div class="row"><h2 class="title grow">${e.title}${this.renderKind(e)}</h2>${this.renderSwitch(e)}</div>
        <p class="small quiet">${this.when(e)}</p>
        <p class="small">${this.renderResult(e)}</p>
        ${e.question?d:s`<p class="small quiet">${t(`schedule.of_settings`)}</p>`}
        ${e.read_only?s`<p class="small">${e.read_only}</p>`:d}
        ${this.isEditing?this.renderForm(e):this.renderButtons(e)}
        ${this.renderAnswer()}
      </section>
      ${e.last&&!e.last.is_silent?this.renderMessage(e.last):d}
    </div>`}renderButtons(e){let{t}=this.ctx,n=(e.is_own||e.is_changed)&&!e.read_only;return this.isSure?s`<p>${t(e.is_own?`schedule.sure`:`schedule.sure_restore`)}</p><div class="row wrap">
        <button class="danger" ?disabled=${!this.mayChange} @click=${()=>this.removeFile(e)}>${t(e.is_own?`action.remove`:`schedule.restore`)}</button>
        <button class="plain" @click=${()=>this.isSure=!1}>${t(`action.cancel`)}</button></div>`:s`<div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`run_schedule`,{schedule_id:e.id},t(`schedule.ran`))}>${x(c)}${t(`schedule.run`)}</button>
      ${e.question&&!e.read_only?s`<button ?disabled=${!this.mayChange} @click=${()=>this.isEditing=!0}>${x(b)}${t(`schedule.edit`)}</button>`:d}
      ${n?s`<button ?disabled=${!this.mayChange} @click=${()=>this.isSure=!0}>${t(e.is_own?`action.remove`:`schedule.restore`)}</button>`:d}
    </div>`}renderMessage(e){let{t,now:n,language:r}=this.ctx,i=e=>s`<ul class="lines">${e.map(e=>s`<li class="text">${e}</li>`)}</ul>`;return s`<section class="card content">
      <h3 class="title">${t(`schedule.message`,{when:a(e.made_at,n,r)})}</h3>
      ${e.reached_nobody?s`<p class="error">${t(`schedule.unreached`)}</p>`:d}
      ${e.summary?s`<p class="text">${e.summary} <span class="small quiet">${t(`schedule.worded_by`,{model:e.worded_by})}</span></p>`:d}
      ${e.lines.length?i(e.lines):s`<p>${t(`schedule.nothing`)}</p>`}
      ${e.not_checked.length?s`<h4 class="title">${t(`schedule.not_checked`)}</h4><div class="small quiet">${i(e.not_checked)}</div>`:d}
    </section>`}renderForm(e){return s`<homelab-steward-schedule-form .ctx=${this.ctx} .schedule=${e} .listed=${this.listed} @saved=${this.saved} @cancelled=${this.cancelled}></homelab-steward-schedule-form>`}async removeFile(e){await this.change(`remove_schedule`,{schedule_id:e.id,version:e.version}),this.isSure=!1,!this.answer&&e.is_own&&m(`${this.ctx.base}/schedules`,!0)}async change(e,t,n=``){this.isBusy=!0,this.answer=``;let i=n;try{await r(this.ctx,e,t)}catch(e){i=this.reasonOf(e)}finally{this.isBusy=!1}await this.load(),this.answer=i}reasonOf(e){let{code:t,message:n}=e;return t===`unavailable`&&n?this.t(`schedule.result_failed`,{reason:n}):v(e,this.t)}};i([u()],A.prototype,`listed`,void 0),i([u()],A.prototype,`error`,void 0),i([u()],A.prototype,`answer`,void 0),i([u()],A.prototype,`isBusy`,void 0),i([u()],A.prototype,`isEditing`,void 0),i([u()],A.prototype,`isSure`,void 0),A=i([h(`homelab-steward-schedules`)],A);export{A as SchedulesPage};