/** All incidents with filters and pages; open ones are live. */

import { mdiCheckCircleOutline, mdiMagnify } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Incident, IncidentStatus, Severity } from "../contract.ts";
import { duration, exactTime, relative } from "../format.ts";
import { icon, loading, notice, severityIcon, statusChip } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";

const PAGE = 50;
const WAIT_MS = 250;
const OPEN: readonly IncidentStatus[] = ["open", "diagnosed", "waiting", "scheduled", "acting", "unsolved"];
const CLOSED: readonly IncidentStatus[] = ["resolved", "ignored"];

type State = "all" | "open" | "closed";

@customElement("homelab-steward-incidents")
export class IncidentsPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      .filters {
        display: grid;
        grid-template-columns: 1fr repeat(3, auto);
        gap: 8px;
      }
      .search {
        position: relative;
      }
      .search svg {
        position: absolute;
        inset-inline-start: 10px;
        top: 8px;
        color: var(--secondary-text-color);
      }
      .search input {
        width: 100%;
        padding-inline-start: 42px;
      }
      @media (max-width: 700px) {
        .filters {
          grid-template-columns: 1fr 1fr;
        }
        .filters .search {
          grid-column: 1 / -1;
        }
        .filters select {
          min-width: 0;
          width: 100%;
        }
        .filters select:last-child {
          grid-column: 1 / -1;
        }
        .side {
          display: none;
        }
      }
      .item {
        align-items: flex-start;
      }
      .list > li {
        /* Only the rows in view are laid out and painted. */
        content-visibility: auto;
        contain-intrinsic-size: auto 76px;
      }
      .side {
        text-align: end;
        white-space: nowrap;
      }
    `,
  ];

  @state() private rows: Incident[] | null = null;
  @state() private total = 0;
  @state() private text = "";
  @state() private severity: Severity | "" = "";
  @state() private category = "";
  @state() private status: State = "all";
  @state() private isLoading = false;
  @state() private error = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private newest = 0;
  private wasConnected = true;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.load(false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override firstUpdated(): void {
    void this.load(false);
  }

  protected override updated(): void {
    // A new incident is a reason to read the first page again: it may match the filter or not.
    const newest = Math.max(0, ...this.ctx.feed.rows("incident").map((one) => one.number));
    const isBack = this.error !== "" && !this.wasConnected && !!this.ctx.feed.state?.connected;
    if (((this.newest && newest > this.newest) || isBack) && !this.isLoading) void this.load(false);
    this.newest = newest;
    this.wasConnected = !!this.ctx.feed.state?.connected;
  }

  protected override render(): TemplateResult {
    const { t } = this.ctx;
    return html`
      <div class="page">
        <h2 class="hidden">${t("nav.incidents")}</h2>
        ${this.renderFilters()}
        ${this.error ? html`<p role="alert">${this.error} <button @click=${() => this.load(false)}>${t("state.retry")}</button></p>` : nothing}
        ${this.renderRows()}
      </div>
    `;
  }

  private renderFilters(): TemplateResult {
    const { t, feed } = this.ctx;
    const categories = feed.rows("catalogue")[0]?.categories ?? [];
    return html`
      <form class="filters" role="search" @submit=${(event: Event) => event.preventDefault()}>
        <label class="search">${icon(mdiMagnify)}
          <input type="search" placeholder=${t("incidents.search")} aria-label=${t("incidents.search")} .value=${this.text} @input=${this.search} />
        </label>
        <select aria-label=${t("incidents.status")} @change=${(event: Event) => this.filter("status", event)}>
          ${(["all", "open", "closed"] as const).map((one) => html`<option value=${one} ?selected=${this.status === one}>${t(`incidents.${one}`)}</option>`)}
        </select>
        <select aria-label=${t("incidents.severity")} @change=${(event: Event) => this.filter("severity", event)}>
          <option value="">${t("incidents.any_severity")}</option>
          ${(["critical", "warning", "info"] as const).map((one) => html`<option value=${one} ?selected=${this.severity === one}>${t(`severity.${one}`)}</option>`)}
        </select>
        <select aria-label=${t("incidents.category")} @change=${(event: Event) => this.filter("category", event)}>
          <option value="">${t("incidents.any_category")}</option>
          ${categories.map((one) => html`<option value=${one.key} ?selected=${this.category === one.key}>${this.ctx.name(one.name)}</option>`)}
        </select>
      </form>
    `;
  }

  private renderRows(): TemplateResult {
    const { t } = this.ctx;
    const rows = this.rows ?? this.known();
    if (!rows.length && !this.rows && !this.error) return loading(t);
    if (!rows.length) {
      const isFiltered = this.text || this.severity || this.category || this.status !== "all";
      return notice(mdiCheckCircleOutline, t(isFiltered ? "incidents.none" : "incidents.empty"), isFiltered ? t("incidents.none_text") : t("incidents.empty_text"));
    }
    return html`
      <p class="quiet small" role="status">${this.rows || this.error ? t("incidents.count", { count: this.rows ? this.total : rows.length }) : t("state.loading")}</p>
      <ul class="card list">${repeat(rows, (one) => one.id, (one) => this.renderRow(this.ctx.feed.row("incident", one.id) ?? one))}</ul>
      ${this.rows && this.rows.length < this.total
        ? html`<p class="row" style="justify-content:center"><button ?disabled=${this.isLoading} @click=${() => this.load(true)}>${t("action.more")}</button></p>`
        : nothing}
    `;
  }

  /** Return the newest incidents that the panel has: before the answer of the app, and without one. */
  private known(): Incident[] {
    const newestFirst = this.ctx.feed.rows("incident").sort((a, b) => b.number - a.number);
    return this.error ? newestFirst : newestFirst.slice(0, PAGE);
  }

  private renderRow(one: Incident): TemplateResult {
    const { t, now, language, base } = this.ctx;
    const isOver = CLOSED.includes(one.status);
    return html`<li>
      <a class="item" href="${base}/incident/${one.id}">
        ${severityIcon(one.severity, t, one.status === "resolved")}
        <span class="grow">
          <span class="title" style="display:block">${one.title}</span>
          <span class="quiet small">#${one.number}${one.target ? html` · ${one.target.name}` : nothing} ·
            <time datetime=${one.opened_at} title=${exactTime(one.opened_at, language)}>${relative(one.opened_at, now, language)}</time>
            ${one.alert_count > 1 ? html`· ${t("incidents.alerts", { count: one.alert_count })}` : nothing}
            ${one.suppressed !== null && !isOver ? html`· ${t("incidents.silenced")}` : nothing}
          </span>
          ${isOver && one.resolution ? html`<span class="quiet small" style="display:block">${one.resolution}</span>` : nothing}
        </span>
        <span class="side">
          ${statusChip(one.status, t)}
          ${one.resolved_at ? html`<span class="quiet small" style="display:block">${t("incidents.took", { time: duration(one.opened_at, one.resolved_at) })}</span>` : nothing}
        </span>
      </a>
    </li>`;
  }

  private search(event: Event): void {
    this.text = (event.target as HTMLInputElement).value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(false), WAIT_MS);
  }

  private filter(what: "status" | "severity" | "category", event: Event): void {
    const value = (event.target as HTMLSelectElement).value;
    if (what === "status") this.status = value as State;
    else if (what === "severity") this.severity = value as Severity | "";
    else this.category = value;
    void this.load(false);
  }

  /** Read the first page, or the one after the last row. */
  private async load(more: boolean): Promise<void> {
    const number = ++this.asked;
    this.isLoading = true;
    this.error = "";
    const last = this.rows?.at(-1)?.number;
    try {
      const answer = await call<{ incidents: Incident[]; total: number }>(this.ctx, "incidents", {
        limit: PAGE,
        ...(more && last !== undefined ? { before: last } : {}),
        ...(this.status === "all" ? {} : { statuses: this.status === "open" ? OPEN : CLOSED }),
        ...(this.severity ? { severities: [this.severity] } : {}),
        ...(this.category ? { category: this.category } : {}),
        ...(this.text.trim() ? { text: this.text.trim() } : {}),
      });
      if (number !== this.asked) return;
      this.rows = more ? [...(this.rows ?? []), ...answer.incidents] : answer.incidents;
      this.total = answer.total;
    } catch (err) {
      if (number === this.asked) this.error = refusal(err, this.ctx.t);
    } finally {
      if (number === this.asked) this.isLoading = false;
    }
  }
}
