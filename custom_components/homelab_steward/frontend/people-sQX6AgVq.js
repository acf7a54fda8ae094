import{J as e,L as t,W as n,_t as r,et as i,gt as a,mt as o,rt as s,xt as c}from"./shared-ecpPzQbY.js";var l=`/config/integrations/integration/homelab_steward`,u=class extends n{static{this.styles=[...n.styles,i]}render(){let{t:e,feed:t,viewer:n}=this.ctx,i=t.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),o=n.is_admin?r`<a class="button" href=${l}>${e(`people.change`)}</a>`:a;return i.length?r`<div class="page">
      <h2 class="hidden">${e(`nav.people`)}</h2>
      <div class="grid">${i.map(e=>this.renderPerson(e))}</div>
      <div class="row">${o}</div>
    </div>`:s(c,e(`people.empty`),e(`people.empty_text`),o)}renderPerson(e){let{t:n,feed:i,viewer:o}=this.ctx,s=new Map((i.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),c=[e.ha_user_id&&`home_assistant`,e.telegram_user_id&&`telegram`].filter(Boolean),l=e=>r`<li>${e}</li>`;return r`<section class="card content">
      <h3 class="title">${e.name}${e.id===o.person?.id?r` <span class="chip">${n(`people.you`)}</span>`:a}</h3>
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
    </section>`}};u=e([o(`homelab-steward-people`)],u);export{u as PeoplePage};