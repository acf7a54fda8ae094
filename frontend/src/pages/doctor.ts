/** What the doctor found about the set-up, and a button that lets it look now. A part of the settings page. */

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { DoctorReport, Finding, Severity } from "../contract.ts";
import { dateTime } from "../format.ts";
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
