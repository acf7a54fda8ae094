import{$ as e,A as t,B as n,C as r,Ct as i,D as a,Dt as o,E as s,Et as c,F as l,G as u,H as d,I as f,J as ee,K as p,L as te,M as ne,N as m,O as re,Ot as ie,P as h,Q as ae,R as g,S as _,St as oe,T as v,Tt as se,U as ce,V as y,W as b,X as le,Y as ue,Z as x,_ as de,_t as fe,a as pe,at as me,b as he,bt as ge,c as _e,ct as ve,d as ye,dt as be,et as S,f as xe,ft as Se,g as C,gt as Ce,h as we,ht as Te,i as Ee,it as De,j as w,k as T,kt as E,l as D,lt as Oe,m as O,mt as ke,n as Ae,nt as je,o as Me,ot as Ne,p as Pe,pt as k,r as A,rt as j,s as Fe,st as Ie,t as M,tt as N,u as Le,ut as Re,v as ze,vt as Be,w as Ve,wt as He,xt as Ue,y as We,yt as Ge,z as Ke}from"./topology-jAhzykW0.js";var P=p`
  .notice {
    min-height: 50vh;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    text-align: center;
    gap: 12px;
  }
  .notice > svg {
    width: 56px;
    height: 56px;
    color: var(--secondary-text-color);
  }
  .notice p {
    max-width: 46ch;
  }
  .wait i {
    display: block;
    height: 14px;
    border-radius: 7px;
    background: var(--divider-color);
    animation: pulse 1.4s ease-in-out infinite;
  }
  .wait i:nth-child(1) {
    width: 60%;
  }
  .wait i:nth-child(3) {
    width: 35%;
  }
  @keyframes pulse {
    50% {
      opacity: 0.4;
    }
  }
`,F=50,qe=class extends _{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[..._.styles,P]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),i=We(r.filter(e=>e.status===`pending`),n);for(let e of i)this.seen.add(e.id);let a=r.filter(e=>e.status!==`pending`&&this.seen.has(e.id));return!i.length&&!a.length?w(je,e(`inbox.empty`),e(`inbox.empty_text`)):u`
      <div class="page">
        ${this.ctx.viewer.person?b:u`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(i.slice(0,F))}
        ${i.length>F?u`<p class="quiet">${e(`inbox.more`,{count:i.length-F})}</p>`:b}
        ${a.length?u`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(a)}`:b}
      </div>
    `}renderAll(e){return he(e,e=>e.id,e=>u`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};qe=s([d(`homelab-steward-inbox`)],qe);var Je=class extends _{static{this.styles=[..._.styles,P]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=u`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return w(k,e(`request.gone`),e(`request.gone_text`),t)}return u`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};Je=s([d(`homelab-steward-request-page`)],Je);function Ye(e,t,n){let r=document.createElement(`a`);r.href=URL.createObjectURL(new Blob(n,{type:t})),r.download=e,r.click(),URL.revokeObjectURL(r.href)}var Xe=100,Ze=500,Qe=250,$e=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],I=class extends _{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),Qe)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await r(this.ctx,`verify_audit`)}catch(e){this.error=v(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(Ze,t);if(e.push(...n.entries),!n.has_more)break}Ye(`homelab-steward-audit.jsonl`,`application/jsonl`,e.reverse().map(e=>`${JSON.stringify(e)}\n`))}catch(e){this.error=v(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[..._.styles,P,p`
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .filters input {
        flex: 1 1 200px;
      }
      details > summary {
        padding: 8px 16px;
        color: inherit;
        font-weight: inherit;
      }
      details pre,
      details p {
        margin: 0 16px 12px;
      }
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t:e}=this.ctx;return u`<div class="page">
      <h2 class="hidden">${e(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${e(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${T(E)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${T(be)}${e(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${e(`audit.search`)} placeholder=${e(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${e(`audit.event`)} @change=${this.select}>
          <option value="">${e(`audit.any_event`)}</option>
          ${$e.map(t=>u`<option value=${t} ?selected=${this.event===t}>${e(`audit.event_${t.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?u`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t:e}=this.ctx,t=this.verified;return this.isVerifying?u`<p>${e(`audit.verifying`)}</p>`:t?t.broken_at===null?u`<p class="row tone good">${T(E)}<span>${e(`audit.intact`,{count:t.entries})} <code class="small" style="overflow-wrap:anywhere">${t.head}</code></span></p>`:u`<p class="row tone bad">${T(ie)}<span>${e(`audit.broken`,{position:t.broken_at,reason:t.reason})}</span></p>`:b}renderEntries(){let{t:e,now:n,language:r}=this.ctx;return this.entries?this.entries.length?u`<ul class="card list">
        ${this.entries.map(t=>u`<li><details>
            ${l(u`<span class="grow"><span>${t.event}</span> <span class="quiet small">#${t.position}</span></span>
              <time class="small quiet" datetime=${t.at} title=${C(t.at,r)}>${O(t.at,n,r)}</time>`)}
            <pre tabindex="0">${et(t.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${e(`audit.digest`,{digest:t.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?u`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:b}`:w(E,e(`audit.none`),``):t(e)}page(e,t){return r(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(Xe,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=v(e,this.ctx.t))}}};s([n()],I.prototype,`entries`,void 0),s([n()],I.prototype,`hasMore`,void 0),s([n()],I.prototype,`event`,void 0),s([n()],I.prototype,`text`,void 0),s([n()],I.prototype,`error`,void 0),s([n()],I.prototype,`isVerifying`,void 0),s([n()],I.prototype,`isExporting`,void 0),s([n()],I.prototype,`verified`,void 0),I=s([d(`homelab-steward-audit`)],I);function et(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}var tt=/(`[^`]+`)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;function L(e){let t=[],n=0;for(let r of e.matchAll(tt)){r.index>n&&t.push({kind:`text`,text:e.slice(n,r.index)});let[i,a,o,s,c,l]=r;a?t.push({kind:`code`,text:a.slice(1,-1)}):o?t.push({kind:`strong`,text:o}):s?t.push({kind:`emphasis`,text:s}):c&&l&&/^https?:\/\//i.test(l)?t.push({kind:`link`,text:c,url:l}):t.push({kind:`text`,text:c??i}),n=r.index+i.length}return n<e.length&&t.push({kind:`text`,text:e.slice(n)}),t}var R=/^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;function nt(e){let t=e.replaceAll(`\r
`,`
`).split(`
`),n=[],r=0;for(;r<t.length;){let e=t[r]??``,i=/^(#{1,6})\s+(.*)$/.exec(e);if(!e.trim())r+=1;else if(e.trimStart().startsWith("```")){let e=t.findIndex((e,t)=>t>r&&e.trimStart().startsWith("```")),i=e<0?t.length:e;n.push({kind:`code`,text:t.slice(r+1,i).join(`
`)}),r=i+1}else if(i)n.push({kind:`heading`,level:i[1]?.length??1,text:L(i[2]??``)}),r+=1;else if(R.test(e))r=it(t,r,n);else if(e.trim().startsWith(`|`)&&/^[\s|:-]+$/.test(t[r+1]??`x`))r=at(t,r,n);else{let e=r;for(;r<t.length&&rt(t[r]??``);)r+=1;r===e&&(r+=1),n.push({kind:`paragraph`,text:L(t.slice(e,r).join(` `))})}}return n}function rt(e){return e.trim()!==``&&!R.test(e)&&!/^#{1,6}\s/.test(e)&&!e.trimStart().startsWith("```")}function it(e,t,n){let r=[],i=/^\s*\d/.test(e[t]??``),a=t;for(;a<e.length;a+=1){let t=e[a]??``,n=R.exec(t);if(n)r.push(n[2]??``);else if(t.startsWith(`  `)&&t.trim())r[r.length-1]+=` ${t.trim()}`;else break}return n.push({kind:`list`,ordered:i,items:r.map(L)}),a}function at(e,t,n){let r=e=>e.trim().replace(/^\||\|$/g,``).split(`|`).map(e=>L(e.trim())),i=t+2;for(;i<e.length&&(e[i]??``).trim().startsWith(`|`);)i+=1;return n.push({kind:`table`,head:r(e[t]??``),rows:e.slice(t+2,i).map(r)}),i}function ot(e){return u`<div class="markdown content" style="padding:0">${nt(e).map(st)}</div>`}function st(e){switch(e.kind){case`heading`:return e.level<=1?u`<h3 class="title">${z(e.text)}</h3>`:u`<h4 class="title">${z(e.text)}</h4>`;case`paragraph`:return u`<p>${z(e.text)}</p>`;case`code`:return u`<pre tabindex="0">${e.text}</pre>`;case`list`:{let t=e.items.map(e=>u`<li>${z(e)}</li>`);return e.ordered?u`<ol style="padding-inline-start:20px">${t}</ol>`:u`<ul style="padding-inline-start:20px">${t}</ul>`}case`table`:return u`<div style="overflow-x:auto" tabindex="0"><table>
        <thead><tr>${e.head.map(e=>u`<th scope="col">${z(e)}</th>`)}</tr></thead>
        <tbody>${e.rows.map(e=>u`<tr>${e.map(e=>u`<td>${z(e)}</td>`)}</tr>`)}</tbody>
      </table></div>`}}function z(e){return e.map(e=>{switch(e.kind){case`strong`:return u`<strong>${e.text}</strong>`;case`emphasis`:return u`<em>${e.text}</em>`;case`code`:return u`<code>${e.text}</code>`;case`link`:return u`<a href=${e.url} target="_blank" rel="noreferrer noopener">${e.text}</a>`;case`text`:return e.text}})}var B=(e,t,n,r={},i=``,a=``)=>({at:e,kind:t,tone:n,values:r,detail:i,request:a});function ct(e){let{incident:t}=e;return[...t.alerts.map(e=>B(e.starts_at,`alert`,e.severity===`critical`?`bad`:`warning`,{name:e.name,source:e.source,count:e.count},e.summary)),B(t.opened_at,t.is_request?`asked`:`opened`,`info`),...t.diagnosis?[B(t.diagnosis.made_at,`diagnosed`,`info`,{},t.diagnosis.summary)]:[],...e.approvals.flatMap(lt),...e.runs.flatMap(ut),...t.comments.map(e=>B(e.at,`comment`,`neutral`,{person:e.person_name},e.text)),...t.alerts.filter(e=>e.status===`resolved`&&e.ends_at).map(e=>B(e.ends_at??``,`alert_ended`,`good`,{name:e.name})),...t.resolved_at?[B(t.resolved_at,`resolved`,`good`,{},t.resolution)]:[]].map((e,t)=>({one:e,index:t})).sort((e,t)=>Date.parse(e.one.at)-Date.parse(t.one.at)||e.index-t.index).map(({one:e})=>e)}function lt(e){let t=e.proposal.options.map(e=>`${e.number} ${e.label}`).join(`
`),n=[B(e.created_at,`requested`,`info`,{},t,e.id)];if(e.first&&n.push(B(e.first.at,`first`,`info`,{person:e.first.person_name,label:e.first.label},``,e.id)),e.decision){let{person_name:t,label:r,via:i,at:a}=e.decision,o=e.status===`approved`?`good`:`neutral`;n.push(B(a,e.status,o,{person:t,label:r,via:i},``,e.id))}else(e.status===`expired`||e.status===`superseded`)&&n.push(B(e.expires_at,e.status,`neutral`,{},e.withdrawn,e.id));return n}function ut(e){let t=[B(e.started_at,`started`,`info`,{label:e.label},``,e.approval_id)];for(let n of e.steps){if(n.state===`intended`)continue;let r=n.state===`failed`?`bad`:n.state===`undone`||n.state===`effect_unknown`?`warning`:`good`;t.push(B(n.changed_at,`step_${n.state}`,r,{title:n.title,target:n.target.name},n.detail,e.approval_id))}if(e.verdict){let{outcome:n,checks:r,at:i,summary:a}=e.verdict,o=n===`fixed`?`good`:n===`worse`?`bad`:`warning`,s=r.map(e=>`${e.ok===null?`?`:e.ok?`✓`:`✗`} ${e.name}: ${e.text}`);t.push(B(i,`verdict_${n}`,o,{},[a,...s].filter(Boolean).join(`
`),e.approval_id))}else e.error&&t.push(B(e.finished_at??e.started_at,`failed`,`bad`,{},e.error,e.approval_id));return t}function dt(e,t,n){let r=n.filter(t=>t.incident_id===e.incident.id),i=new Map([...e.approvals,...r].map(e=>[e.id,e])),a=t&&!t.brief&&t.updated_at>=e.incident.updated_at?t:e.incident,o=new Map([...e.runs,...a.run?[a.run]:[]].map(e=>[e.id,e]));return{incident:a,approvals:[...i.values()],runs:[...o.values()]}}var ft={alert:e,alert_ended:j,opened:x,asked:ke,diagnosed:De,requested:ke,comment:Oe,resolved:j,failed:me,started:ve},V=class extends _{constructor(...e){super(...e),this.record=null,this.error=null,this.commentError=``,this.asked=``}static{this.styles=[..._.styles,P,D,p`
      .events {
        list-style: none;
        position: relative;
      }
      .events > li {
        display: grid;
        grid-template-columns: 24px 1fr;
        gap: 0 16px;
        padding-bottom: 16px;
        position: relative;
      }
      .events > li:not(:last-child)::before {
        content: "";
        position: absolute;
        inset-inline-start: 11px;
        top: 28px;
        bottom: 4px;
        width: 2px;
        background: var(--divider-color);
      }
      .events svg {
        color: var(--tone);
      }
      form.row {
        align-items: stretch;
      }
      form input {
        flex: 1;
        min-width: 0;
      }
    `]}willUpdate(e){e.has(`item`)&&this.item!==this.asked&&this.load()}render(){let{t:e,feed:n,base:r}=this.ctx;if(this.error){let t=u`<a class="button" href="${r}/incidents">${e(`nav.incidents`)}</a>`;return this.error.code===`not_found`?w(k,e(`incident.gone`),e(`incident.gone_text`),t):w(me,e(`state.error`),v(this.error,e),t)}if(!this.record)return t(e);let i=dt(this.record,n.row(`incident`,this.item),n.rows(`approval`)),{incident:a}=i,o=i.approvals.find(e=>e.status===`pending`);return u`
      <div class="page">
        ${this.renderHead(a)}
        ${o?u`<homelab-steward-request .ctx=${this.ctx} .request=${o}></homelab-steward-request>`:b}
        <section class="card content" aria-labelledby="timeline">
          <h3 class="title" id="timeline">${e(`incident.timeline`)}</h3>
          <ol class="events" aria-live="polite">${ct(i).map(e=>this.renderEvent(e))}</ol>
          ${this.renderComment()}
        </section>
        ${o?b:u`<section class="card content">
              <h3 class="title">${e(`request.evidence`)}</h3>
              ${Pe(a,this.ctx)}
            </section>`}
        ${a.write_up?u`<section class="card content"><details>${l(e(`incident.report`))}${ot(a.write_up)}</details></section>`:b}
      </div>
    `}renderHead(e){let{t,now:n,language:r,base:i}=this.ctx,a=e.resolved_at??new Date(n).toISOString();return u`<header class="card content">
      <div class="row" style="align-items:flex-start">
        ${m(e.severity,t,e.status===`resolved`)}
        <div class="grow">
          <h2 class="title">${e.title}</h2>
          <p class="quiet small">
            ${t(`incident.number`,{number:e.number})} ·
            <time datetime=${e.opened_at} title=${C(e.opened_at,r)}>${O(e.opened_at,n,r)}</time>
            · ${t(e.resolved_at?`incidents.took`:`incident.since`,{time:we(e.opened_at,a)})}
          </p>
        </div>
      </div>
      <div class="row wrap">
        ${h(e.status,t)}
        ${e.target?u`<a class="chip" href="${i}/service/${e.target.instance_id}">${e.target.name}</a>`:b}
        ${e.silenced_until?u`<span class="chip">${t(`incident.silenced_until`,{when:O(e.silenced_until,n,r)})}</span>`:b}
        ${e.stale_since?u`<span class="chip">${t(`incident.stale_since`,{when:O(e.stale_since,n,r)})}</span>`:b}
      </div>
      ${e.resolution?u`<p class="text">${e.resolution}</p>`:b}
    </header>`}renderEvent(e){let{t,now:n,language:r,base:i}=this.ctx,a=ft[e.kind]??(e.kind.startsWith(`step`)||e.kind.startsWith(`verdict`)?`M13.54 22H10C9.75 22 9.54 21.82 9.5 21.58L9.13 18.93C8.5 18.68 7.96 18.34 7.44 17.94L4.95 18.95C4.73 19.03 4.46 18.95 4.34 18.73L2.34 15.27C2.21 15.05 2.27 14.78 2.46 14.63L4.57 12.97L4.5 12L4.57 11L2.46 9.37C2.27 9.22 2.21 8.95 2.34 8.73L4.34 5.27C4.46 5.05 4.73 4.96 4.95 5.05L7.44 6.05C7.96 5.66 8.5 5.32 9.13 5.07L9.5 2.42C9.54 2.18 9.75 2 10 2H14C14.25 2 14.46 2.18 14.5 2.42L14.87 5.07C15.5 5.32 16.04 5.66 16.56 6.05L19.05 5.05C19.27 4.96 19.54 5.05 19.66 5.27L21.66 8.73C21.79 8.95 21.73 9.22 21.54 9.37L19.43 11L19.5 12V12.19C19 12.07 18.5 12 18 12C17.83 12 17.66 12 17.5 12.03C17.5 11.41 17.4 10.79 17.2 10.2L19.31 8.65L18.56 7.35L16.15 8.39C15.38 7.5 14.32 6.86 13.12 6.62L12.75 4H11.25L10.88 6.61C9.68 6.86 8.62 7.5 7.85 8.39L5.44 7.35L4.69 8.65L6.8 10.2C6.4 11.37 6.4 12.64 6.8 13.8L4.68 15.36L5.43 16.66L7.86 15.62C8.63 16.5 9.68 17.14 10.87 17.38L11.24 20H12.35C12.61 20.75 13 21.42 13.54 22M15.96 12.36C16 12.24 16 12.12 16 12C16 9.79 14.21 8 12 8S8 9.79 8 12 9.79 16 12 16C12.12 16 12.24 16 12.36 15.96C12.97 14.29 14.29 12.97 15.96 12.36M12 14C10.9 14 10 13.11 10 12S10.9 10 12 10 14 10.9 14 12 13.11 14 12 14M16 15V21L21 18L16 15Z`:`M21.1,12.5L22.5,13.91L15.97,20.5L12.5,17L13.9,15.59L15.97,17.67L21.1,12.5M11,4A4,4 0 0,1 15,8A4,4 0 0,1 11,12A4,4 0 0,1 7,8A4,4 0 0,1 11,4M11,6A2,2 0 0,0 9,8A2,2 0 0,0 11,10A2,2 0 0,0 13,8A2,2 0 0,0 11,6M11,13C11.68,13 12.5,13.09 13.41,13.26L11.74,14.93L11,14.9C8.03,14.9 4.9,16.36 4.9,17V18.1H11.1L13,20H3V17C3,14.34 8.33,13 11,13Z`),o=`via`in e.values?{...e.values,via:t(`front_end.${e.values.via}`)}:e.values,s=t(`event.${e.kind}`,o);return u`<li class=${e.tone}>
      ${T(a)}
      <div>
        <p>
          ${e.kind===`requested`?u`<a href="${i}/request/${e.request}">${s}</a>`:s}
          <time class="small quiet" datetime=${e.at} title=${C(e.at,r)}>${O(e.at,n,r)}</time>
        </p>
        ${e.detail?u`<p class="small quiet text">${e.detail}</p>`:b}
      </div>
    </li>`}renderComment(){let{t:e,viewer:t,feed:n}=this.ctx;return!t.person||!n.state?.connected?b:u`<form class="row" @submit=${this.send}>
        <input name="comment" maxlength="2000" required aria-label=${e(`incident.comment`)} placeholder=${e(`incident.comment`)} autocomplete="off" />
        <button>${e(`incident.add_comment`)}</button>
      </form>
      ${this.commentError?u`<p role="alert">${this.commentError}</p>`:b}`}async send(e){e.preventDefault();let t=this.comment.value.trim();if(t){this.commentError=``;try{let e=await r(this.ctx,`comment`,{incident_id:this.item,text:t});this.record&&={...this.record,incident:e},this.comment.value=``}catch(e){this.commentError=v(e,this.ctx.t)}}}async load(){let e=this.asked=this.item;this.record=null,this.error=null;try{let t=await r(this.ctx,`incident`,{incident_id:e});e===this.item&&(this.record=t)}catch(t){e===this.item&&(this.error=t)}}};s([n()],V.prototype,`record`,void 0),s([n()],V.prototype,`error`,void 0),s([n()],V.prototype,`commentError`,void 0),s([Ke(`input[name=comment]`)],V.prototype,`comment`,void 0),V=s([d(`homelab-steward-incident`)],V);var pt=50,mt=250,ht=[`open`,`diagnosed`,`waiting`,`acting`,`unsolved`],gt=[`resolved`,`ignored`],H=class extends _{constructor(...e){super(...e),this.rows=null,this.total=0,this.text=``,this.severity=``,this.category=``,this.status=`all`,this.isLoading=!1,this.error=``,this.asked=0,this.newest=0,this.wasConnected=!0}static{this.styles=[..._.styles,P,p`
      .filters {
        display: grid;
        grid-template-columns: 1fr repeat(3, auto);
        gap: 8px;
      }
      .search {
        position: relative;
      }
      .search svg {
        position: absolute;
        inset-inline-start: 10px;
        top: 8px;
        color: var(--secondary-text-color);
      }
      .search input {
        width: 100%;
        padding-inline-start: 42px;
      }
      @media (max-width: 700px) {
        .filters {
          grid-template-columns: 1fr 1fr;
        }
        .filters .search {
          grid-column: 1 / -1;
        }
        .filters select {
          min-width: 0;
          width: 100%;
        }
        .filters select:last-child {
          grid-column: 1 / -1;
        }
        .side {
          display: none;
        }
      }
      .item {
        align-items: flex-start;
      }
      .side {
        text-align: end;
        white-space: nowrap;
      }
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}firstUpdated(){this.load(!1)}updated(){let e=Math.max(0,...this.ctx.feed.rows(`incident`).map(e=>e.number)),t=this.error!==``&&!this.wasConnected&&!!this.ctx.feed.state?.connected;(this.newest&&e>this.newest||t)&&!this.isLoading&&this.load(!1),this.newest=e,this.wasConnected=!!this.ctx.feed.state?.connected}render(){let{t:e}=this.ctx;return u`
      <div class="page">
        <h2 class="hidden">${e(`nav.incidents`)}</h2>
        ${this.renderFilters()}
        ${this.error?u`<p role="alert">${this.error} <button @click=${()=>this.load(!1)}>${e(`state.retry`)}</button></p>`:b}
        ${this.renderRows()}
      </div>
    `}renderFilters(){let{t:e,feed:t}=this.ctx,n=t.rows(`catalogue`)[0]?.categories??[];return u`
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search">${T(ge)}
          <input type="search" placeholder=${e(`incidents.search`)} aria-label=${e(`incidents.search`)} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${e(`incidents.status`)} @change=${e=>this.filter(`status`,e)}>
          ${[`all`,`open`,`closed`].map(t=>u`<option value=${t} ?selected=${this.status===t}>${e(`incidents.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.severity`)} @change=${e=>this.filter(`severity`,e)}>
          <option value="">${e(`incidents.any_severity`)}</option>
          ${[`critical`,`warning`,`info`].map(t=>u`<option value=${t} ?selected=${this.severity===t}>${e(`severity.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.category`)} @change=${e=>this.filter(`category`,e)}>
          <option value="">${e(`incidents.any_category`)}</option>
          ${n.map(e=>u`<option value=${e.key} ?selected=${this.category===e.key}>${this.ctx.name(e.name)}</option>`)}
        </select>
      </form>
    `}renderRows(){let{t:e}=this.ctx,n=this.error?this.ctx.feed.rows(`incident`).sort((e,t)=>t.number-e.number):null,r=this.rows??n;if(!r)return t(e);if(!r.length){let t=this.text||this.severity||this.category||this.status!==`all`;return w(j,e(t?`incidents.none`:`incidents.empty`),e(t?`incidents.none_text`:`incidents.empty_text`))}return u`
      <p class="quiet small" role="status">${e(`incidents.count`,{count:this.rows?this.total:r.length})}</p>
      <ul class="card list">${he(r,e=>e.id,e=>this.renderRow(this.ctx.feed.row(`incident`,e.id)??e))}</ul>
      ${this.rows&&this.rows.length<this.total?u`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:b}
    `}renderRow(e){let{t,now:n,language:r,base:i}=this.ctx,a=gt.includes(e.status);return u`<li>
      <a class="item" href="${i}/incident/${e.id}">
        ${m(e.severity,t,e.status===`resolved`)}
        <span class="grow">
          <span class="title" style="display:block">${e.title}</span>
          <span class="quiet small">#${e.number}${e.target?u` · ${e.target.name}`:b} ·
            <time datetime=${e.opened_at} title=${C(e.opened_at,r)}>${ze(e.opened_at,n,r)}</time>
            ${e.alert_count>1?u`· ${t(`incidents.alerts`,{count:e.alert_count})}`:b}
            ${e.suppressed!==null&&!a?u`· ${t(`incidents.silenced`)}`:b}
          </span>
          ${a&&e.resolution?u`<span class="quiet small" style="display:block">${e.resolution}</span>`:b}
        </span>
        <span class="side">
          ${h(e.status,t)}
          ${e.resolved_at?u`<span class="quiet small" style="display:block">${t(`incidents.took`,{time:we(e.opened_at,e.resolved_at)})}</span>`:b}
        </span>
      </a>
    </li>`}search(e){this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),mt)}filter(e,t){let n=t.target.value;e===`status`?this.status=n:e===`severity`?this.severity=n:this.category=n,this.load(!1)}async load(e){let t=++this.asked;this.isLoading=!0,this.error=``;let n=this.rows?.at(-1)?.number;try{let i=await r(this.ctx,`incidents`,{limit:pt,...e&&n!==void 0?{before:n}:{},...this.status===`all`?{}:{statuses:this.status===`open`?ht:gt},...this.severity?{severities:[this.severity]}:{},...this.category?{category:this.category}:{},...this.text.trim()?{text:this.text.trim()}:{}});if(t!==this.asked)return;this.rows=e?[...this.rows??[],...i.incidents]:i.incidents,this.total=i.total}catch(e){t===this.asked&&(this.error=v(e,this.ctx.t))}finally{t===this.asked&&(this.isLoading=!1)}}};s([n()],H.prototype,`rows`,void 0),s([n()],H.prototype,`total`,void 0),s([n()],H.prototype,`text`,void 0),s([n()],H.prototype,`severity`,void 0),s([n()],H.prototype,`category`,void 0),s([n()],H.prototype,`status`,void 0),s([n()],H.prototype,`isLoading`,void 0),s([n()],H.prototype,`error`,void 0),H=s([d(`homelab-steward-incidents`)],H);var _t=[`fixed`,`not_fixed`,`worse`,`unknown`,`relapsed`];function vt(e){let[t]=e;if(!t)return;let n=_t.map(t=>[t,e.reduce((e,n)=>e+n[t],0)]);return{...t,...Object.fromEntries(n)}}function yt(e,t,n,r){return Array.from({length:n},(i,a)=>{let o=new Date(t-(n-1-a)*864e5).toISOString().slice(0,10);return{name:o,value:e.filter(e=>e.day===o&&(!r||e.deployment===r)).reduce((e,t)=>e+t.used,0)}})}var U=14,bt=50,xt=[`local`,`cloud`,`premium`],W=class extends _{constructor(...e){super(...e),this.deployments=null,this.use=[],this.ledger=[],this.total=0,this.error=``,this.load=async()=>{this.error=``;try{let[e]=await Promise.all([r(this.ctx,`models`,{days:U}),this.more(void 0)]);this.use=e.use,this.deployments=e.deployments}catch(e){this.error=v(e,this.ctx.t)}}}static{this.styles=[..._.styles,P,D,p`
      progress {
        width: 100%;
        height: 8px;
        accent-color: var(--primary-color);
      }
      .scroll {
        overflow-x: auto;
      }
      td {
        white-space: nowrap;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;return this.error?w(N,e(`state.error`),this.error,u`<button @click=${this.load}>${e(`state.retry`)}</button>`):this.deployments?this.deployments.length?u`<div class="page">
      ${xt.map(e=>this.renderTier(e))}
      <section class="card content">
        <h2 class="title">${e(`models.ledger`)}</h2>
        <p class="quiet">${e(`models.ledger_text`,{count:this.total})}</p>
        ${this.ledger.length?this.renderLedger():b}
      </section>
    </div>`:w(N,e(`models.empty`),e(`models.empty_text`)):t(e)}renderTier(e){let{t}=this.ctx,n=this.deployments?.filter(t=>t.tier===e)??[];return n.length?u`<section>
      <h2 class="heading row" style="margin-bottom:12px">${T(e===`local`?Te:Ne)} ${t(`tier.${e}`)}</h2>
      <div class="grid">${n.map(e=>this.renderDeployment(e))}</div>
    </section>`:b}renderDeployment(e){let{t,now:n}=this.ctx,r=yt(this.use,n,U,e.id),i=r.reduce((e,t)=>e+t.value,0);return u`<div class="card content">
      <h3 class="title">${e.id}</h3>
      <p class="small quiet">${[e.model,e.embedding_model,e.server].filter(Boolean).join(` · `)}</p>
      ${e.daily_requests===null?u`<p class="small">${t(`models.used`,{count:e.used})}</p>`:u`<label class="small" style="display:block">${t(`models.used_of`,{used:e.used,limit:e.daily_requests})}
            <progress max=${Math.max(1,e.daily_requests)} value=${e.used}></progress></label>`}
      ${ye(r,t(`models.days`,{count:i,days:U}))}
      <p class="small quiet">${t(`models.days`,{count:i,days:U})}</p>
      ${e.tier===`local`?b:u`<p class="small quiet">${t(e.takes_masked?`models.masked`:`models.public_only`)}</p>`}
    </div>`}renderLedger(){let{t:e,now:t,language:n}=this.ctx;return u`<div class="scroll" tabindex="0" role="region" aria-label=${e(`models.ledger`)}><table>
        <thead><tr>${[`at`,`deployment`,`task`,`privacy`,`masked`,`size`].map(t=>u`<th scope="col">${e(`ledger.${t}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(e=>u`<tr>
              <td><time datetime=${e.at} title=${C(e.at,n)}>${O(e.at,t,n)}</time></td>
              <td>${e.deployment}</td><td>${e.task}</td><td>${e.privacy}</td><td>${e.masked}</td><td>${(e.bytes/1024).toFixed(1)} kB</td>
            </tr>`)}
        </tbody>
      </table></div>
      ${this.ledger.length<this.total?u`<p><button @click=${()=>this.more(this.ledger.at(-1)?.id)}>${e(`action.more`)}</button></p>`:b}`}async more(e){let t=await r(this.ctx,`ledger`,{limit:bt,...e===void 0?{}:{before:e}});this.ledger=e===void 0?t.entries:[...this.ledger,...t.entries],this.total=t.total}};s([n()],W.prototype,`deployments`,void 0),s([n()],W.prototype,`use`,void 0),s([n()],W.prototype,`ledger`,void 0),s([n()],W.prototype,`total`,void 0),s([n()],W.prototype,`error`,void 0),W=s([d(`homelab-steward-models`)],W);var St=`/config/integrations/integration/homelab_steward`,Ct=class extends _{static{this.styles=[..._.styles,P]}render(){let{t:e,feed:t,viewer:n}=this.ctx,r=t.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),i=n.is_admin?u`<a class="button" href=${St}>${e(`people.change`)}</a>`:b;return r.length?u`<div class="page">
      <h2 class="hidden">${e(`nav.people`)}</h2>
      <div class="grid">${r.map(e=>this.renderPerson(e))}</div>
      <div class="row">${i}</div>
    </div>`:w(ue,e(`people.empty`),e(`people.empty_text`),i)}renderPerson(e){let{t,feed:n,viewer:r}=this.ctx,i=new Map((n.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),a=[e.ha_user_id&&`home_assistant`,e.telegram_user_id&&`telegram`].filter(Boolean),o=e=>u`<li>${e}</li>`;return u`<section class="card content">
      <h3 class="title">${e.name}${e.id===r.person?.id?u` <span class="chip">${t(`people.you`)}</span>`:b}</h3>
      <p><span class="chip">${t(`role.${e.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${o(t(`people.${e.role}_may`))}
        ${Object.entries(e.authority).map(([e,n])=>o(t(`people.authority_${n}`,{category:i.get(e)??e})))}
        ${o(a.length?t(`people.reached`,{where:a.map(e=>t(`channel.${e}`)).join(`, `)}):t(`people.not_reached`))}
        ${e.quiet_from&&e.quiet_until?o(t(`people.quiet`,{from:e.quiet_from,until:e.quiet_until})):b}
        ${e.asked_after_minutes?o(t(`people.asked_after`,{count:e.asked_after_minutes})):b}
        ${e.has_pin?o(t(`people.has_pin`)):b}
        ${e.origin===`file`?o(t(`people.from_file`)):b}
      </ul>
    </section>`}};Ct=s([d(`homelab-steward-people`)],Ct);var wt=`http://www.w3.org/2000/svg`,Tt=new Set([`svg`,`g`,`title`,`desc`,`text`,`line`,`rect`,`circle`,`path`,`polyline`,`polygon`]),Et=/^(viewBox|role|aria-label|font-size|font-family|font-weight|text-anchor|fill|fill-opacity|stroke|stroke-opacity|stroke-width|opacity|transform|rx|ry|r|d|points|[xy][12]?|c[xy]|width|height)$/,Dt=/^[^<>]*$/;function Ot(e){let t=new DOMParser().parseFromString(e,`image/svg+xml`).documentElement;return t.localName===`svg`?kt(t):null}function kt(e){if(e.namespaceURI!==wt||!Tt.has(e.localName))return null;let t=document.createElementNS(wt,e.localName);for(let{name:n,value:r}of e.attributes)Et.test(n)&&Dt.test(r)&&!/url\s*\(/i.test(r)&&t.setAttribute(n,r);for(let n of e.childNodes)if(n instanceof Element){let e=kt(n);e&&t.append(e)}else n.nodeType===Node.TEXT_NODE&&t.append(n.textContent??``);return t}var G=class extends _{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await r(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=v(e,this.ctx.t)}}}static{this.styles=[..._.styles,P,p`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return w(Se,e(`state.error`),this.error,u`<button @click=${this.load}>${e(`state.retry`)}</button>`);let n=this.document;return n?n.sections.length?u`<div class="page">
      <header class="card content">
        <h2 class="title">${n.title}</h2>
        <p>${n.headline}</p>
        <div class="row"><button @click=${()=>Ye(`homelab-steward-report.md`,`text/markdown`,[n.markdown])}>${T(be)}${e(`report.save`)}</button></div>
      </header>
      ${n.pictures.map(e=>u`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${Ot(e.svg)}</figure>`)}
      ${n.sections.map(e=>u`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>u`<li>${e}</li>`)}</ul></section>`)}
    </div>`:w(je,n.title,n.headline):t(e)}};s([n()],G.prototype,`document`,void 0),s([n()],G.prototype,`error`,void 0),G=s([d(`homelab-steward-report`)],G);var K=class extends _{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await r(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=v(e,this.ctx.t)}}}static{this.styles=[..._.styles,P,D,p`
      .search {
        position: relative;
        display: block;
      }
      .search svg {
        position: absolute;
        inset-inline-start: 10px;
        top: 8px;
        color: var(--secondary-text-color);
      }
      .search input {
        width: 100%;
        padding-inline-start: 42px;
      }
      textarea {
        width: 100%;
        min-height: 60vh;
        margin-top: 4px;
        font-family: var(--ha-font-family-code, monospace);
        font-size: 13px;
        resize: vertical;
      }
      .recipe {
        padding: 12px 0;
      }
      .recipe + .recipe {
        border-top: 1px solid var(--divider-color);
      }
      .markdown h3:first-child {
        display: none;
      }
      a.item {
        flex-wrap: wrap;
        gap: 4px 16px;
      }
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:n}=this.ctx;if(this.error)return w(S,e(`state.error`),this.error,u`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return t(e);if(!this.item)return this.renderList(this.runbooks);let r=this.runbooks.find(e=>e.id===this.item),i=u`<a class="button" href="${n}/runbooks">${e(`nav.runbooks`)}</a>`;return r?this.renderOne(r):w(S,e(`runbook.gone`),``,i)}renderList(e){let{t,base:n}=this.ctx,r=this.text.toLowerCase().split(/\s+/).filter(Boolean),i=e.filter(e=>{let t=`${e.title} ${this.ctx.name(e.title)} ${e.id} ${e.matches.join(` `)}`.toLowerCase();return r.every(e=>t.includes(e))}),a=i.filter(e=>this.statistics(e.id).length),o=i.filter(e=>!a.includes(e)),s=e=>u`<ul class="card list">
      ${e.map(e=>{let r=vt(this.statistics(e.id));return u`<li><a class="item" href="${n}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${r?xe(r,t):b}
        </a></li>`})}
    </ul>`;return u`<div class="page">
      <h2 class="hidden">${t(`nav.runbooks`)}</h2>
      <label class="search">${T(ge)}
        <input type="search" aria-label=${t(`runbooks.search`)} placeholder=${t(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${t(`runbooks.count`,{count:i.length})}</p>
      ${a.length?u`<h3 class="heading">${t(`runbooks.used`)}</h3>${s(a)}`:b}
      ${o.length?u`${a.length?u`<h3 class="heading">${t(`runbooks.others`)}</h3>`:b}${s(o)}`:b}
    </div>`}renderOne(e){let{t,now:n,language:r}=this.ctx,a=this.statistics(e.id);return u`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(e.title)}</h2>
        <p class="small quiet">${e.id} · ${t(`runbook.version`,{version:e.version})}</p>
        ${ot(e.text)}
        ${this.mayEdit&&this.source===null?u`<div class="row"><button @click=${()=>this.edit(e.id)}>${T(i)}${t(`runbook.edit`)}</button></div>`:b}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${t(`runbook.recipes`)}</h3>
        ${e.recipes.map(e=>{let i=a.filter(t=>t.recipe===e.id);return u`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?u`<p class="small quiet">${t(`runbook.steps`,{what:e.steps.map(e=>this.ctx.name(Le(e.split(`.`).at(-1)??e))).join(` → `)})}</p>`:b}
            ${e.verify.length?u`<p class="small quiet">${t(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:b}
            ${i.map(e=>u`<p>${xe(e,t)}
                <span class="small quiet">${t(`runbook.version`,{version:e.version})}${e.last_at?u` · ${t(`runbook.last`,{when:O(e.last_at,n,r)})}`:b}</span></p>`)}
            ${i.length||e.kind!==`act`?b:u`<p class="small quiet">${t(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${e.matches.length?u`<section class="card content"><h3 class="title">${t(`runbook.matches`)}</h3>
            <p class="row wrap">${e.matches.map(e=>u`<span class="chip wraps">${e}</span>`)}</p></section>`:b}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return u`${this.source===null?b:u`<label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.source=e.target.value}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?u`<p>${this.answer}</p>`:b}</div>`}async edit(e){this.answer=``;try{this.source=(await r(this.ctx,`runbook_source`,{runbook_id:e})).source}catch(e){this.answer=v(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await r(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,await this.load()}catch(e){this.answer=v(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};s([n()],K.prototype,`runbooks`,void 0),s([n()],K.prototype,`text`,void 0),s([n()],K.prototype,`error`,void 0),s([n()],K.prototype,`canSave`,void 0),s([n()],K.prototype,`source`,void 0),s([n()],K.prototype,`answer`,void 0),s([n()],K.prototype,`isBusy`,void 0),K=s([d(`homelab-steward-runbooks`)],K);var q=100,J=class extends _{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.target={},this.polled=null,this.snapshots=new g(this,[`snapshot`])}static{this.styles=[..._.styles,P,p`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .readings {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
      }
      .thing {
        padding: 8px 0;
      }
      .thing + .thing {
        border-top: 1px solid var(--divider-color);
      }
    `]}willUpdate(e){e.has(`item`)&&this.readPoll(),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`instance`,this.item);if(!r)return w(k,e(`service.gone`),e(`service.gone_text`),u`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let i=Me(r,t.rows(`catalogue`)[0]),a=this.snapshots.row(`snapshot`,r.id),o=pe(r.id,t.rows(`incident`));return u`<div class="page">
      ${this.renderHead(r,i,a)}
      ${o.length?u`<section class="card"><ul class="list">
            ${o.map(t=>u`<li><a class="item" href="${n}/incident/${t.id}">${m(t.severity,e)}<span class="grow">${t.title}</span>${h(t.status,e)}</a></li>`)}
          </ul></section>`:b}
      ${a?this.renderGaps(a,i):b}
      ${a&&i?this.renderInside(r,a,i):b}
      ${i?this.renderActions(r,i,a):b}
    </div>`}renderHead(e,t,n){let{t:r,feed:i,now:a,language:o,viewer:s}=this.ctx,c=A(e,i.rows(`incident`)),l=(e,t)=>t?u`<dt>${r(e)}</dt><dd>${t}</dd>`:b,d=this.polled??e.polled_at,f=e.status===`unreachable`&&e.expected_off===null;return u`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${e.name}</h2>
          <p class="row ${M[c]}"><span class="dot"></span>${r(`health.${c}`)}</p>
        </div>
        ${s.person?u`<button class="icon" ?disabled=${this.isBusy} aria-label=${r(`service.poll`)} title=${r(`service.poll`)} @click=${()=>this.poll(e.id)}>${T(se)}</button>`:b}
      </div>
      ${e.error&&e.expected_off===null?u`<p class="text">${e.error}</p>`:b}
      ${e.expected_off?u`<p class="text">${e.expected_off}</p>`:b}
      <dl>
        ${l(`service.kind`,t?.name??e.service)}
        ${l(`service.version`,e.version)}
        ${l(`service.polled`,d?u`<time datetime=${d} title=${C(d,o)}>${O(d,a,o)}</time>`:``)}
        ${l(`service.changed`,n?O(n.taken_at,a,o):``)}
        ${l(`service.address`,e.settings.url??e.settings.host)}
        ${l(`service.configured`,r(`origin.${e.origin}`))}
      </dl>
      ${e.notices.map(e=>u`<p class="row small" style="align-items:flex-start"><span class="tone warning">${T(x)}</span>${e}</p>`)}
      ${s.person&&(f||e.expected_off!==null)?u`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:e.id,off:f})}>${r(f?`service.expect_off`:`service.expect_on`)}</button></div>`:b}
      <div aria-live="polite">${this.answer?u`<p>${this.answer}</p>`:b}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return b;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return u`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?b:u`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>u`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>u`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return u`
      ${i.length?u`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>u`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:b}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?u`<section class="card content"><details ?open=${a.length<=12}>
          ${l(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,q).map(t=>this.renderThing(e,t,o))}
          ${a.length>q?u`<p class="quiet small">${r(`service.more`,{count:a.length-q})}</p>`:b}
        </details></section>`:b})}
    `}renderThing(e,t,n){let{t:r,feed:i}=this.ctx,a=Fe(e.id,t,i.rows(`incident`));return u`<div class="thing">
      <p class="row ${M[a]}"><span class="dot" role="img" aria-label=${r(`health.${a}`)}></span><span>${t.name}</span></p>
      ${t.expected_off?u`<p class="small quiet">${t.expected_off}</p>`:b}
      <p class="small quiet readings">${n.map(e=>t.values[e.key]===void 0?b:u`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,n){let{t:r,now:i,language:a}=this.ctx;return t==null?u`<span title=${n??``}>${r(`service.unknown`)}${n?u` <span class="quiet">(${n})</span>`:b}</span>`:typeof t==`boolean`?r(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?O(t,i,a):de(t,e.unit,e.precision,a)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?u`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(t=>this.renderAction(e,t,n))}
    </section>`:b}renderAction(e,t,n){let{t:r,viewer:i,feed:a}=this.ctx,o=n?.unavailable[`action.${t.key}`],s=t.scope?(n?.resources??[]).filter(e=>e.kind===t.scope):[],c=t.arguments.some(e=>e.required&&e.default===null),l=i.person&&a.state?.connected&&!o&&!c&&(t.scope===null||s.length);return u`<div class="thing">
      <div class="row wrap"><strong class="grow">${this.ctx.name(t.name)}</strong>${ne(t.risk,r)}</div>
      <p class="small quiet">${this.ctx.name(t.description)}${t.reversible?``:` ${r(`plan.irreversible`)}.`}</p>
      ${o?u`<p class="small">${r(`service.not_offered`,{reason:o})}</p>`:b}
      ${l?u`<div class="row wrap" style="margin-top:8px">
            ${t.scope?u`<select aria-label=${r(`service.target`)} @change=${e=>this.target={...this.target,[t.key]:e.target.value}}>
                  ${s.map(e=>u`<option value=${e.id}>${e.name}</option>`)}
                </select>`:b}
            <button ?disabled=${this.isBusy} @click=${()=>this.request(e,t,s)}>${r(`service.request`)}</button>
          </div>`:b}
    </div>`}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async request(e,t,n){let r=t.scope?{target_id:this.target[t.key]??n[0]?.id}:{},i={instance_id:e.id,action:t.key,...r},a=await this.send(`request_action`,i);a?.approval_id?te(`${this.ctx.base}/request/${a.approval_id}`):a&&(this.answer=a.message)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await r(this.ctx,e,t)}catch(e){this.answer=v(e,this.ctx.t);return}finally{this.isBusy=!1}}};s([n()],J.prototype,`isBusy`,void 0),s([n()],J.prototype,`answer`,void 0),s([n()],J.prototype,`target`,void 0),s([n()],J.prototype,`polled`,void 0),J=s([d(`homelab-steward-service`)],J);var At=40,Y=class extends _{constructor(...e){super(...e),this.view=`list`,this.snapshots=new g(this,[`snapshot`])}static{this.styles=[..._.styles,P,p`
      a.tile {
        color: inherit;
        display: flex;
        gap: 16px;
        padding: 16px;
        align-items: flex-start;
      }
      a.tile:hover {
        text-decoration: none;
        background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
      }
      ha-icon {
        --mdc-icon-size: 24px;
        width: 24px;
        height: 24px;
        color: var(--state-icon-color, var(--link));
        flex: none;
      }
      .tree ul {
        list-style: none;
        padding-inline-start: 14px;
        margin-inline-start: 10px;
        border-inline-start: 2px solid var(--divider-color);
      }
      .tree li {
        padding: 2px 0;
      }
      .tree a,
      .tree .name {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        color: inherit;
        min-height: 32px;
        overflow-wrap: anywhere;
      }
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t}=this.ctx,n=t.rows(`instance`);if(!n.length){let t=u`<a class="button" href="/config/integrations/integration/homelab_steward">${e(`state.open_integration`)}</a>`;return w(o,e(`services.empty`),e(`services.empty_text`),t)}return u`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(n)}</p>
        <div class="row" role="group" aria-label=${e(`services.view`)}>
          ${[`list`,`map`].map(t=>u`<button aria-pressed=${this.view===t} class=${this.view===t?`primary`:``} @click=${()=>this.view=t}>${e(`services.${t}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(n):this.renderMap(n)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(A(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return Ae(e,t).map(e=>u`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t,feed:n,base:r}=this.ctx,i=A(e,n.rows(`incident`)),a=Me(e,n.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,e.id),s=pe(e.id,n.rows(`incident`));return u`<div class="card"><a class="tile" href="${r}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${a?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${M[i]}"><span class="dot"></span>${t(`health.${i}`)}</span>
        ${s[0]?u`<span class="small" style="display:block">${s[0].title}</span>`:b}
        ${e.expected_off??e.error?u`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:b}
        ${this.renderGaps(o)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return b;let n=e.missing_rights.length;return u`${e.coverage.status===`complete`?b:u`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?u`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:b}`}renderMap(e){let{t,feed:n}=this.ctx,r=n.rows(`catalogue`)[0],i=Ee(e,this.snapshots.rows(`snapshot`),r,n.rows(`incident`));return i.length?u`<div class="grid">
      ${i.map(e=>u`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:w(fe,t(`services.no_map`),t(`services.no_map_text`))}renderNode(e){let{t,base:n}=this.ctx,r=e.children.slice(0,At);return u`
      <a href="${n}/service/${encodeURIComponent(e.instanceId)}" class=${M[e.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${e.health}`)}></span>
        ${e.kind===`instance`?u`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?T(fe):b}
      </a>
      ${r.length?u`<ul>${r.map(e=>u`<li>${this.renderNode(e)}</li>`)}</ul>`:b}
      ${e.children.length>r.length?u`<p class="small quiet">${t(`services.more`,{count:e.children.length-r.length,health:t(`health.${_e(e.children.map(e=>e.health))}`)})}</p>`:b}
    `}};s([n()],Y.prototype,`view`,void 0),Y=s([d(`homelab-steward-services`)],Y);var jt=`/config/integrations/integration/homelab_steward`,Mt=[1,4,12],X=class extends _{constructor(...e){super(...e),this.preferences=null,this.error=``,this.isBusy=!1}static{this.styles=[..._.styles,P,p`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.load()}render(){let{t:e,feed:t,viewer:n}=this.ctx;return u`<div class="page">
      <h2 class="hidden">${e(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?u`<p role="alert">${this.error}</p>`:b}</div>
      ${this.renderSwitches()} ${this.renderMaintenance()} ${this.renderPreferences()}
      ${t.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${n.is_admin?u`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(t=>u`<li><a class="item" href=${jt}><span class="grow">${e(`settings.${t}`)}<br /><span class="small quiet">${e(`settings.${t}_text`)}</span></span>${T(oe)}</a></li>`)}
          </ul></section>`:b}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,i=t.rows(`mode`)[0],a=i?.pause??null;return u`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${a?e(`settings.paused_by`,{person:a.person_name||e(`settings.automation`),when:O(a.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>u`<option value=${t} ?selected=${(a?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${i?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return u`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${Mt.map(t=>u`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:i}=this.ctx,a=e.current??e.following??e.once,o=e.instance_ids.map(e=>i.row(`instance`,e)?.name??e);return u`<div class="setting">
      <span class="grow">${e.title}${e.current?u` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:b}
        <br /><span class="small quiet">${[...o,...e.categories].join(`, `)||t(`settings.everything`)}
          ${a?u`· ${O(a.starts_at,n,r)} – ${O(a.ends_at,n,r)}`:b}${e.weekly?u` · ${t(`settings.weekly`)}`:b}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?u`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>u`<div class="setting">
          <span class="grow">${t.title}${t.target?u` · ${t.target.name}`:b}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?u`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:u`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:b}renderFrontEnd(e){let{t}=this.ctx;return e.state===`ok`?b:u`<section class="card content">
      <h3 class="title row"><span class="tone ${e.state===`down`?`bad`:`warning`}">${T(x)}</span>${t(`settings.front_end`,{name:t(`channel.${e.front_end}`)})}</h3>
      ${e.problems.map(e=>u`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await r(this.ctx,`preferences`)).preferences}catch(e){this.error=v(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,t){this.isBusy=!0,this.error=``;try{await r(this.ctx,e,t)}catch(e){this.error=v(e,this.ctx.t)}finally{this.isBusy=!1}}};s([n()],X.prototype,`preferences`,void 0),s([n()],X.prototype,`error`,void 0),s([n()],X.prototype,`isBusy`,void 0),X=s([d(`homelab-steward-settings`)],X);var Nt=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`],Pt=3e4,Z=`en`,Q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),Ft=[Q(`inbox`,Ce,e=>u`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),Q(`incidents`,Ge,e=>u`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),Q(`services`,c,e=>u`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),Q(`runbooks`,S,(e,t)=>u`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),Q(`report`,Se,e=>u`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),Q(`people`,ee,e=>u`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),Q(`models`,N,e=>u`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),Q(`audit`,E,e=>u`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),Q(`settings`,Ie,e=>u`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],It={request:{tab:`inbox`,page:(e,t)=>u`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>u`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>u`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},$=class extends ce{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=Z,this.feed=new g(this,Nt)}static{this.styles=[re,P,p`
      :host {
        min-height: 100dvh;
        background: var(--primary-background-color);
        display: grid;
        grid-template: var(--header-height, 56px) 1fr / 1fr auto;
      }
      main {
        grid-column: 1 / -1;
        min-width: 0;
      }
      header,
      nav {
        position: sticky;
        top: 0;
        z-index: 4;
        display: flex;
        min-width: 0;
        background: var(--app-header-background-color, var(--primary-color));
        color: var(--app-header-text-color, #fff);
        border-bottom: var(--app-header-border-bottom, none);
      }
      header {
        align-items: center;
        padding-inline: 12px 0;
        gap: 4px;
      }
      header select {
        min-width: 0;
      }
      h1 {
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        margin-inline: 12px;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      header button:hover:not(:disabled) {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
      header :focus-visible,
      nav :focus-visible {
        outline-color: currentColor;
      }
      .back {
        color: inherit;
        display: flex;
        padding: 8px;
      }
      nav {
        padding-inline-end: 12px;
      }
      nav a {
        color: inherit;
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 0 14px;
        font-weight: 500;
        border-bottom: 3px solid transparent;
        position: relative;
        white-space: nowrap;
      }
      nav a:hover {
        text-decoration: none;
        background: color-mix(in srgb, currentColor 8%, transparent);
      }
      nav a[aria-current] {
        border-bottom-color: currentColor;
      }
      nav svg {
        width: 20px;
        height: 20px;
      }
      .count {
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        background: color-mix(in srgb, var(--error-color, #db4437) 84%, #000);
        color: #fff;
        font-size: 12px;
        line-height: 20px;
        text-align: center;
      }
      .away {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 8px 16px;
        background: color-mix(in srgb, var(--warning-color, #ffa600) 20%, var(--primary-background-color));
      }
      @media (max-width: 1100px) {
        :host {
          grid-template: var(--header-height, 56px) 1fr auto / 1fr;
        }
        nav {
          grid-row: 3;
          top: auto;
          bottom: 0;
          height: calc(56px + env(safe-area-inset-bottom, 0px));
          padding: 0 0 env(safe-area-inset-bottom, 0px);
          background: var(--sidebar-background-color, var(--card-background-color, #fff));
          color: var(--secondary-text-color);
          border-bottom: none;
          border-top: 1px solid var(--divider-color);
        }
        nav a {
          flex: 1;
          min-width: 0;
          flex-direction: column;
          justify-content: center;
          gap: 2px;
          padding: 0 2px;
          border-bottom: none;
          font-size: 12px;
        }
        nav a[aria-current] {
          color: var(--link);
        }
        nav a .count {
          position: absolute;
          top: 4px;
          inset-inline-start: calc(50% + 6px);
          min-width: 16px;
          line-height: 16px;
          padding: 0 4px;
          font-size: 10px;
        }
        nav .wide {
          display: none;
        }
      }
      @media (min-width: 1101px) {
        nav .phone {
          display: none;
        }
      }
      @media (min-width: 1101px) and (max-width: 1500px) {
        /* Beside Home Assistant's sidebar, the icons do not fit. */
        nav svg {
          display: none;
        }
      }
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),Pt),this.addEventListener(`click`,f)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,f)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??Z;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=Z}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=a(this.hass?.language??`en`),[t=`inbox`,n=``]=(this.route?.path??``).split(`/`).filter(Boolean).map(decodeURIComponent),r=It[t]?.tab??t,i=this.route?.prefix||`/homelab-steward`;return u`
      <header>
        ${n?u`<a class="back" href="${i}/${r}" aria-label=${e(`nav.back`,{page:e(`nav.${r}`)})}>${T(ae)}</a>`:this.narrow?u`<button class="icon" aria-label=${e(`nav.menu`)} @click=${this.toggleMenu}>${T(Ue)}</button>`:b}
        <h1>${e(`title`)}</h1>
        ${this.renderStewards(e)}
      </header>
      ${this.renderNavigation(i,r)}
      <main>${this.renderPage(t,n,i)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?b:u`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>u`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Ft.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=a(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===`more`;return u`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>u`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:b}
        >
          ${T(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?u`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:b}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:b}>
        ${T(Re)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(e,n,r){let i=a(this.hass?.language??`en`),o=this.feed.state;if(this.feed.error)return w(le,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));if(!o||!this.hass)return t(i);if(!o.loaded||!o.viewer){let e=o.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=u`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return w(He,i(`state.not_loaded`),e,t)}if(o.viewer.access===`none`)return w(ue,i(`state.unknown`),i(`state.unknown_text`));let s=Ve(this.hass,this.feed,o.viewer,this.now,r,this.names),c=It[e]?.page??this.tabs.find(t=>t.key===e)?.page;return u`
      ${o.connected?b:u`<p class="away" role="status">${T(Be)}<span>${i(`state.away`)}</span></p>`}
      ${e===`more`?this.renderMore(r):(c??Ft[0].page)(s,n)}
    `}renderMore(e){let t=a(this.hass?.language??`en`);return u`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>u`<li><a class="item" href="${e}/${n.key}">${T(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return u`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};s([y({attribute:!1})],$.prototype,`hass`,void 0),s([y({attribute:!1})],$.prototype,`route`,void 0),s([y({type:Boolean})],$.prototype,`narrow`,void 0),s([n()],$.prototype,`now`,void 0),s([n()],$.prototype,`entry`,void 0),s([n()],$.prototype,`names`,void 0),$=s([d(`homelab-steward-panel`)],$);