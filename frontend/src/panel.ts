/** The panel in Home Assistant's sidebar: header, navigation, and the page of the path. */

import {
  mdiFileChartOutline,
  mdiArrowLeft,
  mdiShieldCheckOutline,
  mdiStairsUp,
  mdiServerNetwork,
  mdiLightningBolt,
  mdiCog,
  mdiBrain,
  mdiCalendarClock,
  mdiCheckNetworkOutline,
  mdiBookOpenVariant,
  mdiAccountGroup,
  mdiAlertCircleOutline,
  mdiAccountQuestionOutline,
  mdiDotsHorizontal,
  mdiInbox,
  mdiLanDisconnect,
  mdiMenu,
  mdiPackageUp,
  mdiPowerPlugOffOutline,
  mdiToolboxOutline,
} from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { RowKind } from "./contract.ts";
import { Feed } from "./feed.ts";
import { followLink, type Hass, type Route } from "./hass.ts";
import { icon, loading, notice } from "./look.ts";
import { noticeStyles } from "./notice_styles.ts";
import { BASE, contextOf, type Context } from "./page.ts";
import { shared } from "./styles.ts";
import "./pages/inbox.ts";
import "./pages/request.ts";
import { hasTexts, loadTexts, translator, type Translate } from "./texts.ts";
const KINDS: readonly RowKind[] = [
  "catalogue",
  "instance",
  "incident",
  "approval",
  "statistics",
  "person",
  "front_end",
  "mode",
  "maintenance",
  "change",
  "foreign_tools",
];

const FIRST = "inbox";
const TICK_MS = 30_000;
/** The time after the first page until the others are loaded. */
const REST_MS = 2_000;
const ENGLISH = "en";

interface Tab {
  key: string;
  path: string;
  /** Whether a phone shows it under "More". */
  isMore: boolean;
  /** Whether only owners and administrators see it. */
  isFull: boolean;
  page: (ctx: Context, item: string) => TemplateResult;
}

const tab = (
  key: string,
  path: string,
  page: Tab["page"],
  more: Partial<Pick<Tab, "isMore" | "isFull">> = {},
): Tab => ({ key, path, page, isMore: false, isFull: false, ...more });

/** Loads the element of a page, by the first part of the path; those of the inbox are in this file. */
const PAGES: Record<string, () => Promise<unknown>> = {
  audit: () => import("./pages/audit.ts"),
  autonomy: () => import("./pages/autonomy.ts"),
  changes: () => import("./pages/changes.ts"),
  incident: () => import("./pages/incident.ts"),
  incidents: () => import("./pages/incidents.ts"),
  models: () => import("./pages/models.ts"),
  monitors: () => import("./pages/monitors.ts"),
  people: () => import("./pages/people.ts"),
  report: () => import("./pages/report.ts"),
  runbooks: () => import("./pages/runbooks.ts"),
  service: () => import("./pages/service.ts"),
  services: () => import("./pages/services.ts"),
  schedules: () => import("./pages/schedules.ts"),
  settings: () => import("./pages/settings.ts"),
  tools: () => import("./pages/tools.ts"),
};

const TABS: readonly Tab[] = [
  tab("inbox", mdiInbox, (ctx) => html`<homelab-steward-inbox .ctx=${ctx}></homelab-steward-inbox>`),
  tab("incidents", mdiLightningBolt, (ctx) => html`<homelab-steward-incidents .ctx=${ctx}></homelab-steward-incidents>`),
  tab("services", mdiServerNetwork, (ctx) => html`<homelab-steward-services .ctx=${ctx}></homelab-steward-services>`),
  tab("runbooks", mdiBookOpenVariant, (ctx, item) => html`<homelab-steward-runbooks .ctx=${ctx} item=${item}></homelab-steward-runbooks>`),
  tab("changes", mdiPackageUp, (ctx, item) => html`<homelab-steward-changes .ctx=${ctx} item=${item}></homelab-steward-changes>`, { isMore: true }),
  tab("autonomy", mdiStairsUp, (ctx) => html`<homelab-steward-autonomy .ctx=${ctx}></homelab-steward-autonomy>`, { isMore: true }),
  tab("monitors", mdiCheckNetworkOutline, (ctx) => html`<homelab-steward-monitors .ctx=${ctx}></homelab-steward-monitors>`, { isMore: true }),
  tab("report", mdiFileChartOutline, (ctx) => html`<homelab-steward-report .ctx=${ctx}></homelab-steward-report>`, { isMore: true }),
  tab("schedules", mdiCalendarClock, (ctx, item) => html`<homelab-steward-schedules .ctx=${ctx} item=${item}></homelab-steward-schedules>`, { isMore: true, isFull: true }),
  tab("people", mdiAccountGroup, (ctx) => html`<homelab-steward-people .ctx=${ctx}></homelab-steward-people>`, { isMore: true }),
  tab("models", mdiBrain, (ctx) => html`<homelab-steward-models .ctx=${ctx}></homelab-steward-models>`, { isMore: true, isFull: true }),
  tab("tools", mdiToolboxOutline, (ctx) => html`<homelab-steward-tools .ctx=${ctx}></homelab-steward-tools>`, { isMore: true, isFull: true }),
  tab("audit", mdiShieldCheckOutline, (ctx) => html`<homelab-steward-audit .ctx=${ctx}></homelab-steward-audit>`, { isMore: true, isFull: true }),
  tab("settings", mdiCog, (ctx) => html`<homelab-steward-settings .ctx=${ctx}></homelab-steward-settings>`, { isMore: true }),
];

