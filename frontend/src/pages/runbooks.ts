/** The runbooks with what their recipes achieved until now. */

import { mdiBookOpenVariant, mdiMagnify } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { RunbookRecord, Statistics } from "../contract.ts";
import { dateTime } from "../format.ts";
import { icon, loading, notice } from "../look.ts";
import { markdown } from "../markdown.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";
import { outcomes } from "../pictures.ts";
import { planStyles } from "../plan_styles.ts";
import { readable } from "../plan.ts";
import { together } from "../sums.ts";

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
      const text = `${one.title} ${one.id} ${one.matches.join(" ")}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const used = found.filter((one) => this.statistics(one.id).length);
    const others = found.filter((one) => !used.includes(one));
    const list = (rows: RunbookRecord[]) => html`<ul class="card list">
      ${rows.map((one) => {
        const sum = together(this.statistics(one.id));
        return html`<li><a class="item" href="${base}/runbooks/${one.id}">
          <span class="grow" style="min-width:60%">${one.title}</span>${sum ? outcomes(sum, t) : nothing}
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
        <h2 class="title">${one.title}</h2>
        <p class="small quiet">${one.id} · ${t("runbook.version", { version: one.version })}</p>
        ${markdown(one.text)}
      </article>
      <section class="card content">
        <h3 class="title">${t("runbook.recipes")}</h3>
        ${one.recipes.map((recipe) => {
          const own = rows.filter((row) => row.recipe === recipe.id);
          return html`<div class="recipe">
            <p><strong>${recipe.label.replaceAll(/\{\w+\}/g, "…")}</strong></p>
            ${recipe.steps.length ? html`<p class="small quiet">${t("runbook.steps", { what: recipe.steps.map((step) => readable(step.split(".").at(-1) ?? step)).join(" → ") })}</p>` : nothing}
            ${recipe.verify.length ? html`<p class="small quiet">${t("plan.verified_by", { how: recipe.verify.join(", ") })}</p>` : nothing}
            ${own.map(
              (row) => html`<p>${outcomes(row, t)}
                <span class="small quiet">${t("runbook.version", { version: row.version })}${row.last_at ? html` · ${t("runbook.last", { when: dateTime(row.last_at, now, language) })}` : nothing}</span></p>`,
            )}
            ${own.length || recipe.kind !== "act" ? nothing : html`<p class="small quiet">${t("outcome.never")}</p>`}
          </div>`;
        })}
      </section>
      ${one.matches.length
        ? html`<section class="card content"><h3 class="title">${t("runbook.matches")}</h3>
            <p class="row wrap">${one.matches.map((name) => html`<span class="chip wraps">${name}</span>`)}</p></section>`
        : nothing}
    </div>`;
  }

  private statistics(id: string): Statistics[] {
    return this.ctx.feed.rows("statistics").filter((row) => row.runbook_id === id);
  }

  private readonly load = async (): Promise<void> => {
    this.error = "";
    try {
      this.runbooks = (await call<{ runbooks: RunbookRecord[] }>(this.ctx, "runbooks")).runbooks;
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    }
  };
}
