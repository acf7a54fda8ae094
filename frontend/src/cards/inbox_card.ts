/** A card with the requests that wait for a decision. */

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { inOrder } from "../decisions.ts";
import type { Context } from "../page.ts";
import "../request.ts";
import { StewardCard, type CardConfig } from "./card.ts";
import "./editors.ts";

const MOST = 3;

export interface InboxConfig extends CardConfig {
  /** The most requests to show. */
  limit?: number;
  /** Whether the card is hidden while nothing waits. */
  hide_empty?: boolean;
}

@customElement("homelab-steward-inbox-card")
export class InboxCard extends StewardCard<InboxConfig> {
  static override styles = [
    ...StewardCard.styles,
    css`
      homelab-steward-request + homelab-steward-request {
        border-top: 1px solid var(--divider-color);
        padding-top: 8px;
      }
      homelab-steward-request {
        margin-inline: -16px;
      }
    `,
  ];

  /** The ids that waited at some time while the card was shown. */
  private readonly seen = new Set<string>();

  static getConfigElement(): HTMLElement {
    return document.createElement("homelab-steward-inbox-card-editor");
  }

  static getStubConfig(): Partial<InboxConfig> {
    return { limit: MOST };
  }

  constructor() {
    super(["approval", "statistics", "catalogue"]);
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  protected override renderCard(ctx: Context, away: TemplateResult | typeof nothing): TemplateResult | typeof nothing {
    const { t } = ctx;
    const all = this.feed.rows("approval");
    const pending = inOrder(all.filter((one) => one.status === "pending"), ctx.now);
    for (const one of pending) this.seen.add(one.id);
    const decided = all.filter((one) => one.status !== "pending" && this.seen.has(one.id));
    const isHidden = !pending.length && !decided.length && !!this.config?.hide_empty;
    this.toggleAttribute("hidden", isHidden);
    if (isHidden) return nothing;
    const shown = [...pending, ...decided].slice(0, this.config?.limit ?? MOST);
    const left = pending.length - shown.filter((one) => one.status === "pending").length;
    return this.card(
      html`${away}
        ${shown.length ? nothing : html`<p class="quiet">${t("inbox.empty")}</p>`}
        <div>
          ${repeat(
            shown,
            (one) => one.id,
            (one) => html`<homelab-steward-request compact .ctx=${ctx} .request=${one}></homelab-steward-request>`,
          )}
        </div>
        ${left > 0 ? html`<p><a href="${ctx.base}/inbox">${t("inbox.more", { count: left })}</a></p>` : nothing}`,
      this.config?.title ?? t("nav.inbox"),
    );
  }
}
