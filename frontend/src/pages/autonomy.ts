/** What the steward may do without a person: a ladder for each recipe and class of targets, with its evidence. */

import { mdiArrowDown, mdiArrowUp, mdiCheckCircle, mdiStairsUp } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { AutonomyCell, AutonomyLevel, RunbookLevel } from "../contract.ts";
import { dateTime } from "../format.ts";
import { icon, loading, notice } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";

const LEVELS: readonly AutonomyLevel[] = ["observe", "ask", "veto", "auto"];

const keyOf = (cell: AutonomyCell): string => `${cell.runbook_id}/${cell.recipe}/${cell.target_class}`;

@customElement("homelab-steward-autonomy")
export class AutonomyPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      .cell {
        padding: 12px 0;
      }
      .cell + .cell {
        border-top: 1px solid var(--divider-color);
      }
      .missing {
        margin: 2px 0 8px;
        list-style-position: inside;
      }
      .ladder {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin: 8px 0;
        padding: 0;
        list-style: none;
      }
      .ladder li {
        flex: 1 1 130px;
        padding: 6px 10px;
        border: 1px solid var(--divider-color);
        border-radius: 8px;
        color: var(--secondary-text-color);
        font-size: 13px;
      }
      .ladder li[aria-current] {
        border: 2px solid var(--primary-color);
        color: var(--primary-text-color);
        font-weight: 500;
      }
    `,
  ];

  @state() private levels: RunbookLevel[] | null = null;
  @state() private error = "";
  /** What the app answered to the last change, by the cell that it was about. */
  @state() private answer: { key: string; text: string } | null = null;
  @state() private isBusy = false;

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const { t } = this.ctx;
    if (this.error) return notice(mdiStairsUp, t("state.error"), this.error, html`<button @click=${this.load}>${t("state.retry")}</button>`);
    if (!this.levels) return loading(t);
    const judged = this.levels.filter((one) => one.cells.length);
    if (!judged.length) return notice(mdiStairsUp, t("autonomy.empty"), t("autonomy.empty_text"));
    const others = this.levels.length - judged.length;
    return html`<div class="page">
      <h2 class="hidden">${t("nav.autonomy")}</h2>
      <p class="quiet">${t("autonomy.text")}</p>
      ${judged.map((one) => this.renderRunbook(one))}
      ${others ? html`<p class="quiet small">${t("autonomy.others", { count: others })}</p>` : nothing}
    </div>`;
  }

  private renderRunbook(one: RunbookLevel): TemplateResult {
    return html`<section class="card content">
      <h3 class="title"><a href="${this.ctx.base}/runbooks/${one.id}">${one.title}</a></h3>
      ${one.cells.map((cell) => this.renderCell(cell))}
    </section>`;
  }

  private renderCell(cell: AutonomyCell): TemplateResult {
    const { t, now, language } = this.ctx;
    const number = (value: number) => value.toLocaleString(language, { maximumFractionDigits: 1 });
    const label = cell.label.replaceAll(/\{\w+\}/g, "…");
    return html`<div class="cell" role="group" aria-label="${label}, ${this.ctx.name(cell.target_class)}">
      <p><strong>${label}</strong> <span class="chip">${this.ctx.name(cell.target_class)}</span></p>
      <ol class="ladder" aria-label=${t("autonomy.ladder")}>
        ${LEVELS.map((level) => html`<li aria-current=${level === cell.level ? "step" : nothing}>${t(`autonomy.${level}`)}</li>`)}
      </ol>
      <p class="small">${cell.automatic
        ? t("autonomy.harm", { harmed: cell.harmed, count: cell.automatic, percent: number(cell.harm_bound * 100) })
        : t("autonomy.no_automatic")}${cell.worse ? html` · ${t("autonomy.worse", { count: cell.worse })}` : nothing}</p>
      <p class="small quiet">${t("autonomy.runs", { good: cell.good, bad: cell.bad, unknown: cell.unknown })}
        · ${t("autonomy.evidence", { evidence: number(cell.evidence), undo: number(cell.undo_evidence) })}
        ${cell.since ? html`· ${t("autonomy.since", { when: dateTime(cell.since, now, language) })}` : nothing}</p>
      ${this.renderMissing(cell)}
      ${cell.is_owner_only ? html`<p class="small quiet">${t("autonomy.owner_only")}</p>` : nothing}
      ${this.renderButtons(cell)}
      <div aria-live="polite">${this.answer?.key === keyOf(cell) ? html`<p class="small">${this.answer.text}</p>` : nothing}</div>
    </div>`;
  }

  private renderMissing(cell: AutonomyCell): TemplateResult {
    const { t } = this.ctx;
    if (cell.level === "auto") return html`<p class="small quiet">${t("autonomy.highest")}</p>`;
    if (!cell.missing.length) return html`<p class="row small">${icon(mdiCheckCircle)} ${t("autonomy.ready")}</p>`;
    return html`<p class="small">${t("autonomy.missing")}</p>
      <ul class="small quiet missing">${cell.missing.map((text) => html`<li>${text}</li>`)}</ul>`;
  }

  private renderButtons(cell: AutonomyCell): TemplateResult | typeof nothing {
    const { t, viewer, feed } = this.ctx;
    if (viewer.person?.role !== "owner" || !feed.state?.connected) return nothing;
    const at = LEVELS.indexOf(cell.level);
    const next = cell.missing.length ? undefined : LEVELS[at + 1];
    const button = (level: AutonomyLevel, path: string, key: string) => html`<button ?disabled=${this.isBusy} @click=${() => this.set(cell, level)}>
      ${icon(path)}${t(key, { level: t(`autonomy.${level}`) })}
    </button>`;
    return html`<div class="row wrap">
      ${LEVELS.slice(0, at).reverse().map((level) => button(level, mdiArrowDown, "autonomy.lower"))}
      ${next ? button(next, mdiArrowUp, "autonomy.raise") : nothing}
    </div>`;
  }

  private async set(cell: AutonomyCell, level: AutonomyLevel): Promise<void> {
    const { t, hass } = this.ctx;
    const key = keyOf(cell);
    const { runbook_id, recipe, target_class } = cell;
    this.isBusy = true;
    try {
      const { runbook, approval_ids } = await call<{ runbook: RunbookLevel; approval_ids: string[] }>(this.ctx, "set_level", {
        runbook_id, recipe, target_class, level, language: hass.language,
      });
      this.levels = (this.levels ?? []).map((one) => (one.id === runbook.id ? runbook : one));
      this.answer = { key, text: t(approval_ids.length ? "autonomy.requested" : "autonomy.saved") };
    } catch (err) {
      this.answer = { key, text: refusal(err, t) };
    } finally {
      this.isBusy = false;
    }
  }

  private readonly load = async (): Promise<void> => {
    this.error = "";
    try {
      this.levels = (await call<{ levels: RunbookLevel[] }>(this.ctx, "levels", { language: this.ctx.hass.language })).levels;
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    }
  };
}
