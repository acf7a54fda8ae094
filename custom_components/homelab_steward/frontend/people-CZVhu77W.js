import{G as e,V as t,Z as n,_t as r,et as i,ft as a,pt as o,ut as s}from"./shared-D2FqsNbt.js";var c=`/config/integrations/integration/homelab_steward`,l=class extends t{static{this.styles=[...t.styles,n]}render(){let{t:e,feed:t,viewer:n}=this.ctx,s=t.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),l=n.is_admin?o`<a class="button" href=${c}>${e(`people.change`)}</a>`:a;return s.length?o`<div class="page">
      <h2 class="hidden">${e(`nav.people`)}</h2>
      <div class="grid">${s.map(e=>this.renderPerson(e))}</div>
      <div class="row">${l}</div>
    </div>`:i(r,e(`people.empty`),e(`people.empty_text`),l)}renderPerson(e){let{t,feed:n,viewer:r}=this.ctx,i=new Map((n.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),s=[e.ha_user_id&&`home_assistant`,e.telegram_user_id&&`telegram`].filter(Boolean),c=e=>o`<li>${e}</li>`;return o`<section class="card content">
      <h3 class="title">${e.name}${e.id===r.person?.id?o` <span class="chip">${t(`people.you`)}</span>`:a}</h3>
      <p><span class="chip">${t(`role.${e.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${c(t(`people.${e.role}_may`))}
        ${Object.entries(e.authority).map(([e,n])=>c(t(`people.authority_${n}`,{category:i.get(e)??e})))}
        ${c(s.length?t(`people.reached`,{where:s.map(e=>t(`channel.${e}`)).join(`, `)}):t(`people.not_reached`))}
        ${e.quiet_from&&e.quiet_until?c(t(`people.quiet`,{from:e.quiet_from,until:e.quiet_until})):a}
        ${e.asked_after_minutes?c(t(`people.asked_after`,{count:e.asked_after_minutes})):a}
        ${e.has_pin?c(t(`people.has_pin`)):a}
        ${e.origin===`file`?c(t(`people.from_file`)):a}
      </ul>
    </section>`}};l=e([s(`homelab-steward-people`)],l);export{l as PeoplePage};