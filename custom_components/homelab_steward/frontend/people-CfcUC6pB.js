import{$ as e,B as t,W as n,X as r,dt as i,ft as a,gt as o,lt as s}from"./shared-nRrs-VXQ.js";var c=`/config/integrations/integration/homelab_steward`,l=class extends t{static{this.styles=[...t.styles,r]}render(){let{t,feed:n,viewer:r}=this.ctx,s=n.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),l=r.is_admin?a`<a class="button" href=${c}>${t(`people.change`)}</a>`:i;return s.length?a`<div class="page">
      <h2 class="hidden">${t(`nav.people`)}</h2>
      <div class="grid">${s.map(e=>this.renderPerson(e))}</div>
      <div class="row">${l}</div>
    </div>`:e(o,t(`people.empty`),t(`people.empty_text`),l)}renderPerson(e){let{t,feed:n,viewer:r}=this.ctx,o=new Map((n.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),s=[e.ha_user_id&&`home_assistant`,e.telegram_user_id&&`telegram`].filter(Boolean),c=e=>a`<li>${e}</li>`;return a`<section class="card content">
      <h3 class="title">${e.name}${e.id===r.person?.id?a` <span class="chip">${t(`people.you`)}</span>`:i}</h3>
      <p><span class="chip">${t(`role.${e.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${c(t(`people.${e.role}_may`))}
        ${Object.entries(e.authority).map(([e,n])=>c(t(`people.authority_${n}`,{category:o.get(e)??e})))}
        ${c(s.length?t(`people.reached`,{where:s.map(e=>t(`channel.${e}`)).join(`, `)}):t(`people.not_reached`))}
        ${e.quiet_from&&e.quiet_until?c(t(`people.quiet`,{from:e.quiet_from,until:e.quiet_until})):i}
        ${e.asked_after_minutes?c(t(`people.asked_after`,{count:e.asked_after_minutes})):i}
        ${e.has_pin?c(t(`people.has_pin`)):i}
        ${e.origin===`file`?c(t(`people.from_file`)):i}
      </ul>
    </section>`}};l=n([s(`homelab-steward-people`)],l);export{l as PeoplePage};