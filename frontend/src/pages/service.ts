/** One service: state, last poll, coverage, rights, incidents, what is inside, and what can be done. */

import { mdiAlertOutline, mdiFileQuestionOutline, mdiRefresh } from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Alias, Instance, Resource, SensorOffer, ServiceOffer, Snapshot, TargetKey, Value } from "../contract.ts";
import "../action.ts";
import { Feed } from "../feed.ts";
import { dateTime, exactTime, reading } from "../format.ts";
import { icon, notice, severityIcon, statusChip, summary } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { namesOf } from "../names.ts";
import { call, Page, refusal } from "../page.ts";
import { healthOf, incidentsOf, offerOf, resourceHealth, TONES } from "../topology.ts";

const MOST_SHOWN = 100;

@customElement("homelab-steward-service")
export class ServicePage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .readings {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
      }
      .thing {
        padding: 8px 0;
      }
      .head {
        min-height: 40px;
      }
      homelab-steward-action.thing {
        padding: 4px 0;
      }
      .thing + .thing {
        border-top: 1px solid var(--divider-color);
      }
    `,
  ];

  @state() private isBusy = false;
  @state() private answer = "";
  @state() private polled: string | null = null;
  @state() private aliases: Alias[] = [];
  private readonly snapshots = new Feed(this, ["snapshot"]);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("item")) {
      void this.readPoll();
      void this.readNames();
    }
    this.snapshots.follow(this.ctx.hass, this.ctx.feed.state?.entry_id ?? undefined);
  }

  protected override render(): TemplateResult {
    const { t, feed, base } = this.ctx;
    const instance = feed.row("instance", this.item);
    if (!instance) {
      return notice(mdiFileQuestionOutline, t("service.gone"), t("service.gone_text"), html`<a class="button" href="${base}/services">${t("nav.services")}</a>`);
    }
    const offer = offerOf(instance, feed.rows("catalogue")[0]);
    const snapshot = this.snapshots.row("snapshot", instance.id);
    const open = incidentsOf(instance.id, feed.rows("incident"));
    return html`<div class="page" @names-changed=${this.namesChanged}>
      ${this.renderHead(instance, offer, snapshot)}
      ${open.length
        ? html`<section class="card"><ul class="list">
            ${open.map(
              (one) => html`<li><a class="item" href="${base}/incident/${one.id}">${severityIcon(one.severity, t)}<span class="grow">${one.title}</span>${statusChip(one.status, t)}</a></li>`,
            )}
          </ul></section>`
        : nothing}
      ${snapshot ? this.renderGaps(snapshot, offer) : nothing}
      ${snapshot && offer ? this.renderInside(instance, snapshot, offer) : nothing}
      ${offer ? this.renderActions(instance, offer, snapshot) : nothing} ${this.renderGone()}
    </div>`;
  }

  private renderHead(one: Instance, offer: ServiceOffer | undefined, snapshot: Snapshot | undefined): TemplateResult {
    const { t, feed, now, language, viewer } = this.ctx;
    const health = healthOf(one, feed.rows("incident"));
    const fact = (name: string, value: unknown) => (value ? html`<dt>${t(name)}</dt><dd>${value}</dd>` : nothing);
    const polled = this.polled ?? one.polled_at;
    const isOff = one.status === "unreachable" && one.expected_off === null;
    return html`<header class="card content">
      <div class="row" style="align-items:flex-start">
        <div class="grow">
          <h2 class="title">${one.name}</h2>
          <p class="row ${TONES[health]}"><span class="dot"></span>${t(`health.${health}`)}</p>
        </div>
        ${viewer.person
          ? html`<button class="icon" ?disabled=${this.isBusy} aria-label=${t("service.poll")} title=${t("service.poll")} @click=${() => this.poll(one.id)}>${icon(mdiRefresh)}</button>`
          : nothing}
      </div>
      ${one.error && one.expected_off === null ? html`<p class="text">${one.error}</p>` : nothing}
      ${one.expected_off ? html`<p class="text">${one.expected_off}</p>` : nothing}
      <dl>
        ${fact("service.kind", offer?.name ?? one.service)}
        ${fact("service.version", one.version)}
        ${fact("service.polled", polled ? html`<time datetime=${polled} title=${exactTime(polled, language)}>${dateTime(polled, now, language)}</time>` : "")}
        ${fact("service.changed", snapshot ? dateTime(snapshot.taken_at, now, language) : "")}
        ${fact("service.address", one.settings["url"] ?? one.settings["host"])}
        ${fact("service.configured", t(`origin.${one.origin}`))}
      </dl>
      ${this.renderNames({ instance_id: one.id, kind: "instance", id: one.id }, one.name)}
      ${one.notices.map((text) => html`<p class="row small" style="align-items:flex-start"><span class="tone warning">${icon(mdiAlertOutline)}</span>${text}</p>`)}
      ${viewer.person && (isOff || one.expected_off !== null)
        ? html`<div class="row"><button ?disabled=${this.isBusy} @click=${() => this.send("expect_off", { instance_id: one.id, off: isOff })}>${t(isOff ? "service.expect_off" : "service.expect_on")}</button></div>`
        : nothing}
      <div aria-live="polite">${this.answer ? html`<p>${this.answer}</p>` : nothing}</div>
    </header>`;
  }

  private renderGaps(snapshot: Snapshot, offer: ServiceOffer | undefined): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    const { coverage, missing_rights: rights } = snapshot;
    if (coverage.status === "complete" && !rights.length) return nothing;
    const neededFor = (name: string) => offer?.rights.find((one) => one.name === name || one.key === name)?.needed_for;
    return html`<section class="card content">
      <h3 class="title">${t("service.gaps")}</h3>
      ${coverage.status === "complete" ? nothing : html`<p class="quiet">${t(`coverage.${coverage.status}_text`)}</p>`}
      <ul style="padding-inline-start:20px">
        ${coverage.gaps.map((one) => html`<li>${one.part}: <span class="quiet">${one.reason}</span></li>`)}
        ${rights.map((one) => html`<li>${t("service.right", { name: one })} <span class="quiet">${this.ctx.name(neededFor(one) ?? "")}</span></li>`)}
      </ul>
    </section>`;
  }

  private renderInside(instance: Instance, snapshot: Snapshot, offer: ServiceOffer): TemplateResult {
    const { t } = this.ctx;
    const whole = offer.sensors.filter((one) => one.scope === null && one.enabled_by_default);
    return html`
      ${whole.length
        ? html`<section class="card content"><h3 class="title">${t("service.readings")}</h3>
            <dl>${whole.map((one) => html`<dt>${this.ctx.name(one.name)}</dt><dd>${this.renderValue(one, snapshot.values[one.key], snapshot.unknown[one.key])}</dd>`)}</dl>
          </section>`
        : nothing}
      ${offer.resources.map((kind) => {
        const found = snapshot.resources.filter((one) => one.kind === kind.kind);
        const sensors = offer.sensors.filter((one) => one.scope === kind.kind && one.enabled_by_default);
        if (!found.length) return nothing;
        return html`<section class="card content"><details ?open=${found.length <= 12}>
          ${summary(t("service.resources", { kind: this.ctx.name(kind.name), number: found.length }))}
          ${found.slice(0, MOST_SHOWN).map((one) => this.renderThing(instance, one, sensors))}
          ${found.length > MOST_SHOWN ? html`<p class="quiet small">${t("service.more", { count: found.length - MOST_SHOWN })}</p>` : nothing}
        </details></section>`;
      })}
    `;
  }

  private renderThing(instance: Instance, one: Resource, sensors: SensorOffer[]): TemplateResult {
    const { t, feed } = this.ctx;
    const health = resourceHealth(instance.id, one, feed.rows("incident"));
    return html`<div class="thing">
      <div class="row wrap head">
        <p class="row ${TONES[health]}"><span class="dot" role="img" aria-label=${t(`health.${health}`)}></span><span>${one.name}</span></p>
        ${this.renderNames({ instance_id: instance.id, kind: one.kind, id: one.id }, one.name, true)}
      </div>
      ${one.expected_off ? html`<p class="small quiet">${one.expected_off}</p>` : nothing}
      <p class="small quiet readings">${sensors.map((sensor) =>
        one.values[sensor.key] === undefined ? nothing : html`<span>${this.ctx.name(sensor.name)}: ${this.renderValue(sensor, one.values[sensor.key], one.unknown[sensor.key])}</span>`,
      )}</p>
    </div>`;
  }

  private renderValue(sensor: SensorOffer, value: Value | undefined, unknown: string | undefined): unknown {
    const { t, now, language } = this.ctx;
    if (value === null || value === undefined) return html`<span title=${unknown ?? ""}>${t("service.unknown")}${unknown ? html` <span class="quiet">(${unknown})</span>` : nothing}</span>`;
    if (typeof value === "boolean") return t(value ? "service.yes" : "service.no");
    if (sensor.device_class === "timestamp" && typeof value === "string") return dateTime(value, now, language);
    return reading(value, sensor.unit, sensor.precision, language);
  }

  private renderActions(instance: Instance, offer: ServiceOffer, snapshot: Snapshot | undefined): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (!offer.actions.length) return nothing;
    return html`<section class="card content">
      <h3 class="title">${t("service.actions")}</h3>
      <p class="small quiet">${t("service.actions_text")}</p>
      ${offer.actions.map(
        (one) => html`<homelab-steward-action class="thing" .ctx=${this.ctx} .instance=${instance} .offer=${offer} .action=${one} .snapshot=${snapshot}></homelab-steward-action>`,
      )}
    </section>`;
  }

  private renderNames(target: TargetKey, name: string, compact = false): TemplateResult {
    return html`<homelab-steward-names .ctx=${this.ctx} .target=${target} .name=${name} .names=${namesOf(target, this.aliases)} ?compact=${compact}></homelab-steward-names>`;
  }

  /** Show the names of what is not there now: they are free only after they were removed. */
  private renderGone(): TemplateResult | typeof nothing {
    const gone = this.aliases.filter((one) => one.gone);
    if (!gone.length) return nothing;
    return html`<section class="card content">
      <h3 class="title">${this.ctx.t("names.gone")}</h3>
      ${gone.map((one) => html`<div class="thing"><p>${one.target_name}</p>${this.renderNames(one.target, one.target_name)}</div>`)}
    </section>`;
  }

  private readonly namesChanged = (event: CustomEvent<Alias[]>): void => {
    this.aliases = event.detail;
  };

  private async readNames(): Promise<void> {
    this.aliases = [];
    const id = this.item;
    const answer = await this.send<{ aliases: Alias[] }>("aliases", { instance_id: id });
    if (id === this.item) this.aliases = answer?.aliases ?? [];
  }

  private async poll(id: string): Promise<void> {
    await this.send("poll", { instance_id: id });
    await this.readPoll();
  }

  /** Read when the instance was polled last: its row is sent only when something changed. */
  private async readPoll(): Promise<void> {
    this.polled = null;
    const id = this.item;
    const answer = await this.send<{ polls: { instance_id: string; at: string }[] }>("last_polls", {});
    if (id === this.item) this.polled = answer?.polls.find((one) => one.instance_id === id)?.at ?? null;
  }

  private async send<Answer>(command: string, body: Record<string, unknown>): Promise<Answer | undefined> {
    this.isBusy = true;
    this.answer = "";
    try {
      return await call<Answer>(this.ctx, command, body);
    } catch (err) {
      this.answer = refusal(err, this.ctx.t);
      return undefined;
    } finally {
      this.isBusy = false;
    }
  }
}
