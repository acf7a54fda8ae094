/** The visual editors of the cards. */

import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Feed } from "../feed.ts";
import type { Hass } from "../hass.ts";
import { shared } from "../styles.ts";
import { loadTexts, translator, type Translate } from "../texts.ts";
import type { CardConfig } from "./card.ts";
import type { InboxConfig } from "./inbox_card.ts";
import type { ServiceConfig } from "./service_card.ts";

const MOST = 20;

abstract class CardEditor<Config extends CardConfig> extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      form > label:not(.check) {
        flex-direction: column;
        align-items: stretch;
        gap: 4px;
      }
    `,
  ];

  @property({ attribute: false }) hass?: Hass;
  @state() protected config?: Config;

  setConfig(config: Config): void {
    this.config = config;
  }

  protected override async scheduleUpdate(): Promise<void> {
    await loadTexts(this.hass?.language ?? "en");
    await super.scheduleUpdate();
  }

  protected get t(): Translate {
    return translator(this.hass?.language ?? "en");
  }

  protected renderTitle(): TemplateResult {
    return html`<label>${this.t("editor.title")}
      <input .value=${this.config?.title ?? ""} maxlength="100" @input=${(event: Event) => this.change("title", (event.target as HTMLInputElement).value)} />
    </label>`;
  }

  /** Change one key; an empty value removes it. */
  protected change(key: keyof Config, value: unknown): void {
    if (!this.config) return;
    const config: Record<string, unknown> = { ...this.config, [key]: value };
    if (value === "" || value === false) delete config[key as string];
    this.config = config as unknown as Config;
    this.dispatchEvent(new CustomEvent("config-changed", { detail: { config }, bubbles: true, composed: true }));
  }
}

@customElement("homelab-steward-inbox-card-editor")
export class InboxCardEditor extends CardEditor<InboxConfig> {
  protected override render(): TemplateResult {
    const { t } = this;
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      ${this.renderTitle()}
      <label>${t("editor.limit")}
        <input type="number" min="1" max=${MOST} .value=${String(this.config?.limit ?? "")} @change=${this.limit} />
      </label>
      <label class="check">
        <input type="checkbox" .checked=${this.config?.hide_empty ?? false} @change=${(event: Event) => this.change("hide_empty", (event.target as HTMLInputElement).checked)} />
        ${t("editor.hide_empty")}
      </label>
    </form>`;
  }

  private limit(event: Event): void {
    const number = Math.trunc(Number((event.target as HTMLInputElement).value));
    this.change("limit", number >= 1 ? Math.min(number, MOST) : "");
  }
}

@customElement("homelab-steward-service-card-editor")
export class ServiceCardEditor extends CardEditor<ServiceConfig> {
  private readonly feed = new Feed(this, ["instance"]);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("hass")) this.feed.follow(this.hass);
  }

  protected override render(): TemplateResult {
    const { t } = this;
    const instances = this.feed.rows("instance").sort((a, b) => a.name.localeCompare(b.name));
    const selected = this.config?.instance ?? "";
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <label>${t("editor.instance")}
        <select @change=${(event: Event) => this.change("instance", (event.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${!selected}>${t("editor.first")}</option>
          ${instances.map((one) => html`<option value=${one.id} ?selected=${one.id === selected}>${one.name}</option>`)}
        </select>
      </label>
      ${this.renderTitle()}
    </form>`;
  }
}
