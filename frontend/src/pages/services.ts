/** The services by category with their health, and what runs on what. */

import { mdiLanConnect, mdiServerOff } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Instance, Snapshot } from "../contract.ts";
import { Feed } from "../feed.ts";
import { icon, notice } from "../look.ts";
import { noticeStyles } from "../notice_styles.ts";
import { Page } from "../page.ts";
import { byCategory, healthOf, hostTree, incidentsOf, offerOf, TONES, worst, type Node } from "../topology.ts";

const MOST_CHILDREN = 40;

@customElement("homelab-steward-services")
export class ServicesPage extends Page {
  static override styles = [
    ...Page.styles,
    noticeStyles,
    css`
      a.tile {
        color: inherit;
        display: flex;
        gap: 16px;
        padding: 16px;
        align-items: flex-start;
      }
      a.tile:hover {
        text-decoration: none;
        background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
      }
      ha-icon {
        --mdc-icon-size: 24px;
        width: 24px;
        height: 24px;
        color: var(--state-icon-color, var(--link));
        flex: none;
      }
      .tree ul {
        list-style: none;
        padding-inline-start: 14px;
        margin-inline-start: 10px;
        border-inline-start: 2px solid var(--divider-color);
      }
      .tree li {
        padding: 2px 0;
      }
      .tree a,
      .tree .name {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        color: inherit;
        min-height: 32px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @state() private view: "list" | "map" = "list";
  private readonly snapshots = new Feed(this, ["snapshot"]);

  protected override willUpdate(): void {
    this.snapshots.follow(this.ctx.hass, this.ctx.feed.state?.entry_id ?? undefined);
  }

  protected override render(): TemplateResult {
    const { t, feed } = this.ctx;
    const instances = feed.rows("instance");
    if (!instances.length) {
      const link = html`<a class="button" href="/config/integrations/integration/homelab_steward">${t("state.open_integration")}</a>`;
      return notice(mdiServerOff, t("services.empty"), t("services.empty_text"), link);
    }
    return html`<div class="page">
      <div class="row wrap">
        <p class="grow" role="status">${this.renderSummary(instances)}</p>
        <div class="row" role="group" aria-label=${t("services.view")}>
          ${(["list", "map"] as const).map(
            (one) => html`<button aria-pressed=${this.view === one} class=${this.view === one ? "primary" : ""} @click=${() => (this.view = one)}>${t(`services.${one}`)}</button>`,
          )}
        </div>
      </div>
      ${this.view === "list" ? this.renderList(instances) : this.renderMap(instances)}
    </div>`;
  }

  private renderSummary(instances: Instance[]): string {
    const { t, feed } = this.ctx;
    const incidents = feed.rows("incident");
    const bad = instances.filter((one) => !["good", "off"].includes(healthOf(one, incidents))).length;
    return bad ? t("services.with_problems", { count: bad }) : t("services.all_good", { count: instances.length });
  }

  private renderList(instances: Instance[]): TemplateResult[] {
    const catalogue = this.ctx.feed.rows("catalogue")[0];
    return byCategory(instances, catalogue).map(
      (group) => html`<section>
        <h2 class="heading" style="margin-bottom:12px">${this.ctx.name(group.name)}</h2>
        <div class="grid">${group.instances.map((one) => this.renderTile(one))}</div>
      </section>`,
    );
  }

  private renderTile(one: Instance): TemplateResult {
    const { t, feed, base } = this.ctx;
    const health = healthOf(one, feed.rows("incident"));
    const offer = offerOf(one, feed.rows("catalogue")[0]);
    const snapshot = this.snapshots.row("snapshot", one.id);
    const open = incidentsOf(one.id, feed.rows("incident"));
    return html`<div class="card"><a class="tile" href="${base}/service/${encodeURIComponent(one.id)}">
      <ha-icon .icon=${offer?.icon ?? "mdi:server"}></ha-icon>
      <span class="grow">
        <span class="title" style="display:block">${one.name}</span>
        <span class="row small quiet ${TONES[health]}"><span class="dot"></span>${t(`health.${health}`)}</span>
        ${open[0] ? html`<span class="small" style="display:block">${open[0].title}</span>` : nothing}
        ${one.expected_off ?? one.error ? html`<span class="small quiet" style="display:block">${one.expected_off ?? one.error}</span>` : nothing}
        ${this.renderGaps(snapshot)}
      </span>
    </a></div>`;
  }

  private renderGaps(snapshot: Snapshot | undefined): TemplateResult | typeof nothing {
    const { t } = this.ctx;
    if (!snapshot) return nothing;
    const rights = snapshot.missing_rights.length;
    return html`${snapshot.coverage.status === "complete" ? nothing : html`<span class="chip warning"><span class="dot"></span>${t(`coverage.${snapshot.coverage.status}`)}</span>`}
    ${rights ? html`<span class="chip warning"><span class="dot"></span>${t("services.missing_rights", { count: rights })}</span>` : nothing}`;
  }

  private renderMap(instances: Instance[]): TemplateResult {
    const { t, feed } = this.ctx;
    const catalogue = feed.rows("catalogue")[0];
    const roots = hostTree(instances, this.snapshots.rows("snapshot"), catalogue, feed.rows("incident"));
    if (!roots.length) return notice(mdiLanConnect, t("services.no_map"), t("services.no_map_text"));
    return html`<div class="grid">
      ${roots.map((one) => html`<section class="card content tree">${this.renderNode(one)}</section>`)}
    </div>`;
  }

  private renderNode(node: Node): TemplateResult {
    const { t, base } = this.ctx;
    const shown = node.children.slice(0, MOST_CHILDREN);
    return html`
      <a href="${base}/service/${encodeURIComponent(node.instanceId)}" class=${TONES[node.health]}>
        <span class="dot" role="img" aria-label=${t(`health.${node.health}`)}></span>
        ${node.kind === "instance" ? html`<strong>${node.name}</strong>` : node.name}
        ${node.kind === "application" ? icon(mdiLanConnect) : nothing}
      </a>
      ${shown.length ? html`<ul>${shown.map((one) => html`<li>${this.renderNode(one)}</li>`)}</ul>` : nothing}
      ${node.children.length > shown.length
        ? html`<p class="small quiet">${t("services.more", { count: node.children.length - shown.length, health: t(`health.${worst(node.children.map((one) => one.health))}`) })}</p>`
        : nothing}
    `;
  }
}
