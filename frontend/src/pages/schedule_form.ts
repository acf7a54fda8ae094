/** The form of a scheduled question. The app checks it, as it checks a file. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CheckedSchedule, NamedId, QuestionSettings, Schedule, Schedules } from "../contract.ts";
import { timeIn } from "../format.ts";
import { call, refusal, type Context } from "../page.ts";
import { shared } from "../styles.ts";

const EMPTY: QuestionSettings = {
  title: "",
  cron: "0 9 * * *",
  zone: "",
  rules: [],
  tools: [],
  prompt: "",
  models: "local",
  tokens: 4000,
  deliver_to: ["telegram", "phone"],
  send: "findings",
};
const PLACES = ["telegram", "phone"];
const MODELS = ["local", "any"];
const SENDS = ["findings", "news", "always"];

type Key = keyof QuestionSettings;

@customElement("homelab-steward-schedule-form")
export class ScheduleForm extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      label.field {
        display: flex;
        flex-direction: column;
        align-items: stretch;
        gap: 4px;
        max-width: 480px;
      }
      form span {
        display: block;
        margin-top: 4px;
      }
      form span[hidden] {
        display: none;
      }
      fieldset {
        border: 1px solid var(--divider-color);
        border-radius: 8px;
        margin: 0;
        padding: 8px 12px;
        display: grid;
        gap: 8px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr));
        max-height: 320px;
        overflow-y: auto;
      }
      fieldset label {
        align-items: flex-start;
        overflow-wrap: anywhere;
      }
      textarea {
        min-height: 5em;
        resize: vertical;
      }
      .fields {
        display: grid;
        gap: 16px;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
      }
      [aria-invalid="true"] {
        border-color: var(--error-color, #db4437);
      }
    `,
  ];

  @property({ attribute: false }) ctx!: Context;
  /** What is changed, null for a new one. */
  @property({ attribute: false }) schedule: Schedule | null = null;
  @property({ attribute: false }) listed!: Schedules;

  @state() private entered: QuestionSettings = EMPTY;
  @state() private mistakes: Record<string, string> = {};
  @state() private next: CheckedSchedule | null = null;
  @state() private isBusy = false;
  private number = 0;

  protected override willUpdate(): void {
    if (!this.hasUpdated && this.schedule?.question) this.entered = this.schedule.question;
  }

  protected override firstUpdated(): void {
    void this.preview();
  }

  /** Whether everything can be changed: of a schedule of the app, only when and where. */
  private get isWhole(): boolean {
    return !this.schedule || this.schedule.is_own;
  }

  protected override render(): TemplateResult {
    const { t } = this.ctx;
    const zones = Intl.supportedValuesOf("timeZone");
    return html`<form novalidate @submit=${this.save}>
      ${this.isWhole ? this.renderText("title", { maxlength: 80 }) : html`<p class="small quiet">${t("schedule.of_app")}</p>`}
      <div class="fields">
        ${this.renderText("cron", { about: t("schedule.cron_text") })}
        ${this.renderText("zone", { about: t("schedule.zone_text", { zone: this.listed.zone }), list: "zones" })}
      </div>
      <datalist id="zones">${zones.map((one) => html`<option value=${one}></option>`)}</datalist>
      ${this.renderNext()}
      ${this.isWhole ? this.renderQuestion() : nothing}
      ${this.renderGroup("deliver_to", PLACES.map((id) => ({ id, name: t(`schedule.place_${id}`) })))}
      <div class="row wrap">
        <button class="primary" ?disabled=${this.isBusy}>${t("schedule.save")}</button>
        <button type="button" class="plain" @click=${() => this.dispatchEvent(new CustomEvent("cancelled"))}>${t("action.cancel")}</button>
      </div>
      <div aria-live="polite">${this.mistakes[""] ? html`<p class="error">${this.mistakes[""]}</p>` : nothing}</div>
    </form>`;
  }

  private renderQuestion(): TemplateResult {
    const { t } = this.ctx;
    return html`${this.renderGroup("rules", this.listed.rules)} ${this.renderGroup("tools", this.known(this.listed.tools))}
      <div><label class="field">${t("schedule.field_prompt")}
        <textarea name="prompt" maxlength="2000" aria-describedby="about-prompt" aria-invalid=${!!this.mistakes["prompt"]} .value=${this.entered.prompt} @input=${this.typed("prompt")}></textarea>
      </label>${this.renderAbout("prompt", t("schedule.prompt_text"))}</div>
      <div class="fields">
        ${this.renderSelect("models", MODELS)} ${this.renderSelect("send", SENDS)}
        ${this.renderText("tokens", { type: "number", about: t("schedule.tokens_text") })}
      </div>`;
  }

  /** Return the choices, with what was selected before and is not offered now. */
  private known(offered: NamedId[]): NamedId[] {
    const ids = new Set(offered.map((one) => one.id));
    return [...offered, ...this.entered.tools.filter((id) => !ids.has(id)).map((id) => ({ id, name: id }))];
  }

  private renderText(key: "title" | "cron" | "zone" | "tokens", more: { about?: string; type?: string; list?: string; maxlength?: number }): TemplateResult {
    return html`<div><label class="field">${this.ctx.t(`schedule.field_${key}`)}
      <input name=${key} type=${more.type ?? "text"} list=${more.list ?? nothing} autocomplete="off" min="0" maxlength=${more.maxlength ?? 80}
        aria-describedby="about-${key}" aria-invalid=${!!this.mistakes[key]} .value=${String(this.entered[key])} @input=${this.typed(key)} @change=${this.preview} />
    </label>${this.renderAbout(key, more.about ?? "")}</div>`;
  }

  private renderSelect(key: "models" | "send", values: string[]): TemplateResult {
    const { t } = this.ctx;
    return html`<div><label class="field">${t(`schedule.field_${key}`)}
      <select name=${key} aria-describedby="about-${key}" aria-invalid=${!!this.mistakes[key]} @change=${this.typed(key)}>
        ${values.map((one) => html`<option value=${one} ?selected=${one === this.entered[key]}>${t(`schedule.${key}_${one}`)}</option>`)}
      </select>
    </label>${this.renderAbout(key, "")}</div>`;
  }

  private renderGroup(key: "rules" | "tools" | "deliver_to", choices: NamedId[]): TemplateResult | typeof nothing {
    if (!choices.length) return nothing;
    const turn = (id: string) => (event: Event) => {
      const others = this.entered[key].filter((one) => one !== id);
      this.enter(key, (event.target as HTMLInputElement).checked ? [...others, id] : others);
    };
    return html`<div><fieldset aria-describedby="about-${key}" aria-invalid=${!!this.mistakes[key]}><legend>${this.ctx.t(`schedule.field_${key}`)}</legend>
        ${choices.map((one) => html`<label><input type="checkbox" name=${key} value=${one.id} .checked=${this.entered[key].includes(one.id)} @change=${turn(one.id)} />${one.name}</label>`)}
      </fieldset>${this.renderAbout(key, "")}</div>`;
  }

  private renderAbout(key: string, about: string): TemplateResult {
    const mistake = this.mistakes[key];
    return mistake
      ? html`<span id="about-${key}" class="small error" role="alert">${mistake}</span>`
      : html`<span id="about-${key}" class="small quiet" ?hidden=${!about}>${about}</span>`;
  }

  private renderNext(): TemplateResult {
    const { t, language } = this.ctx;
    const zone = this.entered.zone || this.listed.zone;
    return html`<div aria-live="polite">${this.next
      ? html`<p class="small"><strong>${this.next.said}</strong></p>
          <p class="small quiet">${t("schedule.preview", { times: this.next.next_at.map((at) => timeIn(at, zone, language)).join(" · ") })}</p>`
      : nothing}</div>`;
  }

  private typed(key: Key): (event: Event) => void {
    return (event) => {
      const { value } = event.target as HTMLInputElement;
      this.enter(key, key === "tokens" ? Math.max(-1, Math.min(Math.trunc(Number(value || -1)), 2 ** 31 - 1)) || 0 : value);
    };
  }

  private enter(key: Key, value: unknown): void {
    this.entered = { ...this.entered, [key]: value };
    this.mistakes = Object.fromEntries(Object.entries(this.mistakes).filter(([one]) => one !== key && one !== ""));
  }

  /** Show the next times, or what is wrong with them; what is not entered yet is not shown as wrong. */
  private readonly preview = async (): Promise<void> => {
    const number = ++this.number;
    const cron = { ...this.entered, title: this.entered.title || "-", rules: ["updates"], tools: [], prompt: "", tokens: 0 };
    try {
      const checked = await this.send(cron, true);
      if (number === this.number) this.use(checked, ["cron", "zone"]);
    } catch {
      if (number === this.number) this.next = null;
    }
  };

  private readonly save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    this.number += 1;
    try {
      const saved = await this.send(this.entered, false);
      this.use(saved, null);
      if (saved.schedule) this.dispatchEvent(new CustomEvent("saved", { detail: saved.schedule }));
    } catch (err) {
      this.mistakes = { "": refusal(err, this.ctx.t) };
    } finally {
      this.isBusy = false;
    }
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('input[aria-invalid="true"], textarea[aria-invalid="true"], fieldset[aria-invalid="true"] input')?.focus();
  };

  private use(checked: CheckedSchedule, keys: string[] | null): void {
    const found = checked.mistakes.filter((one) => !keys || keys.includes(one.key));
    const others = keys ? Object.entries(this.mistakes).filter(([key]) => !keys.includes(key)) : [];
    this.mistakes = Object.fromEntries([...others, ...found.map((one) => [one.key, one.text])]);
    this.next = checked.next_at.length ? checked : null;
  }

  private send(question: QuestionSettings, onlyCheck: boolean): Promise<CheckedSchedule> {
    return call<CheckedSchedule>(this.ctx, "save_schedule", {
      question,
      ...(this.schedule ? { schedule_id: this.schedule.id, version: this.schedule.version } : {}),
      ...(onlyCheck ? { only_check: true } : {}),
    });
  }
}