/** Pages without a tab, by the first part of the path, with the tab they belong to. */
const DETAILS: Record<string, { tab: string; page: Tab["page"] }> = {
  request: {
    tab: "inbox",
    page: (ctx, item) => html`<homelab-steward-request-page .ctx=${ctx} item=${item}></homelab-steward-request-page>`,
  },
  incident: {
    tab: "incidents",
    page: (ctx, item) => html`<homelab-steward-incident .ctx=${ctx} item=${item}></homelab-steward-incident>`,
  },
  service: {
    tab: "services",
    page: (ctx, item) => html`<homelab-steward-service .ctx=${ctx} item=${item}></homelab-steward-service>`,
  },
};

const MORE = "more";

/** Return the parts of a path below that of the panel: the page, and the id of what it shows. */
function partsOf(path: string): [string, string] {
  const [first = FIRST, item = ""] = path.split("/").filter(Boolean).map(decodeURIComponent);
  return [first, item];
}

// The page and the texts are loaded at the same time as the rows.
void PAGES[partsOf(location.pathname.replace(BASE, ""))[0]]?.().catch(() => undefined);
void loadTexts(document.documentElement.lang);

@customElement("homelab-steward-panel")
export class StewardPanel extends LitElement {
  static override styles = [
    shared,
    noticeStyles,
    css`
      :host {
        min-height: 100dvh;
        background: var(--primary-background-color);
        display: grid;
        grid-template: var(--header-height, 56px) 1fr / 1fr auto;
      }
      main {
        grid-column: 1 / -1;
        min-width: 0;
      }
      header,
      nav {
        position: sticky;
        top: 0;
        z-index: 4;
        display: flex;
        min-width: 0;
        background: var(--app-header-background-color, var(--primary-color));
        color: var(--app-header-text-color, #fff);
        border-bottom: var(--app-header-border-bottom, none);
      }
      header {
        align-items: center;
        padding-inline: 12px 0;
        gap: 4px;
      }
      header select {
        min-width: 0;
      }
      h1 {
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        margin-inline: 12px;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      header button:hover:not(:disabled) {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
      header :focus-visible,
      nav :focus-visible {
        outline-color: currentColor;
      }
      .back {
        color: inherit;
        display: flex;
        padding: 8px;
      }
      nav {
        padding-inline-end: 12px;
      }
      nav a {
        color: inherit;
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 0 14px;
        font-weight: 500;
        border-bottom: 3px solid transparent;
        position: relative;
        white-space: nowrap;
      }
      nav a:hover {
        text-decoration: none;
        background: color-mix(in srgb, currentColor 8%, transparent);
      }
      nav a[aria-current] {
        border-bottom-color: currentColor;
      }
      nav svg {
        width: 20px;
        height: 20px;
      }
      .count {
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        background: color-mix(in srgb, var(--error-color, #db4437) 84%, #000);
        color: #fff;
        font-size: 12px;
        line-height: 20px;
        text-align: center;
      }
      .away {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 8px 16px;
        background: color-mix(in srgb, var(--warning-color, #ffa600) 20%, var(--primary-background-color));
      }
      @media (max-width: 1100px) {
        :host {
          grid-template: var(--header-height, 56px) 1fr auto / 1fr;
        }
        nav {
          grid-row: 3;
          top: auto;
          bottom: 0;
          height: calc(56px + env(safe-area-inset-bottom, 0px));
          padding: 0 0 env(safe-area-inset-bottom, 0px);
          background: var(--sidebar-background-color, var(--card-background-color, #fff));
          color: var(--secondary-text-color);
          border-bottom: none;
          border-top: 1px solid var(--divider-color);
        }
        nav a {
          flex: 1;
          min-width: 0;
          flex-direction: column;
          justify-content: center;
          gap: 2px;
          padding: 0 2px;
          border-bottom: none;
          font-size: 12px;
        }
        nav a[aria-current] {
          color: var(--link);
        }
        nav a .count {
          position: absolute;
          top: 4px;
          inset-inline-start: calc(50% + 6px);
          min-width: 16px;
          line-height: 16px;
          padding: 0 4px;
          font-size: 10px;
        }
        nav .wide {
          display: none;
        }
      }
      @media (min-width: 1101px) {
        nav .phone {
          display: none;
        }
      }
      @media (min-width: 1101px) and (max-width: 1500px) {
        /* Beside Home Assistant's sidebar, the icons do not fit. */
        nav svg {
          display: none;
        }
        nav a {
          padding: 0 8px;
        }
      }
    `,
  ];

