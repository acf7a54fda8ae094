import{$ as e,M as t,O as n,Q as r,R as i,V as a,X as o,rt as s}from"./shared-DsfEqpX7.js";var c=`/config/integrations/integration/homelab_steward`,l=class extends n{static{this.styles=[...n.styles,i]}render(){let{t,feed:n,viewer:i}=this.ctx,o=n.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),l=i.is_admin?e`<a class="button" href=${c}>${t(`people.change`)}</a>`:r;return o.length?e`<div class="page">
      <h2 class="hidden">${t(`nav.people`)}</h2>
      <div class="grid">${o.map(e=>this.renderPerson(e))}</div>
      <div class="row">${l}</div>
    </div>`:a(s,t(`people.empty`),t(`people.empty_text`),l)}renderPerson(t){let{t:n,feed:i,viewer:a}=this.ctx,o=new Map((i.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),s=[t.ha_user_id&&`home_assistant`,t.telegram_user_id&&`telegram`].filter(Boolean),c=t=>e`<li>${t}</li>`;return e`<section class="card content">
      <h3 class="title">${t.name}${t.id===a.person?.id?e` <span class="chip">${n(`people.you`)}</span>`:r}</h3>
      <p><span class="chip">${n(`role.${t.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${c(n(`people.${t.role}_may`))}
        ${Object.entries(t.authority).map(([e,t])=>c(n(`people.authority_${t}`,{category:o.get(e)??e})))}
        ${c(s.length?n(`people.reached`,{where:s.map(e=>n(`channel.${e}`)).join(`, `)}):n(`people.not_reached`))}
        ${t.quiet_from&&t.quiet_until?c(n(`people.quiet`,{from:t.quiet_from,until:t.quiet_until})):r}
        ${t.asked_after_minutes?c(n(`people.asked_after`,{count:t.asked_after_minutes})):r}
        ${t.has_pin?c(n(`people.has_pin`)):r}
        ${t.origin===`file`?c(n(`people.from_file`)):r}
      </ul>
    </section>`}};l=t([o(`homelab-steward-people`)],l);export{l as PeoplePage};