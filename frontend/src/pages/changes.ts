/** Updates: what waits, what is held and until when, what runs, and how each ended. */

import { mdiClockOutline, mdiOpenInNew, mdiPackageUp, mdiPackageVariantClosedCheck } from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Assessment, Change, ChangeLevel, ChangeStatus } from "../contract.ts";
import { dateTime, exactTime, relative } from "../format.ts";
import { icon, notice, summary, type Tone } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";
import { FILTERS, historyOf, inTurn, isOver, isShown, merged, waveOf, type Filter } from "../update_order.ts";

const PAGE = 50;
const DELAYS = [1, 3, 7, 14, 30];
const A_WEEK = 7;

const LEVEL: Record<ChangeLevel, Tone> = { safe: "good", careful: "warning", breaking: "bad", unknown: "neutral" };
const STATUS: Record<ChangeStatus, Tone> = {
  held: "neutral",
  ready: "info",
  asked: "info",
  deferred: "neutral",
  applying: "info",
  watching: "info",
  done: "good",
  went_back: "warning",
  failed: "bad",
  rejected: "neutral",
  blocked: "bad",
  gone: "neutral",
};
const MAY_ASK: readonly ChangeStatus[] = ["held", "ready", "deferred"];
const MAY_OFFER: readonly ChangeStatus[] = ["rejected", "blocked", "went_back", "failed"];

