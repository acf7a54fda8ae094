/** What the doctor found about the set-up, and a button that lets it look now. A part of the settings page. */

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { DoctorReport, Finding, HealthPart, Severity } from "../contract.ts";
import { amount, dateTime } from "../format.ts";
import { severityIcon } from "../look.ts";
import { call, Page, refusal } from "../page.ts";

const SHOWN_AS: Record<Finding["severity"], Severity> = { error: "critical", warning: "warning", note: "info" };

@customElement("homelab-steward-doctor")
export class DoctorSection extends Page {
  static override styles = [
    ...Page.styles,
    css`
      :host {
        display: contents;
      }
      .finding {
        padding: 8px 0;
        display: flex;
        gap: 12px;
        overflow-wrap: anywhere;
      }
      .parts {
        list-style: none;
      }
      .parts li {
        display: flex;
        align-items: baseline;
        gap: 12px;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }
      h4 {
        margin: 12px 0 4px;
      }
      .finding + .finding {
        border-top: 1px solid var(--divider-color);
      }
    `,
  ];

  @state() private report: DoctorReport | null = null;
  @state() private error = "";
  @state() private isBusy = false;

  protected override firstUpdated(): void {
    if (this.ctx.viewer.access === "full") void this.load(false);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t, feed, viewer, now, language } = this.ctx;
    if (viewer.access !== "full") return nothing;
    const missing = this.report?.areas.flatMap((one) => one.not_checked) ?? [];
    return html`<section class="card content" aria-label=${t("doctor.title")}>
      <h3 class="title">${t("doctor.title")}</h3>
      <p class="small quiet">${this.report ? t("doctor.checked", { when: dateTime(this.report.at, now, language) }) : t("doctor.text")}</p>
      <div aria-live="polite" aria-busy=${this.isBusy}>
        ${this.error ? html`<p role="alert">${this.error}</p>` : nothing}
        ${this.report && !this.report.findings.length ? html`<p>${t("doctor.nothing")}</p>` : nothing}
        ${this.report?.findings.map((one) => this.renderFinding(one))}
        ${this.report?.health.length ? this.renderHealth(this.report.health) : nothing}
        ${missing.map((text) => html`<p class="small quiet">${t("doctor.not_checked", { what: text })}</p>`)}
      </div>
      <div class="row wrap">
        <button ?disabled=${this.isBusy || !feed.state?.connected} @click=${() => this.load(true)}>${t(this.isBusy ? "doctor.checking" : "doctor.check_now")}</button>
      </div>
    </section>`;
  }

  private renderFinding(one: Finding): TemplateResult {
    return html`<div class="finding">
      ${severityIcon(SHOWN_AS[one.severity], this.ctx.t)}
      <span class="grow"><b>${one.subject}</b>: ${one.problem}<br /><span class="small">${one.remedy}</span><br /><span class="small quiet">${one.why}</span></span>
    </div>`;
  }

  private renderHealth(parts: HealthPart[]): TemplateResult {
    const { t, language } = this.ctx;
    return html`<h4>${t("doctor.health")}</h4>
      <ul class="parts">${parts.map((one) => html`<li>
        <span class="chip ${one.ok === null ? "neutral" : one.ok ? "good" : "bad"}"><span class="dot"></span>${t(one.ok === null ? "doctor.part_unknown" : one.ok ? "doctor.part_works" : "doctor.part_fails")}</span>
        <span class="grow"><b>${t(`doctor.part_${one.key}`)}</b>${one.value === null ? nothing : html`: ${t(`doctor.value_${one.key}`, { value: amount(one.key, one.value, language), limit: one.limit ?? "" })}`}
          ${one.reasons.map((reason) => html`<br /><span class="small" translate="no">${reason}</span>`)}</span>
      </li>`)}</ul>`;
  }

  private async load(now: boolean): Promise<void> {
    this.isBusy = true;
    this.error = "";
    try {
      this.report = await call<DoctorReport>(this.ctx, "doctor", { now });
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    } finally {
      this.isBusy = false;
    }
  }
}
