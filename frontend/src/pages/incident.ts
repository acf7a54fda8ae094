/** One incident with the timeline of its whole chain, live. */

import {
  mdiAccountCheckOutline,
  mdiAlertOutline,
  mdiBellRingOutline,
  mdiCheckCircleOutline,
  mdiClipboardTextSearchOutline,
  mdiCloseCircleOutline,
  mdiCogPlayOutline,
  mdiCommentOutline,
  mdiFileQuestionOutline,
  mdiHelpCircleOutline,
} from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { Incident } from "../contract.ts";
import { evidenceOf } from "../evidence.ts";
import { dateTime, duration, exactTime } from "../format.ts";
import { icon, loading, notice, severityIcon, statusChip, summary } from "../look.ts";
import { markdown } from "../markdown.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal, type Refused } from "../page.ts";
import { planStyles } from "../plan_styles.ts";
import { timeline, withRows, type IncidentRecord, type TimelineEvent } from "../timeline.ts";
import "../request.ts";

const ICONS: Record<string, string> = {
  alert: mdiBellRingOutline,
  alert_ended: mdiCheckCircleOutline,
  opened: mdiAlertOutline,
  asked: mdiHelpCircleOutline,
  diagnosed: mdiClipboardTextSearchOutline,
  requested: mdiHelpCircleOutline,
  comment: mdiCommentOutline,
  resolved: mdiCheckCircleOutline,
  failed: mdiCloseCircleOutline,
  started: mdiCogPlayOutline,
};

/** Whether the app takes it that an incident was a false alarm. */
function canBeFalse(one: Incident): boolean {
  return !one.is_request && one.severity !== "critical" && ["open", "diagnosed", "waiting", "unsolved"].includes(one.status);
}

