/** One action of a service: its target, its arguments, the dry run, and the request. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { checked, startOf, type Mistake } from "./arguments.ts";
import type { ActionOffer, ActionRequested, Field, Instance, Resource, ServiceOffer, Snapshot, Value } from "./contract.ts";
import { navigate } from "./hass.ts";
import { riskChip, summary } from "./look.ts";
import { call, refusal, type Context, type Refused } from "./page.ts";
import { planOf, whoApproves } from "./plan.ts";
import { readable } from "./step_arguments.ts";
import { planStyles } from "./plan_styles.ts";
import { shared } from "./styles.ts";

@customElement("homelab-steward-action")
export class ActionForm extends LitElement {
  static override styles = [
    shared,
    planStyles,
    css`
      details > summary {
        color: var(--primary-text-color);
      }
      form,
      .field {
        display: flex;
        flex-direction: column;
        gap: 4px;
      }
      form {
        gap: 12px;
        margin-top: 8px;
      }
      .field {
        align-items: flex-start;
        max-width: 420px;
      }
      .field.switch {
        flex-direction: row;
        align-items: center;
        gap: 8px;
      }
      .field :is(input:not([type="checkbox"]), select) {
        width: 100%;
      }
      [aria-invalid="true"] {
        border-color: var(--error-color, #db4437);
      }
      .mistake {
        color: color-mix(in srgb, var(--error-color, #db4437) 78%, var(--primary-text-color));
      }
      .plan {
        padding: 12px;
        border: 1px solid var(--divider-color);
        border-radius: 8px;
      }
    `,
  ];

  @property({ attribute: false }) ctx!: Context;
  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) offer!: ServiceOffer;
  @property({ attribute: false }) action!: ActionOffer;
  @property({ attribute: false }) snapshot: Snapshot | undefined;

  /** What a person entered, by the key of the argument. */
  @state() private entered: Record<string, Value> = {};
  @state() private mistakes: Record<string, Mistake> = {};
  @state() private target: string | undefined;
  @state() private dry: ActionRequested | null = null;
  @state() private answer = "";
  @state() private isBusy = false;
  @state() private isOpen = false;
  private number = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("instance") as Instance | undefined;
    if (before && before.id !== this.instance.id) {
      this.entered = {};
      this.target = undefined;
      this.forget();
    }
  }

  protected override render(): TemplateResult {
    const { t, viewer, feed } = this.ctx;
    const { action } = this;
    const reason = this.snapshot?.unavailable[`action.${action.key}`];
    const mayAsk = viewer.person && feed.state?.connected && !reason && (action.scope === null || this.targets.length);
    return html`
      <details @toggle=${this.toggle}>
        ${summary(html`<strong class="grow">${this.ctx.name(action.name)}</strong>${riskChip(action.risk, t)}`)}
        <p class="small quiet">${this.ctx.name(action.description)}${action.reversible ? "" : ` ${t("plan.irreversible")}.`}</p>
        ${mayAsk && this.isOpen ? this.renderForm() : nothing}
      </details>
      ${reason ? html`<p class="small">${t("service.not_offered", { reason })}</p>` : nothing}
    `;
  }

  private readonly toggle = (event: Event): void => {
    this.isOpen = (event.target as HTMLDetailsElement).open;
  };

  private renderForm(): TemplateResult {
    const { t, feed } = this.ctx;
    const catalogue = feed.rows("catalogue")[0];
    return html`<form novalidate aria-label=${this.ctx.name(this.action.name)} @submit=${this.submit}>
      ${this.action.scope ? this.renderTarget() : nothing}
      ${this.action.arguments.map((one) => this.renderField(one))}
      ${this.dry?.option
        ? html`<div class="plan" role="status">
            ${this.dry.instead ? html`<p>${this.dry.instead}</p>` : nothing}${planOf(this.dry.option, t, catalogue, undefined, whoApproves(this.dry.option, this.dry.categories, this.ctx))}
          </div>`
        : nothing}
      <div class="row wrap">
        <button type="button" ?disabled=${this.isBusy} @click=${this.preview}>${t("plan.dry_run")}</button>
        <button ?disabled=${this.isBusy}>${t("service.request")}</button>
      </div>
      <div aria-live="polite">${this.answer ? html`<p>${this.answer}</p>` : nothing}</div>
    </form>`;
  }

  private renderTarget(): TemplateResult {
    const select = (event: Event) => {
      this.target = (event.target as HTMLSelectElement).value;
      this.forget();
    };
    return html`<label class="field">${this.ctx.t("service.target")}
      <select @change=${select}>
        ${this.targets.map((one) => html`<option value=${one.id} ?selected=${one.id === this.aim?.id}>${one.name}</option>`)}
      </select>
    </label>`;
  }

  private renderField(field: Field): TemplateResult {
    const { name, t } = this.ctx;
    const mistake = this.mistakes[field.key];
    const label = `${name(field.name)}${field.unit ? ` (${field.unit})` : ""}`;
    const about = field.description ? name(field.description) : "";
    return html`<div>
      <label class="field ${field.kind === "boolean" ? "switch" : ""}">${label}${this.renderInput(field, !!mistake)}</label>
      ${mistake
        ? html`<p id="about-${field.key}" class="small mistake" role="alert">${t(`form.${mistake.key}`, mistake.values)}</p>`
        : html`<p id="about-${field.key}" class="small quiet" ?hidden=${!about}>${about}</p>`}
    </div>`;
  }

  private renderInput(field: Field, isWrong: boolean): TemplateResult {
    const value = this.currentOf(field);
    const enter = (event: Event) => {
      const input = event.target as HTMLInputElement;
      this.entered = { ...this.entered, [field.key]: field.kind === "boolean" ? input.checked : input.value };
      this.forget(field.key);
    };
    if (field.kind === "boolean") return html`<input type="checkbox" name=${field.key} .checked=${value === true} @change=${enter} />`;
    const about = `about-${field.key}`;
    if (field.kind === "choice" || field.kind === "target") {
      return html`<select name=${field.key} aria-describedby=${about} aria-invalid=${isWrong} ?required=${field.required} @change=${enter}>
        ${value === null || !field.required ? html`<option value="" ?selected=${value === null}></option>` : nothing}
        ${this.choices(field).map(([key, label]) => html`<option value=${key} ?selected=${key === value}>${label}</option>`)}
      </select>`;
    }
    const type = { number: "number", url: "url", secret: "password", text: "text" }[field.kind];
    return html`<input name=${field.key} type=${type} step="any" autocomplete="off" maxlength="2000"
      aria-describedby=${about} aria-invalid=${isWrong} ?required=${field.required}
      min=${field.minimum ?? nothing} max=${field.maximum ?? nothing} .value=${String(value ?? "")} @input=${enter} />`;
  }

  /** Return the values that a field can have, with their names. */
  private choices(field: Field): [string, string][] {
    if (field.kind === "choice") return field.choices.map((one) => [one, this.ctx.name(readable(one))]);
    return this.resources.filter((one) => one.kind === field.scope).map((one) => [one.id, one.name]);
  }

  private get resources(): readonly Resource[] {
    return this.snapshot?.resources ?? [];
  }

  private get targets(): Resource[] {
    return this.resources.filter((one) => one.kind === this.action.scope);
  }

  /** The selected target: the first one until somebody selects another, or when it does not exist any more. */
  private get aim(): Resource | undefined {
    return this.targets.find((one) => one.id === this.target) ?? this.targets[0];
  }

  private currentOf(field: Field): Value {
    const readings = this.action.scope ? this.aim?.values : this.snapshot?.values;
    return this.entered[field.key] ?? startOf(field, this.action, this.offer.controls, readings);
  }

  /** Forget the answers, because something changed since. */
  private forget(key?: string): void {
    this.number += 1;
    this.isBusy = false;
    this.dry = null;
    this.answer = "";
    this.mistakes = key ? Object.fromEntries(Object.entries(this.mistakes).filter(([one]) => one !== key)) : {};
  }

  /** Return the arguments; null after showing what is wrong with them. */
  private read(): Record<string, Value> | null {
    const found: [string, Value][] = [];
    const mistakes: Record<string, Mistake> = {};
    for (const field of this.action.arguments) {
      const one = checked(field, this.currentOf(field), this.resources);
      if (one.mistake) mistakes[field.key] = one.mistake;
      else if (one.value !== null) found.push([field.key, one.value]);
    }
    this.mistakes = mistakes;
    const first = Object.keys(mistakes)[0];
    if (first) this.renderRoot.querySelector<HTMLElement>(`[name="${CSS.escape(first)}"]`)?.focus();
    return first ? null : Object.fromEntries(found);
  }

  private readonly preview = async (): Promise<void> => {
    this.dry = (await this.send(true)) ?? null;
  };

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const asked = await this.send(false);
    if (asked?.approval_id) navigate(`${this.ctx.base}/request/${asked.approval_id}`);
    else if (asked) this.answer = asked.message;
  };

  /** Send what the form says; nothing is returned when it is refused, or when the form changed meanwhile. */
  private async send(onlyDryRun: boolean): Promise<ActionRequested | undefined> {
    const given = this.read();
    this.answer = "";
    if (!given || this.isBusy) return undefined;
    const number = ++this.number;
    this.isBusy = true;
    try {
      const answer = await call<ActionRequested>(this.ctx, "request_action", {
        instance_id: this.instance.id,
        action: this.action.key,
        arguments: given,
        ...(this.aim ? { target_id: this.aim.id } : {}),
        ...(onlyDryRun ? { only_dry_run: true } : {}),
      });
      return number === this.number ? answer : undefined;
    } catch (err) {
      if (number === this.number) this.answer = this.reasonOf(err);
      return undefined;
    } finally {
      if (number === this.number) this.isBusy = false;
    }
  }

  private reasonOf(err: unknown): string {
    const { code, message } = err as Partial<Refused>;
    const { t } = this.ctx;
    return code === "unavailable" && message ? t("service.not_offered", { reason: message }) : refusal(err, t);
  }
}
