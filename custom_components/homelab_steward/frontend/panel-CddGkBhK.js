import{$ as e,A as t,At as n,B as r,C as i,Ct as a,D as o,Dt as s,E as c,Et as l,F as u,G as d,H as f,I as p,K as m,L as h,M as g,N as ee,O as _,Ot as te,P as v,Q as y,R as ne,St as re,T as ie,Tt as ae,U as b,V as x,W as oe,X as se,Y as ce,Z as le,_ as S,_t as ue,a as de,at as fe,b as pe,bt as me,c as he,ct as ge,d as _e,dt as ve,et as ye,f as be,ft as xe,g as Se,gt as Ce,h as C,ht as we,i as Te,it as w,j as T,k as Ee,kt as De,l as E,lt as Oe,m as ke,mt as D,n as Ae,nt as O,o as je,ot as Me,p as Ne,pt as Pe,q as k,r as A,rt as Fe,s as Ie,st as Le,t as j,tt as M,u as Re,ut as ze,v as Be,vt as Ve,w as N,wt as He,x as Ue,xt as We,y as Ge,yt as Ke,z as P}from"./topology-Brtsxikk.js";var F=k`
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
`,I=50,qe=class extends i{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...i.styles,F]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),i=pe(r.filter(e=>e.status===`pending`),n);for(let e of i)this.seen.add(e.id);let a=r.filter(e=>e.status!==`pending`&&this.seen.has(e.id));return!i.length&&!a.length?g(Fe,e(`inbox.empty`),e(`inbox.empty_text`)):m`
      <div class="page">
        ${this.ctx.viewer.person?d:m`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(i.slice(0,I))}
        ${i.length>I?m`<p class="quiet">${e(`inbox.more`,{count:i.length-I})}</p>`:d}
        ${a.length?m`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(a)}`:d}
      </div>
    `}renderAll(e){return Ue(e,e=>e.id,e=>m`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};qe=o([b(`homelab-steward-inbox`)],qe);var Je=class extends i{static{this.styles=[...i.styles,F]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=m`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return g(D,e(`request.gone`),e(`request.gone_text`),t)}return m`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};Je=o([b(`homelab-steward-request-page`)],Je);function Ye(e,t,n){let r=document.createElement(`a`);r.href=URL.createObjectURL(new Blob(n,{type:t})),r.download=e,r.click(),URL.revokeObjectURL(r.href)}var Xe=100,Ze=500,Qe=250,$e=[`approval.`,`run.`,`incident.`,`action.`,`press.`,`store.`],L=class extends i{constructor(...e){super(...e),this.entries=null,this.hasMore=!1,this.event=``,this.text=``,this.error=``,this.isVerifying=!1,this.isExporting=!1,this.verified=null,this.asked=0,this.search=e=>{this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),Qe)},this.select=e=>{this.event=e.target.value,this.load(!1)},this.verify=async()=>{this.isVerifying=!0,this.verified=null;try{this.verified=await N(this.ctx,`verify_audit`)}catch(e){this.error=c(e,this.ctx.t)}finally{this.isVerifying=!1}},this.export=async()=>{this.isExporting=!0;try{let e=[];for(let t;;t=e.at(-1)?.position){let n=await this.page(Ze,t);if(e.push(...n.entries),!n.has_more)break}Ye(`homelab-steward-audit.jsonl`,`application/jsonl`,e.reverse().map(e=>`${JSON.stringify(e)}\n`))}catch(e){this.error=c(e,this.ctx.t)}finally{this.isExporting=!1}}}static{this.styles=[...i.styles,F,k`
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
    `]}firstUpdated(){this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}render(){let{t:e}=this.ctx;return m`<div class="page">
      <h2 class="hidden">${e(`nav.audit`)}</h2>
      <section class="card content">
        <p class="quiet">${e(`audit.text`)}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${t(n)}${e(`audit.verify`)}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${t(xe)}${e(`audit.export`)}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <input type="search" aria-label=${e(`audit.search`)} placeholder=${e(`audit.search`)} .value=${this.text} @input=${this.search} />
        <select aria-label=${e(`audit.event`)} @change=${this.select}>
          <option value="">${e(`audit.any_event`)}</option>
          ${$e.map(t=>m`<option value=${t} ?selected=${this.event===t}>${e(`audit.event_${t.slice(0,-1)}`)}</option>`)}
        </select>
      </form>
      ${this.error?m`<p role="alert">${this.error}</p>`:this.renderEntries()}
    </div>`}renderVerified(){let{t:e}=this.ctx,r=this.verified;return this.isVerifying?m`<p>${e(`audit.verifying`)}</p>`:r?r.broken_at===null?m`<p class="row tone good">${t(n)}<span>${e(`audit.intact`,{count:r.entries})} <code class="small" style="overflow-wrap:anywhere">${r.head}</code></span></p>`:m`<p class="row tone bad">${t(De)}<span>${e(`audit.broken`,{position:r.broken_at,reason:r.reason})}</span></p>`:d}renderEntries(){let{t:e,now:t,language:r}=this.ctx;return this.entries?this.entries.length?m`<ul class="card list">
        ${this.entries.map(n=>m`<li><details>
            ${p(m`<span class="grow"><span>${n.event}</span> <span class="quiet small">#${n.position}</span></span>
              <time class="small quiet" datetime=${n.at} title=${S(n.at,r)}>${C(n.at,t,r)}</time>`)}
            <pre tabindex="0">${et(n.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${e(`audit.digest`,{digest:n.digest})}</p>
          </details></li>`)}
      </ul>
      ${this.hasMore?m`<p class="row" style="justify-content:center"><button @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:d}`:g(n,e(`audit.none`),``):T(e)}page(e,t){return N(this.ctx,`audit`,{limit:e,...t===void 0?{}:{before:t},...this.event?{event:this.event}:{},...this.text.trim()?{text:this.text.trim()}:{}})}async load(e){let t=++this.asked;this.error=``;try{let n=await this.page(Xe,e?this.entries?.at(-1)?.position:void 0);if(t!==this.asked)return;this.entries=e?[...this.entries??[],...n.entries]:n.entries,this.hasMore=n.has_more}catch(e){t===this.asked&&(this.error=c(e,this.ctx.t))}}};o([x()],L.prototype,`entries`,void 0),o([x()],L.prototype,`hasMore`,void 0),o([x()],L.prototype,`event`,void 0),o([x()],L.prototype,`text`,void 0),o([x()],L.prototype,`error`,void 0),o([x()],L.prototype,`isVerifying`,void 0),o([x()],L.prototype,`isExporting`,void 0),o([x()],L.prototype,`verified`,void 0),L=o([b(`homelab-steward-audit`)],L);function et(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}var tt=/(`[^`]+`)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;function R(e){let t=[],n=0;for(let r of e.matchAll(tt)){r.index>n&&t.push({kind:`text`,text:e.slice(n,r.index)});let[i,a,o,s,c,l]=r;a?t.push({kind:`code`,text:a.slice(1,-1)}):o?t.push({kind:`strong`,text:o}):s?t.push({kind:`emphasis`,text:s}):c&&l&&/^https?:\/\//i.test(l)?t.push({kind:`link`,text:c,url:l}):t.push({kind:`text`,text:c??i}),n=r.index+i.length}return n<e.length&&t.push({kind:`text`,text:e.slice(n)}),t}var z=/^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;function nt(e){let t=e.replaceAll(`\r
`,`
`).split(`
`),n=[],r=0;for(;r<t.length;){let e=t[r]??``,i=/^(#{1,6})\s+(.*)$/.exec(e);if(!e.trim())r+=1;else if(e.trimStart().startsWith("```")){let e=t.findIndex((e,t)=>t>r&&e.trimStart().startsWith("```")),i=e<0?t.length:e;n.push({kind:`code`,text:t.slice(r+1,i).join(`
`)}),r=i+1}else if(i)n.push({kind:`heading`,level:i[1]?.length??1,text:R(i[2]??``)}),r+=1;else if(z.test(e))r=it(t,r,n);else if(e.trim().startsWith(`|`)&&/^[\s|:-]+$/.test(t[r+1]??`x`))r=at(t,r,n);else{let e=r;for(;r<t.length&&rt(t[r]??``);)r+=1;r===e&&(r+=1),n.push({kind:`paragraph`,text:R(t.slice(e,r).join(` `))})}}return n}function rt(e){return e.trim()!==``&&!z.test(e)&&!/^#{1,6}\s/.test(e)&&!e.trimStart().startsWith("```")}function it(e,t,n){let r=[],i=/^\s*\d/.test(e[t]??``),a=t;for(;a<e.length;a+=1){let t=e[a]??``,n=z.exec(t);if(n)r.push(n[2]??``);else if(t.startsWith(`  `)&&t.trim())r[r.length-1]+=` ${t.trim()}`;else break}return n.push({kind:`list`,ordered:i,items:r.map(R)}),a}function at(e,t,n){let r=e=>e.trim().replace(/^\||\|$/g,``).split(`|`).map(e=>R(e.trim())),i=t+2;for(;i<e.length&&(e[i]??``).trim().startsWith(`|`);)i+=1;return n.push({kind:`table`,head:r(e[t]??``),rows:e.slice(t+2,i).map(r)}),i}function ot(e){return m`<div class="markdown content" style="padding:0">${nt(e).map(st)}</div>`}function st(e){switch(e.kind){case`heading`:return e.level<=1?m`<h3 class="title">${B(e.text)}</h3>`:m`<h4 class="title">${B(e.text)}</h4>`;case`paragraph`:return m`<p>${B(e.text)}</p>`;case`code`:return m`<pre tabindex="0">${e.text}</pre>`;case`list`:{let t=e.items.map(e=>m`<li>${B(e)}</li>`);return e.ordered?m`<ol style="padding-inline-start:20px">${t}</ol>`:m`<ul style="padding-inline-start:20px">${t}</ul>`}case`table`:return m`<div style="overflow-x:auto" tabindex="0"><table>
        <thead><tr>${e.head.map(e=>m`<th scope="col">${B(e)}</th>`)}</tr></thead>
        <tbody>${e.rows.map(e=>m`<tr>${e.map(e=>m`<td>${B(e)}</td>`)}</tr>`)}</tbody>
      </table></div>`}}function B(e){return e.map(e=>{switch(e.kind){case`strong`:return m`<strong>${e.text}</strong>`;case`emphasis`:return m`<em>${e.text}</em>`;case`code`:return m`<code>${e.text}</code>`;case`link`:return m`<a href=${e.url} target="_blank" rel="noreferrer noopener">${e.text}</a>`;case`text`:return e.text}})}var V=(e,t,n,r={},i=``,a=``)=>({at:e,kind:t,tone:n,values:r,detail:i,request:a});function ct(e){let{incident:t}=e;return[...t.alerts.map(e=>V(e.starts_at,`alert`,e.severity===`critical`?`bad`:`warning`,{name:e.name,source:e.source,count:e.count},e.summary)),V(t.opened_at,t.is_request?`asked`:`opened`,`info`),...t.diagnosis?[V(t.diagnosis.made_at,`diagnosed`,`info`,{},t.diagnosis.summary)]:[],...e.approvals.flatMap(lt),...e.runs.flatMap(ut),...t.comments.map(e=>V(e.at,`comment`,`neutral`,{person:e.person_name},e.text)),...t.alerts.filter(e=>e.status===`resolved`&&e.ends_at).map(e=>V(e.ends_at??``,`alert_ended`,`good`,{name:e.name})),...t.resolved_at?[V(t.resolved_at,`resolved`,`good`,{},t.resolution)]:[]].map((e,t)=>({one:e,index:t})).sort((e,t)=>Date.parse(e.one.at)-Date.parse(t.one.at)||e.index-t.index).map(({one:e})=>e)}function lt(e){let t=e.proposal.options.map(e=>`${e.number} ${e.label}`).join(`
`),n=[V(e.created_at,`requested`,`info`,{},t,e.id)];if(e.first&&n.push(V(e.first.at,`first`,`info`,{person:e.first.person_name,label:e.first.label},``,e.id)),e.decision){let{person_name:t,label:r,via:i,at:a}=e.decision,o=e.status===`approved`?`good`:`neutral`;n.push(V(a,e.status,o,{person:t,label:r,via:i},``,e.id))}else(e.status===`expired`||e.status===`superseded`)&&n.push(V(e.expires_at,e.status,`neutral`,{},e.withdrawn,e.id));return n}function ut(e){let t=[V(e.started_at,`started`,`info`,{label:e.label},``,e.approval_id)];for(let n of e.steps){if(n.state===`intended`)continue;let r=n.state===`failed`?`bad`:n.state===`undone`||n.state===`effect_unknown`?`warning`:`good`;t.push(V(n.changed_at,`step_${n.state}`,r,{title:n.title,target:n.target.name},n.detail,e.approval_id))}if(e.verdict){let{outcome:n,checks:r,at:i,summary:a}=e.verdict,o=n===`fixed`?`good`:n===`worse`?`bad`:`warning`,s=r.map(e=>`${e.ok===null?`?`:e.ok?`✓`:`✗`} ${e.name}: ${e.text}`);t.push(V(i,`verdict_${n}`,o,{},[a,...s].filter(Boolean).join(`
`),e.approval_id))}else e.error&&t.push(V(e.finished_at??e.started_at,`failed`,`bad`,{},e.error,e.approval_id));return t}function dt(e,t,n){let r=n.filter(t=>t.incident_id===e.incident.id),i=new Map([...e.approvals,...r].map(e=>[e.id,e])),a=t&&!t.brief&&t.updated_at>=e.incident.updated_at?t:e.incident,o=new Map([...e.runs,...a.run?[a.run]:[]].map(e=>[e.id,e]));return{incident:a,approvals:[...i.values()],runs:[...o.values()]}}var ft={alert:ye,alert_ended:w,opened:y,asked:we,diagnosed:fe,requested:we,comment:ze,resolved:w,failed:Me,started:Oe},H=class extends i{constructor(...e){super(...e),this.record=null,this.error=null,this.commentError=``,this.asked=``}static{this.styles=[...i.styles,F,E,k`
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
    `]}willUpdate(e){e.has(`item`)&&this.item!==this.asked&&this.load()}render(){let{t:e,feed:t,base:n}=this.ctx;if(this.error){let t=m`<a class="button" href="${n}/incidents">${e(`nav.incidents`)}</a>`;return this.error.code===`not_found`?g(D,e(`incident.gone`),e(`incident.gone_text`),t):g(Me,e(`state.error`),c(this.error,e),t)}if(!this.record)return T(e);let r=dt(this.record,t.row(`incident`,this.item),t.rows(`approval`)),{incident:i}=r,a=r.approvals.find(e=>e.status===`pending`);return m`
      <div class="page">
        ${this.renderHead(i)}
        ${a?m`<homelab-steward-request .ctx=${this.ctx} .request=${a}></homelab-steward-request>`:d}
        <section class="card content" aria-labelledby="timeline">
          <h3 class="title" id="timeline">${e(`incident.timeline`)}</h3>
          <ol class="events" aria-live="polite">${ct(r).map(e=>this.renderEvent(e))}</ol>
          ${this.renderComment()}
        </section>
        ${a?d:m`<section class="card content">
              <h3 class="title">${e(`request.evidence`)}</h3>
              ${ke(i,this.ctx)}
            </section>`}
        ${i.write_up?m`<section class="card content"><details>${p(e(`incident.report`))}${ot(i.write_up)}</details></section>`:d}
      </div>
    `}renderHead(e){let{t,now:n,language:r,base:i}=this.ctx,a=e.resolved_at??new Date(n).toISOString();return m`<header class="card content">
      <div class="row" style="align-items:flex-start">
        ${v(e.severity,t,e.status===`resolved`)}
        <div class="grow">
          <h2 class="title">${e.title}</h2>
          <p class="quiet small">
            ${t(`incident.number`,{number:e.number})} ·
            <time datetime=${e.opened_at} title=${S(e.opened_at,r)}>${C(e.opened_at,n,r)}</time>
            · ${t(e.resolved_at?`incidents.took`:`incident.since`,{time:Se(e.opened_at,a)})}
          </p>
        </div>
      </div>
      <div class="row wrap">
        ${u(e.status,t)}
        ${e.target?m`<a class="chip" href="${i}/service/${e.target.instance_id}">${e.target.name}</a>`:d}
        ${e.silenced_until?m`<span class="chip">${t(`incident.silenced_until`,{when:C(e.silenced_until,n,r)})}</span>`:d}
        ${e.stale_since?m`<span class="chip">${t(`incident.stale_since`,{when:C(e.stale_since,n,r)})}</span>`:d}
      </div>
      ${e.resolution?m`<p class="text">${e.resolution}</p>`:d}
    </header>`}renderEvent(e){let{t:n,now:r,language:i,base:a}=this.ctx,o=ft[e.kind]??(e.kind.startsWith(`step`)||e.kind.startsWith(`verdict`)?`M13.54 22H10C9.75 22 9.54 21.82 9.5 21.58L9.13 18.93C8.5 18.68 7.96 18.34 7.44 17.94L4.95 18.95C4.73 19.03 4.46 18.95 4.34 18.73L2.34 15.27C2.21 15.05 2.27 14.78 2.46 14.63L4.57 12.97L4.5 12L4.57 11L2.46 9.37C2.27 9.22 2.21 8.95 2.34 8.73L4.34 5.27C4.46 5.05 4.73 4.96 4.95 5.05L7.44 6.05C7.96 5.66 8.5 5.32 9.13 5.07L9.5 2.42C9.54 2.18 9.75 2 10 2H14C14.25 2 14.46 2.18 14.5 2.42L14.87 5.07C15.5 5.32 16.04 5.66 16.56 6.05L19.05 5.05C19.27 4.96 19.54 5.05 19.66 5.27L21.66 8.73C21.79 8.95 21.73 9.22 21.54 9.37L19.43 11L19.5 12V12.19C19 12.07 18.5 12 18 12C17.83 12 17.66 12 17.5 12.03C17.5 11.41 17.4 10.79 17.2 10.2L19.31 8.65L18.56 7.35L16.15 8.39C15.38 7.5 14.32 6.86 13.12 6.62L12.75 4H11.25L10.88 6.61C9.68 6.86 8.62 7.5 7.85 8.39L5.44 7.35L4.69 8.65L6.8 10.2C6.4 11.37 6.4 12.64 6.8 13.8L4.68 15.36L5.43 16.66L7.86 15.62C8.63 16.5 9.68 17.14 10.87 17.38L11.24 20H12.35C12.61 20.75 13 21.42 13.54 22M15.96 12.36C16 12.24 16 12.12 16 12C16 9.79 14.21 8 12 8S8 9.79 8 12 9.79 16 12 16C12.12 16 12.24 16 12.36 15.96C12.97 14.29 14.29 12.97 15.96 12.36M12 14C10.9 14 10 13.11 10 12S10.9 10 12 10 14 10.9 14 12 13.11 14 12 14M16 15V21L21 18L16 15Z`:`M21.1,12.5L22.5,13.91L15.97,20.5L12.5,17L13.9,15.59L15.97,17.67L21.1,12.5M11,4A4,4 0 0,1 15,8A4,4 0 0,1 11,12A4,4 0 0,1 7,8A4,4 0 0,1 11,4M11,6A2,2 0 0,0 9,8A2,2 0 0,0 11,10A2,2 0 0,0 13,8A2,2 0 0,0 11,6M11,13C11.68,13 12.5,13.09 13.41,13.26L11.74,14.93L11,14.9C8.03,14.9 4.9,16.36 4.9,17V18.1H11.1L13,20H3V17C3,14.34 8.33,13 11,13Z`),s=`via`in e.values?{...e.values,via:n(`front_end.${e.values.via}`)}:e.values,c=n(`event.${e.kind}`,s);return m`<li class=${e.tone}>
      ${t(o)}
      <div>
        <p>
          ${e.kind===`requested`?m`<a href="${a}/request/${e.request}">${c}</a>`:c}
          <time class="small quiet" datetime=${e.at} title=${S(e.at,i)}>${C(e.at,r,i)}</time>
        </p>
        ${e.detail?m`<p class="small quiet text">${e.detail}</p>`:d}
      </div>
    </li>`}renderComment(){let{t:e,viewer:t,feed:n}=this.ctx;return!t.person||!n.state?.connected?d:m`<form class="row" @submit=${this.send}>
        <input name="comment" maxlength="2000" required aria-label=${e(`incident.comment`)} placeholder=${e(`incident.comment`)} autocomplete="off" />
        <button>${e(`incident.add_comment`)}</button>
      </form>
      ${this.commentError?m`<p role="alert">${this.commentError}</p>`:d}`}async send(e){e.preventDefault();let t=this.comment.value.trim();if(t){this.commentError=``;try{let e=await N(this.ctx,`comment`,{incident_id:this.item,text:t});this.record&&={...this.record,incident:e},this.comment.value=``}catch(e){this.commentError=c(e,this.ctx.t)}}}async load(){let e=this.asked=this.item;this.record=null,this.error=null;try{let t=await N(this.ctx,`incident`,{incident_id:e});e===this.item&&(this.record=t)}catch(t){e===this.item&&(this.error=t)}}};o([x()],H.prototype,`record`,void 0),o([x()],H.prototype,`error`,void 0),o([x()],H.prototype,`commentError`,void 0),o([r(`input[name=comment]`)],H.prototype,`comment`,void 0),H=o([b(`homelab-steward-incident`)],H);var pt=50,mt=250,ht=[`open`,`diagnosed`,`waiting`,`acting`,`unsolved`],gt=[`resolved`,`ignored`],U=class extends i{constructor(...e){super(...e),this.rows=null,this.total=0,this.text=``,this.severity=``,this.category=``,this.status=`all`,this.isLoading=!1,this.error=``,this.asked=0,this.newest=0,this.wasConnected=!0}static{this.styles=[...i.styles,F,k`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load(!1)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}firstUpdated(){this.load(!1)}updated(){let e=Math.max(0,...this.ctx.feed.rows(`incident`).map(e=>e.number)),t=this.error!==``&&!this.wasConnected&&!!this.ctx.feed.state?.connected;(this.newest&&e>this.newest||t)&&!this.isLoading&&this.load(!1),this.newest=e,this.wasConnected=!!this.ctx.feed.state?.connected}render(){let{t:e}=this.ctx;return m`
      <div class="page">
        <h2 class="hidden">${e(`nav.incidents`)}</h2>
        ${this.renderFilters()}
        ${this.error?m`<p role="alert">${this.error} <button @click=${()=>this.load(!1)}>${e(`state.retry`)}</button></p>`:d}
        ${this.renderRows()}
      </div>
    `}renderFilters(){let{t:e,feed:n}=this.ctx,r=n.rows(`catalogue`)[0]?.categories??[];return m`
      <form class="filters" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search">${t(We)}
          <input type="search" placeholder=${e(`incidents.search`)} aria-label=${e(`incidents.search`)} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${e(`incidents.status`)} @change=${e=>this.filter(`status`,e)}>
          ${[`all`,`open`,`closed`].map(t=>m`<option value=${t} ?selected=${this.status===t}>${e(`incidents.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.severity`)} @change=${e=>this.filter(`severity`,e)}>
          <option value="">${e(`incidents.any_severity`)}</option>
          ${[`critical`,`warning`,`info`].map(t=>m`<option value=${t} ?selected=${this.severity===t}>${e(`severity.${t}`)}</option>`)}
        </select>
        <select aria-label=${e(`incidents.category`)} @change=${e=>this.filter(`category`,e)}>
          <option value="">${e(`incidents.any_category`)}</option>
          ${r.map(e=>m`<option value=${e.key} ?selected=${this.category===e.key}>${this.ctx.name(e.name)}</option>`)}
        </select>
      </form>
    `}renderRows(){let{t:e}=this.ctx,t=this.error?this.ctx.feed.rows(`incident`).sort((e,t)=>t.number-e.number):null,n=this.rows??t;if(!n)return T(e);if(!n.length){let t=this.text||this.severity||this.category||this.status!==`all`;return g(w,e(t?`incidents.none`:`incidents.empty`),e(t?`incidents.none_text`:`incidents.empty_text`))}return m`
      <p class="quiet small" role="status">${e(`incidents.count`,{count:this.rows?this.total:n.length})}</p>
      <ul class="card list">${Ue(n,e=>e.id,e=>this.renderRow(this.ctx.feed.row(`incident`,e.id)??e))}</ul>
      ${this.rows&&this.rows.length<this.total?m`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${()=>this.load(!0)}>${e(`action.more`)}</button></p>`:d}
    `}renderRow(e){let{t,now:n,language:r,base:i}=this.ctx,a=gt.includes(e.status);return m`<li>
      <a class="item" href="${i}/incident/${e.id}">
        ${v(e.severity,t,e.status===`resolved`)}
        <span class="grow">
          <span class="title" style="display:block">${e.title}</span>
          <span class="quiet small">#${e.number}${e.target?m` · ${e.target.name}`:d} ·
            <time datetime=${e.opened_at} title=${S(e.opened_at,r)}>${Ge(e.opened_at,n,r)}</time>
            ${e.alert_count>1?m`· ${t(`incidents.alerts`,{count:e.alert_count})}`:d}
            ${e.suppressed!==null&&!a?m`· ${t(`incidents.silenced`)}`:d}
          </span>
          ${a&&e.resolution?m`<span class="quiet small" style="display:block">${e.resolution}</span>`:d}
        </span>
        <span class="side">
          ${u(e.status,t)}
          ${e.resolved_at?m`<span class="quiet small" style="display:block">${t(`incidents.took`,{time:Se(e.opened_at,e.resolved_at)})}</span>`:d}
        </span>
      </a>
    </li>`}search(e){this.text=e.target.value,clearTimeout(this.timer),this.timer=setTimeout(()=>void this.load(!1),mt)}filter(e,t){let n=t.target.value;e===`status`?this.status=n:e===`severity`?this.severity=n:this.category=n,this.load(!1)}async load(e){let t=++this.asked;this.isLoading=!0,this.error=``;let n=this.rows?.at(-1)?.number;try{let r=await N(this.ctx,`incidents`,{limit:pt,...e&&n!==void 0?{before:n}:{},...this.status===`all`?{}:{statuses:this.status===`open`?ht:gt},...this.severity?{severities:[this.severity]}:{},...this.category?{category:this.category}:{},...this.text.trim()?{text:this.text.trim()}:{}});if(t!==this.asked)return;this.rows=e?[...this.rows??[],...r.incidents]:r.incidents,this.total=r.total}catch(e){t===this.asked&&(this.error=c(e,this.ctx.t))}finally{t===this.asked&&(this.isLoading=!1)}}};o([x()],U.prototype,`rows`,void 0),o([x()],U.prototype,`total`,void 0),o([x()],U.prototype,`text`,void 0),o([x()],U.prototype,`severity`,void 0),o([x()],U.prototype,`category`,void 0),o([x()],U.prototype,`status`,void 0),o([x()],U.prototype,`isLoading`,void 0),o([x()],U.prototype,`error`,void 0),U=o([b(`homelab-steward-incidents`)],U);var _t=[`fixed`,`not_fixed`,`worse`,`unknown`,`relapsed`];function vt(e){let[t]=e;if(!t)return;let n=_t.map(t=>[t,e.reduce((e,n)=>e+n[t],0)]);return{...t,...Object.fromEntries(n)}}function yt(e,t,n,r){return Array.from({length:n},(i,a)=>{let o=new Date(t-(n-1-a)*864e5).toISOString().slice(0,10);return{name:o,value:e.filter(e=>e.day===o&&(!r||e.deployment===r)).reduce((e,t)=>e+t.used,0)}})}var W=14,bt=50,xt=[`local`,`cloud`,`premium`],G=class extends i{constructor(...e){super(...e),this.deployments=null,this.use=[],this.ledger=[],this.total=0,this.error=``,this.load=async()=>{this.error=``;try{let[e]=await Promise.all([N(this.ctx,`models`,{days:W}),this.more(void 0)]);this.use=e.use,this.deployments=e.deployments}catch(e){this.error=c(e,this.ctx.t)}}}static{this.styles=[...i.styles,F,E,k`
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
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;return this.error?g(O,e(`state.error`),this.error,m`<button @click=${this.load}>${e(`state.retry`)}</button>`):this.deployments?this.deployments.length?m`<div class="page">
      ${xt.map(e=>this.renderTier(e))}
      <section class="card content">
        <h2 class="title">${e(`models.ledger`)}</h2>
        <p class="quiet">${e(`models.ledger_text`,{count:this.total})}</p>
        ${this.ledger.length?this.renderLedger():d}
      </section>
    </div>`:g(O,e(`models.empty`),e(`models.empty_text`)):T(e)}renderTier(e){let{t:n}=this.ctx,r=this.deployments?.filter(t=>t.tier===e)??[];return r.length?m`<section>
      <h2 class="heading row" style="margin-bottom:12px">${t(e===`local`?Ce:Le)} ${n(`tier.${e}`)}</h2>
      <div class="grid">${r.map(e=>this.renderDeployment(e))}</div>
    </section>`:d}renderDeployment(e){let{t,now:n}=this.ctx,r=yt(this.use,n,W,e.id),i=r.reduce((e,t)=>e+t.value,0);return m`<div class="card content">
      <h3 class="title">${e.id}</h3>
      <p class="small quiet">${[e.model,e.embedding_model,e.server].filter(Boolean).join(` · `)}</p>
      ${e.daily_requests===null?m`<p class="small">${t(`models.used`,{count:e.used})}</p>`:m`<label class="small" style="display:block">${t(`models.used_of`,{used:e.used,limit:e.daily_requests})}
            <progress max=${Math.max(1,e.daily_requests)} value=${e.used}></progress></label>`}
      ${be(r,t(`models.days`,{count:i,days:W}))}
      <p class="small quiet">${t(`models.days`,{count:i,days:W})}</p>
      ${e.tier===`local`?d:m`<p class="small quiet">${t(e.takes_masked?`models.masked`:`models.public_only`)}</p>`}
    </div>`}renderLedger(){let{t:e,now:t,language:n}=this.ctx;return m`<div class="scroll" tabindex="0" role="region" aria-label=${e(`models.ledger`)}><table>
        <thead><tr>${[`at`,`deployment`,`task`,`privacy`,`masked`,`size`].map(t=>m`<th scope="col">${e(`ledger.${t}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(e=>m`<tr>
              <td><time datetime=${e.at} title=${S(e.at,n)}>${C(e.at,t,n)}</time></td>
              <td>${e.deployment}</td><td>${e.task}</td><td>${e.privacy}</td><td>${e.masked}</td><td>${(e.bytes/1024).toFixed(1)} kB</td>
            </tr>`)}
        </tbody>
      </table></div>
      ${this.ledger.length<this.total?m`<p><button @click=${()=>this.more(this.ledger.at(-1)?.id)}>${e(`action.more`)}</button></p>`:d}`}async more(e){let t=await N(this.ctx,`ledger`,{limit:bt,...e===void 0?{}:{before:e}});this.ledger=e===void 0?t.entries:[...this.ledger,...t.entries],this.total=t.total}};o([x()],G.prototype,`deployments`,void 0),o([x()],G.prototype,`use`,void 0),o([x()],G.prototype,`ledger`,void 0),o([x()],G.prototype,`total`,void 0),o([x()],G.prototype,`error`,void 0),G=o([b(`homelab-steward-models`)],G);var St=`/config/integrations/integration/homelab_steward`,Ct=class extends i{static{this.styles=[...i.styles,F]}render(){let{t:e,feed:t,viewer:n}=this.ctx,r=t.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),i=n.is_admin?m`<a class="button" href=${St}>${e(`people.change`)}</a>`:d;return r.length?m`<div class="page">
      <h2 class="hidden">${e(`nav.people`)}</h2>
      <div class="grid">${r.map(e=>this.renderPerson(e))}</div>
      <div class="row">${i}</div>
    </div>`:g(se,e(`people.empty`),e(`people.empty_text`),i)}renderPerson(e){let{t,feed:n,viewer:r}=this.ctx,i=new Map((n.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),a=[e.ha_user_id&&`home_assistant`,e.telegram_user_id&&`telegram`].filter(Boolean),o=e=>m`<li>${e}</li>`;return m`<section class="card content">
      <h3 class="title">${e.name}${e.id===r.person?.id?m` <span class="chip">${t(`people.you`)}</span>`:d}</h3>
      <p><span class="chip">${t(`role.${e.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${o(t(`people.${e.role}_may`))}
        ${Object.entries(e.authority).map(([e,n])=>o(t(`people.authority_${n}`,{category:i.get(e)??e})))}
        ${o(a.length?t(`people.reached`,{where:a.map(e=>t(`channel.${e}`)).join(`, `)}):t(`people.not_reached`))}
        ${e.quiet_from&&e.quiet_until?o(t(`people.quiet`,{from:e.quiet_from,until:e.quiet_until})):d}
        ${e.asked_after_minutes?o(t(`people.asked_after`,{count:e.asked_after_minutes})):d}
        ${e.has_pin?o(t(`people.has_pin`)):d}
        ${e.origin===`file`?o(t(`people.from_file`)):d}
      </ul>
    </section>`}};Ct=o([b(`homelab-steward-people`)],Ct);var wt=`http://www.w3.org/2000/svg`,Tt=new Set([`svg`,`g`,`title`,`desc`,`text`,`line`,`rect`,`circle`,`path`,`polyline`,`polygon`]),Et=/^(viewBox|role|aria-label|font-size|font-family|font-weight|text-anchor|fill|fill-opacity|stroke|stroke-opacity|stroke-width|opacity|transform|rx|ry|r|d|points|[xy][12]?|c[xy]|width|height)$/,Dt=/^[^<>]*$/;function Ot(e){let t=new DOMParser().parseFromString(e,`image/svg+xml`).documentElement;return t.localName===`svg`?kt(t):null}function kt(e){if(e.namespaceURI!==wt||!Tt.has(e.localName))return null;let t=document.createElementNS(wt,e.localName);for(let{name:n,value:r}of e.attributes)Et.test(n)&&Dt.test(r)&&!/url\s*\(/i.test(r)&&t.setAttribute(n,r);for(let n of e.childNodes)if(n instanceof Element){let e=kt(n);e&&t.append(e)}else n.nodeType===Node.TEXT_NODE&&t.append(n.textContent??``);return t}var K=class extends i{constructor(...e){super(...e),this.document=null,this.error=``,this.load=async()=>{this.error=``;try{this.document=await N(this.ctx,`report`,{language:this.ctx.hass.language})}catch(e){this.error=c(e,this.ctx.t)}}}static{this.styles=[...i.styles,F,k`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `]}firstUpdated(){this.load()}render(){let{t:e}=this.ctx;if(this.error)return g(Pe,e(`state.error`),this.error,m`<button @click=${this.load}>${e(`state.retry`)}</button>`);let n=this.document;return n?n.sections.length?m`<div class="page">
      <header class="card content">
        <h2 class="title">${n.title}</h2>
        <p>${n.headline}</p>
        <div class="row"><button @click=${()=>Ye(`homelab-steward-report.md`,`text/markdown`,[n.markdown])}>${t(xe)}${e(`report.save`)}</button></div>
      </header>
      ${n.pictures.map(e=>m`<figure class="card content"><figcaption class="title">${e.title}</figcaption>${Ot(e.svg)}</figure>`)}
      ${n.sections.map(e=>m`<section class="card content"><h3 class="title">${e.title}</h3>
          <ul style="padding-inline-start:20px">${e.lines.map(e=>m`<li>${e}</li>`)}</ul></section>`)}
    </div>`:g(Fe,n.title,n.headline):T(e)}};o([x()],K.prototype,`document`,void 0),o([x()],K.prototype,`error`,void 0),K=o([b(`homelab-steward-report`)],K);var q=class extends i{constructor(...e){super(...e),this.runbooks=null,this.text=``,this.error=``,this.canSave=!1,this.source=null,this.answer=``,this.isBusy=!1,this.close=()=>{this.source=null,this.answer=``},this.load=async()=>{this.error=``;try{let e=await N(this.ctx,`runbooks`);this.runbooks=e.runbooks,this.canSave=e.can_save}catch(e){this.error=c(e,this.ctx.t)}}}static{this.styles=[...i.styles,F,E,k`
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
    `]}willUpdate(e){e.has(`item`)&&this.close()}firstUpdated(){this.load()}render(){let{t:e,base:t}=this.ctx;if(this.error)return g(M,e(`state.error`),this.error,m`<button @click=${this.load}>${e(`state.retry`)}</button>`);if(!this.runbooks)return T(e);if(!this.item)return this.renderList(this.runbooks);let n=this.runbooks.find(e=>e.id===this.item),r=m`<a class="button" href="${t}/runbooks">${e(`nav.runbooks`)}</a>`;return n?this.renderOne(n):g(M,e(`runbook.gone`),``,r)}renderList(e){let{t:n,base:r}=this.ctx,i=this.text.toLowerCase().split(/\s+/).filter(Boolean),a=e.filter(e=>{let t=e.checks.map(this.ctx.name),n=[e.title,this.ctx.name(e.title),e.id,...e.alerts,...e.checks,...t].join(` `).toLowerCase();return i.every(e=>n.includes(e))}),o=a.filter(e=>this.statistics(e.id).length),s=a.filter(e=>!o.includes(e)),c=e=>m`<ul class="card list">
      ${e.map(e=>{let t=vt(this.statistics(e.id));return m`<li><a class="item" href="${r}/runbooks/${e.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(e.title)}</span>${t?Ne(t,n):d}
        </a></li>`})}
    </ul>`;return m`<div class="page">
      <h2 class="hidden">${n(`nav.runbooks`)}</h2>
      <label class="search">${t(We)}
        <input type="search" aria-label=${n(`runbooks.search`)} placeholder=${n(`runbooks.search`)} .value=${this.text} @input=${e=>this.text=e.target.value} />
      </label>
      <p class="quiet small" role="status">${n(`runbooks.count`,{count:a.length})}</p>
      ${o.length?m`<h3 class="heading">${n(`runbooks.used`)}</h3>${c(o)}`:d}
      ${s.length?m`${o.length?m`<h3 class="heading">${n(`runbooks.others`)}</h3>`:d}${c(s)}`:d}
    </div>`}renderOne(e){let{t:n,now:r,language:i}=this.ctx,a=this.statistics(e.id);return m`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(e.title)}</h2>
        <p class="small quiet">${e.id} · ${n(`runbook.version`,{version:e.version})}</p>
        <div lang=${e.language}>${ot(e.text)}</div>
        ${this.mayEdit&&this.source===null?m`<div class="row"><button @click=${()=>this.edit(e.id)}>${t(He)}${n(`runbook.edit`)}</button></div>`:d}
        ${this.renderEditor()}
      </article>
      <section class="card content">
        <h3 class="title">${n(`runbook.recipes`)}</h3>
        ${e.recipes.map(e=>{let t=a.filter(t=>t.recipe===e.id);return m`<div class="recipe">
            <p><strong>${this.ctx.name(e.label).replaceAll(/\{\w+\}/g,`…`)}</strong></p>
            ${e.steps.length?m`<p class="small quiet">${n(`runbook.steps`,{what:e.steps.map(this.ctx.name).join(` → `)})}</p>`:d}
            ${e.verify.length?m`<p class="small quiet">${n(`plan.verified_by`,{how:e.verify.map(this.ctx.name).join(`, `)})}</p>`:d}
            ${t.map(e=>m`<p>${Ne(e,n)}
                <span class="small quiet">${n(`runbook.version`,{version:e.version})}${e.last_at?m` · ${n(`runbook.last`,{when:C(e.last_at,r,i)})}`:d}</span></p>`)}
            ${t.length||e.kind!==`act`?d:m`<p class="small quiet">${n(`outcome.never`)}</p>`}
          </div>`})}
      </section>
      ${e.alerts.length+e.checks.length?m`<section class="card content"><h3 class="title">${n(`runbook.matches`)}</h3>
            <p class="row wrap">
              ${e.checks.map(e=>m`<span class="chip wraps">${this.ctx.name(e)}</span>`)}
              ${e.alerts.map(e=>m`<span class="chip wraps" translate="no">${e}</span>`)}
            </p></section>`:d}
    </div>`}get mayEdit(){return this.canSave&&this.ctx.viewer.person?.role===`owner`&&!!this.ctx.feed.state?.connected}renderEditor(){let{t:e}=this.ctx;return m`${this.source===null?d:m`<label style="display:block">${e(`runbook.source`)}
              <textarea spellcheck="false" .value=${this.source} @input=${e=>this.source=e.target.value}></textarea>
            </label>
            <p class="small quiet">${e(`runbook.edit_text`)}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy} @click=${()=>this.save(!0)}>${e(`runbook.check`)}</button>
              <button class="primary" ?disabled=${this.isBusy} @click=${()=>this.save(!1)}>${e(`runbook.save`)}</button>
              <button class="plain" @click=${this.close}>${e(`action.cancel`)}</button>
            </div>`}
      <div aria-live="polite">${this.answer?m`<p>${this.answer}</p>`:d}</div>`}async edit(e){this.answer=``;try{this.source=(await N(this.ctx,`runbook_source`,{runbook_id:e})).source}catch(e){this.answer=c(e,this.ctx.t)}}async save(e){this.isBusy=!0,this.answer=``;try{let t=await N(this.ctx,`save_runbook`,{source:this.source,only_check:e});if(this.answer=this.ctx.t(e?`runbook.right`:`runbook.saved`,{version:t.version}),e)return;this.source=null,await this.load()}catch(e){this.answer=c(e,this.ctx.t)}finally{this.isBusy=!1}}statistics(e){return this.ctx.feed.rows(`statistics`).filter(t=>t.runbook_id===e)}};o([x()],q.prototype,`runbooks`,void 0),o([x()],q.prototype,`text`,void 0),o([x()],q.prototype,`error`,void 0),o([x()],q.prototype,`canSave`,void 0),o([x()],q.prototype,`source`,void 0),o([x()],q.prototype,`answer`,void 0),o([x()],q.prototype,`isBusy`,void 0),q=o([b(`homelab-steward-runbooks`)],q);function At(e,t,n,r){let i=n.find(n=>n.action===t.key&&n.argument===e.key);return(i?.reading?r?.[i.reading]:void 0)??e.default}function jt(e,t,n){if(e.kind===`boolean`)return{value:t===!0};let r=String(t??``).trim();return r?e.kind===`number`?Mt(e,r):e.kind===`choice`&&!e.choices.includes(r)||e.kind===`target`&&!n.some(t=>t.kind===e.scope&&t.id===r)?J(`choice`):{value:r}:e.required?J(`required`):{value:null}}function Mt({minimum:e,maximum:t,unit:n},r){let i=Number(r);if(!Number.isFinite(i))return J(`number`);let a=n?` ${n}`:``;return(e===null||i>=e)&&(t===null||i<=t)?{value:i}:e!==null&&t!==null?J(`range`,{least:e,most:`${t}${a}`}):e===null?J(`at_most`,{most:`${t}${a}`}):J(`at_least`,{least:`${e}${a}`})}function J(e,t={}){return{mistake:{key:e,values:t}}}var Y=class extends oe{constructor(...e){super(...e),this.entered={},this.mistakes={},this.dry=null,this.answer=``,this.isBusy=!1,this.number=0,this.preview=async()=>{this.dry=await this.send(!0)??null},this.submit=async e=>{e.preventDefault();let t=await this.send(!1);t?.approval_id?ne(`${this.ctx.base}/request/${t.approval_id}`):t&&(this.answer=t.message)}}static{this.styles=[Ee,E,k`
      form,
      .field {
        display: flex;
        flex-direction: column;
        gap: 4px;
      }
      form {
        gap: 12px;
        margin-top: 8px;
      }
      .field {
        align-items: flex-start;
        max-width: 420px;
      }
      .field.switch {
        flex-direction: row;
        align-items: center;
        gap: 8px;
      }
      .field :is(input:not([type="checkbox"]), select) {
        width: 100%;
      }
      [aria-invalid="true"] {
        border-color: var(--error-color, #db4437);
      }
      .mistake {
        color: color-mix(in srgb, var(--error-color, #db4437) 78%, var(--primary-text-color));
      }
      .plan {
        padding: 12px;
        border: 1px solid var(--divider-color);
        border-radius: 8px;
      }
    `]}willUpdate(e){let t=e.get(`instance`);t&&t.id!==this.instance.id&&(this.entered={},this.target=void 0,this.forget())}render(){let{t:e,viewer:t,feed:n}=this.ctx,{action:r}=this,i=this.snapshot?.unavailable[`action.${r.key}`],a=t.person&&n.state?.connected&&!i&&(r.scope===null||this.targets.length);return m`
      <div class="row wrap"><strong class="grow">${this.ctx.name(r.name)}</strong>${ee(r.risk,e)}</div>
      <p class="small quiet">${this.ctx.name(r.description)}${r.reversible?``:` ${e(`plan.irreversible`)}.`}</p>
      ${i?m`<p class="small">${e(`service.not_offered`,{reason:i})}</p>`:d}
      ${a?this.renderForm():d}
    `}renderForm(){let{t:e,feed:t}=this.ctx,n=t.rows(`catalogue`)[0];return m`<form novalidate aria-label=${this.ctx.name(this.action.name)} @submit=${this.submit}>
      ${this.action.scope?this.renderTarget():d}
      ${this.action.arguments.map(e=>this.renderField(e))}
      ${this.dry?.option?m`<div class="plan" role="status">
            ${this.dry.instead?m`<p>${this.dry.instead}</p>`:d}${Re(this.dry.option,e,n,void 0)}
          </div>`:d}
      <div class="row wrap">
        <button type="button" ?disabled=${this.isBusy} @click=${this.preview}>${e(`plan.dry_run`)}</button>
        <button ?disabled=${this.isBusy}>${e(`service.request`)}</button>
      </div>
      <div aria-live="polite">${this.answer?m`<p>${this.answer}</p>`:d}</div>
    </form>`}renderTarget(){return m`<label class="field">${this.ctx.t(`service.target`)}
      <select @change=${e=>{this.target=e.target.value,this.forget()}}>
        ${this.targets.map(e=>m`<option value=${e.id} ?selected=${e.id===this.aim?.id}>${e.name}</option>`)}
      </select>
    </label>`}renderField(e){let{name:t,t:n}=this.ctx,r=this.mistakes[e.key],i=`${t(e.name)}${e.unit?` (${e.unit})`:``}`,a=e.description?t(e.description):``;return m`<div>
      <label class="field ${e.kind===`boolean`?`switch`:``}">${i}${this.renderInput(e,!!r)}</label>
      ${r?m`<p id="about-${e.key}" class="small mistake" role="alert">${n(`form.${r.key}`,r.values)}</p>`:m`<p id="about-${e.key}" class="small quiet" ?hidden=${!a}>${a}</p>`}
    </div>`}renderInput(e,t){let n=this.currentOf(e),r=t=>{let n=t.target;this.entered={...this.entered,[e.key]:e.kind===`boolean`?n.checked:n.value},this.forget(e.key)};if(e.kind===`boolean`)return m`<input type="checkbox" name=${e.key} .checked=${n===!0} @change=${r} />`;let i=`about-${e.key}`;if(e.kind===`choice`||e.kind===`target`)return m`<select name=${e.key} aria-describedby=${i} aria-invalid=${t} ?required=${e.required} @change=${r}>
        ${n===null||!e.required?m`<option value="" ?selected=${n===null}></option>`:d}
        ${this.choices(e).map(([e,t])=>m`<option value=${e} ?selected=${e===n}>${t}</option>`)}
      </select>`;let a={number:`number`,url:`url`,secret:`password`,text:`text`}[e.kind];return m`<input name=${e.key} type=${a} step="any" autocomplete="off" maxlength="2000"
      aria-describedby=${i} aria-invalid=${t} ?required=${e.required}
      min=${e.minimum??d} max=${e.maximum??d} .value=${String(n??``)} @input=${r} />`}choices(e){return e.kind===`choice`?e.choices.map(e=>[e,this.ctx.name(_e(e))]):this.resources.filter(t=>t.kind===e.scope).map(e=>[e.id,e.name])}get resources(){return this.snapshot?.resources??[]}get targets(){return this.resources.filter(e=>e.kind===this.action.scope)}get aim(){return this.targets.find(e=>e.id===this.target)??this.targets[0]}currentOf(e){let t=this.action.scope?this.aim?.values:this.snapshot?.values;return this.entered[e.key]??At(e,this.action,this.offer.controls,t)}forget(e){this.number+=1,this.isBusy=!1,this.dry=null,this.answer=``,this.mistakes=e?Object.fromEntries(Object.entries(this.mistakes).filter(([t])=>t!==e)):{}}read(){let e=[],t={};for(let n of this.action.arguments){let r=jt(n,this.currentOf(n),this.resources);r.mistake?t[n.key]=r.mistake:r.value!==null&&e.push([n.key,r.value])}this.mistakes=t;let n=Object.keys(t)[0];return n&&this.renderRoot.querySelector(`[name="${CSS.escape(n)}"]`)?.focus(),n?null:Object.fromEntries(e)}async send(e){let t=this.read();if(this.answer=``,!t||this.isBusy)return;let n=++this.number;this.isBusy=!0;try{let r=await N(this.ctx,`request_action`,{instance_id:this.instance.id,action:this.action.key,arguments:t,...this.aim?{target_id:this.aim.id}:{},...e?{only_dry_run:!0}:{}});return n===this.number?r:void 0}catch(e){n===this.number&&(this.answer=this.reasonOf(e));return}finally{n===this.number&&(this.isBusy=!1)}}reasonOf(e){let{code:t,message:n}=e,{t:r}=this.ctx;return t===`unavailable`&&n?r(`service.not_offered`,{reason:n}):c(e,r)}};o([f({attribute:!1})],Y.prototype,`ctx`,void 0),o([f({attribute:!1})],Y.prototype,`instance`,void 0),o([f({attribute:!1})],Y.prototype,`offer`,void 0),o([f({attribute:!1})],Y.prototype,`action`,void 0),o([f({attribute:!1})],Y.prototype,`snapshot`,void 0),o([x()],Y.prototype,`entered`,void 0),o([x()],Y.prototype,`mistakes`,void 0),o([x()],Y.prototype,`target`,void 0),o([x()],Y.prototype,`dry`,void 0),o([x()],Y.prototype,`answer`,void 0),o([x()],Y.prototype,`isBusy`,void 0),Y=o([b(`homelab-steward-action`)],Y);var Nt=100,X=class extends i{constructor(...e){super(...e),this.isBusy=!1,this.answer=``,this.polled=null,this.snapshots=new P(this,[`snapshot`])}static{this.styles=[...i.styles,F,k`
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
    `]}willUpdate(e){e.has(`item`)&&this.readPoll(),this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`instance`,this.item);if(!r)return g(D,e(`service.gone`),e(`service.gone_text`),m`<a class="button" href="${n}/services">${e(`nav.services`)}</a>`);let i=je(r,t.rows(`catalogue`)[0]),a=this.snapshots.row(`snapshot`,r.id),o=de(r.id,t.rows(`incident`));return m`<div class="page">
      ${this.renderHead(r,i,a)}
      ${o.length?m`<section class="card"><ul class="list">
            ${o.map(t=>m`<li><a class="item" href="${n}/incident/${t.id}">${v(t.severity,e)}<span class="grow">${t.title}</span>${u(t.status,e)}</a></li>`)}
          </ul></section>`:d}
      ${a?this.renderGaps(a,i):d}
      ${a&&i?this.renderInside(r,a,i):d}
      ${i?this.renderActions(r,i,a):d}
    </div>`}renderHead(e,n,r){let{t:i,feed:a,now:o,language:s,viewer:c}=this.ctx,u=A(e,a.rows(`incident`)),f=(e,t)=>t?m`<dt>${i(e)}</dt><dd>${t}</dd>`:d,p=this.polled??e.polled_at,h=e.status===`unreachable`&&e.expected_off===null;return m`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${e.name}</h2>
          <p class="row ${j[u]}"><span class="dot"></span>${i(`health.${u}`)}</p>
        </div>
        ${c.person?m`<button class="icon" ?disabled=${this.isBusy} aria-label=${i(`service.poll`)} title=${i(`service.poll`)} @click=${()=>this.poll(e.id)}>${t(l)}</button>`:d}
      </div>
      ${e.error&&e.expected_off===null?m`<p class="text">${e.error}</p>`:d}
      ${e.expected_off?m`<p class="text">${e.expected_off}</p>`:d}
      <dl>
        ${f(`service.kind`,n?.name??e.service)}
        ${f(`service.version`,e.version)}
        ${f(`service.polled`,p?m`<time datetime=${p} title=${S(p,s)}>${C(p,o,s)}</time>`:``)}
        ${f(`service.changed`,r?C(r.taken_at,o,s):``)}
        ${f(`service.address`,e.settings.url??e.settings.host)}
        ${f(`service.configured`,i(`origin.${e.origin}`))}
      </dl>
      ${e.notices.map(e=>m`<p class="row small" style="align-items:flex-start"><span class="tone warning">${t(y)}</span>${e}</p>`)}
      ${c.person&&(h||e.expected_off!==null)?m`<div class="row"><button ?disabled=${this.isBusy} @click=${()=>this.send(`expect_off`,{instance_id:e.id,off:h})}>${i(h?`service.expect_off`:`service.expect_on`)}</button></div>`:d}
      <div aria-live="polite">${this.answer?m`<p>${this.answer}</p>`:d}</div>
    </header>`}renderGaps(e,t){let{t:n}=this.ctx,{coverage:r,missing_rights:i}=e;if(r.status===`complete`&&!i.length)return d;let a=e=>t?.rights.find(t=>t.name===e||t.key===e)?.needed_for;return m`<section class="card content">
      <h3 class="title">${n(`service.gaps`)}</h3>
      ${r.status===`complete`?d:m`<p class="quiet">${n(`coverage.${r.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${r.gaps.map(e=>m`<li>${e.part}: <span class="quiet">${e.reason}</span></li>`)}
        ${i.map(e=>m`<li>${n(`service.right`,{name:e})} <span class="quiet">${this.ctx.name(a(e)??``)}</span></li>`)}
      </ul>
    </section>`}renderInside(e,t,n){let{t:r}=this.ctx,i=n.sensors.filter(e=>e.scope===null&&e.enabled_by_default);return m`
      ${i.length?m`<section class="card content"><h3 class="title">${r(`service.readings`)}</h3>
            <dl>${i.map(e=>m`<dt>${this.ctx.name(e.name)}</dt><dd>${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</dd>`)}</dl>
          </section>`:d}
      ${n.resources.map(i=>{let a=t.resources.filter(e=>e.kind===i.kind),o=n.sensors.filter(e=>e.scope===i.kind&&e.enabled_by_default);return a.length?m`<section class="card content"><details ?open=${a.length<=12}>
          ${p(r(`service.resources`,{kind:this.ctx.name(i.name),number:a.length}))}
          ${a.slice(0,Nt).map(t=>this.renderThing(e,t,o))}
          ${a.length>Nt?m`<p class="quiet small">${r(`service.more`,{count:a.length-Nt})}</p>`:d}
        </details></section>`:d})}
    `}renderThing(e,t,n){let{t:r,feed:i}=this.ctx,a=Ie(e.id,t,i.rows(`incident`));return m`<div class="thing">
      <p class="row ${j[a]}"><span class="dot" role="img" aria-label=${r(`health.${a}`)}></span><span>${t.name}</span></p>
      ${t.expected_off?m`<p class="small quiet">${t.expected_off}</p>`:d}
      <p class="small quiet readings">${n.map(e=>t.values[e.key]===void 0?d:m`<span>${this.ctx.name(e.name)}: ${this.renderValue(e,t.values[e.key],t.unknown[e.key])}</span>`)}</p>
    </div>`}renderValue(e,t,n){let{t:r,now:i,language:a}=this.ctx;return t==null?m`<span title=${n??``}>${r(`service.unknown`)}${n?m` <span class="quiet">(${n})</span>`:d}</span>`:typeof t==`boolean`?r(t?`service.yes`:`service.no`):e.device_class===`timestamp`&&typeof t==`string`?C(t,i,a):Be(t,e.unit,e.precision,a)}renderActions(e,t,n){let{t:r}=this.ctx;return t.actions.length?m`<section class="card content">
      <h3 class="title">${r(`service.actions`)}</h3>
      <p class="small quiet">${r(`service.actions_text`)}</p>
      ${t.actions.map(r=>m`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${e} .offer=${t} .action=${r} .snapshot=${n}></homelab-steward-action>`)}
    </section>`:d}async poll(e){await this.send(`poll`,{instance_id:e}),await this.readPoll()}async readPoll(){this.polled=null;let e=this.item,t=await this.send(`last_polls`,{});e===this.item&&(this.polled=t?.polls.find(t=>t.instance_id===e)?.at??null)}async send(e,t){this.isBusy=!0,this.answer=``;try{return await N(this.ctx,e,t)}catch(e){this.answer=c(e,this.ctx.t);return}finally{this.isBusy=!1}}};o([x()],X.prototype,`isBusy`,void 0),o([x()],X.prototype,`answer`,void 0),o([x()],X.prototype,`polled`,void 0),X=o([b(`homelab-steward-service`)],X);var Pt=40,Ft=class extends i{constructor(...e){super(...e),this.view=`list`,this.snapshots=new P(this,[`snapshot`])}static{this.styles=[...i.styles,F,k`
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
    `]}willUpdate(){this.snapshots.follow(this.ctx.hass,this.ctx.feed.state?.entry_id??void 0)}render(){let{t:e,feed:t}=this.ctx,n=t.rows(`instance`);if(!n.length){let t=m`<a class="button" href="/config/integrations/integration/homelab_steward">${e(`state.open_integration`)}</a>`;return g(te,e(`services.empty`),e(`services.empty_text`),t)}return m`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(n)}</p>
        <div class="row" role="group" aria-label=${e(`services.view`)}>
          ${[`list`,`map`].map(t=>m`<button aria-pressed=${this.view===t} class=${this.view===t?`primary`:``} @click=${()=>this.view=t}>${e(`services.${t}`)}</button>`)}
        </div>
      </div>
      ${this.view===`list`?this.renderList(n):this.renderMap(n)}
    </div>`}renderSummary(e){let{t,feed:n}=this.ctx,r=n.rows(`incident`),i=e.filter(e=>![`good`,`off`].includes(A(e,r))).length;return i?t(`services.with_problems`,{count:i}):t(`services.all_good`,{count:e.length})}renderList(e){let t=this.ctx.feed.rows(`catalogue`)[0];return Ae(e,t).map(e=>m`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(e.name)}</h2>
        <div class="grid">${e.instances.map(e=>this.renderTile(e))}</div>
      </section>`)}renderTile(e){let{t,feed:n,base:r}=this.ctx,i=A(e,n.rows(`incident`)),a=je(e,n.rows(`catalogue`)[0]),o=this.snapshots.row(`snapshot`,e.id),s=de(e.id,n.rows(`incident`));return m`<div class="card"><a class="tile" href="${r}/service/${encodeURIComponent(e.id)}">
      <ha-icon .icon=${a?.icon??`mdi:server`}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${e.name}</span>
        <span class="row small quiet ${j[i]}"><span class="dot"></span>${t(`health.${i}`)}</span>
        ${s[0]?m`<span class="small" style="display:block">${s[0].title}</span>`:d}
        ${e.expected_off??e.error?m`<span class="small quiet" style="display:block">${e.expected_off??e.error}</span>`:d}
        ${this.renderGaps(o)}
      </span>
    </a></div>`}renderGaps(e){let{t}=this.ctx;if(!e)return d;let n=e.missing_rights.length;return m`${e.coverage.status===`complete`?d:m`<span class="chip warning"><span class="dot"></span>${t(`coverage.${e.coverage.status}`)}</span>`}
    ${n?m`<span class="chip warning"><span class="dot"></span>${t(`services.missing_rights`,{count:n})}</span>`:d}`}renderMap(e){let{t,feed:n}=this.ctx,r=n.rows(`catalogue`)[0],i=Te(e,this.snapshots.rows(`snapshot`),r,n.rows(`incident`));return i.length?m`<div class="grid">
      ${i.map(e=>m`<section class="card content tree">${this.renderNode(e)}</section>`)}
    </div>`:g(Ve,t(`services.no_map`),t(`services.no_map_text`))}renderNode(e){let{t:n,base:r}=this.ctx,i=e.children.slice(0,Pt);return m`
      <a href="${r}/service/${encodeURIComponent(e.instanceId)}" class=${j[e.health]}>
        <span class="dot" role="img" aria-label=${n(`health.${e.health}`)}></span>
        ${e.kind===`instance`?m`<strong>${e.name}</strong>`:e.name}
        ${e.kind===`application`?t(Ve):d}
      </a>
      ${i.length?m`<ul>${i.map(e=>m`<li>${this.renderNode(e)}</li>`)}</ul>`:d}
      ${e.children.length>i.length?m`<p class="small quiet">${n(`services.more`,{count:e.children.length-i.length,health:n(`health.${he(e.children.map(e=>e.health))}`)})}</p>`:d}
    `}};o([x()],Ft.prototype,`view`,void 0),Ft=o([b(`homelab-steward-services`)],Ft);var It=`/config/integrations/integration/homelab_steward`,Lt=[1,4,12],Z=class extends i{constructor(...e){super(...e),this.preferences=null,this.error=``,this.isBusy=!1}static{this.styles=[...i.styles,F,k`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `]}firstUpdated(){this.load()}render(){let{t:e,feed:n,viewer:r}=this.ctx;return m`<div class="page">
      <h2 class="hidden">${e(`nav.settings`)}</h2>
      <div aria-live="polite">${this.error?m`<p role="alert">${this.error}</p>`:d}</div>
      ${this.renderSwitches()} ${this.renderMaintenance()} ${this.renderPreferences()}
      ${n.rows(`front_end`).map(e=>this.renderFrontEnd(e))}
      ${r.is_admin?m`<section class="card"><ul class="list">
            ${[`integration`,`people`,`services`].map(n=>m`<li><a class="item" href=${It}><span class="grow">${e(`settings.${n}`)}<br /><span class="small quiet">${e(`settings.${n}_text`)}</span></span>${t(a)}</a></li>`)}
          </ul></section>`:d}
    </div>`}get mayChange(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected&&!this.isBusy}renderSwitches(){let{t:e,feed:t,now:n,language:r}=this.ctx,i=t.rows(`mode`)[0],a=i?.pause??null;return m`<section class="card content">
      <h3 class="title">${e(`settings.switches`)}</h3>
      <label class="setting"><span class="grow">${e(`settings.pause`)}<br /><span class="small quiet">
          ${a?e(`settings.paused_by`,{person:a.person_name||e(`settings.automation`),when:C(a.at,n,r)}):e(`settings.pause_text`)}</span></span>
        <select ?disabled=${!this.mayChange} @change=${e=>this.send(`pause`,{scope:e.target.value||null})}>
          ${[``,`automatic`,`everything`].map(t=>m`<option value=${t} ?selected=${(a?.scope??``)===t}>${e(`pause.${t||`none`}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${e(`settings.verbose`)}<br /><span class="small quiet">${e(`settings.verbose_text`)}</span></span>
        <input type="checkbox" role="switch" .checked=${i?.verbose??!1} ?disabled=${!this.mayChange} @change=${e=>this.send(`verbose`,{verbose:e.target.checked})} />
      </label>
    </section>`}renderMaintenance(){let{t:e,feed:t}=this.ctx,n=t.rows(`maintenance`);return m`<section class="card content">
      <h3 class="title">${e(`settings.maintenance`)}</h3>
      <p class="small quiet">${e(`settings.maintenance_text`)}</p>
      ${n.map(e=>this.renderWindow(e))}
      <div class="row wrap">
        ${Lt.map(t=>m`<button ?disabled=${!this.mayChange} @click=${()=>this.send(`add_maintenance`,{hours:t,title:e(`settings.maintenance`)})}>${e(`settings.start_maintenance`,{count:t})}</button>`)}
      </div>
    </section>`}renderWindow(e){let{t,now:n,language:r,feed:i}=this.ctx,a=e.current??e.following??e.once,o=e.instance_ids.map(e=>i.row(`instance`,e)?.name??e);return m`<div class="setting">
      <span class="grow">${e.title}${e.current?m` <span class="chip info"><span class="dot"></span>${t(`settings.now`)}</span>`:d}
        <br /><span class="small quiet">${[...o,...e.categories].join(`, `)||t(`settings.everything`)}
          ${a?m`· ${C(a.starts_at,n,r)} – ${C(a.ends_at,n,r)}`:d}${e.weekly?m` · ${t(`settings.weekly`)}`:d}</span></span>
      <button ?disabled=${!this.mayChange} @click=${()=>this.send(`remove_maintenance`,{window_id:e.id})}>${t(`action.remove`)}</button>
    </div>`}renderPreferences(){let{t:e}=this.ctx,t=this.preferences?.filter(e=>e.state!==`noted`)??[];return t.length?m`<section class="card content">
      <h3 class="title">${e(`settings.mutes`)}</h3>
      <p class="small quiet">${e(`settings.mutes_text`)}</p>
      ${t.map(t=>m`<div class="setting">
          <span class="grow">${t.title}${t.target?m` · ${t.target.name}`:d}<br />
            <span class="small quiet">${e(`mute.${t.state}`)} · ${e(`mute.ignored`,{count:t.ignored})}</span></span>
          ${t.state===`proposed`?m`<button class="primary" ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!0})}>${e(`mute.accept`)}</button>
                <button ?disabled=${!this.mayChange} @click=${()=>this.change(`decide_preference`,{preference_id:t.id,accept:!1})}>${e(`mute.decline`)}</button>`:m`<button ?disabled=${!this.mayChange} @click=${()=>this.change(`take_back_preference`,{preference_id:t.id})}>${e(`mute.take_back`)}</button>`}
        </div>`)}
    </section>`:d}renderFrontEnd(e){let{t:n}=this.ctx;return e.state===`ok`?d:m`<section class="card content">
      <h3 class="title row"><span class="tone ${e.state===`down`?`bad`:`warning`}">${t(y)}</span>${n(`settings.front_end`,{name:n(`channel.${e.front_end}`)})}</h3>
      ${e.problems.map(e=>m`<p class="small">${e}</p>`)}
    </section>`}async load(){try{this.preferences=(await N(this.ctx,`preferences`)).preferences}catch(e){this.error=c(e,this.ctx.t)}}async change(e,t){await this.send(e,t),await this.load()}async send(e,t){this.isBusy=!0,this.error=``;try{await N(this.ctx,e,t)}catch(e){this.error=c(e,this.ctx.t)}finally{this.isBusy=!1}}};o([x()],Z.prototype,`preferences`,void 0),o([x()],Z.prototype,`error`,void 0),o([x()],Z.prototype,`isBusy`,void 0),Z=o([b(`homelab-steward-settings`)],Z);var Rt=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`,`mode`,`maintenance`],zt=3e4,Bt=`en`,Q=(e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}),Vt=[Q(`inbox`,ue,e=>m`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`),Q(`incidents`,me,e=>m`<homelab-steward-incidents .ctx=${e}></homelab-steward-incidents>`),Q(`services`,s,e=>m`<homelab-steward-services .ctx=${e}></homelab-steward-services>`),Q(`runbooks`,M,(e,t)=>m`<homelab-steward-runbooks .ctx=${e} item=${t}></homelab-steward-runbooks>`),Q(`report`,Pe,e=>m`<homelab-steward-report .ctx=${e}></homelab-steward-report>`,{isMore:!0}),Q(`people`,ce,e=>m`<homelab-steward-people .ctx=${e}></homelab-steward-people>`,{isMore:!0}),Q(`models`,O,e=>m`<homelab-steward-models .ctx=${e}></homelab-steward-models>`,{isMore:!0,isFull:!0}),Q(`audit`,n,e=>m`<homelab-steward-audit .ctx=${e}></homelab-steward-audit>`,{isMore:!0,isFull:!0}),Q(`settings`,ge,e=>m`<homelab-steward-settings .ctx=${e}></homelab-steward-settings>`,{isMore:!0})],Ht={request:{tab:`inbox`,page:(e,t)=>m`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`},incident:{tab:`incidents`,page:(e,t)=>m`<homelab-steward-incident .ctx=${e} item=${t}></homelab-steward-incident>`},service:{tab:`services`,page:(e,t)=>m`<homelab-steward-service .ctx=${e} item=${t}></homelab-steward-service>`}},$=class extends oe{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.names={},this.namesOf=Bt,this.feed=new P(this,Rt)}static{this.styles=[Ee,F,k`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),zt),this.addEventListener(`click`,h)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,h)}willUpdate(e){this.feed.follow(this.hass,this.entry),this.hasUpdated&&e.size!==0||(this.now=Date.now())}updated(){let e=this.hass?.language??Bt;e!==this.namesOf&&this.feed.state?.connected&&this.feed.state.viewer?.access!==`none`&&(this.namesOf=e,this.readNames(e))}async readNames(e){if(this.hass)try{let t=this.feed.state?.entry_id,n={type:`homelab_steward/names`,language:e,...t?{entry_id:t}:{}},r=await this.hass.connection.sendMessagePromise(n);e===this.namesOf&&(this.names=r.names)}catch{this.namesOf=Bt}}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let n=_(this.hass?.language??`en`),[r=`inbox`,i=``]=(this.route?.path??``).split(`/`).filter(Boolean).map(decodeURIComponent),a=Ht[r]?.tab??r,o=this.route?.prefix||`/homelab-steward`;return m`
      <header>
        ${i?m`<a class="back" href="${o}/${a}" aria-label=${n(`nav.back`,{page:n(`nav.${a}`)})}>${t(e)}</a>`:this.narrow?m`<button class="icon" aria-label=${n(`nav.menu`)} @click=${this.toggleMenu}>${t(re)}</button>`:d}
        <h1>${n(`title`)}</h1>
        ${this.renderStewards(n)}
      </header>
      ${this.renderNavigation(o,a)}
      <main>${this.renderPage(r,i,o)}</main>
    `}renderStewards(e){let{entries:t=[],entry_id:n}=this.feed.state??{};return t.length<2?d:m`<select aria-label=${e(`nav.steward`)} @change=${e=>this.entry=e.target.value}>
      ${t.map(e=>m`<option value=${e.entry_id} ?selected=${e.entry_id===(this.entry??n)}>${e.title}</option>`)}
    </select>`}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Vt.filter(t=>e||!t.isFull)}renderNavigation(e,n){let r=_(this.hass?.language??`en`),i=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,a=this.tabs.some(e=>e.isMore&&e.key===n)||n===`more`;return m`<nav aria-label=${r(`nav.pages`)}>
      ${this.tabs.map(a=>m`<a
          href="${e}/${a.key}"
          class=${a.isMore?`wide`:``}
          aria-current=${a.key===n?`page`:d}
        >
          ${t(a.path,``,`tab`)}<span>${r(`nav.${a.key}`)}</span>
          ${a.key===`inbox`&&i?m`<span class="count"><span aria-hidden="true">${i}</span><span class="hidden">${r(`nav.waiting`,{count:i})}</span></span>`:d}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${a?`page`:d}>
        ${t(ve)}<span>${r(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(e,n,r){let i=_(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return g(le,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));if(!a||!this.hass)return T(i);if(!a.loaded||!a.viewer){let e=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=m`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return g(ae,i(`state.not_loaded`),e,t)}if(a.viewer.access===`none`)return g(se,i(`state.unknown`),i(`state.unknown_text`));let o=ie(this.hass,this.feed,a.viewer,this.now,r,this.names),s=Ht[e]?.page??this.tabs.find(t=>t.key===e)?.page;return m`
      ${a.connected?d:m`<p class="away" role="status">${t(Ke)}<span>${i(`state.away`)}</span></p>`}
      ${e===`more`?this.renderMore(r):(s??Vt[0].page)(o,n)}
    `}renderMore(e){let n=_(this.hass?.language??`en`);return m`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(r=>m`<li><a class="item" href="${e}/${r.key}">${t(r.path)}<span>${n(`nav.${r.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return m`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};o([f({attribute:!1})],$.prototype,`hass`,void 0),o([f({attribute:!1})],$.prototype,`route`,void 0),o([f({type:Boolean})],$.prototype,`narrow`,void 0),o([x()],$.prototype,`now`,void 0),o([x()],$.prototype,`entry`,void 0),o([x()],$.prototype,`names`,void 0),$=o([b(`homelab-steward-panel`)],$);