@customElement("homelab-steward-changes")
export class ChangesPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      .item {
        align-items: flex-start;
      }
      h4 {
        margin: 4px 0 -4px;
      }
      ul.list > li {
        content-visibility: auto;
        contain-intrinsic-size: auto 84px;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 4px;
      }
      ul.lines {
        padding-inline-start: 20px;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
      }
      dt {
        color: var(--secondary-text-color);
      }
      .versions :is(th, td) {
        padding-inline: 0 12px;
        border-bottom: none;
      }
      [aria-current] {
        background: color-mix(in srgb, var(--primary-color) 10%, transparent);
      }
      [aria-current] .quiet {
        color: inherit;
      }
    `,
  ];

  /** Updates that are not among the rows of the panel, and whole ones whose row there is brief. */
  @state() private older: readonly Change[] = [];
  @state() private filter: Filter = "all";
  @state() private most = PAGE;
  @state() private days = A_WEEK;
  @state() private answer = "";
  @state() private isBusy = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("item")) this.answer = "";
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("item")) void this.load(this.item);
  }

  protected override render(): TemplateResult {
    const { t, base } = this.ctx;
    if (!this.item) return this.renderList();
    const one = this.all.find((each) => each.id === this.item);
    const back = html`<a class="button" href="${base}/changes">${t("nav.changes")}</a>`;
    return one ? this.renderOne(one) : notice(mdiPackageUp, t("change.not_there"), "", back);
  }

  private get all(): Change[] {
    return merged(this.ctx.feed.rows("change"), this.older);
  }

  private get mayChange(): boolean {
    return !!this.ctx.viewer.person && !!this.ctx.feed.state?.connected && !this.isBusy;
  }

  private renderList(): TemplateResult {
    const { t } = this.ctx;
    const all = this.all;
    if (!all.length) return notice(mdiPackageVariantClosedCheck, t("change.empty"), t("change.empty_text"));
    const shown = inTurn(all.filter((one) => isShown(one, this.filter)));
    return html`<div class="page">
      <h2 class="hidden">${t("nav.changes")}</h2>
      <div class="row wrap"><p class="grow quiet small" role="status">${t("change.count", { count: shown.length })}</p>
        <select aria-label=${t("change.filter")} @change=${this.select}>
          ${FILTERS.map((one) => html`<option value=${one} ?selected=${this.filter === one}>${t(`change.filter_${one}`)}</option>`)}
        </select></div>
      ${shown.length
        ? html`<ul class="card list">${repeat(shown.slice(0, this.most), (one) => one.id, (one) => html`<li>${this.renderItem(one)}</li>`)}</ul>`
        : html`<p class="quiet">${t("change.none")}</p>`}
      ${shown.length > this.most ? html`<p class="row" style="justify-content:center"><button @click=${() => (this.most += PAGE)}>${t("action.more")}</button></p>` : nothing}
    </div>`;
  }

  private renderItem(one: Change): TemplateResult {
    const { base } = this.ctx;
    return html`<a class="item" href="${base}/changes/${one.id}">
      <span class="grow"><span class="title" style="display:block">${one.title}</span>
        <span class="quiet small text">${this.where(one)}${isOver(one) && one.result ? ` · ${one.result}` : ""}</span>
        <span class="chips">${this.renderChips(one)}</span></span>
    </a>`;
  }

  private where(one: Change): string {
    const instance = this.ctx.feed.row("instance", one.target.instance_id)?.name;
    const places = [one.target.name, ...(instance && instance !== one.target.name ? [instance] : [])];
    return [...places, this.t(`change.source_${one.source}`)].join(" · ");
  }

  private renderChips(one: Change): TemplateResult {
    const { t, now, language } = this.ctx;
    const level = one.assessment?.level ?? "unknown";
    return html`
      <span class="chip ${STATUS[one.status]}"><span class="dot"></span>${t(`change.status_${one.status}`)}</span>
      <span class="chip ${LEVEL[level]}"><span class="dot"></span>${t(`change.level_${level}`)}</span>
      ${one.until && !isOver(one)
        ? html`<span class="chip" title=${exactTime(one.until, language)}>${icon(mdiClockOutline)}${relative(one.until, now, language)}</span>`
        : nothing}
      ${one.assessment?.security.length ? html`<span class="chip info"><span class="dot"></span>${t("change.security")}</span>` : nothing}
    `;
  }

  private renderOne(one: Change): TemplateResult {
    return html`<div class="page">
      <section class="card content">
        <h2 class="title">${one.title}</h2>
        <p class="small quiet text">${this.where(one)}</p>
        <div class="chips">${this.renderChips(one)}</div>
        ${one.reason ? html`<p class="text">${one.reason}</p>` : nothing}
        ${one.result ? html`<p class="text">${one.result}</p>` : nothing}
        ${this.renderLinks(one)}${this.renderButtons(one)}
        <div aria-live="polite">${this.answer ? html`<p>${this.answer}</p>` : nothing}</div>
      </section>
      ${this.renderAssessment(one)}${this.renderFacts(one)}${this.renderNotes(one)}
      ${this.renderOthers("change.wave", waveOf(this.all, one), one)}
      ${this.renderOthers("change.history", historyOf(this.all, one), one)}
    </div>`;
  }

  private renderLinks(one: Change): TemplateResult | typeof nothing {
    const { t, base, feed } = this.ctx;
    const isAsked = one.status === "asked" && feed.row("approval", one.approval_id);
    const hasIncident = one.incident_id && isOver(one);
    if (!isAsked && !hasIncident && !one.url) return nothing;
    return html`<div class="row wrap">
      ${isAsked ? html`<a class="button" href="${base}/request/${one.approval_id}">${t("change.decide")}</a>` : nothing}
      ${hasIncident ? html`<a class="button" href="${base}/incident/${one.incident_id}">${t("change.incident")}</a>` : nothing}
      ${one.url && /^https?:\/\//i.test(one.url)
        ? html`<a class="button" href=${one.url} target="_blank" rel="noreferrer noopener">${icon(mdiOpenInNew)}${t("change.page")}</a>`
        : nothing}
    </div>`;
  }

  private renderButtons(one: Change): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (MAY_OFFER.includes(one.status)) {
      return html`<div class="row wrap"><button ?disabled=${!this.mayChange} @click=${() => this.change("offer_change", one)}>${t("change.offer")}</button></div>`;
    }
    if (!MAY_ASK.includes(one.status)) return nothing;
    return html`<div class="row wrap">
      <button class="primary" ?disabled=${!this.mayChange} @click=${() => this.change("ask_change", one)}>${t("change.ask")}</button>
      <button ?disabled=${!this.mayChange} @click=${() => this.change("reject_change", one)}>${t("change.reject")}</button>
    </div>
    <div class="row wrap">
      <button ?disabled=${!this.mayChange} @click=${() => this.change("defer_change", one, { days: this.days })}>${t("change.defer")}</button>
      <select aria-label=${t("change.defer_for")} @change=${(event: Event) => (this.days = Number((event.target as HTMLSelectElement).value))}>
        ${DELAYS.map((days) => html`<option value=${days} ?selected=${days === this.days}>${t("change.days", { count: days })}</option>`)}
      </select>
    </div>`;
  }

  private renderAssessment(one: Change): TemplateResult {
    const { t } = this.ctx;
    const found = one.assessment;
    if (!found) return html`<section class="card content"><h3 class="title">${t("change.judgement")}</h3><p>${t("change.not_judged")}</p></section>`;
    return html`<section class="card content">
      <h3 class="title">${t("change.judgement")}: ${t(`change.level_${found.level}`)}</h3>
      ${found.summary ? html`<p class="text">${found.summary}</p>` : nothing}
      ${this.renderLines("", found.reasons)}
      ${this.renderLines("change.breaking", found.breaking)}
      ${this.renderLines("change.security", found.security)}
      ${this.renderLines("change.matches", found.matches)}
      ${found.missing ? html`<p class="row warning"><span class="dot"></span><span class="grow text">${found.missing}</span></p>` : nothing}
    </section>`;
  }

  private renderLines(key: string, lines: readonly string[]): TemplateResult | typeof nothing {
    if (!lines.length) return nothing;
    return html`${key ? html`<h4 class="title">${this.t(key)}</h4>` : nothing}
      <ul class="lines">${lines.map((line) => html`<li class="text">${line}</li>`)}</ul>`;
  }

  private renderFacts(one: Change): TemplateResult {
    const { t, now, language } = this.ctx;
    const found: [string, string | number | null | undefined][] = [
      ["change.way_back", one.way_back_text || t(`change.way_back_${one.way_back}`)],
      ["change.kept", one.kept],
      ["change.until", one.until && !isOver(one) ? dateTime(one.until, now, language) : null],
      ["change.found", dateTime(one.found_at, now, language)],
      ...this.ages(one.assessment),
      ["change.group", one.group],
    ];
    const rows = found.filter(([, value]) => value !== null && value !== undefined && value !== "");
    return html`<section class="card content">
      <h3 class="title">${t("change.packages")}</h3>
      <table class="versions"><tbody>
        ${one.packages.map((each) => html`<tr><th scope="row">${each.name}</th><td>${each.old ?? t("change.unknown_version")} → ${each.new}</td><td>${t(`change.distance_${each.distance}`)}</td></tr>`)}
      </tbody></table>
      <dl class="small">${rows.map(([key, value]) => html`<dt>${t(key)}</dt><dd class="text">${value}</dd>`)}</dl>
    </section>`;
  }

  private ages(found: Assessment | null): [string, string | null][] {
    const days = (count: number | null | undefined) => (count === null || count === undefined ? null : this.t("change.days", { count }));
    return [
      ["change.age", days(found?.age_days)],
      ["change.stable", days(found?.stable_days)],
    ];
  }

  /** Release notes are text from outside: they never become elements. */
  private renderNotes(one: Change): TemplateResult | typeof nothing {
    const notes = one.assessment?.notes;
    return notes
      ? html`<section class="card content"><details>${summary(this.t("change.notes"))}<pre tabindex="0">${notes}</pre></details></section>`
      : nothing;
  }

  private renderOthers(key: string, others: readonly Change[], current: Change): TemplateResult | typeof nothing {
    if (!others.length) return nothing;
    return html`<h3 class="heading">${this.t(key)}</h3>
      <ol class="card list">${others.map((one) => html`<li aria-current=${one.id === current.id ? "true" : nothing}>${this.renderItem(one)}</li>`)}</ol>`;
  }

  private readonly select = (event: Event): void => {
    this.filter = (event.target as HTMLSelectElement).value as Filter;
    this.most = PAGE;
  };

  private async change(command: string, one: Change, more: Record<string, unknown> = {}): Promise<void> {
    this.isBusy = true;
    this.answer = "";
    try {
      const changed = await call<Change>(this.ctx, command, { change_id: one.id, ...more });
      this.ctx.feed.put("change", changed.id, changed);
      this.answer = this.t(`change.did_${command}`);
    } catch (err) {
      this.answer = refusal(err, this.t);
    } finally {
      this.isBusy = false;
    }
  }

  /** Read one update, or those that are over too; without an answer the rows of the panel are shown. */
  private async load(item?: string): Promise<void> {
    try {
      const read = await call<{ changes: Change[] }>(this.ctx, "changes", { is_all: true, ...(item ? { begins: item } : {}) });
      this.older = merged(read.changes, this.older);
    } catch (err) {
      this.answer = refusal(err, this.t);
    }
  }
}
