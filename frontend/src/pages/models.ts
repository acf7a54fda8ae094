/** Language models by tier with their quotas, and the ledger of what was sent outside. */

import { mdiBrain, mdiCloudOutline, mdiHomeOutline } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { DailyUse, DeploymentRecord, LedgerRecord, LimitUse, Route } from "../contract.ts";
import { dateTime, exactTime } from "../format.ts";
import { icon, loading, notice } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";
import { columns } from "../pictures.ts";
import { planStyles } from "../plan_styles.ts";
import { byDay } from "../sums.ts";

const DAYS = 14;
const PAGE = 50;
const TIERS = ["local", "cloud", "premium"];

@customElement("homelab-steward-models")
export class ModelsPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    planStyles,
    css`
      progress {
        width: 100%;
        height: 8px;
        accent-color: var(--primary-color);
      }
      .scroll {
        overflow-x: auto;
      }
      td {
        white-space: nowrap;
      }
      .routes > div {
        display: grid;
        gap: 4px 16px;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr));
        padding: 8px 0;
      }
      .routes > div + div {
        border-top: 1px solid var(--divider-color);
      }
      ol {
        padding-inline-start: 20px;
      }
    `,
  ];

  @state() private deployments: DeploymentRecord[] | null = null;
  @state() private use: DailyUse[] = [];
  @state() private ledger: LedgerRecord[] = [];
  @state() private total = 0;
  @state() private error = "";
  private currency = "";
  private routing: Route[] = [];

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const { t } = this.ctx;
    if (this.error) return notice(mdiBrain, t("state.error"), this.error, html`<button @click=${this.load}>${t("state.retry")}</button>`);
    if (!this.deployments) return loading(t);
    if (!this.deployments.length) return notice(mdiBrain, t("models.empty"), t("models.empty_text"));
    return html`<div class="page">
      ${TIERS.map((tier) => this.renderTier(tier))}
      ${this.routing.length ? this.renderRouting() : nothing}
      <section class="card content">
        <h2 class="title">${t("models.ledger")}</h2>
        <p class="quiet">${t("models.ledger_text", { count: this.total })}</p>
        ${this.ledger.length ? this.renderLedger() : nothing}
      </section>
    </div>`;
  }

  private renderTier(tier: string): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    const own = this.deployments?.filter((one) => one.tier === tier) ?? [];
    if (!own.length) return nothing;
    return html`<section>
      <h2 class="heading row" style="margin-bottom:12px">${icon(tier === "local" ? mdiHomeOutline : mdiCloudOutline)} ${t(`tier.${tier}`)}</h2>
      <div class="grid">${own.map((one) => this.renderDeployment(one))}</div>
    </section>`;
  }

  private renderDeployment(one: DeploymentRecord): TemplateResult {
    const { t, now } = this.ctx;
    const days = byDay(this.use, now, DAYS, one.id);
    const sum = days.reduce((all, day) => all + day.value, 0);
    return html`<div class="card content">
      <h3 class="title">${one.id}</h3>
      <p class="small quiet">${[t(`models.size_${one.size}`), one.model, one.embedding_model, one.server].filter(Boolean).join(" · ")}</p>
      <p class="small">${t("models.used", { count: one.used })} · ${t("models.tokens", { count: one.tokens })}${one.cost ? html` · ${this.amount("daily_cost", one.cost)}` : nothing}</p>
      ${one.limits.map((limit) => this.renderLimit(limit))}
      ${one.limits.length ? html`<p class="small quiet">${t("models.reserve", { percent: one.reserve_percent })}</p>` : html`<p class="small quiet">${t("models.no_limit")}</p>`}
      ${columns(days, t("models.days", { count: sum, days: DAYS }))}
      <p class="small quiet">${t("models.days", { count: sum, days: DAYS })}</p>
      ${one.good_at.length ? html`<p class="small">${t("models.good_at", { work: one.good_at.map((work) => t(`work.${work}`)).join(", ") })}</p>` : nothing}
      ${one.model ? this.renderCheck(one) : nothing}
      ${one.tier === "local" ? nothing : html`<p class="small quiet">${t(one.takes_masked ? "models.masked" : "models.public_only")}</p>`}
    </div>`;
  }

  private renderRouting(): TemplateResult {
    const { t } = this.ctx;
    return html`<section class="card content">
      <h2 class="title">${t("models.routing")}</h2>
      <p class="quiet">${t("models.routing_text")}</p>
      <dl class="routes">
        ${this.routing.map(
          (row) => html`<div><dt>${t(`work.${row.work}`)}${row.is_changed ? html` <span class="chip">${t("schedule.changed")}</span>` : nothing}<br /><span class="small quiet">${t(`work.${row.work}_text`)}</span></dt>
            <dd><ol>${row.steps.map((step) => this.renderStep(step))}</ol></dd></div>`,
        )}
      </dl>
    </section>`;
  }

  /** Return one step with its models; a step without one is skipped. */
  private renderStep(step: string): TemplateResult {
    const { t } = this.ctx;
    const [tier, size] = step.split("_");
    const models = this.deployments?.filter((one) => one.model && one.tier === tier && one.size === size) ?? [];
    const name = t("models.step", { tier: t(`tier.${tier}`), size: t(`models.size_${size}`) });
    return models.length ? html`<li><strong>${models.map((one) => one.id).join(", ")}</strong> · ${name}</li>` : html`<li class="quiet">${name}</li>`;
  }

  private renderLimit(one: LimitUse): TemplateResult {
    const values = { used: this.amount(one.kind, one.used), limit: this.amount(one.kind, one.limit) };
    return html`<label class="small" style="display:block">${this.ctx.t(`limit.${one.kind}`, values)}
      <progress max=${one.limit || 1} value=${one.limit ? one.used : 1}></progress></label>`;
  }

  /** Return an amount that a limit counts; money in the currency of the prices. */
  private amount(kind: string, value: number): string {
    const style: Intl.NumberFormatOptions = kind.endsWith("cost") && this.currency ? { style: "currency", currency: this.currency } : {};
    return new Intl.NumberFormat(this.ctx.language, style).format(value);
  }

  private renderCheck(one: DeploymentRecord): TemplateResult {
    const { t, language } = this.ctx;
    const check = one.check;
    if (!check) return html`<p class="small quiet">${t("models.unchecked")}</p>`;
    const names = new Intl.DisplayNames([language], { type: "language" });
    const listed = (codes: string[]): string => codes.map((code) => names.of(code) ?? code).join(", ");
    const parts = [
      t(`models.tools_${check.tools}`),
      check.languages.length ? t("models.good", { languages: listed(check.languages) }) : "",
      check.weak.length ? t("models.weak", { languages: listed(check.weak) }) : "",
      check.speed === null ? "" : t("models.speed", { count: Math.round(check.speed) }),
    ];
    return html`<p class="small">${parts.filter(Boolean).join(" · ")}</p>`;
  }

  private renderLedger(): TemplateResult {
    const { t, now, language } = this.ctx;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("models.ledger")}><table>
        <thead><tr>${["at", "deployment", "task", "privacy", "masked", "size"].map((key) => html`<th scope="col">${t(`ledger.${key}`)}</th>`)}</tr></thead>
        <tbody>
          ${this.ledger.map(
            (one) => html`<tr>
              <td><time datetime=${one.at} title=${exactTime(one.at, language)}>${dateTime(one.at, now, language)}</time></td>
              <td>${one.deployment}</td><td>${one.task}</td><td>${one.privacy}</td><td>${one.masked}</td><td>${(one.bytes / 1024).toFixed(1)} kB</td>
            </tr>`,
          )}
        </tbody>
      </table></div>
      ${this.ledger.length < this.total ? html`<p><button @click=${() => this.more(this.ledger.at(-1)?.id)}>${t("action.more")}</button></p>` : nothing}`;
  }

  private readonly load = async (): Promise<void> => {
    this.error = "";
    try {
      const [models] = await Promise.all([
        call<{ deployments: DeploymentRecord[]; currency: string; use: DailyUse[]; routing: Route[] }>(this.ctx, "models", { days: DAYS }),
        this.more(undefined),
      ]);
      this.use = models.use;
      this.currency = models.currency;
      this.routing = models.routing;
      this.deployments = models.deployments;
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    }
  };

  private async more(before: number | undefined): Promise<void> {
    const page = await call<{ entries: LedgerRecord[]; total: number }>(this.ctx, "ledger", {
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    this.ledger = before === undefined ? page.entries : [...this.ledger, ...page.entries];
    this.total = page.total;
  }
}
