import{$ as e,I as t,U as n,bt as r,gt as i,ht as a,nt as o,pt as s,q as c}from"./shared-Sda02QKL.js";var l=`/config/integrations/integration/homelab_steward`,u=class extends n{static{this.styles=[...n.styles,e]}render(){let{t:e,feed:t,viewer:n}=this.ctx,s=t.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),c=n.is_admin?i`<a class="button" href=${l}>${e(`people.change`)}</a>`:a;return s.length?i`<div class="page">
      <h2 class="hidden">${e(`nav.people`)}</h2>
      <div class="grid">${s.map(e=>this.renderPerson(e))}</div>
      <div class="row">${c}</div>
    </div>`:o(r,e(`people.empty`),e(`people.empty_text`),c)}renderPerson(e){let{t:n,feed:r,viewer:o}=this.ctx,s=new Map((r.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),c=[e.ha_user_id&&`home_assistant`,e.telegram_user_id&&`telegram`].filter(Boolean),l=e=>i`<li>${e}</li>`;return i`<section class="card content">
      <h3 class="title">${e.name}${e.id===o.person?.id?i` <span class="chip">${n(`people.you`)}</span>`:a}</h3>
      <p><span class="chip">${n(`role.${e.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${l(n(`people.${e.role}_may`))}
        ${Object.entries(e.authority).map(([e,t])=>l(n(`people.authority_${t}`,{category:s.get(e)??e})))}
        ${l(c.length?n(`people.reached`,{where:c.map(e=>n(`channel.${e}`)).join(`, `)}):n(`people.not_reached`))}
        ${l(e.language?n(`people.language`,{language:t(e.language,this.ctx.language)}):n(`people.own_language`))}
        ${e.quiet_from&&e.quiet_until?l(n(`people.quiet`,{from:e.quiet_from,until:e.quiet_until})):a}
        ${e.asked_after_minutes?l(n(`people.asked_after`,{count:e.asked_after_minutes})):a}
        ${e.has_pin?l(n(`people.has_pin`)):a}
        ${e.origin===`file`?l(n(`people.from_file`)):a}
      </ul>
    </section>`}};u=c([s(`homelab-steward-people`)],u);export{u as PeoplePage};