/** What waits for a decision, what is scheduled, and what was decided since the page was opened. */

import { mdiCheckAll } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ApprovalRequest } from "../contract.ts";
import { inOrder } from "../decisions.ts";
import { notice } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { Page } from "../page.ts";
import "../request.ts";

const MOST_SHOWN = 50;

/** Order scheduled requests by the time of their execution. */
const byTime = (a: ApprovalRequest, b: ApprovalRequest): number => Date.parse(a.later?.at ?? "") - Date.parse(b.later?.at ?? "");

@customElement("homelab-steward-inbox")
export class InboxPage extends Page {
  static override styles = [...Page.styles, noticeStyles];

  /** The ids that waited or were scheduled at some time while the page was open. */
  private readonly seen = new Set<string>();

  protected override render(): TemplateResult {
    const { t, feed, now } = this.ctx;
    const all = feed.rows("approval");
    const pending = inOrder(all.filter((one) => one.status === "pending"), now);
    const scheduled = all.filter((one) => one.status === "scheduled").sort(byTime);
    for (const one of [...pending, ...scheduled]) this.seen.add(one.id);
    const decided = all.filter((one) => !["pending", "scheduled"].includes(one.status) && this.seen.has(one.id));
    if (!pending.length && !scheduled.length && !decided.length) {
      return notice(mdiCheckAll, t("inbox.empty"), t("inbox.empty_text"));
    }
    return html`
      <div class="page">
        ${this.ctx.viewer.person ? nothing : html`<p class="quiet">${t("inbox.not_a_person")}</p>`}
        ${this.renderAll(pending.slice(0, MOST_SHOWN))}
        ${pending.length > MOST_SHOWN ? html`<p class="quiet">${t("inbox.more", { count: pending.length - MOST_SHOWN })}</p>` : nothing}
        ${scheduled.length
          ? html`<h2 class="heading">${t("status.scheduled")}</h2>
              ${this.renderAll(scheduled)}`
          : nothing}
        ${decided.length
          ? html`<h2 class="heading">${t("inbox.decided")}</h2>
              ${this.renderAll(decided)}`
          : nothing}
      </div>
    `;
  }

  private renderAll(requests: readonly ApprovalRequest[]): unknown {
    return repeat(
      requests,
      (one) => one.id,
      (one) => html`<homelab-steward-request .ctx=${this.ctx} .request=${one}></homelab-steward-request>`,
    );
  }
}
