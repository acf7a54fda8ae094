import{Q as e,U as t,Y as n,ct as r,dt as i,ht as a,ut as o,z as s}from"./shared-BLrf8IzR.js";var c=`/config/integrations/integration/homelab_steward`,l=class extends s{static{this.styles=[...s.styles,n]}render(){let{t,feed:n,viewer:r}=this.ctx,s=n.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),l=r.is_admin?i`<a class="button" href=${c}>${t(`people.change`)}</a>`:o;return s.length?i`<div class="page">
      <h2 class="hidden">${t(`nav.people`)}</h2>
      <div class="grid">${s.map(e=>this.renderPerson(e))}</div>
      <div class="row">${l}</div>
    </div>`:e(a,t(`people.empty`),t(`people.empty_text`),l)}renderPerson(e){let{t,feed:n,viewer:r}=this.ctx,a=new Map((n.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),s=[e.ha_user_id&&`home_assistant`,e.telegram_user_id&&`telegram`].filter(Boolean),c=e=>i`<li>${e}</li>`;return i`<section class="card content">
      <h3 class="title">${e.name}${e.id===r.person?.id?i` <span class="chip">${t(`people.you`)}</span>`:o}</h3>
      <p><span class="chip">${t(`role.${e.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${c(t(`people.${e.role}_may`))}
        ${Object.entries(e.authority).map(([e,n])=>c(t(`people.authority_${n}`,{category:a.get(e)??e})))}
        ${c(s.length?t(`people.reached`,{where:s.map(e=>t(`channel.${e}`)).join(`, `)}):t(`people.not_reached`))}
        ${e.quiet_from&&e.quiet_until?c(t(`people.quiet`,{from:e.quiet_from,until:e.quiet_until})):o}
        ${e.asked_after_minutes?c(t(`people.asked_after`,{count:e.asked_after_minutes})):o}
        ${e.has_pin?c(t(`people.has_pin`)):o}
        ${e.origin===`file`?c(t(`people.from_file`)):o}
      </ul>
    </section>`}};l=t([r(`homelab-steward-people`)],l);export{l as PeoplePage};