/** The fences, what people are asked to fence, and approving alone for a time. A part of the settings page. */

import { mdiAlertOutline, mdiShieldLockOutline } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { Elevation, Fence, Resource } from "../contract.ts";
import { Feed } from "../feed.ts";
import { dateTime } from "../format.ts";
import { icon } from "../look.ts";
import { call, Page, refusal } from "../page.ts";

const HOURS = [1, 2, 4, 8];
const EVERYTHING = "*";

@customElement("homelab-steward-safety")
export class Safety extends Page {
  static override styles = [
    ...Page.styles,
    css`
      :host {
        display: contents;
      }
      .fence {
        padding: 8px 0;
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        align-items: center;
        overflow-wrap: anywhere;
      }
      .fence > .grow {
        flex: 1 1 200px;
      }
      .fence + .fence {
        border-top: 1px solid var(--divider-color);
      }
      form {
        display: grid;
        gap: 8px;
        margin-top: 12px;
      }
      form label {
        display: grid;
        gap: 4px;
      }
      form label.check {
        display: flex;
        align-items: center;
      }
      form button {
        justify-self: start;
      }
    `,
  ];

  @state() private instance = "";
  @state() private error = "";
  @state() private errorOf = "";
  @state() private isBusy = false;
  @query("form.fence-form") private fenceForm!: HTMLFormElement | null;
  @query("form.alone") private aloneForm!: HTMLFormElement | null;
  private readonly snapshots = new Feed(this, ["snapshot"]);

  protected override willUpdate(): void {
    this.snapshots.follow(this.ctx.hass, this.ctx.feed.state?.entry_id ?? undefined);
  }

  protected override render(): TemplateResult {
    const mode = this.ctx.feed.rows("mode")[0];
    return html`${this.renderFences(mode?.fences ?? [])}
      ${this.isOwner ? html`${this.renderOffers(mode?.fence_offers ?? [])} ${this.renderAlone(mode?.elevation ?? null)}` : nothing}`;
  }

  private get isOwner(): boolean {
    return this.ctx.viewer.person?.role === "owner";
  }

  private get mayChange(): boolean {
    return this.isOwner && !!this.ctx.feed.state?.connected && !this.isBusy;
  }

  private renderFences(fences: Fence[]): TemplateResult {
    const { t } = this.ctx;
    return html`<section class="card content" aria-label=${t("safety.fences")}>
      <h3 class="title">${t("safety.fences")}</h3>
      <p class="small quiet">${t("safety.fences_text")}</p>
      ${fences.length ? nothing : html`<p class="small">${t("safety.no_fences")}</p>`}
      ${fences.map((one) => this.renderFence(one))}
      ${this.renderError("add_fence", "remove_fence")} ${this.isOwner ? this.renderForm() : nothing}
    </section>`;
  }

  private renderFence(one: Fence): TemplateResult {
    const { t } = this.ctx;
    const actions = one.actions.length && !one.actions.includes(EVERYTHING) ? t("safety.only", { actions: one.actions.join(", ") }) : "";
    const details = [one.with_guests ? t("safety.with_guests") : "", actions, one.reason, one.origin === "file" ? t("safety.in_file") : ""];
    return html`<div class="fence">
      <span class="grow"><span translate="no">${this.fenced(one)}</span><br />
        <span class="small quiet">${details.filter(Boolean).join(" · ")}</span>
        ${one.problem ? html`<br /><span class="small tone warning">${icon(mdiAlertOutline)} ${one.problem}</span>` : nothing}</span>
      ${one.origin === "file" || !this.isOwner
        ? nothing
        : html`<button ?disabled=${!this.mayChange} @click=${() => this.send("remove_fence", { fence_id: one.id })}>${t("action.remove")}</button>`}
    </div>`;
  }

  /** Return what a fence is about, by the names that people know. */
  private fenced(one: Fence): string {
    const { t, feed, name } = this.ctx;
    const instance = feed.row("instance", one.instance)?.name ?? one.instance;
    const offer = feed.rows("catalogue")[0]?.services.find((service) => service.key === one.service);
    const target = this.resources(one.instance).find((row) => row.kind === one.kind && row.id === one.target)?.name ?? one.target;
    const role = one.role ? t("safety.each_role", { role: t(`safety.role_${one.role}`) }) : "";
    const service = one.service ? t("safety.each", { service: offer ? name(offer.name) : one.service }) : "";
    return [instance, service, role, target || one.kind].filter(Boolean).join(" · ");
  }

  private renderForm(): TemplateResult {
    const { t, feed } = this.ctx;
    const inside = this.resources(this.instance);
    return html`<form class="fence-form" @submit=${this.add}>
      <label>${t("safety.service")}
        <select name="instance" required .value=${this.instance} @change=${(event: Event) => (this.instance = (event.target as HTMLSelectElement).value)}>
          <option value="">${t("safety.choose")}</option>
          ${feed.rows("instance").map((one) => html`<option value=${one.id} ?selected=${one.id === this.instance}>${one.name}</option>`)}
        </select></label>
      ${inside.length
        ? html`<label>${t("safety.inside")}
            <select name="target"><option value="">${t("safety.whole")}</option>
              ${inside.map((one, at) => html`<option value=${at}>${one.name} (${one.kind})</option>`)}</select></label>
            <label class="check"><input type="checkbox" name="guests" />${t("safety.guests")}</label>`
        : nothing}
      <label>${t("safety.reason")}<input name="reason" maxlength="200" /></label>
      <button ?disabled=${!this.mayChange || !this.instance}>${icon(mdiShieldLockOutline)}${t("safety.add")}</button>
    </form>`;
  }

