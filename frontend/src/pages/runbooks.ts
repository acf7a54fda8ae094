/** The runbooks with what their recipes achieved until now. */

import { mdiBookOpenVariant, mdiMagnify, mdiPencil } from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { RunbookRecord, Statistics } from "../contract.ts";
import { dateTime } from "../format.ts";
import { icon, loading, notice } from "../look.ts";
import { markdown } from "../markdown.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";
import { outcomes } from "../pictures.ts";
import { planStyles } from "../plan_styles.ts";
import "../run_runbook.ts";
import { together } from "../sums.ts";
import { LONGEST_SYMPTOM, linesOf, MOST_SYMPTOMS, mistakeIn, symptomsOf, withSymptoms } from "../symptoms.ts";

@customElement("homelab-steward-runbooks")
export class RunbooksPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    planStyles,
    css`
      .search {
        position: relative;
        display: block;
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
      textarea {
        width: 100%;
        min-height: 60vh;
        margin-top: 4px;
        font-family: var(--ha-font-family-code, monospace);
        font-size: 13px;
        resize: vertical;
      }
      textarea.symptoms {
        min-height: 9em;
        font-family: inherit;
        font-size: inherit;
      }
      .recipe {
        padding: 12px 0;
      }
      .recipe + .recipe {
        border-top: 1px solid var(--divider-color);
      }
      .markdown h3:first-child {
        display: none;
      }
      a.item {
        flex-wrap: wrap;
        gap: 4px 16px;
      }
    `,
  ];

  @state() private runbooks: RunbookRecord[] | null = null;
  @state() private text = "";
  @state() private error = "";
  @state() private canSave = false;
  /** The text in the editor, null while it is closed. */
  @state() private source: string | null = null;
  /** The symptoms in the editor, one per line, null if they can only be changed in the text. */
  @state() private symptoms: string | null = null;
  @state() private answer = "";
  @state() private isBusy = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("item")) this.close();
  }

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const { t, base } = this.ctx;
    if (this.error) return notice(mdiBookOpenVariant, t("state.error"), this.error, html`<button @click=${this.load}>${t("state.retry")}</button>`);
    if (!this.runbooks) return loading(t);
    if (!this.item) return this.renderList(this.runbooks);
    const one = this.runbooks.find((runbook) => runbook.id === this.item);
    const back = html`<a class="button" href="${base}/runbooks">${t("nav.runbooks")}</a>`;
    return one ? this.renderOne(one) : notice(mdiBookOpenVariant, t("runbook.gone"), "", back);
  }

  private renderList(all: RunbookRecord[]): TemplateResult {
    const { t, base } = this.ctx;
    const words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter((one) => {
      const checks = one.checks.map(this.ctx.name);
      const text = [one.title, this.ctx.name(one.title), one.id, ...one.alerts, ...one.checks, ...checks, ...one.symptoms].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const used = found.filter((one) => this.statistics(one.id).length);
    const others = found.filter((one) => !used.includes(one));
    const list = (rows: RunbookRecord[]) => html`<ul class="card list">
      ${rows.map((one) => {
        const sum = together(this.statistics(one.id));
        return html`<li><a class="item" href="${base}/runbooks/${one.id}">
          <span class="grow" style="min-width:60%">${this.ctx.name(one.title)}</span>${sum ? outcomes(sum, t) : nothing}
        </a></li>`;
      })}
    </ul>`;
    return html`<div class="page">
      <h2 class="hidden">${t("nav.runbooks")}</h2>
      <label class="search">${icon(mdiMagnify)}
        <input type="search" aria-label=${t("runbooks.search")} placeholder=${t("runbooks.search")} .value=${this.text} @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)} />
      </label>
      <p class="quiet small" role="status">${t("runbooks.count", { count: found.length })}</p>
      ${used.length ? html`<h3 class="heading">${t("runbooks.used")}</h3>${list(used)}` : nothing}
      ${others.length ? html`${used.length ? html`<h3 class="heading">${t("runbooks.others")}</h3>` : nothing}${list(others)}` : nothing}
    </div>`;
  }

  private renderOne(one: RunbookRecord): TemplateResult {
    const { t, now, language } = this.ctx;
    const rows = this.statistics(one.id);
    return html`<div class="page">
      <article class="card content">
        <h2 class="title">${this.ctx.name(one.title)}</h2>
        <p class="small quiet">${one.id} · ${t("runbook.version", { version: one.version })}</p>
        <div lang=${one.language}>${markdown(one.text)}</div>
        ${this.mayEdit && this.source === null
          ? html`<div class="row"><button @click=${() => this.edit(one.id)}>${icon(mdiPencil)}${t("runbook.edit")}</button></div>`
          : nothing}
        ${this.renderEditor()}
      </article>
      <homelab-steward-run-runbook .ctx=${this.ctx} .runbook=${one}></homelab-steward-run-runbook>
      <section class="card content">
        <h3 class="title">${t("runbook.recipes")}</h3>
        ${one.recipes.map((recipe) => {
          const own = rows.filter((row) => row.recipe === recipe.id);
          return html`<div class="recipe">
            <p><strong>${this.ctx.name(recipe.label).replaceAll(/\{\w+\}/g, "…")}</strong></p>
            ${recipe.steps.length ? html`<p class="small quiet">${t("runbook.steps", { what: recipe.steps.map(this.ctx.name).join(" → ") })}</p>` : nothing}
            ${recipe.verify.length ? html`<p class="small quiet">${t("plan.verified_by", { how: recipe.verify.map(this.ctx.name).join(", ") })}</p>` : nothing}
            ${own.map(
              (row) => html`<p>${outcomes(row, t)}
                <span class="small quiet">${t("runbook.version", { version: row.version })}${row.last_at ? html` · ${t("runbook.last", { when: dateTime(row.last_at, now, language) })}` : nothing}</span></p>`,
            )}
            ${own.length || recipe.kind !== "act" ? nothing : html`<p class="small quiet">${t("outcome.never")}</p>`}
          </div>`;
        })}
      </section>
      ${one.symptoms.length
        ? html`<section class="card content"><h3 class="title">${t("runbook.symptoms")}</h3>
            <ul class="small">${one.symptoms.map((text) => html`<li translate="no">${text}</li>`)}</ul></section>`
        : nothing}
      ${one.alerts.length + one.checks.length
        ? html`<section class="card content"><h3 class="title">${t("runbook.matches")}</h3>
            <p class="row wrap">
              ${one.checks.map((check) => html`<span class="chip wraps">${this.ctx.name(check)}</span>`)}
              ${one.alerts.map((alert) => html`<span class="chip wraps" translate="no">${alert}</span>`)}
            </p></section>`
        : nothing}
    </div>`;
  }

  private get mayEdit(): boolean {
    return this.canSave && this.ctx.viewer.person?.role === "owner" && !!this.ctx.feed.state?.connected;
  }

  private renderEditor(): TemplateResult {
    const { t } = this.ctx;
    return html`${this.source === null
        ? nothing
        : html`${this.renderSymptoms()}
            <label style="display:block">${t("runbook.source")}
              <textarea spellcheck="false" .value=${this.source} @input=${(event: Event) => this.use((event.target as HTMLTextAreaElement).value)}></textarea>
            </label>
            <p class="small quiet">${t("runbook.edit_text")}</p>
            <div class="row wrap">
              <button ?disabled=${this.isBusy || !!this.mistake} @click=${() => this.save(true)}>${t("runbook.check")}</button>
              <button class="primary" ?disabled=${this.isBusy || !!this.mistake} @click=${() => this.save(false)}>${t("runbook.save")}</button>
              <button class="plain" @click=${this.close}>${t("action.cancel")}</button>
            </div>`}
      <div aria-live="polite">${this.answer ? html`<p>${this.answer}</p>` : nothing}</div>`;
  }

  private renderSymptoms(): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (this.symptoms === null) return nothing;
    const change = (event: Event): void => {
      this.symptoms = (event.target as HTMLTextAreaElement).value;
      this.source = withSymptoms(this.source ?? "", linesOf(this.symptoms));
    };
    return html`<label style="display:block">${t("runbook.symptoms_form")}
        <textarea class="symptoms" aria-describedby="symptoms-text" aria-invalid=${this.mistake ? "true" : "false"} .value=${this.symptoms} @input=${change}></textarea>
      </label>
      <p class="small quiet" id="symptoms-text">${t("runbook.symptoms_text")}</p>
      <p role="status">${this.mistake}</p>`;
  }

  /** What is wrong with the symptoms in the form. */
  private get mistake(): string {
    const found = this.symptoms === null ? null : mistakeIn(linesOf(this.symptoms));
    return found ? this.ctx.t(`runbook.${found}`, { most: found === "symptoms_many" ? MOST_SYMPTOMS : LONGEST_SYMPTOM }) : "";
  }

  private use(source: string): void {
    this.source = source;
    this.symptoms = symptomsOf(source)?.join("\n") ?? null;
  }

  private readonly close = (): void => {
    this.source = null;
    this.symptoms = null;
    this.answer = "";
  };

  private async edit(id: string): Promise<void> {
    this.answer = "";
    try {
      this.use((await call<{ source: string }>(this.ctx, "runbook_source", { runbook_id: id })).source);
    } catch (err) {
      this.answer = refusal(err, this.ctx.t);
    }
  }

  private async save(only_check: boolean): Promise<void> {
    this.isBusy = true;
    this.answer = "";
    try {
      const saved = await call<RunbookRecord>(this.ctx, "save_runbook", { source: this.source, only_check });
      this.answer = this.ctx.t(only_check ? "runbook.right" : "runbook.saved", { version: saved.version });
      if (only_check) return;
      this.source = null;
      this.symptoms = null;
      await this.load();
    } catch (err) {
      this.answer = refusal(err, this.ctx.t);
    } finally {
      this.isBusy = false;
    }
  }

  private statistics(id: string): Statistics[] {
    return this.ctx.feed.rows("statistics").filter((row) => row.runbook_id === id);
  }

  private readonly load = async (): Promise<void> => {
    this.error = "";
    try {
      const answer = await call<{ runbooks: RunbookRecord[]; can_save: boolean }>(this.ctx, "runbooks");
      this.runbooks = answer.runbooks;
      this.canSave = answer.can_save;
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    }
  };
}
