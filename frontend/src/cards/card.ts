/** What both cards share: the rows, the language, and links into the panel. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { RowKind } from "../contract.ts";
import { Feed } from "../feed.ts";
import { followLink, type Hass } from "../hass.ts";
import { contextOf, type Context } from "../page.ts";
import { shared } from "../styles.ts";
import { hasTexts, loadTexts, translator, type Translate } from "../texts.ts";

const TICK_MS = 60_000;

export interface CardConfig {
  type: string;
  title?: string;
}

export abstract class StewardCard<Config extends CardConfig> extends LitElement {
  static override styles = [shared];

  @property({ attribute: false }) hass?: Hass;
  @state() protected config?: Config;
  @state() protected now = Date.now();
  protected readonly feed: Feed;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(kinds: readonly RowKind[]) {
    super();
    this.feed = new Feed(this, kinds);
  }

  setConfig(config: Config): void {
    this.config = config;
  }

  getCardSize(): number {
    return 3;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => (this.now = Date.now()), TICK_MS);
    this.addEventListener("click", followLink);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.removeEventListener("click", followLink);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("hass")) this.feed.follow(this.hass);
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const before = changed.get("hass");
    const isOnlyStates = changed.size === 1 && before !== undefined && before.language === this.hass?.language;
    return !isOnlyStates;
  }

  protected get t(): Translate {
    return translator(this.hass?.language ?? "en");
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t } = this;
    const current = this.feed.state;
    if (!this.config || !this.hass) return nothing;
    if (!hasTexts(this.hass.language)) {
      void loadTexts(this.hass.language).then(() => this.requestUpdate());
      return nothing;
    }
    if (this.feed.error) return this.card(html`<p class="quiet" role="alert">${this.feed.error}</p>`);
    if (!current) return this.card(html`<p class="quiet">${t("state.loading")}</p>`);
    if (!current.viewer) return this.card(html`<p class="quiet">${t("state.not_loaded")}</p>`);
    if (current.viewer.access === "none") return this.card(html`<p class="quiet">${t("state.unknown")}</p>`);
    const ctx = contextOf(this.hass, this.feed, current.viewer, this.now);
    const away = current.connected ? nothing : html`<p class="small quiet" role="status">${t("state.away")}</p>`;
    return this.renderCard(ctx, away);
  }

  protected card(content: TemplateResult, title = this.config?.title ?? ""): TemplateResult {
    return html`<ha-card class="card">
      <div class="content">${title ? html`<h2 class="title">${title}</h2>` : nothing}${content}</div>
    </ha-card>`;
  }

  protected abstract renderCard(ctx: Context, away: TemplateResult | typeof nothing): TemplateResult | typeof nothing;
}
