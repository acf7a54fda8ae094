import{C as e,E as t,Et as n,F as r,G as i,H as a,I as o,J as s,K as c,M as l,N as u,Q as d,T as f,Tt as p,U as m,W as h,Z as g,_t as _,b as v,bt as y,c as b,dt as x,et as S,gt as C,ht as w,it as T,l as E,lt as D,nt as O,q as k,rt as A,u as j,w as M,xt as N}from"./shared-XOvvEVcW.js";var P={alert:x,alert_ended:w,opened:D,asked:n,diagnosed:C,requested:n,comment:N,resolved:w,failed:_,started:y},F=class extends l{constructor(...e){super(...e),this.record=null,this.error=null,this.commentError=``,this.asked=``}static{this.styles=[...l.styles,a,v,T`
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
    `]}willUpdate(e){e.has(`item`)&&this.item!==this.asked&&this.load()}render(){let{t,feed:n,base:a}=this.ctx;if(this.error){let e=A`<a class="button" href="${a}/incidents">${t(`nav.incidents`)}</a>`;return this.error.code===`not_found`?i(p,t(`incident.gone`),t(`incident.gone_text`),e):i(_,t(`state.error`),r(this.error,t),e)}if(!this.record)return h(t);let o=E(this.record,n.row(`incident`,this.item),n.rows(`approval`)),{incident:c}=o,l=o.approvals.find(e=>e.status===`pending`||e.status===`scheduled`);return A`
      <div class="page">
        ${this.renderHead(c)}
        ${l?A`<homelab-steward-request .ctx=${this.ctx} .request=${l}></homelab-steward-request>`:O}
        <section class="card content" aria-labelledby="timeline">
          <h3 class="title" id="timeline">${t(`incident.timeline`)}</h3>
          <ol class="events" aria-live="polite">${b(o).map(e=>this.renderEvent(e))}</ol>
          ${this.renderComment()}
        </section>
        ${l?O:A`<section class="card content">
              <h3 class="title">${t(`request.evidence`)}</h3>
              ${e(c,this.ctx)}
            </section>`}
        ${c.write_up?A`<section class="card content"><details>${s(t(`incident.report`))}${j(c.write_up)}</details></section>`:O}
      </div>
    `}renderHead(e){let{t:n,now:r,language:i,base:a}=this.ctx,o=e.resolved_at??new Date(r).toISOString();return A`<header class="card content">
      <div class="row" style="align-items:flex-start">
        ${c(e.severity,n,e.status===`resolved`)}
        <div class="grow">
          <h2 class="title">${e.title}</h2>
          <p class="quiet small">
            ${n(`incident.number`,{number:e.number})} ·
            <time datetime=${e.opened_at} title=${t(e.opened_at,i)}>${M(e.opened_at,r,i)}</time>
            · ${n(e.resolved_at?`incidents.took`:`incident.since`,{time:f(e.opened_at,o)})}
          </p>
        </div>
      </div>
      <div class="row wrap">
        ${k(e.status,n)}
        ${e.target?A`<a class="chip" href="${a}/service/${e.target.instance_id}">${e.target.name}</a>`:O}
        ${e.silenced_until?A`<span class="chip">${n(`incident.silenced_until`,{when:M(e.silenced_until,r,i)})}</span>`:O}
        ${e.stale_since?A`<span class="chip">${n(`incident.stale_since`,{when:M(e.stale_since,r,i)})}</span>`:O}
      </div>
      ${e.resolution?A`<p class="text">${e.resolution}</p>`:O}
    </header>`}renderEvent(e){let{t:n,now:r,language:i,base:a}=this.ctx,o=P[e.kind]??(e.kind.startsWith(`step`)||e.kind.startsWith(`verdict`)?`M13.54 22H10C9.75 22 9.54 21.82 9.5 21.58L9.13 18.93C8.5 18.68 7.96 18.34 7.44 17.94L4.95 18.95C4.73 19.03 4.46 18.95 4.34 18.73L2.34 15.27C2.21 15.05 2.27 14.78 2.46 14.63L4.57 12.97L4.5 12L4.57 11L2.46 9.37C2.27 9.22 2.21 8.95 2.34 8.73L4.34 5.27C4.46 5.05 4.73 4.96 4.95 5.05L7.44 6.05C7.96 5.66 8.5 5.32 9.13 5.07L9.5 2.42C9.54 2.18 9.75 2 10 2H14C14.25 2 14.46 2.18 14.5 2.42L14.87 5.07C15.5 5.32 16.04 5.66 16.56 6.05L19.05 5.05C19.27 4.96 19.54 5.05 19.66 5.27L21.66 8.73C21.79 8.95 21.73 9.22 21.54 9.37L19.43 11L19.5 12V12.19C19 12.07 18.5 12 18 12C17.83 12 17.66 12 17.5 12.03C17.5 11.41 17.4 10.79 17.2 10.2L19.31 8.65L18.56 7.35L16.15 8.39C15.38 7.5 14.32 6.86 13.12 6.62L12.75 4H11.25L10.88 6.61C9.68 6.86 8.62 7.5 7.85 8.39L5.44 7.35L4.69 8.65L6.8 10.2C6.4 11.37 6.4 12.64 6.8 13.8L4.68 15.36L5.43 16.66L7.86 15.62C8.63 16.5 9.68 17.14 10.87 17.38L11.24 20H12.35C12.61 20.75 13 21.42 13.54 22M15.96 12.36C16 12.24 16 12.12 16 12C16 9.79 14.21 8 12 8S8 9.79 8 12 9.79 16 12 16C12.12 16 12.24 16 12.36 15.96C12.97 14.29 14.29 12.97 15.96 12.36M12 14C10.9 14 10 13.11 10 12S10.9 10 12 10 14 10.9 14 12 13.11 14 12 14M16 15V21L21 18L16 15Z`:`M21.1,12.5L22.5,13.91L15.97,20.5L12.5,17L13.9,15.59L15.97,17.67L21.1,12.5M11,4A4,4 0 0,1 15,8A4,4 0 0,1 11,12A4,4 0 0,1 7,8A4,4 0 0,1 11,4M11,6A2,2 0 0,0 9,8A2,2 0 0,0 11,10A2,2 0 0,0 13,8A2,2 0 0,0 11,6M11,13C11.68,13 12.5,13.09 13.41,13.26L11.74,14.93L11,14.9C8.03,14.9 4.9,16.36 4.9,17V18.1H11.1L13,20H3V17C3,14.34 8.33,13 11,13Z`),s=`via`in e.values?{...e.values,via:n(`front_end.${e.values.via}`)}:e.values,c=n(`event.${e.kind}`,s);return A`<li class=${e.tone}>
      ${m(o)}
      <div>
        <p>
          ${e.kind===`requested`?A`<a href="${a}/request/${e.request}">${c}</a>`:c}
          <time class="small quiet" datetime=${e.at} title=${t(e.at,i)}>${M(e.at,r,i)}</time>
        </p>
        ${e.detail?A`<p class="small quiet text">${e.detail}</p>`:O}
      </div>
    </li>`}renderComment(){let{t:e,viewer:t,feed:n}=this.ctx;return!t.person||!n.state?.connected?O:A`<form class="row" @submit=${this.send}>
        <input name="comment" maxlength="2000" required aria-label=${e(`incident.comment`)} placeholder=${e(`incident.comment`)} autocomplete="off" />
        <button>${e(`incident.add_comment`)}</button>
      </form>
      ${this.commentError?A`<p role="alert">${this.commentError}</p>`:O}`}async send(e){e.preventDefault();let t=this.comment.value.trim();if(t){this.commentError=``;try{let e=await u(this.ctx,`comment`,{incident_id:this.item,text:t});this.record&&={...this.record,incident:e},this.comment.value=``}catch(e){this.commentError=r(e,this.ctx.t)}}}async load(){let e=this.asked=this.item;this.record=null,this.error=null;try{let t=await u(this.ctx,`incident`,{incident_id:e});e===this.item&&(this.record=t)}catch(t){e===this.item&&(this.error=t)}}};o([d()],F.prototype,`record`,void 0),o([d()],F.prototype,`error`,void 0),o([d()],F.prototype,`commentError`,void 0),o([g(`input[name=comment]`)],F.prototype,`comment`,void 0),F=o([S(`homelab-steward-incident`)],F);export{F as IncidentPage};