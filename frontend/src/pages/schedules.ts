/** What the steward does on a schedule: when, with what result, and an owner's own questions. */

import { mdiCalendarClock, mdiPencil, mdiPlay, mdiPlus } from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Schedule, Schedules } from "../contract.ts";
import { dateTime, timeIn } from "../format.ts";
import { navigate } from "../hass.ts";
import { icon, loading, notice } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal, type Refused } from "../page.ts";
import "./schedule_form.ts";

const NEW = "new";
const TONES: Record<string, string> = { done: "good", failed: "bad", running: "info", never: "neutral" };

@customElement("homelab-steward-schedules")
export class SchedulesPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      li {
        padding-inline-end: 16px;
      }
      ul.lines {
        padding-inline-start: 20px;
      }
    `,
  ];

  @state() private listed: Schedules | null = null;
  @state() private error = "";
  @state() private answer = "";
  @state() private isBusy = false;
  @state() private isEditing = false;
  @state() private isSure = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("item")) {
      this.isEditing = false;
      this.isSure = false;
      this.answer = "";
    }
  }

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const { t, base } = this.ctx;
    if (this.error) return notice(mdiCalendarClock, t("state.error"), this.error, html`<button @click=${this.load}>${t("state.retry")}</button>`);
    if (!this.listed) return loading(t);
    if (!this.item) return this.renderList(this.listed);
    if (this.item === NEW) return html`<div class="page"><section class="card content"><h2 class="title">${t("schedule.new")}</h2>${this.renderForm(null)}</section></div>`;
    const one = this.listed.schedules.find((each) => each.id === this.item);
    const back = html`<a class="button" href="${base}/schedules">${t("nav.schedules")}</a>`;
    return one ? this.renderOne(one) : notice(mdiCalendarClock, t("schedule.gone"), "", back);
  }

  private get mayChange(): boolean {
    return this.ctx.viewer.person?.role === "owner" && !!this.ctx.feed.state?.connected && !this.isBusy;
  }

  private renderList(listed: Schedules): TemplateResult {
    const { t, base } = this.ctx;
    return html`<div class="page">
      <h2 class="hidden">${t("nav.schedules")}</h2>
      <div class="row wrap"><p class="grow quiet" style="min-width:60%">${t("schedule.text")}</p>
        ${this.mayChange ? html`<a class="button" href="${base}/schedules/${NEW}">${icon(mdiPlus)}${t("schedule.new")}</a>` : nothing}</div>
      ${this.renderAnswer()}
      <ul class="card list">
        ${listed.schedules.map(
          (one) => html`<li class="row">
            <a class="item grow" href="${base}/schedules/${one.id}"><span class="grow">${one.title}${this.renderKind(one)}<br />
              <span class="small quiet">${this.when(one)}</span><br />
              <span class="small">${this.renderResult(one)}</span></span></a>
            ${this.renderSwitch(one)}
          </li>`,
        )}
      </ul>
      ${listed.wrong.length
        ? html`<section class="card content"><h3 class="title">${t("schedule.wrong")}</h3>
            <ul class="small lines" translate="no">${listed.wrong.map((text) => html`<li>${text}</li>`)}</ul></section>`
        : nothing}
    </div>`;
  }

  private renderKind(one: Schedule): TemplateResult | typeof nothing {
    const key = one.is_own ? "own" : one.is_changed ? "changed" : "";
    return key ? html` <span class="chip">${this.t(`schedule.${key}`)}</span>` : nothing;
  }

  private when(one: Schedule): string {
    const zone = one.zone === this.listed?.zone ? "" : ` (${one.zone})`;
    const next = one.next_at ? this.t("schedule.next", { when: this.at(one.next_at, one.zone) }) : this.t("schedule.off");
    return `${one.said}${zone} · ${next}`;
  }

  private at(time: string, zone: string): string {
    return timeIn(time, zone, this.ctx.language);
  }

  private renderResult(one: Schedule): TemplateResult {
    const { t, now, language } = this.ctx;
    const result = t(`schedule.result_${one.last?.is_silent && one.result === "done" ? "silent" : one.result}`, { reason: one.reason });
    return html`<span class="row ${TONES[one.result] ?? ""}"><span class="dot"></span><span class="grow">${one.due_at ? `${dateTime(one.due_at, now, language)} · ` : ""}${result}</span></span>`;
  }

  private renderSwitch(one: Schedule): TemplateResult {
    return html`<input type="checkbox" role="switch" aria-label=${this.t("schedule.switch", { title: one.title })} .checked=${one.is_enabled} ?disabled=${!this.mayChange}
      @change=${(event: Event) => this.change("switch_schedule", { schedule_id: one.id, is_enabled: (event.target as HTMLInputElement).checked })} />`;
  }

  private renderAnswer(): TemplateResult {
    return html`<div aria-live="polite">${this.answer ? html`<p>${this.answer}</p>` : nothing}</div>`;
  }

  private renderOne(one: Schedule): TemplateResult {
    const { t } = this.ctx;
    return html`<div class="page">
      <section class="card content">
        <div class="row"><h2 class="title grow">${one.title}${this.renderKind(one)}</h2>${this.renderSwitch(one)}</div>
        <p class="small quiet">${this.when(one)}</p>
        <p class="small">${this.renderResult(one)}</p>
        ${one.question ? nothing : html`<p class="small quiet">${t("schedule.of_settings")}</p>`}
        ${one.read_only ? html`<p class="small">${one.read_only}</p>` : nothing}
        ${this.isEditing ? this.renderForm(one) : this.renderButtons(one)}
        ${this.renderAnswer()}
      </section>
      ${one.last && !one.last.is_silent ? this.renderMessage(one.last) : nothing}
    </div>`;
  }

  private renderButtons(one: Schedule): TemplateResult {
    const { t } = this.ctx;
    const hasFile = (one.is_own || one.is_changed) && !one.read_only;
    if (this.isSure) {
      return html`<p>${t(one.is_own ? "schedule.sure" : "schedule.sure_restore")}</p><div class="row wrap">
        <button class="danger" ?disabled=${!this.mayChange} @click=${() => this.removeFile(one)}>${t(one.is_own ? "action.remove" : "schedule.restore")}</button>
        <button class="plain" @click=${() => (this.isSure = false)}>${t("action.cancel")}</button></div>`;
    }
    return html`<div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${() => this.change("run_schedule", { schedule_id: one.id }, t("schedule.ran"))}>${icon(mdiPlay)}${t("schedule.run")}</button>
      ${one.question && !one.read_only ? html`<button ?disabled=${!this.mayChange} @click=${() => (this.isEditing = true)}>${icon(mdiPencil)}${t("schedule.edit")}</button>` : nothing}
      ${hasFile ? html`<button ?disabled=${!this.mayChange} @click=${() => (this.isSure = true)}>${t(one.is_own ? "action.remove" : "schedule.restore")}</button>` : nothing}
    </div>`;
  }

  private renderMessage(one: NonNullable<Schedule["last"]>): TemplateResult {
    const { t, now, language } = this.ctx;
    const list = (lines: string[]) => html`<ul class="lines">${lines.map((line) => html`<li class="text">${line}</li>`)}</ul>`;
    return html`<section class="card content">
      <h3 class="title">${t("schedule.message", { when: dateTime(one.made_at, now, language) })}</h3>
      ${one.reached_nobody ? html`<p class="error">${t("schedule.unreached")}</p>` : nothing}
      ${one.summary ? html`<p class="text">${one.summary} <span class="small quiet">${t("schedule.worded_by", { model: one.worded_by })}</span></p>` : nothing}
      ${one.lines.length ? list(one.lines) : html`<p>${t("schedule.nothing")}</p>`}
      ${one.not_checked.length ? html`<h4 class="title">${t("schedule.not_checked")}</h4><div class="small quiet">${list(one.not_checked)}</div>` : nothing}
    </section>`;
  }

  private renderForm(one: Schedule | null): TemplateResult {
    return html`<homelab-steward-schedule-form .ctx=${this.ctx} .schedule=${one} .listed=${this.listed} @saved=${this.saved} @cancelled=${this.cancelled}></homelab-steward-schedule-form>`;
  }

  private readonly cancelled = (): void => {
    this.isEditing = false;
    if (this.item === NEW) navigate(`${this.ctx.base}/schedules`);
  };

  private readonly saved = async (event: CustomEvent<Schedule>): Promise<void> => {
    await this.load();
    this.isEditing = false;
    if (this.item === NEW) navigate(`${this.ctx.base}/schedules/${event.detail.id}`, true);
    else this.answer = this.t("schedule.saved");
  };

  private async removeFile(one: Schedule): Promise<void> {
    await this.change("remove_schedule", { schedule_id: one.id, version: one.version });
    this.isSure = false;
    if (!this.answer && one.is_own) navigate(`${this.ctx.base}/schedules`, true);
  }

  private async change(command: string, body: Record<string, unknown>, done = ""): Promise<void> {
    this.isBusy = true;
    this.answer = "";
    let answer = done;
    try {
      await call(this.ctx, command, body);
    } catch (err) {
      answer = this.reasonOf(err);
    } finally {
      this.isBusy = false;
    }
    await this.load();
    this.answer = answer;
  }

  private reasonOf(err: unknown): string {
    const { code, message } = err as Partial<Refused>;
    return code === "unavailable" && message ? this.t("schedule.result_failed", { reason: message }) : refusal(err, this.t);
  }

  private readonly load = async (): Promise<void> => {
    this.error = "";
    try {
      this.listed = await call<Schedules>(this.ctx, "schedules", { language: this.ctx.hass.language });
    } catch (err) {
      this.error = refusal(err, this.t);
    }
  };
}