@customElement("homelab-steward-incident")
export class IncidentPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    planStyles,
    css`
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
    `,
  ];

  @state() private record: IncidentRecord | null = null;
  @state() private error: Refused | null = null;
  @state() private commentError = "";
  @state() private markError = "";
  @query("input[name=comment]") private comment!: HTMLInputElement;
  private asked = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("item") && this.item !== this.asked) void this.load();
  }

  protected override render(): TemplateResult {
    const { t, feed, base } = this.ctx;
    if (this.error) {
      const back = html`<a class="button" href="${base}/incidents">${t("nav.incidents")}</a>`;
      return this.error.code === "not_found"
        ? notice(mdiFileQuestionOutline, t("incident.gone"), t("incident.gone_text"), back)
        : notice(mdiCloseCircleOutline, t("state.error"), refusal(this.error, t), back);
    }
    if (!this.record) return loading(t);
    const record = withRows(this.record, feed.row("incident", this.item), feed.rows("approval"));
    const { incident } = record;
    const open = record.approvals.find((one) => one.status === "pending" || one.status === "scheduled");
    return html`
      <div class="page">
        ${this.renderHead(incident)}
        ${open ? html`<homelab-steward-request .ctx=${this.ctx} .request=${open}></homelab-steward-request>` : nothing}
        <section class="card content" aria-labelledby="timeline">
          <h3 class="title" id="timeline">${t("incident.timeline")}</h3>
          <ol class="events" aria-live="polite">${timeline(record).map((one) => this.renderEvent(one))}</ol>
          ${this.renderComment()}
        </section>
        ${open
          ? nothing
          : html`<section class="card content">
              <h3 class="title">${t("request.evidence")}</h3>
              ${evidenceOf(incident, this.ctx)}
            </section>`}
        ${incident.write_up
          ? html`<section class="card content"><details>${summary(t("incident.report"))}${markdown(incident.write_up)}</details></section>`
          : nothing}
      </div>
    `;
  }

  private renderHead(one: Incident): TemplateResult {
    const { t, now, language, base } = this.ctx;
    const until = one.resolved_at ?? new Date(now).toISOString();
    return html`<header class="card content">
      <div class="row" style="align-items:flex-start">
        ${severityIcon(one.severity, t, one.status === "resolved")}
        <div class="grow">
          <h2 class="title">${one.title}</h2>
          <p class="quiet small">
            ${t("incident.number", { number: one.number })} ·
            <time datetime=${one.opened_at} title=${exactTime(one.opened_at, language)}>${dateTime(one.opened_at, now, language)}</time>
            · ${t(one.resolved_at ? "incidents.took" : "incident.since", { time: duration(one.opened_at, until) })}
          </p>
        </div>
      </div>
      <div class="row wrap">
        ${statusChip(one.status, t)}
        ${one.target ? html`<a class="chip" href="${base}/service/${one.target.instance_id}">${one.target.name}</a>` : nothing}
        ${one.silenced_until ? html`<span class="chip">${t("incident.silenced_until", { when: dateTime(one.silenced_until, now, language) })}</span>` : nothing}
        ${one.stale_since ? html`<span class="chip">${t("incident.stale_since", { when: dateTime(one.stale_since, now, language) })}</span>` : nothing}
      </div>
      ${one.resolution ? html`<p class="text">${one.resolution}</p>` : nothing}
      ${canBeFalse(one) ? html`<div class="row wrap"><button @click=${() => this.markFalse()}>${t("incident.false_alarm")}</button><span class="small quiet grow">${t("incident.false_alarm_text")}</span></div>` : nothing}
      ${this.markError ? html`<p role="alert">${this.markError}</p>` : nothing}
    </header>`;
  }

  private async markFalse(): Promise<void> {
    this.markError = "";
    try {
      const incident = await call<Incident>(this.ctx, "false_alarm", { incident_id: this.item });
      if (this.record) this.record = { ...this.record, incident };
    } catch (err) {
      this.markError = refusal(err, this.ctx.t);
    }
  }

  private renderEvent(one: TimelineEvent): TemplateResult {
    const { t, now, language, base } = this.ctx;
    const path = ICONS[one.kind] ?? (one.kind.startsWith("step") || one.kind.startsWith("verdict") ? mdiCogPlayOutline : mdiAccountCheckOutline);
    const values = "via" in one.values ? { ...one.values, via: t(`front_end.${one.values["via"]}`) } : one.values;
    const text = t(`event.${one.kind}`, values);
    return html`<li class=${one.tone}>
      ${icon(path)}
      <div>
        <p>
          ${one.kind === "requested" ? html`<a href="${base}/request/${one.request}">${text}</a>` : text}
          <time class="small quiet" datetime=${one.at} title=${exactTime(one.at, language)}>${dateTime(one.at, now, language)}</time>
        </p>
        ${one.detail ? html`<p class="small quiet text">${one.detail}</p>` : nothing}
      </div>
    </li>`;
  }

  private renderComment(): TemplateResult | typeof nothing {
    const { t, viewer, feed } = this.ctx;
    if (!viewer.person || !feed.state?.connected) return nothing;
    return html`<form class="row" @submit=${this.send}>
        <input name="comment" maxlength="2000" required aria-label=${t("incident.comment")} placeholder=${t("incident.comment")} autocomplete="off" />
        <button>${t("incident.add_comment")}</button>
      </form>
      ${this.commentError ? html`<p role="alert">${this.commentError}</p>` : nothing}`;
  }

  private async send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const text = this.comment.value.trim();
    if (!text) return;
    this.commentError = "";
    try {
      const incident = await call<Incident>(this.ctx, "comment", { incident_id: this.item, text });
      if (this.record) this.record = { ...this.record, incident };
      this.comment.value = "";
    } catch (err) {
      this.commentError = refusal(err, this.ctx.t);
    }
  }

  private async load(): Promise<void> {
    const item = (this.asked = this.item);
    this.record = null;
    this.error = null;
    try {
      const record = await call<IncidentRecord>(this.ctx, "incident", { incident_id: item });
      if (item === this.item) this.record = record;
    } catch (err) {
      if (item === this.item) this.error = err as Refused;
    }
  }
}
