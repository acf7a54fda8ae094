/** A card with the state of one service. */

import { css, html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { severityIcon } from "../look.ts";
import type { Context } from "../page.ts";
import { healthOf, incidentsOf, offerOf, TONES } from "../topology.ts";
import { StewardCard, type CardConfig } from "./card.ts";
import "./editors.ts";

const MOST_INCIDENTS = 3;

export interface ServiceConfig extends CardConfig {
  /** The id of the instance. */
  instance?: string;
}

@customElement("homelab-steward-service-card")
export class ServiceCard extends StewardCard<ServiceConfig> {
  static override styles = [
    ...StewardCard.styles,
    css`
      a.head {
        color: inherit;
        display: flex;
        gap: 12px;
        align-items: center;
      }
      a.head:hover {
        text-decoration: none;
      }
      ha-icon {
        --mdc-icon-size: 24px;
        width: 24px;
        height: 24px;
        color: var(--state-icon-color, var(--link));
      }
    `,
  ];

  static getConfigElement(): HTMLElement {
    return document.createElement("homelab-steward-service-card-editor");
  }

  static getStubConfig(): Partial<ServiceConfig> {
    return {};
  }

  constructor() {
    super(["instance", "incident", "catalogue"]);
  }

  getGridOptions(): object {
    return { columns: 6, min_columns: 6, rows: "auto" };
  }

  protected override renderCard(ctx: Context, away: TemplateResult | typeof nothing): TemplateResult {
    const { t, base } = ctx;
    const instances = this.feed.rows("instance");
    const one = this.config?.instance ? this.feed.row("instance", this.config.instance) : instances[0];
    if (!one) return this.card(html`<p class="quiet">${t(instances.length ? "service.gone" : "services.empty")}</p>`);
    const incidents = this.feed.rows("incident");
    const open = incidentsOf(one.id, incidents);
    const health = healthOf(one, incidents);
    const icon = offerOf(one, this.feed.rows("catalogue")[0])?.icon ?? "mdi:server";
    return this.card(
      html`<a class="head" href="${base}/service/${encodeURIComponent(one.id)}">
          <ha-icon .icon=${icon}></ha-icon>
          <span class="grow">
            <span class="title" style="display:block">${this.config?.title || one.name}</span>
            <span class="row small quiet ${TONES[health]}"><span class="dot"></span>${t(`health.${health}`)}</span>
          </span>
        </a>
        ${away}
        ${one.expected_off ?? one.error ? html`<p class="small quiet">${one.expected_off ?? one.error}</p>` : nothing}
        ${open.slice(0, MOST_INCIDENTS).map(
          (incident) => html`<p class="row">${severityIcon(incident.severity, t)}<a href="${base}/incident/${incident.id}">${incident.title}</a></p>`,
        )}
        ${open.length > MOST_INCIDENTS
          ? html`<p class="small"><a href="${base}/incidents">${t("incidents.count", { count: open.length })}</a></p>`
          : nothing}`,
      "",
    );
  }
}
