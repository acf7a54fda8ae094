/** Language models by tier with their quotas, and the ledger of what was sent outside. */

import { mdiBrain, mdiCloudOutline, mdiHomeOutline } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { DailyUse, DeploymentRecord, LedgerRecord } from "../contract.ts";
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
    `,
  ];

  @state() private deployments: DeploymentRecord[] | null = null;
  @state() private use: DailyUse[] = [];
  @state() private ledger: LedgerRecord[] = [];
  @state() private total = 0;
  @state() private error = "";

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
      <p class="small quiet">${[one.model, one.embedding_model, one.server].filter(Boolean).join(" · ")}</p>
      ${one.daily_requests !== null
        ? html`<label class="small" style="display:block">${t("models.used_of", { used: one.used, limit: one.daily_requests })}
            <progress max=${Math.max(1, one.daily_requests)} value=${one.used}></progress></label>`
        : html`<p class="small">${t("models.used", { count: one.used })}</p>`}
      ${columns(days, t("models.days", { count: sum, days: DAYS }))}
      <p class="small quiet">${t("models.days", { count: sum, days: DAYS })}</p>
      ${one.tier === "local" ? nothing : html`<p class="small quiet">${t(one.takes_masked ? "models.masked" : "models.public_only")}</p>`}
    </div>`;
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
        call<{ deployments: DeploymentRecord[]; use: DailyUse[] }>(this.ctx, "models", { days: DAYS }),
        this.more(undefined),
      ]);
      this.use = models.use;
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
