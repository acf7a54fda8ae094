/** One approval request: what was found, the options with their plans, and the decision in two taps. */

import { mdiClockOutline, mdiCheckCircle, mdiCloseCircle, mdiClockAlertOutline, mdiSleep, mdiEyeOffOutline, mdiClose, mdiTimerAlertOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { ApprovalRequest, Incident, Option, SimilarIncident, Verb } from "./contract.ts";
import { changesSomething, decidedKey, isUpdate, mayApprove, mayDecide, snoozeTimes } from "./decisions.ts";
import { evidenceOf } from "./evidence.ts";
import { dateTime, exactTime, relative } from "./format.ts";
import { icon, riskChip, severityIcon, summary, type Tone } from "./look.ts";
import { call, refusal, type Context, type Refused } from "./page.ts";
import { planOf, shortChanges, statisticsOf, whoApproved, whoApproves } from "./plan.ts";
import { planStyles } from "./plan_styles.ts";
import { shared } from "./styles.ts";

@customElement("homelab-steward-request")
export class RequestCard extends LitElement {
  static override styles = [
    shared,
    planStyles,
    css`
      .options {
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      .option {
        border: 1px solid var(--divider-color);
        border-radius: 8px;
        padding: 12px;
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      .option-end {
        align-items: flex-start;
        flex-wrap: wrap;
        justify-content: flex-end;
      }
      .option-end:not(:has(button, details)) {
        display: none;
      }
      .confirm {
        background: var(--secondary-background-color);
        border-radius: 8px;
        padding: 12px;
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      .confirm .quiet {
        color: inherit;
      }
      .result {
        padding: 12px;
        border-radius: 8px;
        background: color-mix(in srgb, var(--tone) 12%, transparent);
      }
      .result svg {
        color: var(--tone);
      }
      .number {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        width: 24px;
        height: 24px;
        border-radius: 50%;
        background: var(--secondary-background-color);
        font-size: 12px;
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) ctx!: Context;
  @property({ attribute: false }) request!: ApprovalRequest;
  /** Whether the page shows only this request: plans and evidence are open. */
  @property({ type: Boolean }) alone = false;
  /** Whether only the title, the options and the buttons are shown. */
  @property({ type: Boolean }) compact = false;

  @state() private chosen: number | Verb | null = null;
  /** The numbers of the options whose plans were opened. */
  @state() private opened: ReadonlySet<number> = new Set();
  @state() private isBusy = false;
  @state() private isRead = false;
  @state() private needsPin = false;
  @state() private error = "";
  @state() private incident: Incident | null = null;
  @query("[data-first]") private first!: HTMLElement | null;
  @query("input[name=pin]") private pin!: HTMLInputElement | null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("request")) {
      const before = changed.get("request") as ApprovalRequest | undefined;
      if (before?.id !== this.request.id) this.reset();
      if (this.request.status !== "pending") this.chosen = null;
    }
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("chosen") && this.chosen !== null) this.first?.focus();
    if (changed.has("needsPin") && this.needsPin) this.pin?.focus();
    if (this.alone && !this.incident && changed.has("request")) void this.loadEvidence();
  }

  private reset(): void {
    this.chosen = null;
    this.isBusy = this.isRead = this.needsPin = false;
    this.error = "";
    this.incident = null;
    this.opened = new Set();
  }

  protected override render(): TemplateResult {
    const { t, now, language } = this.ctx;
    const one = this.request;
    const link = `${this.ctx.base}/request/${one.id}`;
    return html`
      <article class=${this.compact ? "" : "card"} aria-labelledby="title">
        <div class="content">
          <header class="row" style="align-items:flex-start">
            ${severityIcon(one.severity, t)}
            <div class="grow">
              <h2 class="title" id="title">
                ${this.alone ? one.title : html`<a href=${link}>${one.title}</a>`}
              </h2>
              <p class="quiet small">
                <a href="${this.ctx.base}/incident/${one.incident_id}">${t("incident.number", { number: one.incident_number })}</a>
                · <time datetime=${one.created_at} title=${exactTime(one.created_at, language)}>${relative(one.created_at, now, language)}</time>
                ${one.status === "pending" && !one.acts_at
                  ? html`· ${t("request.expires", { when: relative(one.expires_at, now, language) })}`
                  : nothing}
                ${one.requested_by || one.requested_via ? html`· ${t("request.by_person")}` : nothing}
              </p>
            </div>
          </header>
          ${one.text && (!this.compact || one.later) ? html`<p class="text">${one.text}</p>` : nothing}
          ${one.status === "pending" ? this.renderPending() : this.renderDecided()}
          ${this.compact ? nothing : this.renderEvidence()}
        </div>
      </article>
    `;
  }

  private renderPending(): TemplateResult {
    const { t, now, language } = this.ctx;
    const one = this.request;
    return html`
      ${one.snoozed_until && Date.parse(one.snoozed_until) > now
        ? html`<p class="row quiet">${icon(mdiSleep)} ${t("request.snoozed", { when: dateTime(one.snoozed_until, now, language) })}</p>`
        : nothing}
      ${one.first
        ? html`<p class="row quiet">${icon(mdiCheckCircle)} ${t("request.first", { person: one.first.person_name, label: one.first.label })}</p>`
        : nothing}
      ${this.renderActing()}
      <div class="options">
        ${(one.acts_at ? one.proposal.options.slice(0, 1) : one.proposal.options).map((option) => this.renderOption(option))}
        ${this.renderError()}
      </div>
      ${this.compact ? nothing : one.proposal.similar.map((past) => this.renderSimilar(past))}
      ${one.proposal.left_out.length && !this.compact
        ? html`<details>
            ${summary(t("request.left_out", { count: one.proposal.left_out.length }))}
            <ul class="small quiet">${one.proposal.left_out.map((text) => html`<li>${text}</li>`)}</ul>
          </details>`
        : nothing}
      ${this.mayDecide && one.acts_at ? nothing : this.mayDecide ? this.renderOthers() : html`<p class="quiet small">${t("request.view_only")}</p>`}
    `;
  }

  /** Render what the steward does without a person, when, and the button that stops it with one tap. */
  private renderActing(): TemplateResult | typeof nothing {
    const { t, now, language } = this.ctx;
    const { acts_at: at, proposal } = this.request;
    if (!at) return nothing;
    return html`<p class="row acting">${icon(mdiTimerAlertOutline)}
      <strong>${t("request.acts_alone", { when: dateTime(at, now, language), label: proposal.options[0]?.label ?? "" })}</strong></p>
      ${this.mayDecide
        ? html`<div class="row">
            <button class="danger" ?disabled=${this.isBusy} @click=${() => this.send({ verb: "reject" })}>${icon(mdiClose)}${t("request.stop")}</button>
          </div>`
        : nothing}`;
  }

  private renderSimilar(past: SimilarIncident): TemplateResult {
    const { t, base } = this.ctx;
    const number = t("incident.number", { number: past.number });
    return html`<p class="small quiet">
      ${t("request.similar", { what: past.text })}
      <a href="${base}/incident/${past.id}">${number}</a>
    </p>`;
  }

  private renderOption(option: Option): TemplateResult {
    const { t, feed } = this.ctx;
    const plan = () => planOf(option, t, feed.rows("catalogue")[0], statisticsOf(option, feed.rows("statistics")), this.people(option));
    const heading = html`<span class="grow">${option.label}</span> ${changesSomething(option) ? riskChip(option.risk, t) : nothing}`;
    const changes = shortChanges(option);
    const isAllowed = this.mayDecide && mayApprove(this.ctx.viewer.person, this.request, option.risk);
    return html`
      <div class="option" role="group" aria-label=${t("request.option", { number: option.number, label: option.label })}>
        <div class="row"><span class="number" aria-hidden="true">${option.number}</span>${heading}</div>
        ${this.alone || !changes ? nothing : html`<p class="small quiet">${changes}</p>`}
        ${this.alone ? html`<div class="plan">${plan()}</div>` : nothing}
        ${this.mayDecide && !isAllowed ? html`<p class="small quiet">${t("request.risk_not_allowed")}</p>` : nothing}
        <div class="row option-end">
          ${this.alone || this.compact || !option.steps.length
            ? html`<span class="grow"></span>`
            : html`<details class="grow" @toggle=${(event: Event) => this.open(option.number, event)}>
                ${summary(t("request.plan"))}
                ${this.opened.has(option.number) ? html`<div class="plan">${plan()}</div>` : nothing}
              </details>`}
          ${isAllowed && this.chosen !== option.number
            ? html`<button class="primary" ?disabled=${this.isBusy} @click=${() => this.choose(option.number)}>
                ${t(this.request.acts_at ? "request.do_now" : changesSomething(option) ? "request.approve" : `request.${option.kind}`)}
              </button>`
            : nothing}
        </div>
        ${isAllowed && this.chosen === option.number ? this.renderConfirm(option) : nothing}
      </div>
    `;
  }

  /** Render the plan of an option once somebody opens it. */
  private open(number: number, event: Event): void {
    if ((event.target as HTMLDetailsElement).open) this.opened = new Set([...this.opened, number]);
  }

  private people(option: Option): string {
    return whoApproves(option, [this.request.category, ...this.request.also_in], this.ctx);
  }

  private renderConfirm(option: Option): TemplateResult {
    const { t } = this.ctx;
    const mustRead = option.risk === "high";
    const isReady = !mustRead || this.isRead;
    return html`
      <div class="confirm" role="group" aria-label=${t("request.confirm_group")}>
        <p>${t(changesSomething(option) ? "request.confirm_act" : "request.confirm_other", { label: option.label })}</p>
        ${option.needs_two && !this.request.first ? html`<p class="small quiet">${this.people(option)}</p>` : nothing}
        ${mustRead
          ? html`<label>
              <input type="checkbox" data-first .checked=${this.isRead} @change=${(event: Event) => (this.isRead = (event.target as HTMLInputElement).checked)} />
              ${t(option.reversible ? "request.read" : "request.read_irreversible")}
            </label>`
          : nothing}
        ${this.needsPin
          ? html`<label>${t("request.pin")} <input name="pin" type="password" inputmode="numeric" maxlength="12" autocomplete="off" /></label>`
          : nothing}
        <div class="row wrap">
          <button
            class=${mustRead ? "danger" : "primary"}
            ?data-first=${!mustRead}
            ?disabled=${this.isBusy || !isReady}
            @click=${() => this.approve(option)}
          >
            ${t("request.confirm")}
          </button>
          <button @click=${() => (this.chosen = null)}>${t("action.cancel")}</button>
        </div>
      </div>
    `;
  }

  private renderError(): TemplateResult {
    return html`<div aria-live="polite">${this.error ? html`<p class="error" role="alert">${this.error}</p>` : nothing}</div>`;
  }

  private renderOthers(): TemplateResult {
    const { t, now } = this.ctx;
    if (this.chosen === "snooze") {
      return html`<div class="confirm" role="group" aria-label=${t("snooze.title")}>
        <p>${t("snooze.title")}</p>
        <div class="row wrap">
          ${snoozeTimes(now).map(
            ([key, until], index) =>
              html`<button ?data-first=${index === 0} ?disabled=${this.isBusy} @click=${() => this.send({ verb: "snooze", until })}>${t(key)}</button>`,
          )}
          <button class="plain" @click=${() => (this.chosen = null)}>${t("action.cancel")}</button>
        </div>
      </div>`;
    }
    if (this.chosen === "reject" || this.chosen === "ignore") {
      const verb = this.chosen;
      return html`<div class="confirm" role="group" aria-label=${t("request.confirm_group")}>
        <p>${t(`request.confirm_${verb}`)}</p>
        <div class="row wrap">
          <button class="primary" data-first ?disabled=${this.isBusy} @click=${() => this.send({ verb })}>${t(`verb.${verb}`)}</button>
          <button @click=${() => (this.chosen = null)}>${t("action.cancel")}</button>
        </div>
      </div>`;
    }
    return html`<div class="row wrap">
      <button @click=${() => this.choose("reject")}>${icon(mdiClose)}${t("verb.reject")}</button>
      <button @click=${() => this.choose("snooze")}>${icon(mdiClockOutline)}${t("verb.snooze")}</button>
      ${isUpdate(this.request) ? nothing : html`<button @click=${() => this.choose("ignore")}>${icon(mdiEyeOffOutline)}${t("verb.ignore")}</button>`}
    </div>`;
  }

  private renderDecided(): TemplateResult {
    const { t, now, language } = this.ctx;
    const one = this.request;
    const looks: Record<string, [Tone, string]> = {
      approved: ["good", mdiCheckCircle],
      scheduled: ["neutral", mdiClockOutline],
      rejected: ["bad", mdiCloseCircle],
      ignored: ["neutral", mdiEyeOffOutline],
      expired: ["warning", mdiClockAlertOutline],
      superseded: ["neutral", mdiClockAlertOutline],
    };
    const [tone, path] = looks[one.status] ?? ["neutral", mdiClockAlertOutline];
    const decision = one.decision;
    const key = decision ? decidedKey(one, decision) : one.status;
    const text = decision
      ? t(`decided.${key}`, {
          label: decision.label,
          person: decision.person_name,
          via: t(`front_end.${decision.via}`),
          when: dateTime(decision.at, now, language),
        })
      : one.withdrawn || t(`decided.${one.status}_alone`);
    return html`<p class="result row ${tone}" role="status">${icon(path)}<span>${text}</span></p>
      ${one.status === "scheduled" ? this.renderScheduled() : nothing}`;
  }

  /** Render what will be executed, and the button to cancel it. */
  private renderScheduled(): TemplateResult {
    const { t, feed } = this.ctx;
    const one = this.request;
    const option = one.proposal.options.find((each) => each.number === one.decision?.option);
    const plan = (of: Option) => html`<div class="plan">
      ${planOf(of, t, feed.rows("catalogue")[0], statisticsOf(of, feed.rows("statistics")), whoApproved(one, of, t))}
    </div>`;
    return html`
      ${!option || this.compact ? nothing : this.alone ? plan(option) : html`<details>${summary(t("request.plan"))}${plan(option)}</details>`}
      ${this.renderError()}
      ${this.mayDecide
        ? html`<div class="row">
            <button ?disabled=${this.isBusy} @click=${() => this.send({ verb: "cancel" })}>${icon(mdiClose)}${t("verb.cancel")}</button>
          </div>`
        : nothing}
    `;
  }

  private renderEvidence(): TemplateResult {
    const { t } = this.ctx;
    const shown = this.incident ? evidenceOf(this.incident, this.ctx) : html`<p class="quiet">${t("state.loading")}</p>`;
    if (this.alone) return html`<h3 class="heading">${t("request.evidence")}</h3>${shown}`;
    return html`<details @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && this.loadEvidence()}>
      ${summary(t("request.evidence"))}${shown}
    </details>`;
  }

  private get mayDecide(): boolean {
    return !!this.ctx.feed.state?.connected && mayDecide(this.ctx.viewer.person, this.request);
  }

  private choose(what: number | Verb): void {
    this.chosen = what;
    this.error = "";
    this.isRead = this.needsPin = false;
  }

  private approve(option: Option): Promise<void> {
    const pin = this.needsPin ? { pin: this.pin?.value ?? "" } : {};
    return this.send({ verb: "approve", option: option.number, plan_hash: option.plan_hash, ...pin });
  }

  private async send(decision: Record<string, unknown>): Promise<void> {
    this.isBusy = true;
    this.error = "";
    try {
      const row = await call<ApprovalRequest>(this.ctx, "decide", { approval_id: this.request.id, ...decision });
      this.ctx.feed.put("approval", row.id, row);
      this.chosen = null;
    } catch (err) {
      this.needsPin = (err as Refused).code === "pin_needed";
      this.error = refusal(err, this.ctx.t);
    } finally {
      this.isBusy = false;
    }
  }

  private async loadEvidence(): Promise<void> {
    if (this.incident) return;
    try {
      const found = await call<{ incident: Incident }>(this.ctx, "incident", { incident_id: this.request.incident_id });
      this.incident = found.incident;
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "homelab-steward-request": RequestCard;
  }
}
