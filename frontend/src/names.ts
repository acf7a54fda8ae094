/** What else a service, or something in it, is called, with a form for owners. */

import { mdiClose, mdiTagPlusOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Alias, TargetKey } from "./contract.ts";
import { icon } from "./look.ts";
import { call, refusal, type Context } from "./page.ts";
import { shared } from "./styles.ts";

const LONGEST = 60;

/** Return the names of one target. */
export function namesOf(target: TargetKey, aliases: readonly Alias[]): Alias[] {
  return aliases.filter((one) => isSame(one.target, target));
}

export function isSame(one: TargetKey, other: TargetKey): boolean {
  return one.instance_id === other.instance_id && one.kind === other.kind && one.id === other.id;
}

@customElement("homelab-steward-names")
export class Names extends LitElement {
  static override styles = [
    shared,
    css`
      :host([open]) {
        flex-basis: 100%;
      }
      .chip {
        max-width: 100%;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .chip:has(button) {
        padding-inline-end: 2px;
      }
      .chip button {
        min-width: 28px;
        min-height: 28px;
        padding: 4px;
        border-color: transparent;
        color: inherit;
      }
      .chip button svg {
        width: 16px;
        height: 16px;
      }
      form {
        display: flex;
        flex-direction: column;
        gap: 8px;
        margin-top: 8px;
        max-width: 420px;
      }
      label {
        display: flex;
        flex-direction: column;
        align-items: stretch;
        gap: 4px;
      }
    `,
  ];

  @property({ attribute: false }) ctx!: Context;
  @property({ attribute: false }) target!: TargetKey;
  /** The name of the target itself. */
  @property() name = "";
  @property({ attribute: false }) names: Alias[] = [];
  /** In a list, the button has no text. */
  @property({ type: Boolean }) compact = false;

  @property({ type: Boolean, reflect: true, attribute: "open" }) isOpen = false;
  @state() private isBusy = false;
  @state() private answer = "";
  @query("input") private readonly input!: HTMLInputElement | null;
  @query("button.add") private readonly button!: HTMLButtonElement | null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("target") as TargetKey | undefined;
    if (before && !isSame(before, this.target)) {
      this.isOpen = false;
      this.answer = "";
    }
  }

  private get mayChange(): boolean {
    const { viewer, feed } = this.ctx;
    return viewer.person?.role === "owner" && !!feed.state?.connected;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (!this.names.length && !this.mayChange && !this.answer) return nothing;
    return html`
      <div class="row wrap small">
        ${this.names.length ? html`<span class="quiet">${t("names.also")}</span>` : nothing}
        ${this.names.map((one) => this.renderName(one))}
        ${this.mayChange && !this.isOpen && !this.names.some((one) => one.gone)
          ? html`<button class="plain small add" ?disabled=${this.isBusy} aria-label=${t("names.add_for", { name: this.name })} title=${t("names.add")} @click=${this.open}>${icon(mdiTagPlusOutline)}${this.compact ? nothing : t("names.add")}</button>`
          : nothing}
      </div>
      ${this.isOpen && this.mayChange ? this.renderForm() : nothing}
      <div aria-live="polite">${this.answer ? html`<p class="small error">${this.answer}</p>` : nothing}</div>
    `;
  }

  private renderName(one: Alias): TemplateResult {
    const { t } = this.ctx;
    const from = one.origin === "person" ? t("names.added_by", { person: one.added_by }) : t(`names.from_${one.origin}`);
    return html`<span class="chip" title=${from}><span translate="no">${one.name}</span>${one.origin === "person" && this.mayChange
      ? html`<button ?disabled=${this.isBusy} aria-label=${t("names.remove", { name: one.name })} @click=${() => this.change("remove_alias", one.name)}>${icon(mdiClose)}</button>`
      : nothing}</span>`;
  }

  private renderForm(): TemplateResult {
    const { t } = this.ctx;
    return html`<form novalidate @submit=${this.submit} @keydown=${this.leave}>
      <label>${t("names.label", { name: this.name })}
        <input maxlength=${LONGEST} autocomplete="off" aria-describedby="hint" /></label>
      <p id="hint" class="small quiet">${t("names.hint")}</p>
      <div class="row wrap">
        <button class="primary" ?disabled=${this.isBusy}>${t("names.save")}</button>
        <button type="button" @click=${this.close}>${t("action.cancel")}</button>
      </div>
    </form>`;
  }

  private readonly open = async (): Promise<void> => {
    this.isOpen = true;
    this.answer = "";
    await this.updateComplete;
    this.input?.focus();
  };

  private readonly close = async (): Promise<void> => {
    this.isOpen = false;
    this.answer = "";
    await this.updateComplete;
    this.button?.focus();
  };

  private readonly leave = (event: KeyboardEvent): void => {
    if (event.key === "Escape") void this.close();
  };

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const name = this.input?.value.trim() ?? "";
    if (name && (await this.change("add_alias", name))) await this.close();
    else this.input?.focus();
  };

  /** Add or remove a name, and tell the page all names of the instance; return whether it was done. */
  private async change(command: string, name: string): Promise<boolean> {
    this.isBusy = true;
    this.answer = "";
    const { instance_id, kind, id } = this.target;
    try {
      const answer = await call<{ aliases: Alias[] }>(this.ctx, command, { instance_id, kind, target_id: id, name });
      this.dispatchEvent(new CustomEvent("names-changed", { detail: answer.aliases, bubbles: true, composed: true }));
      return true;
    } catch (err) {
      this.answer = refusal(err, this.ctx.t);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
