/** Ask for a runbook on purpose: its target, the requests that wait already, and what it read. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ApprovalRequest, RunbookAnswer, RunbookRecord, RunbookReport, RunbookTarget, RunbookTargets } from "./contract.ts";
import { navigate } from "./hass.ts";
import { call, refusal, type Context, type Refused } from "./page.ts";
import { shared } from "./styles.ts";

/** Return whether a request offers a runbook, or does what it says for a whole stack. */
export function offers(request: ApprovalRequest, runbook: RunbookRecord, title: string): boolean {
  const names = [runbook.title, title];
  return request.proposal.options.some((one) => one.runbook_id === runbook.id || one.steps.some((step) => names.includes(step.runbook)));
}

@customElement("homelab-steward-run-runbook")
export class RunRunbook extends LitElement {
  static override styles = [
    shared,
    css`
      form,
      .field {
        display: flex;
        flex-direction: column;
        gap: 4px;
        align-items: flex-start;
      }
      form {
        gap: 12px;
      }
      .field {
        width: 100%;
        max-width: 420px;
      }
      select {
        width: 100%;
      }
      h4 {
        margin: 16px 0 4px;
      }
      ul {
        margin: 0;
        padding-inline-start: 20px;
      }
      li {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) ctx!: Context;
  @property({ attribute: false }) runbook!: RunbookRecord;

  @state() private found: RunbookTargets | null = null;
  /** The place of the selected target in the list, -1 for everything. */
  @state() private selected = 0;
  @state() private report: RunbookReport | null = null;
  @state() private answer = "";
  @state() private isBusy = false;
  private asked = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    const id = this.mayAsk ? this.runbook.id : "";
    if (changed.has("runbook") && this.asked !== this.runbook.id) this.forget();
    if (id && id !== this.asked) void this.load(id);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (!this.mayAsk) return nothing;
    return html`<section class="card content">
      <h3 class="title">${t("runbook.run")}</h3>
      ${this.renderWaiting()} ${this.found ? this.renderForm(this.found) : nothing}
      <div aria-live="polite">${this.answer ? html`<p>${this.answer}</p>` : nothing}${this.renderReport()}</div>
    </section>`;
  }

  private get mayAsk(): boolean {
    const role = this.ctx.viewer.person?.role;
    return (role === "owner" || role === "member") && !!this.ctx.feed.state?.connected;
  }

  private renderWaiting(): TemplateResult | typeof nothing {
    const { t, feed, base, name } = this.ctx;
    const waiting = feed.rows("approval").filter((one) => one.status === "pending" && offers(one, this.runbook, name(this.runbook.title)));
    if (!waiting.length) return nothing;
    return html`<p class="small quiet">${t("runbook.waiting")}</p>
      <ul>${waiting.map((one) => html`<li><a href="${base}/request/${one.id}">${one.title}</a></li>`)}</ul>`;
  }

  private renderForm(found: RunbookTargets): TemplateResult {
    const { t } = this.ctx;
    if (!found.targets.length && !found.is_for_all) return html`<p class="quiet">${found.reason}</p>`;
    const select = (event: Event): void => {
      this.selected = Number((event.target as HTMLSelectElement).value);
      this.report = null;
      this.answer = "";
    };
    return html`<form aria-label=${t("runbook.run")} @submit=${this.submit}>
      <p class="small quiet">${t(found.only_reads ? "runbook.run_reads" : "runbook.run_text")}</p>
      <label class="field">${t("service.target")}
        <select @change=${select}>
          ${found.is_for_all ? html`<option value="-1" ?selected=${this.selected === -1}>${t("runbook.everything")}</option>` : nothing}
          ${found.targets.map((one, place) => html`<option value=${place} ?selected=${place === this.selected}>${this.label(one)}</option>`)}
        </select>
      </label>
      <button ?disabled=${this.isBusy}>${t(found.only_reads ? "runbook.read" : "service.request")}</button>
    </form>`;
  }

  private renderReport(): TemplateResult | typeof nothing {
    if (!this.report) return nothing;
    return html`<p><strong>${this.report.headline}</strong></p>
      ${this.report.sections.map(
        (one) => html`<h4>${one.title}</h4><ul class="small">${one.lines.map((line) => html`<li translate="no">${line}</li>`)}</ul>`,
      )}`;
  }

  /** The name of a target, with its instance where it is another thing. */
  private label(one: RunbookTarget): string {
    const instance = this.ctx.feed.row("instance", one.target.instance_id)?.name ?? one.target.instance_id;
    return one.target.kind === "instance" || instance === one.name ? one.name : `${one.name} (${instance})`;
  }

  private forget(): void {
    this.found = null;
    this.report = null;
    this.answer = "";
  }

  private async load(id: string): Promise<void> {
    this.asked = id;
    try {
      const found = await call<RunbookTargets>(this.ctx, "runbook_targets", { runbook_id: id });
      if (id !== this.runbook.id) return;
      this.found = found;
      this.selected = found.is_for_all ? -1 : 0;
    } catch (err) {
      if (id === this.runbook.id) this.answer = refusal(err, this.ctx.t);
    }
  }

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    this.answer = "";
    this.report = null;
    const target = this.found?.targets[this.selected]?.target;
    const id = this.runbook.id;
    try {
      const done = await call<RunbookAnswer>(this.ctx, "run_runbook", {
        runbook_id: id,
        ...(target ? { instance_id: target.instance_id, kind: target.kind, target_id: target.id } : {}),
      });
      if (id !== this.runbook.id) return;
      if (done.request) {
        this.ctx.feed.put("approval", done.request.id, done.request);
        navigate(`${this.ctx.base}/request/${done.request.id}`);
      } else this.report = done.report;
    } catch (err) {
      if (id === this.runbook.id) this.answer = this.reasonOf(err);
    } finally {
      this.isBusy = false;
    }
  };

  /** The app says in its message why nothing can be requested now. */
  private reasonOf(err: unknown): string {
    const { code, message } = err as Partial<Refused>;
    return code === "unavailable" && message ? message : refusal(err, this.ctx.t);
  }
}
