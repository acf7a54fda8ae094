/** The audit log: filter, verify, export. */

import { mdiDownload, mdiShieldAlertOutline, mdiShieldCheckOutline } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { AuditRecord, AuditVerification } from "../contract.ts";
import { saveFile } from "../files.ts";
import { dateTime, exactTime } from "../format.ts";
import { icon, loading, notice, summary } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";

const PAGE = 100;
const EXPORT_PAGE = 500;
const WAIT_MS = 250;
const EVENTS = ["approval.", "run.", "incident.", "action.", "press.", "store."];

@customElement("homelab-steward-audit")
export class AuditPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .filters input {
        flex: 1 1 200px;
      }
      details > summary {
        padding: 8px 16px;
        color: inherit;
        font-weight: inherit;
      }
      details pre,
      details p {
        margin: 0 16px 12px;
      }
    `,
  ];

  @state() private entries: AuditRecord[] | null = null;
  @state() private hasMore = false;
  @state() private event = "";
  @state() private text = "";
  @state() private error = "";
  @state() private isVerifying = false;
  @state() private isExporting = false;
  @state() private verified: AuditVerification | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  protected override firstUpdated(): void {
    void this.load(false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    const { t } = this.ctx;
    return html`<div class="page">
      <h2 class="hidden">${t("nav.audit")}</h2>
      <section class="card content">
        <p class="quiet">${t("audit.text")}</p>
        <div class="row wrap">
          <button ?disabled=${this.isVerifying} @click=${this.verify}>${icon(mdiShieldCheckOutline)}${t("audit.verify")}</button>
          <button ?disabled=${this.isExporting} @click=${this.export}>${icon(mdiDownload)}${t("audit.export")}</button>
        </div>
        <div aria-live="polite">${this.renderVerified()}</div>
      </section>
      <form class="filters" role="search" @submit=${(event: Event) => event.preventDefault()}>
        <input type="search" aria-label=${t("audit.search")} placeholder=${t("audit.search")} .value=${this.text} @input=${this.search} />
        <select aria-label=${t("audit.event")} @change=${this.select}>
          <option value="">${t("audit.any_event")}</option>
          ${EVENTS.map((one) => html`<option value=${one} ?selected=${this.event === one}>${t(`audit.event_${one.slice(0, -1)}`)}</option>`)}
        </select>
      </form>
      ${this.error ? html`<p role="alert">${this.error}</p>` : this.renderEntries()}
    </div>`;
  }

  private renderVerified(): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    const one = this.verified;
    if (this.isVerifying) return html`<p>${t("audit.verifying")}</p>`;
    if (!one) return nothing;
    return one.broken_at === null
      ? html`<p class="row tone good">${icon(mdiShieldCheckOutline)}<span>${t("audit.intact", { count: one.entries })} <code class="small" style="overflow-wrap:anywhere">${one.head}</code></span></p>`
      : html`<p class="row tone bad">${icon(mdiShieldAlertOutline)}<span>${t("audit.broken", { position: one.broken_at, reason: one.reason })}</span></p>`;
  }

  private renderEntries(): TemplateResult {
    const { t, now, language } = this.ctx;
    if (!this.entries) return loading(t);
    if (!this.entries.length) return notice(mdiShieldCheckOutline, t("audit.none"), "");
    return html`<ul class="card list">
        ${this.entries.map(
          (one) => html`<li><details>
            ${summary(html`<span class="grow"><span>${one.event}</span> <span class="quiet small">#${one.position}</span></span>
              <time class="small quiet" datetime=${one.at} title=${exactTime(one.at, language)}>${dateTime(one.at, now, language)}</time>`)}
            <pre tabindex="0">${pretty(one.body)}</pre>
            <p class="small quiet" style="overflow-wrap:anywhere">${t("audit.digest", { digest: one.digest })}</p>
          </details></li>`,
        )}
      </ul>
      ${this.hasMore ? html`<p class="row" style="justify-content:center"><button @click=${() => this.load(true)}>${t("action.more")}</button></p>` : nothing}`;
  }

  private readonly search = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(false), WAIT_MS);
  };

  private readonly select = (event: Event): void => {
    this.event = (event.target as HTMLSelectElement).value;
    void this.load(false);
  };

  private page(limit: number, before: number | undefined): Promise<{ entries: AuditRecord[]; has_more: boolean }> {
    return call(this.ctx, "audit", {
      limit,
      ...(before === undefined ? {} : { before }),
      ...(this.event ? { event: this.event } : {}),
      ...(this.text.trim() ? { text: this.text.trim() } : {}),
    });
  }

  private async load(more: boolean): Promise<void> {
    const number = ++this.asked;
    this.error = "";
    try {
      const answer = await this.page(PAGE, more ? this.entries?.at(-1)?.position : undefined);
      if (number !== this.asked) return;
      this.entries = more ? [...(this.entries ?? []), ...answer.entries] : answer.entries;
      this.hasMore = answer.has_more;
    } catch (err) {
      if (number === this.asked) this.error = refusal(err, this.ctx.t);
    }
  }

  private readonly verify = async (): Promise<void> => {
    this.isVerifying = true;
    this.verified = null;
    try {
      this.verified = await call<AuditVerification>(this.ctx, "verify_audit");
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    } finally {
      this.isVerifying = false;
    }
  };

  /** Save all entries that match as JSON lines, oldest first, with their digests. */
  private readonly export = async (): Promise<void> => {
    this.isExporting = true;
    try {
      const all: AuditRecord[] = [];
      for (let before: number | undefined; ; before = all.at(-1)?.position) {
        const page = await this.page(EXPORT_PAGE, before);
        all.push(...page.entries);
        if (!page.has_more) break;
      }
      const lines = all.reverse().map((one) => `${JSON.stringify(one)}\n`);
      saveFile("homelab-steward-audit.jsonl", "application/jsonl", lines);
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    } finally {
      this.isExporting = false;
    }
  };
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