  @property({ attribute: false }) hass?: Hass;
  @property({ attribute: false }) route?: Route;
  @property({ type: Boolean }) narrow = false;
  @state() private now = Date.now();
  /** The steward that a person selected, if there are several. */
  @state() private entry: string | undefined;
  @state() private names: Record<string, string> = {};
  private namesOf = ENGLISH;
  /** Whether the element of a page is there; null while it is loaded, false when it could not be. */
  private readonly pages = new Map<string, boolean | null>();

  private readonly feed = new Feed(this, KINDS);
  private timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // Only the texts of times change: "5 minutes ago".
    this.timer = setInterval(() => (this.now = Date.now()), TICK_MS);
    this.addEventListener("click", followLink);
  }

  protected override firstUpdated(): void {
    // Later an update of the integration may have removed the files of this version.
    setTimeout(() => Object.values(PAGES).forEach((load) => void load().catch(() => undefined)), REST_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.removeEventListener("click", followLink);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.feed.follow(this.hass, this.entry);
    if (!this.hasUpdated || changed.size === 0) this.now = Date.now();
  }

  protected override updated(): void {
    const language = this.hass?.language ?? ENGLISH;
    if (language !== this.namesOf && this.feed.state?.connected && this.feed.state.viewer?.access !== "none") {
      this.namesOf = language;
      void this.readNames(language);
    }
  }

  /** Read the names that services and runbooks declare; without them they are English. */
  private async readNames(language: string): Promise<void> {
    if (!this.hass) return;
    try {
      const entry = this.feed.state?.entry_id;
      const message = { type: "homelab_steward/names", language, ...(entry ? { entry_id: entry } : {}) };
      const answer = await this.hass.connection.sendMessagePromise<{ names: Record<string, string> }>(message);
      if (language === this.namesOf) this.names = answer.names;
    } catch {
      this.namesOf = ENGLISH;
    }
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    // Home Assistant sets `hass` with every change of any entity.
    const before = changed.get("hass") as Hass | undefined;
    const isOnlyStates =
      changed.size === 1 &&
      before !== undefined &&
      before.language === this.hass?.language &&
      before.connection === this.hass.connection;
    return !isOnlyStates;
  }

  protected override render(): TemplateResult | typeof nothing {
    const language = this.hass?.language ?? ENGLISH;
    if (!hasTexts(language)) {
      void loadTexts(language).then(() => this.requestUpdate());
      return nothing;
    }
    const t = translator(language);
    const [first, item] = partsOf(this.route?.path ?? "");
    const detail = DETAILS[first];
    const current = detail?.tab ?? first;
    const base = this.route?.prefix || BASE;
    return html`
      <header>
        ${item
          ? html`<a class="back" href="${base}/${current}" aria-label=${t("nav.back", { page: t(`nav.${current}`) })}>${icon(mdiArrowLeft)}</a>`
          : this.narrow
            ? html`<button class="icon" aria-label=${t("nav.menu")} @click=${this.toggleMenu}>${icon(mdiMenu)}</button>`
            : nothing}
        <h1>${t("title")}</h1>
        ${this.renderStewards(t)}
      </header>
      ${this.renderNavigation(base, current)}
      <main>${this.renderPage(first, item, base)}</main>
    `;
  }

  private renderStewards(t: Translate): TemplateResult | typeof nothing {
    const { entries = [], entry_id: shown } = this.feed.state ?? {};
    if (entries.length < 2) return nothing;
    return html`<select aria-label=${t("nav.steward")} @change=${(event: Event) => (this.entry = (event.target as HTMLSelectElement).value)}>
      ${entries.map((one) => html`<option value=${one.entry_id} ?selected=${one.entry_id === (this.entry ?? shown)}>${one.title}</option>`)}
    </select>`;
  }

  private get tabs(): readonly Tab[] {
    const isFull = this.feed.state?.viewer?.access === "full";
    return TABS.filter((one) => isFull || !one.isFull);
  }

  private renderNavigation(base: string, current: string): TemplateResult {
    const t = translator(this.hass?.language ?? "en");
    const waiting = this.feed.rows("approval").filter((one) => one.status === "pending").length;
    const isMore = this.tabs.some((one) => one.isMore && one.key === current) || current === MORE;
    return html`<nav aria-label=${t("nav.pages")}>
      ${this.tabs.map(
        (one) => html`<a
          href="${base}/${one.key}"
          class=${one.isMore ? "wide" : ""}
          aria-current=${one.key === current ? "page" : nothing}
        >
          ${icon(one.path, "", "tab")}<span>${t(`nav.${one.key}`)}</span>
          ${one.key === "inbox" && waiting
            ? html`<span class="count"><span aria-hidden="true">${waiting}</span><span class="hidden">${t("nav.waiting", { count: waiting })}</span></span>`
            : nothing}
        </a>`,
      )}
      <a href="${base}/more" class="phone" aria-current=${isMore ? "page" : nothing}>
        ${icon(mdiDotsHorizontal)}<span>${t("nav.more")}</span>
      </a>
    </nav>`;
  }

  private renderPage(first: string, item: string, base: string): TemplateResult {
    const t = translator(this.hass?.language ?? "en");
    const state = this.feed.state;
    if (this.feed.error) return notice(mdiAlertCircleOutline, t("state.error"), this.feed.error, this.retry(t("state.retry")));
    const name = [FIRST, MORE].includes(first) || first in DETAILS || first in PAGES ? first : FIRST;
    if (this.pages.get(name) === false) return notice(mdiAlertCircleOutline, t("state.error"), t("state.no_page"), this.retry(t("state.retry")));
    if (!state || !this.hass) return loading(t);
    if (!state.loaded || !state.viewer) {
      const text = state.entries.length ? t("state.not_loaded_text") : t("state.not_set_up_text");
      const link = html`<a class="button" href="/config/integrations/integration/homelab_steward">${t("state.open_integration")}</a>`;
      return notice(mdiPowerPlugOffOutline, t("state.not_loaded"), text, link);
    }
    if (state.viewer.access === "none") return notice(mdiAccountQuestionOutline, t("state.unknown"), t("state.unknown_text"));
    const ctx = contextOf(this.hass, this.feed, state.viewer, this.now, base, this.names);
    const page = DETAILS[name]?.page ?? this.tabs.find((one) => one.key === name)?.page ?? TABS[0]!.page;
    if (name in PAGES && !this.pages.has(name)) void this.loadPage(name);
    if (name in PAGES && !this.pages.get(name)) return loading(t);
    return html`
      ${state.connected ? nothing : html`<p class="away" role="status">${icon(mdiLanDisconnect)}<span>${t("state.away")}</span></p>`}
      ${name === MORE ? this.renderMore(base) : page(ctx, item)}
    `;
  }

  private async loadPage(name: string): Promise<void> {
    this.pages.set(name, null);
    const isThere = await PAGES[name]!().then(
      () => true,
      () => false,
    );
    this.pages.set(name, isThere);
    this.requestUpdate();
  }

  private renderMore(base: string): TemplateResult {
    const t = translator(this.hass?.language ?? "en");
    return html`<div class="page"><ul class="card list">
      ${this.tabs
        .filter((one) => one.isMore)
        .map((one) => html`<li><a class="item" href="${base}/${one.key}">${icon(one.path)}<span>${t(`nav.${one.key}`)}</span></a></li>`)}
    </ul></div>`;
  }

  private retry(text: string): TemplateResult {
    return html`<button @click=${() => location.reload()}>${text}</button>`;
  }

  private toggleMenu(): void {
    this.dispatchEvent(new Event("hass-toggle-menu", { bubbles: true, composed: true }));
  }
}
