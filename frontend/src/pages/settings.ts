/** Switches of the steward, its maintenance windows and mutes, and links to the forms of Home Assistant. */

import { mdiAlertOutline, mdiOpenInNew } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Alias, CoolDown, FrontEndStatus, MaintenanceWindow, Preference } from "../contract.ts";
import { dateTime } from "../format.ts";
import { icon } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { call, Page, refusal } from "../page.ts";
import "./doctor.ts";
import "./safety.ts";

const INTEGRATION = "/config/integrations/integration/homelab_steward";
const HOURS = [1, 4, 12];

@customElement("homelab-steward-settings")
export class SettingsPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      .setting {
        padding: 8px 0;
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        align-items: center;
      }
      .setting > .grow {
        flex: 1 1 200px;
      }
      .names {
        display: grid;
        grid-template-columns: minmax(0, auto) minmax(0, 1fr);
        gap: 4px 16px;
        overflow-wrap: anywhere;
      }
      .setting + .setting {
        border-top: 1px solid var(--divider-color);
      }
    `,
  ];

  @state() private preferences: Preference[] | null = null;
  @state() private coolDowns: CoolDown[] = [];
  @state() private aliases: Alias[] = [];
  @state() private error = "";
  @state() private isBusy = false;

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const { t, feed, viewer } = this.ctx;
    return html`<div class="page">
      <h2 class="hidden">${t("nav.settings")}</h2>
      <div aria-live="polite">${this.error ? html`<p role="alert">${this.error}</p>` : nothing}</div>
      ${this.renderSwitches()} <homelab-steward-doctor .ctx=${this.ctx}></homelab-steward-doctor> <homelab-steward-safety .ctx=${this.ctx}></homelab-steward-safety> ${this.renderMaintenance()} ${this.renderPreferences()} ${this.renderCoolDowns()} ${this.renderAliases()}
      ${feed.rows("front_end").map((one) => this.renderFrontEnd(one))}
      ${viewer.is_admin
        ? html`<section class="card"><ul class="list">
            ${["integration", "people", "services"].map(
              (key) => html`<li><a class="item" href=${INTEGRATION}><span class="grow">${t(`settings.${key}`)}<br /><span class="small quiet">${t(`settings.${key}_text`)}</span></span>${icon(mdiOpenInNew)}</a></li>`,
            )}
          </ul></section>`
        : nothing}
    </div>`;
  }

  private get mayChange(): boolean {
    const role = this.ctx.viewer.person?.role;
    return (role === "owner" || role === "member") && !!this.ctx.feed.state?.connected && !this.isBusy;
  }

  private renderSwitches(): TemplateResult {
    const { t, feed, now, language } = this.ctx;
    const mode = feed.rows("mode")[0];
    const pause = mode?.pause ?? null;
    return html`<section class="card content">
      <h3 class="title">${t("settings.switches")}</h3>
      <label class="setting"><span class="grow">${t("settings.pause")}<br /><span class="small quiet">
          ${pause ? t("settings.paused_by", { person: pause.person_name || t("settings.automation"), when: dateTime(pause.at, now, language) }) : t("settings.pause_text")}</span></span>
        <select ?disabled=${!this.mayChange} @change=${(event: Event) => this.send("pause", { scope: (event.target as HTMLSelectElement).value || null })}>
          ${["", "automatic", "everything"].map((one) => html`<option value=${one} ?selected=${(pause?.scope ?? "") === one}>${t(`pause.${one || "none"}`)}</option>`)}
        </select>
      </label>
      <label class="setting"><span class="grow">${t("settings.verbose")}<br /><span class="small quiet">${t("settings.verbose_text")}</span></span>
        <input type="checkbox" role="switch" .checked=${mode?.verbose ?? false} ?disabled=${!this.mayChange} @change=${(event: Event) => this.send("verbose", { verbose: (event.target as HTMLInputElement).checked })} />
      </label>
    </section>`;
  }

  private renderMaintenance(): TemplateResult {
    const { t, feed } = this.ctx;
    const windows = feed.rows("maintenance");
    return html`<section class="card content">
      <h3 class="title">${t("settings.maintenance")}</h3>
      <p class="small quiet">${t("settings.maintenance_text")}</p>
      ${windows.map((one) => this.renderWindow(one))}
      <div class="row wrap">
        ${HOURS.map((hours) => html`<button ?disabled=${!this.mayChange} @click=${() => this.send("add_maintenance", { hours, title: t("settings.maintenance") })}>${t("settings.start_maintenance", { count: hours })}</button>`)}
      </div>
    </section>`;
  }

  private renderWindow(one: MaintenanceWindow): TemplateResult {
    const { t, now, language, feed } = this.ctx;
    const span = one.current ?? one.following ?? one.once;
    const names = one.instance_ids.map((id) => feed.row("instance", id)?.name ?? id);
    return html`<div class="setting">
      <span class="grow">${one.title}${one.current ? html` <span class="chip info"><span class="dot"></span>${t("settings.now")}</span>` : nothing}
        <br /><span class="small quiet">${[...names, ...one.categories].join(", ") || t("settings.everything")}
          ${span ? html`· ${dateTime(span.starts_at, now, language)} – ${dateTime(span.ends_at, now, language)}` : nothing}${one.weekly ? html` · ${t("settings.weekly")}` : nothing}</span></span>
      <button ?disabled=${!this.mayChange} @click=${() => this.send("remove_maintenance", { window_id: one.id })}>${t("action.remove")}</button>
    </div>`;
  }

  private renderPreferences(): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    const shown = this.preferences?.filter((one) => one.state !== "noted") ?? [];
    if (!shown.length) return nothing;
    return html`<section class="card content">
      <h3 class="title">${t("settings.mutes")}</h3>
      <p class="small quiet">${t("settings.mutes_text")}</p>
      ${shown.map(
        (one) => html`<div class="setting">
          <span class="grow">${one.title}${one.target ? html` · ${one.target.name}` : nothing}<br />
            <span class="small quiet">${t(`mute.${one.state}`)} · ${t("mute.ignored", { count: one.ignored })}</span></span>
          ${one.state === "proposed"
            ? html`<button class="primary" ?disabled=${!this.mayChange} @click=${() => this.change("decide_preference", { preference_id: one.id, accept: true })}>${t("mute.accept")}</button>
                <button ?disabled=${!this.mayChange} @click=${() => this.change("decide_preference", { preference_id: one.id, accept: false })}>${t("mute.decline")}</button>`
            : html`<button ?disabled=${!this.mayChange} @click=${() => this.change("take_back_preference", { preference_id: one.id })}>${t("mute.take_back")}</button>`}
        </div>`,
      )}
    </section>`;
  }

  private renderCoolDowns(): TemplateResult | typeof nothing {
    const { t, now, language } = this.ctx;
    if (!this.coolDowns.length) return nothing;
    return html`<section class="card content">
      <h3 class="title">${t("settings.false_alarms")}</h3>
      <p class="small quiet">${t("settings.false_alarms_text")}</p>
      ${this.coolDowns.map(
        (one) => html`<div class="setting">
          <span class="grow">${one.alert}${one.target ? html` · ${one.target.name}` : nothing}<br />
            <span class="small quiet">${t("settings.quiet_until", { when: dateTime(one.until, now, language), person: one.person_name })}</span></span>
          <button ?disabled=${!this.mayChange} @click=${() => this.change("remove_cool_down", { cool_down_id: one.id })}>${t("action.remove")}</button>
        </div>`,
      )}
    </section>`;
  }

  private renderAliases(): TemplateResult | typeof nothing {
    const { t, base } = this.ctx;
    if (!this.aliases.length) return nothing;
    return html`<section class="card content">
      <h3 class="title">${t("names.title")}</h3>
      <p class="small quiet">${t("names.title_text")}</p>
      <dl class="names">
        ${this.aliases.map(
          (one) => html`<dt translate="no">${one.name}</dt>
            <dd><a href="${base}/service/${encodeURIComponent(one.target.instance_id)}">${one.target_name}</a></dd>`,
        )}
      </dl>
    </section>`;
  }

  private renderFrontEnd(one: FrontEndStatus): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (one.state === "ok") return nothing;
    return html`<section class="card content">
      <h3 class="title row"><span class="tone ${one.state === "down" ? "bad" : "warning"}">${icon(mdiAlertOutline)}</span>${t("settings.front_end", { name: t(`channel.${one.front_end}`) })}</h3>
      ${one.problems.map((text) => html`<p class="small">${text}</p>`)}
    </section>`;
  }

  private async load(): Promise<void> {
    try {
      this.preferences = (await call<{ preferences: Preference[] }>(this.ctx, "preferences")).preferences;
      this.coolDowns = (await call<{ cool_downs: CoolDown[] }>(this.ctx, "cool_downs")).cool_downs;
      this.aliases = (await call<{ aliases: Alias[] }>(this.ctx, "aliases")).aliases;
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    }
  }

  private async change(command: string, body: Record<string, unknown>): Promise<void> {
    await this.send(command, body);
    await this.load();
  }

  private async send(command: string, body: Record<string, unknown>): Promise<void> {
    this.isBusy = true;
    this.error = "";
    try {
      await call(this.ctx, command, body);
    } catch (err) {
      this.error = refusal(err, this.ctx.t);
    } finally {
      this.isBusy = false;
    }
  }
}
