import{Ct as e,Dt as t,F as n,G as r,Ht as i,I as a,It as o,J as s,Jt as c,M as l,P as u,Pt as d,Ut as f,W as p,Yt as m,_t as h,at as g,d as _,dt as v,et as y,f as b,ft as x,gt as S,k as C,mt as w,nt as T,ot as E,q as D,rt as O,st as k,tt as A,u as j,vt as M,zt as N}from"./shared-ecpPzQbY.js";var P={alert:t,alert_ended:d,opened:e,asked:m,diagnosed:o,requested:m,comment:f,resolved:d,failed:N,started:i};function F(e){return!e.is_request&&e.severity!==`critical`&&[`open`,`diagnosed`,`waiting`,`unsolved`].includes(e.status)}var I=class extends p{constructor(...e){super(...e),this.record=null,this.error=null,this.commentError=``,this.markError=``,this.asked=``}static{this.styles=[...p.styles,y,C,M`
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
    `]}willUpdate(e){e.has(`item`)&&this.item!==this.asked&&this.load()}render(){let{t:e,feed:t,base:n}=this.ctx;if(this.error){let t=h`<a class="button" href="${n}/incidents">${e(`nav.incidents`)}</a>`;return this.error.code===`not_found`?O(c,e(`incident.gone`),e(`incident.gone_text`),t):O(N,e(`state.error`),D(this.error,e),t)}if(!this.record)return T(e);let r=_(this.record,t.row(`incident`,this.item),t.rows(`approval`)),{incident:i}=r,a=r.approvals.find(e=>e.status===`pending`||e.status===`scheduled`);return h`
      <div class="page">
        ${this.renderHead(i)}
        ${a?h`<homelab-steward-request .ctx=${this.ctx} .request=${a}></homelab-steward-request>`:S}
        <section class="card content" aria-labelledby="timeline">
          <h3 class="title" id="timeline">${e(`incident.timeline`)}</h3>
          <ol class="events" aria-live="polite">${j(r).map(e=>this.renderEvent(e))}</ol>
          ${this.renderComment()}
        </section>
        ${a?S:h`<section class="card content">
              <h3 class="title">${e(`request.evidence`)}</h3>
              ${l(i,this.ctx)}
            </section>`}
        ${i.write_up?h`<section class="card content"><details>${k(e(`incident.report`))}${b(i.write_up)}</details></section>`:S}
      </div>
    `}renderHead(e){let{t,now:r,language:i,base:o}=this.ctx,s=e.resolved_at??new Date(r).toISOString();return h`<header class="card content">
      <div class="row" style="align-items:flex-start">
        ${g(e.severity,t,e.status===`resolved`)}
        <div class="grow">
          <h2 class="title">${e.title}</h2>
          <p class="quiet small">
            ${t(`incident.number`,{number:e.number})} ·
            <time datetime=${e.opened_at} title=${a(e.opened_at,i)}>${u(e.opened_at,r,i)}</time>
            · ${t(e.resolved_at?`incidents.took`:`incident.since`,{time:n(e.opened_at,s)})}
          </p>
        </div>
      </div>
      <div class="row wrap">
        ${E(e.status,t)}
        ${e.target?h`<a class="chip" href="${o}/service/${e.target.instance_id}">${e.target.name}</a>`:S}
        ${e.silenced_until?h`<span class="chip">${t(`incident.silenced_until`,{when:u(e.silenced_until,r,i)})}</span>`:S}
        ${e.stale_since?h`<span class="chip">${t(`incident.stale_since`,{when:u(e.stale_since,r,i)})}</span>`:S}
      </div>
      ${e.resolution?h`<p class="text">${e.resolution}</p>`:S}
      ${F(e)?h`<div class="row wrap"><button @click=${()=>this.markFalse()}>${t(`incident.false_alarm`)}</button><span class="small quiet grow">${t(`incident.false_alarm_text`)}</span></div>`:S}
      ${this.markError?h`<p role="alert">${this.markError}</p>`:S}
    </header>`}async markFalse(){this.markError=``;try{let e=await r(this.ctx,`false_alarm`,{incident_id:this.item});this.record&&={...this.record,incident:e}}catch(e){this.markError=D(e,this.ctx.t)}}renderEvent(e){let{t,now:n,language:r,base:i}=this.ctx,o=P[e.kind]??(e.kind.startsWith(`step`)||e.kind.startsWith(`verdict`)?`M13.54 22H10C9.75 22 9.54 21.82 9.5 21.58L9.13 18.93C8.5 18.68 7.96 18.34 7.44 17.94L4.95 18.95C4.73 19.03 4.46 18.95 4.34 18.73L2.34 15.27C2.21 15.05 2.27 14.78 2.46 14.63L4.57 12.97L4.5 12L4.57 11L2.46 9.37C2.27 9.22 2.21 8.95 2.34 8.73L4.34 5.27C4.46 5.05 4.73 4.96 4.95 5.05L7.44 6.05C7.96 5.66 8.5 5.32 9.13 5.07L9.5 2.42C9.54 2.18 9.75 2 10 2H14C14.25 2 14.46 2.18 14.5 2.42L14.87 5.07C15.5 5.32 16.04 5.66 16.56 6.05L19.05 5.05C19.27 4.96 19.54 5.05 19.66 5.27L21.66 8.73C21.79 8.95 21.73 9.22 21.54 9.37L19.43 11L19.5 12V12.19C19 12.07 18.5 12 18 12C17.83 12 17.66 12 17.5 12.03C17.5 11.41 17.4 10.79 17.2 10.2L19.31 8.65L18.56 7.35L16.15 8.39C15.38 7.5 14.32 6.86 13.12 6.62L12.75 4H11.25L10.88 6.61C9.68 6.86 8.62 7.5 7.85 8.39L5.44 7.35L4.69 8.65L6.8 10.2C6.4 11.37 6.4 12.64 6.8 13.8L4.68 15.36L5.43 16.66L7.86 15.62C8.63 16.5 9.68 17.14 10.87 17.38L11.24 20H12.35C12.61 20.75 13 21.42 13.54 22M15.96 12.36C16 12.24 16 12.12 16 12C16 9.79 14.21 8 12 8S8 9.79 8 12 9.79 16 12 16C12.12 16 12.24 16 12.36 15.96C12.97 14.29 14.29 12.97 15.96 12.36M12 14C10.9 14 10 13.11 10 12S10.9 10 12 10 14 10.9 14 12 13.11 14 12 14M16 15V21L21 18L16 15Z`:`M21.1,12.5L22.5,13.91L15.97,20.5L12.5,17L13.9,15.59L15.97,17.67L21.1,12.5M11,4A4,4 0 0,1 15,8A4,4 0 0,1 11,12A4,4 0 0,1 7,8A4,4 0 0,1 11,4M11,6A2,2 0 0,0 9,8A2,2 0 0,0 11,10A2,2 0 0,0 13,8A2,2 0 0,0 11,6M11,13C11.68,13 12.5,13.09 13.41,13.26L11.74,14.93L11,14.9C8.03,14.9 4.9,16.36 4.9,17V18.1H11.1L13,20H3V17C3,14.34 8.33,13 11,13Z`),s=`via`in e.values?{...e.values,via:t(`front_end.${e.values.via}`)}:e.values,c=t(`event.${e.kind}`,s);return h`<li class=${e.tone}>
      ${A(o)}
      <div>
        <p>
          ${e.kind===`requested`?h`<a href="${i}/request/${e.request}">${c}</a>`:c}
          <time class="small quiet" datetime=${e.at} title=${a(e.at,r)}>${u(e.at,n,r)}</time>
        </p>
        ${e.detail?h`<p class="small quiet text">${e.detail}</p>`:S}
      </div>
    </li>`}renderComment(){let{t:e,viewer:t,feed:n}=this.ctx;return!t.person||!n.state?.connected?S:h`<form class="row" @submit=${this.send}>
        <input name="comment" maxlength="2000" required aria-label=${e(`incident.comment`)} placeholder=${e(`incident.comment`)} autocomplete="off" />
        <button>${e(`incident.add_comment`)}</button>
      </form>
      ${this.commentError?h`<p role="alert">${this.commentError}</p>`:S}`}async send(e){e.preventDefault();let t=this.comment.value.trim();if(t){this.commentError=``;try{let e=await r(this.ctx,`comment`,{incident_id:this.item,text:t});this.record&&={...this.record,incident:e},this.comment.value=``}catch(e){this.commentError=D(e,this.ctx.t)}}}async load(){let e=this.asked=this.item;this.record=null,this.error=null;try{let t=await r(this.ctx,`incident`,{incident_id:e});e===this.item&&(this.record=t)}catch(t){e===this.item&&(this.error=t)}}};s([x()],I.prototype,`record`,void 0),s([x()],I.prototype,`error`,void 0),s([x()],I.prototype,`commentError`,void 0),s([x()],I.prototype,`markError`,void 0),s([v(`input[name=comment]`)],I.prototype,`comment`,void 0),I=s([w(`homelab-steward-incident`)],I);export{I as IncidentPage};