/** The report of the seven days until now, with the pictures that the app drew. */

import { mdiCheckAll, mdiDownload, mdiFileChartOutline } from "@mdi/js";
import { css, html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { WeeklyDocument } from "../contract.ts";
import { drawing } from "../drawing.ts";
import { saveFile } from "../files.ts";
import { icon, loading, notice } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";

@customElement("homelab-steward-report")
export class ReportPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      figure svg {
        width: 100%;
        max-width: 640px;
        height: auto;
        display: block;
      }
      figure svg text {
        fill: currentColor;
      }
    `,
  ];

  @state() private document: WeeklyDocument | null = null;
  @state() private error = "";

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const { t } = this.ctx;
    if (this.error) return notice(mdiFileChartOutline, t("state.error"), this.error, html`<button @click=${this.load}>${t("state.retry")}</button>`);
    const one = this.document;
    if (!one) return loading(t);
    if (!one.sections.length) return notice(mdiCheckAll, one.title, one.headline);
    return html`<div class="page">
      <header class="card content">
        <h2 class="title">${one.title}</h2>
        <p>${one.headline}</p>
        <div class="row"><button @click=${() => saveFile("homelab-steward-report.md", "text/markdown", [one.markdown])}>${icon(mdiDownload)}${t("report.save")}</button></div>
      </header>
      ${one.pictures.map((picture) => html`<figure class="card content"><figcaption class="title">${picture.title}</figcaption>${drawing(picture.svg)}</figure>`)}
      ${one.sections.map(
        (section) => html`<section class="card content"><h3 class="title">${section.title}</h3>
          <ul style="padding-inline-start:20px">${section.lines.map((line) => html`<li>${line}</li>`)}</ul></section>`,
      )}
    </div>`;
  }

  private readonly load = async (): Promise<void> => {
    this.error = "";
    try {
      this.document = await call<WeeklyDocument>(this.ctx, "report", { language: this.ctx.hass.language });
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    }
  };
}
