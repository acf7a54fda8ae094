import{F as e,H as t,K as n,Q as r,dt as i,mt as a,pt as o,tt as s,vt as c}from"./shared-DJMK-k9p.js";var l=`/config/integrations/integration/homelab_steward`,u=class extends t{static{this.styles=[...t.styles,r]}render(){let{t:e,feed:t,viewer:n}=this.ctx,r=t.rows(`person`).sort((e,t)=>e.name.localeCompare(t.name)),i=n.is_admin?a`<a class="button" href=${l}>${e(`people.change`)}</a>`:o;return r.length?a`<div class="page">
      <h2 class="hidden">${e(`nav.people`)}</h2>
      <div class="grid">${r.map(e=>this.renderPerson(e))}</div>
      <div class="row">${i}</div>
    </div>`:s(c,e(`people.empty`),e(`people.empty_text`),i)}renderPerson(t){let{t:n,feed:r,viewer:i}=this.ctx,s=new Map((r.rows(`catalogue`)[0]?.categories??[]).map(e=>[e.key,this.ctx.name(e.name)])),c=[t.ha_user_id&&`home_assistant`,t.telegram_user_id&&`telegram`].filter(Boolean),l=e=>a`<li>${e}</li>`;return a`<section class="card content">
      <h3 class="title">${t.name}${t.id===i.person?.id?a` <span class="chip">${n(`people.you`)}</span>`:o}</h3>
      <p><span class="chip">${n(`role.${t.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${l(n(`people.${t.role}_may`))}
        ${Object.entries(t.authority).map(([e,t])=>l(n(`people.authority_${t}`,{category:s.get(e)??e})))}
        ${l(c.length?n(`people.reached`,{where:c.map(e=>n(`channel.${e}`)).join(`, `)}):n(`people.not_reached`))}
        ${l(t.language?n(`people.language`,{language:e(t.language,this.ctx.language)}):n(`people.own_language`))}
        ${t.quiet_from&&t.quiet_until?l(n(`people.quiet`,{from:t.quiet_from,until:t.quiet_until})):o}
        ${t.asked_after_minutes?l(n(`people.asked_after`,{count:t.asked_after_minutes})):o}
        ${t.has_pin?l(n(`people.has_pin`)):o}
        ${t.origin===`file`?l(n(`people.from_file`)):o}
      </ul>
    </section>`}};u=n([i(`homelab-steward-people`)],u);export{u as PeoplePage};