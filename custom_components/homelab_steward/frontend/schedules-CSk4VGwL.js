import{$ as e,K as t,N as n,Q as r,U as i,W as a,_t as o,cn as s,ct as c,dt as l,et as u,ft as d,gt as f,ht as p,kt as m,mt as h,nt as g,on as _,pt as v,q as y,sn as b,tt as x,z as S}from"./shared-Sda02QKL.js";var C={title:``,cron:`0 9 * * *`,zone:``,rules:[],tools:[],prompt:``,models:`local`,tokens:4e3,deliver_to:[`telegram`,`phone`],send:`findings`},w=[`telegram`,`phone`],T=[`local`,`any`],E=[`findings`,`news`,`always`],D=class extends h{constructor(...e){super(...e),this.schedule=null,this.entered=C,this.mistakes={},this.next=null,this.isBusy=!1,this.number=0,this.preview=async()=>{let e=++this.number,t={...this.entered,title:this.entered.title||`-`,rules:[`updates`],tools:[],prompt:``,tokens:0};try{let n=await this.send(t,!0);e===this.number&&this.use(n,[`cron`,`zone`])}catch{e===this.number&&(this.next=null)}},this.save=async e=>{if(e.preventDefault(),!this.isBusy){this.isBusy=!0,this.number+=1;try{let e=await this.send(this.entered,!1);this.use(e,null),e.schedule&&this.dispatchEvent(new CustomEvent(`saved`,{detail:e.schedule}))}catch(e){this.mistakes={"":t(e,this.ctx.t)}}finally{this.isBusy=!1}await this.updateComplete,this.renderRoot.querySelector(`input[aria-invalid="true"], textarea[aria-invalid="true"], fieldset[aria-invalid="true"] input`)?.focus()}}}static{this.styles=[r,o`
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
    `]}willUpdate(){!this.hasUpdated&&this.schedule?.question&&(this.entered=this.schedule.question)}firstUpdated(){this.preview()}get isWhole(){return!this.schedule||this.schedule.is_own}render(){let{t:e}=this.ctx,t=Intl.supportedValuesOf(`timeZone`);return f`<form novalidate @submit=${this.save}>
      ${this.isWhole?this.renderText(`title`,{maxlength:80}):f`<p class="small quiet">${e(`schedule.of_app`)}</p>`}
      <div class="fields">
        ${this.renderText(`cron`,{about:e(`schedule.cron_text`)})}
        ${this.renderText(`zone`,{about:e(`schedule.zone_text`,{zone:this.listed.zone}),list:`zones`})}
      </div>
      <datalist id="zones">${t.map(e=>f`<option value=${e}></option>`)}</datalist>
      ${this.renderNext()}
      ${this.isWhole?this.renderQuestion():p}
      ${this.renderGroup(`deliver_to`,w.map(t=>({id:t,name:e(`schedule.place_${t}`)})))}
      <div class="row wrap">
        <button class="primary" ?disabled=${this.isBusy}>${e(`schedule.save`)}</button>
        <button type="button" class="plain" @click=${()=>this.dispatchEvent(new CustomEvent(`cancelled`))}>${e(`action.cancel`)}</button>
      </div>
      <div aria-live="polite">${this.mistakes[``]?f`<p class="error">${this.mistakes[``]}</p>`:p}</div>
    </form>`}renderQuestion(){let{t:e}=this.ctx;return f`${this.renderGroup(`rules`,this.listed.rules)} ${this.renderGroup(`tools`,this.known(this.listed.tools))}
      <div><label class="field">${e(`schedule.field_prompt`)}
        <textarea name="prompt" maxlength="2000" aria-describedby="about-prompt" aria-invalid=${!!this.mistakes.prompt} .value=${this.entered.prompt} @input=${this.typed(`prompt`)}></textarea>
      </label>${this.renderAbout(`prompt`,e(`schedule.prompt_text`))}</div>
      <div class="fields">
        ${this.renderSelect(`models`,T)} ${this.renderSelect(`send`,E)}
        ${this.renderText(`tokens`,{type:`number`,about:e(`schedule.tokens_text`)})}
      </div>`}known(e){let t=new Set(e.map(e=>e.id));return[...e,...this.entered.tools.filter(e=>!t.has(e)).map(e=>({id:e,name:e}))]}renderText(e,t){return f`<div><label class="field">${this.ctx.t(`schedule.field_${e}`)}
      <input name=${e} type=${t.type??`text`} list=${t.list??p} autocomplete="off" min="0" maxlength=${t.maxlength??80}
        aria-describedby="about-${e}" aria-invalid=${!!this.mistakes[e]} .value=${String(this.entered[e])} @input=${this.typed(e)} @change=${this.preview} />
    </label>${this.renderAbout(e,t.about??``)}</div>`}renderSelect(e,t){let{t:n}=this.ctx;return f`<div><label class="field">${n(`schedule.field_${e}`)}
      <select name=${e} aria-describedby="about-${e}" aria-invalid=${!!this.mistakes[e]} @change=${this.typed(e)}>
        ${t.map(t=>f`<option value=${t} ?selected=${t===this.entered[e]}>${n(`schedule.${e}_${t}`)}</option>`)}
      </select>
    </label>${this.renderAbout(e,``)}</div>`}renderGroup(e,t){if(!t.length)return p;let n=t=>n=>{let r=this.entered[e].filter(e=>e!==t);this.enter(e,n.target.checked?[...r,t]:r)};return f`<div><fieldset aria-describedby="about-${e}" aria-invalid=${!!this.mistakes[e]}><legend>${this.ctx.t(`schedule.field_${e}`)}</legend>
        ${t.map(t=>f`<label><input type="checkbox" name=${e} value=${t.id} .checked=${this.entered[e].includes(t.id)} @change=${n(t.id)} />${t.name}</label>`)}
      </fieldset>${this.renderAbout(e,``)}</div>`}renderAbout(e,t){let n=this.mistakes[e];return n?f`<span id="about-${e}" class="small error" role="alert">${n}</span>`:f`<span id="about-${e}" class="small quiet" ?hidden=${!t}>${t}</span>`}renderNext(){let{t:e,language:t}=this.ctx,n=this.entered.zone||this.listed.zone;return f`<div aria-live="polite">${this.next?f`<p class="small"><strong>${this.next.said}</strong></p>
          <p class="small quiet">${e(`schedule.preview`,{times:this.next.next_at.map(e=>S(e,n,t)).join(` · `)})}</p>`:p}</div>`}typed(e){return t=>{let{value:n}=t.target;this.enter(e,e===`tokens`?Math.max(-1,Math.min(Math.trunc(Number(n||-1)),2**31-1))||0:n)}}enter(e,t){this.entered={...this.entered,[e]:t},this.mistakes=Object.fromEntries(Object.entries(this.mistakes).filter(([t])=>t!==e&&t!==``))}use(e,t){let n=e.mistakes.filter(e=>!t||t.includes(e.key)),r=t?Object.entries(this.mistakes).filter(([e])=>!t.includes(e)):[];this.mistakes=Object.fromEntries([...r,...n.map(e=>[e.key,e.text])]),this.next=e.next_at.length?e:null}send(e,t){return a(this.ctx,`save_schedule`,{question:e,...this.schedule?{schedule_id:this.schedule.id,version:this.schedule.version}:{},...t?{only_check:!0}:{}})}};y([d({attribute:!1})],D.prototype,`ctx`,void 0),y([d({attribute:!1})],D.prototype,`schedule`,void 0),y([d({attribute:!1})],D.prototype,`listed`,void 0),y([l()],D.prototype,`entered`,void 0),y([l()],D.prototype,`mistakes`,void 0),y([l()],D.prototype,`next`,void 0),y([l()],D.prototype,`isBusy`,void 0),D=y([v(`homelab-steward-schedule-form`)],D);var O=`new`,k={done:`good`,failed:`bad`,running:`info`,never:`neutral`},A=class extends i{constructor(...e){super(...e),this.listed=null,this.error=``,this.answer=``,this.isBusy=!1,this.isEditing=!1,this.isSure=!1,this.cancelled=()=>{this.isEditing=!1,this.item===O&&c(`${this.ctx.base}/schedules`)},this.saved=async e=>{await this.load(),this.isEditing=!1,this.item===O?c(`${this.ctx.base}/schedules/${e.detail.id}`,!0):this.answer=this.t(`schedule.saved`)},this.load=async()=>{this.error=``;try{this.listed=await a(this.ctx,`schedules`,{language:this.ctx.hass.language})}catch(e){this.error=t(e,this.t)}}}static{this.styles=[...i.styles,e,o`
      li {
        padding-inline-end: 16px;
      }
      ul.lines {
        padding-inline-start: 20px;
      }
    `]}willUpdate(e){e.has(`item`)&&(this.isEditing=!1,this.isSure=!1,this.answer=``)}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(this.error)return g(m,e(`state.error`),this.error,f`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.listed)return x(e);if(!this.item)return this.renderList(this.listed);if(this.item===O)return f`<div class="page"><section class="card content"><h2 class="title">${e(`schedule.new`)}</h2>${this.renderForm(null)}</section></div>`;let n=this.listed.schedules.find(e=>e.id===this.item),r=f`<a class="button" href="${t}/schedules">${e(`nav.schedules`)}</a>`;return n?this.renderOne(n):g(m,e(`schedule.gone`),``,r)}get mayChange(){return this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderList(e){let{t,base:n}=this.ctx;return f`<div class="page">
      <h2 class="hidden">${t(`nav.schedules`)}</h2>
      <div class="row wrap"><p class="grow quiet" style="min-width:60%">${t(`schedule.text`)}</p>
        ${this.mayChange?f`<a class="button" href="${n}/schedules/${O}">${u(s)}${t(`schedule.new`)}</a>`:p}</div>
      ${this.renderAnswer()}
      <ul class="card list">
        ${e.schedules.map(e=>f`<li class="row">
            <a class="item grow" href="${n}/schedules/${e.id}"><span class="grow">${e.title}${this.renderKind(e)}<br />
              <span class="small quiet">${this.when(e)}</span><br />
              <span class="small">${this.renderResult(e)}</span></span></a>
            ${this.renderSwitch(e)}
          </li>`)}
      </ul>
      ${e.wrong.length?f`<section class="card content"><h3 class="title">${t(`schedule.wrong`)}</h3>
            <ul class="small lines" translate="no">${e.wrong.map(e=>f`<li>${e}</li>`)}</ul></section>`:p}
    </div>`}renderKind(e){let t=e.is_own?`own`:e.is_changed?`changed`:``;return t?f` <span class="chip">${this.t(`schedule.${t}`)}</span>`:p}when(e){let t=e.zone===this.listed?.zone?``:` (${e.zone})`,n=e.next_at?this.t(`schedule.next`,{when:this.at(e.next_at,e.zone)}):this.t(`schedule.off`);return`${e.said}${t} · ${n}`}at(e,t){return S(e,t,this.ctx.language)}renderResult(e){let{t,now:r,language:i}=this.ctx,a=t(`schedule.result_${e.last?.is_silent&&e.result===`done`?`silent`:e.result}`,{reason:e.reason});return f`<span class="row ${k[e.result]??``}"><span class="dot"></span><span class="grow">${e.due_at?`${n(e.due_at,r,i)} · `:``}${a}</span></span>`}renderSwitch(e){return f`<input type="checkbox" role="switch" aria-label=${this.t(`schedule.switch`,{title:e.title})} .checked=${e.is_enabled} ?disabled=${!this.mayChange}
      @change=${t=>this.change(`switch_schedule`,{schedule_id:e.id,is_enabled:t.target.checked})} />`}renderAnswer(){return f`<div aria-live="polite">${this.answer?f`<p>${this.answer}</p>`:p}</div>`}renderOne(e){let{t}=this.ctx;return f`<div class="page">
      <section class="card content">
        <div class="row"><h2 class="title grow">${e.title}${this.renderKind(e)}</h2>${this.renderSwitch(e)}</div>
        <p class="small quiet">${this.when(e)}</p>
        <p class="small">${this.renderResult(e)}</p>
        ${e.question?p:f`<p class="small quiet">${t(`schedule.of_settings`)}</p>`}
        ${e.read_only?f`<p class="small">${e.read_only}</p>`:p}
        ${this.isEditing?this.renderForm(e):this.renderButtons(e)}
        ${this.renderAnswer()}
      </section>
      ${e.last&&!e.last.is_silent?this.renderMessage(e.last):p}
    </div>`}renderButtons(e){let{t}=this.ctx,n=(e.is_own||e.is_changed)&&!e.read_only;return this.isSure?f`<p>${t(e.is_own?`schedule.sure`:`schedule.sure_restore`)}</p><div class="row wrap">
        <button class="danger" ?disabled=${!this.mayChange} @click=${()=>this.removeFile(e)}>${t(e.is_own?`action.remove`:`schedule.restore`)}</button>
        <button class="plain" @click=${()=>this.isSure=!1}>${t(`action.cancel`)}</button></div>`:f`<div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${()=>this.change(`run_schedule`,{schedule_id:e.id},t(`schedule.ran`))}>${u(b)}${t(`schedule.run`)}</button>
      ${e.question&&!e.read_only?f`<button ?disabled=${!this.mayChange} @click=${()=>this.isEditing=!0}>${u(_)}${t(`schedule.edit`)}</button>`:p}
      ${n?f`<button ?disabled=${!this.mayChange} @click=${()=>this.isSure=!0}>${t(e.is_own?`action.remove`:`schedule.restore`)}</button>`:p}
    </div>`}renderMessage(e){let{t,now:r,language:i}=this.ctx,a=e=>f`<ul class="lines">${e.map(e=>f`<li class="text">${e}</li>`)}</ul>`;return f`<section class="card content">
      <h3 class="title">${t(`schedule.message`,{when:n(e.made_at,r,i)})}</h3>
      ${e.reached_nobody?f`<p class="error">${t(`schedule.unreached`)}</p>`:p}
      ${e.summary?f`<p class="text">${e.summary} <span class="small quiet">${t(`schedule.worded_by`,{model:e.worded_by})}</span></p>`:p}
      ${e.lines.length?a(e.lines):f`<p>${t(`schedule.nothing`)}</p>`}
      ${e.not_checked.length?f`<h4 class="title">${t(`schedule.not_checked`)}</h4><div class="small quiet">${a(e.not_checked)}</div>`:p}
    </section>`}renderForm(e){return f`<homelab-steward-schedule-form .ctx=${this.ctx} .schedule=${e} .listed=${this.listed} @saved=${this.saved} @cancelled=${this.cancelled}></homelab-steward-schedule-form>`}async removeFile(e){await this.change(`remove_schedule`,{schedule_id:e.id,version:e.version}),this.isSure=!1,!this.answer&&e.is_own&&c(`${this.ctx.base}/schedules`,!0)}async change(e,t,n=``){this.isBusy=!0,this.answer=``;let r=n;try{await a(this.ctx,e,t)}catch(e){r=this.reasonOf(e)}finally{this.isBusy=!1}await this.load(),this.answer=r}reasonOf(e){let{code:n,message:r}=e;return n===`unavailable`&&r?this.t(`schedule.result_failed`,{reason:r}):t(e,this.t)}};y([l()],A.prototype,`listed`,void 0),y([l()],A.prototype,`error`,void 0),y([l()],A.prototype,`answer`,void 0),y([l()],A.prototype,`isBusy`,void 0),y([l()],A.prototype,`isEditing`,void 0),y([l()],A.prototype,`isSure`,void 0),A=y([v(`homelab-steward-schedules`)],A);export{A as SchedulesPage};