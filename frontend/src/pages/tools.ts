/** The servers with tools: whether they answer, what their tools do, and definitions that changed. */

import { mdiCheck, mdiToolboxOutline } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { ForeignServer, ForeignTool } from "../contract.ts";
import { dateTime } from "../format.ts";
import { icon, loading, notice, riskChip, summary, type Tone } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";
import { compared, type Line } from "../definitions.ts";

const ROW = "foreign_tools";

@customElement("homelab-steward-tools")
export class ToolsPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      .tool + .tool {
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .tool {
        display: flex;
        flex-direction: column;
        gap: 6px;
      }
      code {
        overflow-wrap: anywhere;
      }
      .sides {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
        gap: 12px;
        margin: 8px 0;
      }
      .side {
        min-width: 0;
      }
      pre {
        margin: 4px 0 0;
        padding: 8px;
        max-height: 60vh;
        overflow: auto;
        border-radius: 8px;
        background: var(--secondary-background-color);
        font-size: var(--ha-font-size-s, 12px);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      ins,
      del {
        display: block;
        text-decoration: none;
        font-weight: 600;
        border-inline-start: 3px solid var(--tone);
        padding-inline-start: 6px;
      }
    `,
  ];

  @state() private answers: Record<string, string> = {};
  @state() private isBusy = false;

  protected override render(): TemplateResult {
    const { t, feed } = this.ctx;
    if (!feed.state) return loading(t);
    const servers = feed.row(ROW, ROW)?.servers ?? [];
    if (!servers.length) return notice(mdiToolboxOutline, t("tools.empty"), t("tools.empty_text"));
    return html`<div class="page">
      <h2 class="hidden">${t("nav.tools")}</h2>
      <p class="quiet">${t("tools.text")}</p>
      ${servers.map((one) => this.renderServer(one))}
    </div>`;
  }

  private renderServer(one: ForeignServer): TemplateResult {
    const { t } = this.ctx;
    return html`<section class="card content" aria-label=${one.name}>
      <div class="row wrap">
        <h3 class="title" translate="no">${one.name}</h3>
        <span class="chip">${t(`tools.kind_${one.kind}`)}</span>
        <span class="chip ${one.is_online ? "good" : "bad"}"><span class="dot"></span>${t(one.is_online ? "tools.online" : "tools.offline")}</span>
        ${one.since ? html`<span class="small quiet">${t("tools.since", { when: this.shown(one.since) })}</span>` : nothing}
      </div>
      ${this.renderFault(one)}
      ${one.tools.length ? one.tools.map((tool) => this.renderTool(one, tool)) : html`<p class="quiet">${t("tools.none")}</p>`}
      ${one.other_count ? html`<details class="small">${summary(t("tools.others", { count: one.other_count }))}
        <p class="quiet">${t("tools.others_text")}</p>
        <p translate="no">${one.others.join(", ")}${one.others.length < one.other_count ? ", …" : ""}</p></details>` : nothing}
    </section>`;
  }

  /** Return why a server is not connected and when it is tried again, or what its last error was. */
  private renderFault(one: ForeignServer): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (!one.last_error_at) return one.is_online ? nothing : html`<p class="small" translate="no">${one.reason}</p>`;
    return html`<p class="small">${t("tools.last_error", { when: this.shown(one.last_error_at) })} <span class="text" translate="no">${one.last_error}</span>
      ${one.next_try_at ? html`<br />${t("tools.next_try", { when: this.shown(one.next_try_at) })}` : nothing}</p>`;
  }

  private renderTool(server: ForeignServer, one: ForeignTool): TemplateResult {
    const { t } = this.ctx;
    const isOn = one.state === "ready";
    const tone: Tone = isOn ? "good" : one.state === "changed" ? "warning" : "bad";
    return html`<div class="tool" role="group" aria-label=${one.name}>
      <div class="row wrap">
        <code translate="no">${one.name}</code>
        <span class="chip ${tone}"><span class="dot"></span>${t(`tools.state_${one.state}`)}</span>
        <span class="chip">${t(`tools.${one.access}`)}</span>
        ${riskChip(one.access === "read" ? "low" : "high", t)}
        ${one.is_private ? html`<span class="chip">${t("tools.private")}</span>` : nothing}
      </div>
      <p class="small">${t(`tools.${one.access}_text`)}${one.is_private ? ` ${t("tools.private_text")}` : ""}</p>
      ${one.description ? html`<p class="small quiet">${t("tools.says")} <span class="text" translate="no">${one.description}</span></p>` : nothing}
      ${one.access === "read" && one.reads_only === false ? html`<p class="small error">${t("tools.says_writes")}</p>` : nothing}
      ${isOn || one.state === "changed" ? nothing : html`<p class="small" translate="no">${one.reason}</p>`}
      ${one.state === "changed" ? this.renderChange(server, one) : nothing}
      <div aria-live="polite">${this.answers[keyOf(server, one)] ? html`<p class="small">${this.answers[keyOf(server, one)]}</p>` : nothing}</div>
    </div>`;
  }

  private renderChange(server: ForeignServer, one: ForeignTool): TemplateResult {
    const { t, feed, viewer } = this.ctx;
    const { before, after } = compared(one.accepted, one.definition);
    const mayAccept = viewer.person?.role === "owner";
    return html`<p class="small">${t("tools.changed_text")}</p>
      <div class="sides">
        <div class="side"><h4 class="small">${t("tools.accepted")}</h4>${lines(before, "del", t("tools.accepted"))}</div>
        <div class="side"><h4 class="small">${t("tools.now")}</h4>${lines(after, "ins", t("tools.now"))}</div>
      </div>
      ${mayAccept ? html`<div class="row wrap">
        <button ?disabled=${this.isBusy || !feed.state?.connected} @click=${() => this.accept(server, one)}>${icon(mdiCheck)}${t("tools.accept")}</button>
      </div>` : html`<p class="small quiet">${t("tools.ask_owner")}</p>`}`;
  }

  private shown(at: string): string {
    return dateTime(at, this.ctx.now, this.ctx.language);
  }

  private async accept(server: ForeignServer, one: ForeignTool): Promise<void> {
    const { t } = this.ctx;
    const key = keyOf(server, one);
    this.isBusy = true;
    try {
      // The digest is that of what is shown: another definition in the meantime is refused.
      await call(this.ctx, "accept_tool", { server: server.name, tool: one.name, digest: one.digest });
      this.answers = { ...this.answers, [key]: t("tools.saved") };
    } catch (err) {
      this.answers = { ...this.answers, [key]: refusal(err, t) };
    } finally {
      this.isBusy = false;
    }
  }
}

function keyOf(server: ForeignServer, tool: ForeignTool): string {
  return `${server.name}/${tool.name}`;
}

/** Return one side of a comparison; lines that only this side has are marked. */
function lines(shown: Line[], mark: "ins" | "del", label: string): TemplateResult {
  const marked = shown.map((one) => (one.isCommon ? html`<span>${one.text}\n</span>` : mark === "ins" ? html`<ins class="good">${one.text}</ins>` : html`<del class="bad">${one.text}</del>`));
  return html`<pre translate="no" tabindex="0" role="region" aria-label=${label}>${marked}</pre>`;
}
