/** What nothing may change, and the time in which an owner approves alone. Only owners change them. */

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Fence } from "../contract.ts";
import { dateTime } from "../format.ts";
import { call, Page, refusal } from "../page.ts";

const HOURS = [1, 2, 4, 8];

@customElement("homelab-steward-fences")
export class FencesSection extends Page {
  static override styles = [
    ...Page.styles,
    css`
      .setting {
        padding: 8px 0;
        display: flex;
        gap: 16px;
        align-items: center;
        flex-wrap: wrap;
      }
      .setting .grow {
        overflow-wrap: anywhere;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        padding-top: 8px;
      }
      input:not([type="checkbox"]),
      select {
        max-width: 100%;
      }
    `,
  ];

  @state() private error = "";
  @state() private isBusy = false;

  protected override render(): TemplateResult {
    return html`<div aria-live="polite">${this.error ? html`<p role="alert">${this.error}</p>` : nothing}</div>
      ${this.renderFences()} ${this.renderElevation()}`;
  }

  private get mode() {
    return this.ctx.feed.rows("mode")[0];
  }

  private get mayChange(): boolean {
    return this.ctx.viewer.person?.role === "owner" && !!this.ctx.feed.state?.connected && !this.isBusy;
  }

  private renderFences(): TemplateResult {
    const { t } = this.ctx;
    const fences = this.mode?.fences ?? [];
    return html`<section class="card content">
      <h3 class="title">${t("fences.title")}</h3>
      <p class="small quiet">${t("fences.text")}</p>
      ${this.renderOffers()} ${fences.map((one) => this.renderFence(one))}
      ${this.ctx.viewer.person?.role === "owner" ? this.renderForm() : nothing}
    </section>`;
  }

  private renderOffers(): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    const offers = this.mode?.fence_offers ?? [];
    if (!offers.length || this.ctx.viewer.person?.role !== "owner") return nothing;
    return html`<form @submit=${(event: SubmitEvent) => this.answer(event)}>
      <p>${t("fences.offer")}</p>
      ${offers.map((one) => html`<label><input type="checkbox" name="offer" value=${one.instance_id} /> ${one.name} (${t(`fences.role.${one.role}`)})</label>`)}
      <button class="primary" ?disabled=${!this.mayChange}>${t("fences.answer")}</button>
    </form>`;
  }

  private renderFence(one: Fence): TemplateResult {
    const { t, feed } = this.ctx;
    const instance = one.instance ? (feed.row("instance", one.instance)?.name ?? one.instance) : "";
    const role = one.role ? t(`fences.role.${one.role}`) : "";
    const about = [one.service, instance, one.kind, one.target, role].filter(Boolean).join(" · ");
    const actions = one.actions.length && !one.actions.includes("*") ? one.actions.join(", ") : t("fences.everything");
    return html`<div class="setting">
      <span class="grow"><span translate="no">${about}</span><br /><span class="small quiet">${actions}${one.with_guests ? html` · ${t("fences.with_guests")}` : nothing}${one.reason ? html` · ${one.reason}` : nothing}</span>
        ${one.problem ? html`<br /><span class="small" role="status">${one.problem}</span>` : nothing}</span>
      ${one.origin === "file"
        ? html`<span class="small quiet">${t("fences.file")}</span>`
        : html`<button ?disabled=${!this.mayChange} @click=${() => this.send("remove_fence", { fence_id: one.id })}>${t("action.remove")}</button>`}
    </div>`;
  }

  private renderForm(): TemplateResult {
    const { t, feed } = this.ctx;
    return html`<form @submit=${(event: SubmitEvent) => this.add(event)}>
      <select name="instance" aria-label=${t("fences.service")}>
        ${feed.rows("instance").map((one) => html`<option value=${one.id}>${one.name}</option>`)}
      </select>
      <input name="target" maxlength="200" placeholder=${t("fences.target")} aria-label=${t("fences.target")} />
      <input name="reason" maxlength="200" placeholder=${t("fences.reason")} aria-label=${t("fences.reason")} />
      <label><input type="checkbox" name="with_guests" /> ${t("fences.with_guests")}</label>
      <button ?disabled=${!this.mayChange}>${t("fences.add")}</button>
    </form>`;
  }

  private renderElevation(): TemplateResult | typeof nothing {
    const { t, now, language, feed } = this.ctx;
    const last = this.mode?.elevation ?? null;
    const isOwner = this.ctx.viewer.person?.role === "owner";
    const isOpen = last !== null && last.closed_at === null && Date.parse(last.ends_at) > now;
    if (!isOwner && !isOpen) return nothing;
    const scope = last ? (feed.row("instance", last.instance_id)?.name ?? last.category) : "";
    return html`<section class="card content">
      <h3 class="title">${t("elevation.title")}</h3>
      <p class="small quiet">${t("elevation.text")}</p>
      ${isOpen && last
        ? html`<div class="setting"><span class="grow">${t("elevation.open", { person: last.person_name, scope, when: dateTime(last.ends_at, now, language) })}</span>
            <button ?disabled=${this.isBusy} @click=${() => this.send("elevate", { hours: null })}>${t("elevation.end")}</button></div>`
        : html`<form @submit=${(event: SubmitEvent) => this.elevate(event)}>
            <select name="instance_id" aria-label=${t("fences.service")}>
              ${feed.rows("instance").map((one) => html`<option value=${one.id}>${one.name}</option>`)}
            </select>
            <select name="hours" aria-label=${t("elevation.length")}>
              ${HOURS.map((hours) => html`<option value=${hours}>${t("elevation.hours", { count: hours })}</option>`)}
            </select>
            <input name="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="12" required placeholder="PIN" aria-label="PIN" />
            <button ?disabled=${!this.mayChange}>${t("elevation.begin")}</button>
          </form>`}
    </section>`;
  }

  private async add(event: SubmitEvent): Promise<void> {
    const [form, data] = read(event);
    const body = { instance: data.get("instance"), target: data.get("target"), reason: data.get("reason") };
    if (await this.send("add_fence", { ...body, with_guests: data.has("with_guests") })) form.reset();
  }

  private async answer(event: SubmitEvent): Promise<void> {
    const [, data] = read(event);
    await this.send("answer_fences", { instance_ids: data.getAll("offer") });
  }

  private async elevate(event: SubmitEvent): Promise<void> {
    const [form, data] = read(event);
    await this.send("elevate", { instance_id: data.get("instance_id"), hours: Number(data.get("hours")), pin: data.get("pin") });
    form.reset();
  }

  private async send(command: string, body: Record<string, unknown>): Promise<boolean> {
    this.isBusy = true;
    this.error = "";
    try {
      await call(this.ctx, command, body);
      return true;
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}

/** Return the form that was sent and what it holds; the page is not left. */
function read(event: SubmitEvent): [HTMLFormElement, FormData] {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  return [form, new FormData(form)];
}