  private renderOffers(offers: { instance_id: string; name: string; role: string }[]): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (!offers.length) return nothing;
    return html`<section class="card content" aria-label=${t("safety.offers")}>
      <h3 class="title">${t("safety.offers")}</h3>
      <p class="small quiet">${t("safety.offers_text")}</p>
      <form @submit=${this.answer}>
        ${offers.map((one) => html`<label class="check"><input type="checkbox" name="offer" value=${one.instance_id} />${one.name} (${t(`safety.role_${one.role}`)})</label>`)}
        ${this.renderError("answer_fences")}
        <button ?disabled=${!this.mayChange}>${t("safety.answer")}</button>
      </form>
    </section>`;
  }

  private renderAlone(elevation: Elevation | null): TemplateResult {
    const { t, now, language } = this.ctx;
    const open = elevation !== null && elevation.closed_at === null && Date.parse(elevation.ends_at) > now ? elevation : null;
    return html`<section class="card content" aria-label=${t("safety.alone")}>
      <h3 class="title">${t("safety.alone")}</h3>
      <p class="small quiet">${t("safety.alone_text")}</p>
      ${open
        ? html`<div class="fence"><span class="grow">${t("safety.alone_until", { person: open.person_name, when: dateTime(open.ends_at, now, language), scope: this.scope(open) })}</span>
            <button ?disabled=${!this.mayChange} @click=${() => this.send("elevate", { hours: null })}>${t("safety.end")}</button></div>`
        : this.ctx.viewer.person?.has_pin
          ? this.renderAloneForm()
          : html`<p class="small">${t("safety.no_pin")}</p>`}
      ${this.renderError("elevate")}
    </section>`;
  }

  private renderError(...commands: string[]): TemplateResult {
    return html`<div aria-live="polite">${this.error && commands.includes(this.errorOf) ? html`<p role="alert">${this.error}</p>` : nothing}</div>`;
  }

  private scope(one: Elevation): string {
    const { feed, name } = this.ctx;
    const category = feed.rows("catalogue")[0]?.categories.find((row) => row.key === one.category);
    return category ? name(category.name) : (feed.row("instance", one.instance_id)?.name ?? (one.category || one.instance_id));
  }

  private renderAloneForm(): TemplateResult {
    const { t, feed, name } = this.ctx;
    const categories = feed.rows("catalogue")[0]?.categories ?? [];
    return html`<form class="alone" @submit=${this.elevate}>
      <label>${t("safety.about")}
        <select name="scope" required><option value="">${t("safety.choose")}</option>
          <optgroup label=${t("safety.categories")}>${categories.map((one) => html`<option value="category ${one.key}">${name(one.name)}</option>`)}</optgroup>
          <optgroup label=${t("safety.services")}>${feed.rows("instance").map((one) => html`<option value="instance_id ${one.id}">${one.name}</option>`)}</optgroup>
        </select></label>
      <label>${t("safety.for")}
        <select name="hours">${HOURS.map((hours) => html`<option value=${hours}>${t("safety.hours", { count: hours })}</option>`)}</select></label>
      <label>${t("request.pin")}<input name="pin" type="password" inputmode="numeric" maxlength="12" autocomplete="off" required /></label>
      <button ?disabled=${!this.mayChange}>${t("safety.begin")}</button>
    </form>`;
  }

  private resources(instanceId: string): Resource[] {
    return this.snapshots.row("snapshot", instanceId)?.resources ?? [];
  }

  private async add(event: Event): Promise<void> {
    event.preventDefault();
    const found = new FormData(this.fenceForm!);
    const chosen = found.get("target");
    const target = chosen ? this.resources(this.instance)[Number(chosen)] : undefined;
    const isDone = await this.send("add_fence", {
      instance_id: this.instance,
      ...(target ? { kind: target.kind, target_id: target.id } : {}),
      with_guests: found.get("guests") !== null,
      reason: String(found.get("reason") ?? ""),
    });
    if (!isDone) return;
    this.fenceForm?.reset();
    this.instance = "";
  }

  private async answer(event: Event): Promise<void> {
    event.preventDefault();
    const chosen = new FormData(event.target as HTMLFormElement).getAll("offer");
    await this.send("answer_fences", { instance_ids: chosen.map(String) });
  }

  private async elevate(event: Event): Promise<void> {
    event.preventDefault();
    const found = new FormData(this.aloneForm!);
    const [what = "", id = ""] = String(found.get("scope")).split(" ");
    await this.send("elevate", { hours: Number(found.get("hours")), [what]: id, pin: String(found.get("pin")) });
    this.aloneForm?.reset();
  }

  private async send(command: string, body: Record<string, unknown>): Promise<boolean> {
    this.isBusy = true;
    this.error = "";
    this.errorOf = command;
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
