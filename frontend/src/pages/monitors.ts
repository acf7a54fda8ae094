/** The devices that several monitors watch: who says what about each, and which of them are the same device. */

import { mdiCheckNetworkOutline, mdiClose, mdiEyeOffOutline, mdiLinkVariant, mdiMagnify, mdiUndo } from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Agreement, Device, DeviceAspect, Devices, MatchAnswer, MatchQuestion, Statement } from "../contract.ts";
import { dateTime } from "../format.ts";
import { icon, loading, notice, type Tone } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";

const REFRESH_MS = 30_000;
const TYPING_MS = 250;

const TONES: Record<Agreement, Tone> = { down: "bad", up: "good", split: "warning", alone: "warning", blind: "neutral" };

@customElement("homelab-steward-monitors")
export class MonitorsPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      .aspect + .aspect {
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .said {
        margin: 6px 0 0;
        padding: 0;
        list-style: none;
      }
      .said li {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        padding: 2px 0;
      }
      .said strong,
      .pair {
        overflow-wrap: anywhere;
      }
      div.question {
        padding: 8px 0;
      }
      div.question + div.question {
        border-top: 1px solid var(--divider-color);
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
    `,
  ];

  @state() private found: Devices | null = null;
  @state() private error = "";
  @state() private text = "";
  @state() private answer = "";
  @state() private isBusy = false;
  private refresh?: ReturnType<typeof setInterval>;
  private typing?: ReturnType<typeof setTimeout>;
  private asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.refresh = setInterval(() => void this.load(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    clearInterval(this.refresh);
    clearTimeout(this.typing);
    super.disconnectedCallback();
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const { t } = this.ctx;
    if (!this.found) {
      if (!this.error) return loading(t);
      return notice(mdiCheckNetworkOutline, t("state.error"), this.error, html`<button @click=${this.load}>${t("state.retry")}</button>`);
    }
    const { devices, questions, answers, blind, total } = this.found;
    if (!total && !this.text) return notice(mdiCheckNetworkOutline, t("monitors.empty"), t("monitors.empty_text"));
    return html`<div class="page">
      <h2 class="hidden">${t("nav.monitors")}</h2>
      <p class="quiet">${t("monitors.text")}</p>
      ${blind.length ? html`<section class="card content" aria-label=${t("monitors.blind_title")}>
        ${blind.map((one) => html`<p class="row">${icon(mdiEyeOffOutline)}<span><strong>${t("monitors.blind", { name: one.name })}</strong> ${one.why}</span></p>`)}
      </section>` : nothing}
      ${this.renderQuestions(questions, answers)}
      <label>${icon(mdiMagnify, t("monitors.search"))}
        <input class="grow" type="search" placeholder=${t("monitors.search")} .value=${this.text} @input=${this.search} /></label>
      <p class="small quiet" role="status">${t("monitors.count", { count: total })}</p>
      ${devices.map((one) => this.renderDevice(one))}
    </div>`;
  }

  private renderQuestions(questions: MatchQuestion[], answers: MatchAnswer[]): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (!questions.length && !answers.length && !this.answer) return nothing;
    const pair = (one: MatchQuestion | MatchAnswer) => html`<strong class="pair">${t("monitors.pair", { first: this.shown(one.first, one.first_name), second: this.shown(one.second, one.second_name) })}</strong>`;
    return html`<section class="card content">
      <h3 class="title">${t("monitors.questions")}</h3>
      ${questions.length ? html`<p class="small quiet">${t("monitors.questions_text")}</p>` : nothing}
      ${questions.map((one) => html`<div class="question" role="group" aria-label="${one.first_name}, ${one.second_name}">
          <p>${pair(one)}</p>
          <p class="small quiet">${one.why}</p>
          ${this.mayDecide ? html`<div class="row wrap">
            <button ?disabled=${this.isBusy} @click=${() => this.decide(one, true)}>${icon(mdiLinkVariant)}${t("monitors.same")}</button>
            <button ?disabled=${this.isBusy} @click=${() => this.decide(one, false)}>${icon(mdiClose)}${t("monitors.not_same")}</button>
          </div>` : nothing}
        </div>`)}
        ${answers.map((one) => html`<div class="question" role="group" aria-label="${one.first_name}, ${one.second_name}">
          <p>${pair(one)} <span class="chip">${t(one.is_same ? "monitors.same" : "monitors.not_same")}</span></p>
          ${this.mayDecide ? html`<button ?disabled=${this.isBusy} @click=${() => this.decide(one, null)}>${icon(mdiUndo)}${t("monitors.undo")}</button>` : nothing}
        </div>`)}
      <div aria-live="polite">${this.answer ? html`<p class="small">${this.answer}</p>` : nothing}</div>
    </section>`;
  }

  private renderDevice(one: Device): TemplateResult {
    const others = one.names.filter((name) => name !== one.name);
    return html`<section class="card content" aria-label=${one.name}>
      <h3 class="title">${one.name}</h3>
      ${others.length ? html`<p class="small quiet pair">${others.join(", ")}</p>` : nothing}
      ${one.aspects.map((aspect) => this.renderAspect(aspect))}
    </section>`;
  }

  private renderAspect(one: DeviceAspect): TemplateResult {
    const { t } = this.ctx;
    const name = t(`monitors.${one.aspect}`);
    return html`<div class="aspect">
      <p class="row wrap"><span>${one.part ? t("monitors.part", { aspect: name, part: one.part }) : name}</span>
        <span class="chip ${TONES[one.verdict]}"><span class="dot"></span>${t(`monitors.verdict_${one.verdict}`)}</span></p>
      <ul class="said small">${one.statements.map((said) => this.renderStatement(said))}</ul>
    </div>`;
  }

  private renderStatement(one: Statement): TemplateResult {
    const { t, now, language } = this.ctx;
    return html`<li>
      <strong>${one.instance}</strong>
      <span>${t(`monitors.says_${one.word}`)}</span>
      ${one.repeats ? html`<span class="quiet">${t("monitors.repeats", { name: one.repeats })}</span>` : nothing}
      ${one.since ? html`<span class="quiet">${t("monitors.since", { when: dateTime(one.since, now, language) })}</span>` : nothing}
      ${one.is_fresh ? nothing : html`<span class="chip warning"><span class="dot"></span>${t("monitors.not_fresh")}</span>`}
      ${one.settled ? html`<span class="quiet">${t("monitors.record", { right: one.right, count: one.settled })}</span>` : nothing}
    </li>`;
  }

  /** Return what a member is called, with its monitor: the key begins with the id of the instance. */
  private shown(key: string, name: string): string {
    const instance = this.ctx.feed.rows("instance").find((one) => key.startsWith(`${one.id}/`));
    return instance ? `${name} (${instance.name})` : name;
  }

  private get mayDecide(): boolean {
    return this.ctx.viewer.person?.role === "owner" && Boolean(this.ctx.feed.state?.connected);
  }

  private async decide(pair: MatchQuestion | MatchAnswer, isSame: boolean | null): Promise<void> {
    const { t } = this.ctx;
    this.isBusy = true;
    try {
      await call(this.ctx, "match_devices", { first: pair.first, second: pair.second, is_same: isSame });
      this.answer = t(isSame === null ? "monitors.undone" : "monitors.saved");
      await this.load();
    } catch (err) {
      this.answer = refusal(err, t);
    } finally {
      this.isBusy = false;
    }
  }

  private readonly search = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.load(), TYPING_MS);
  };

  private readonly load = async (): Promise<void> => {
    const asked = ++this.asked;
    try {
      const found = await call<Devices>(this.ctx, "devices", { language: this.ctx.hass.language, text: this.text });
      // A later question was asked meanwhile: its answer is what counts.
      if (asked !== this.asked) return;
      this.found = found;
      this.error = "";
    } catch (err) {
      if (asked === this.asked) this.error = refusal(err, this.ctx.t);
    }
  };
}
