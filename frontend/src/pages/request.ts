/** One request with its whole plan and evidence: what a tap on a notification opens. */

import { mdiFileQuestionOutline } from "@mdi/js";
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { notice } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { Page } from "../page.ts";
import "../request.ts";

@customElement("homelab-steward-request-page")
export class RequestPage extends Page {
  static override styles = [...Page.styles, noticeStyles];

  protected override render(): TemplateResult {
    const { t, feed, base } = this.ctx;
    const request = feed.row("approval", this.item);
    if (!request) {
      const back = html`<a class="button" href="${base}/inbox">${t("nav.inbox")}</a>`;
      return notice(mdiFileQuestionOutline, t("request.gone"), t("request.gone_text"), back);
    }
    return html`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${request}></homelab-steward-request>
    </div>`;
  }
}
