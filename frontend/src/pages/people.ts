/** The people whom the steward knows, and what they may decide. */

import { mdiAccountQuestionOutline } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Person } from "../contract.ts";
import { notice } from "../look.ts";
import { languageName } from "../format.ts";
import { noticeStyles } from "../notice_styles.ts";
import { Page } from "../page.ts";

const INTEGRATION = "/config/integrations/integration/homelab_steward";

@customElement("homelab-steward-people")
export class PeoplePage extends Page {
  static override styles = [...Page.styles, noticeStyles];

  protected override render(): TemplateResult {
    const { t, feed, viewer } = this.ctx;
    const people = feed.rows("person").sort((a, b) => a.name.localeCompare(b.name));
    const link = viewer.is_admin ? html`<a class="button" href=${INTEGRATION}>${t("people.change")}</a>` : nothing;
    if (!people.length) return notice(mdiAccountQuestionOutline, t("people.empty"), t("people.empty_text"), link);
    return html`<div class="page">
      <h2 class="hidden">${t("nav.people")}</h2>
      <div class="grid">${people.map((one) => this.renderPerson(one))}</div>
      <div class="row">${link}</div>
    </div>`;
  }

  private renderPerson(one: Person): TemplateResult {
    const { t, feed, viewer } = this.ctx;
    const names = new Map((feed.rows("catalogue")[0]?.categories ?? []).map((category) => [category.key, this.ctx.name(category.name)]));
    const channels = [one.ha_user_id && "home_assistant", one.telegram_user_id && "telegram"].filter(Boolean);
    const line = (text: string) => html`<li>${text}</li>`;
    return html`<section class="card content">
      <h3 class="title">${one.name}${one.id === viewer.person?.id ? html` <span class="chip">${t("people.you")}</span>` : nothing}</h3>
      <p><span class="chip">${t(`role.${one.role}`)}</span></p>
      <ul class="small quiet" style="padding-inline-start:18px">
        ${line(t(`people.${one.role}_may`))}
        ${Object.entries(one.authority).map(([category, level]) => line(t(`people.authority_${level}`, { category: names.get(category) ?? category })))}
        ${line(channels.length ? t("people.reached", { where: channels.map((key) => t(`channel.${key}`)).join(", ") }) : t("people.not_reached"))}
        ${line(one.language ? t("people.language", { language: languageName(one.language, this.ctx.language) }) : t("people.own_language"))}
        ${one.quiet_from && one.quiet_until ? line(t("people.quiet", { from: one.quiet_from, until: one.quiet_until })) : nothing}
        ${one.asked_after_minutes ? line(t("people.asked_after", { count: one.asked_after_minutes })) : nothing}
        ${one.has_pin ? line(t("people.has_pin")) : nothing}
        ${one.origin === "file" ? line(t("people.from_file")) : nothing}
      </ul>
    </section>`;
  }
}
