/** Small pieces that several pages show: icons, chips, and what is shown instead of a page. */

import { mdiAlertCircle, mdiAlert, mdiCheckCircle, mdiChevronRight, mdiInformation } from "@mdi/js";
import { html, nothing, svg, type TemplateResult } from "lit";
import type { IncidentStatus, Risk, Severity } from "./contract.ts";
import type { Translate } from "./texts.ts";

export type Tone = "info" | "good" | "warning" | "bad" | "neutral";

/** Return an icon. Without a label, screen readers skip it. */
export function icon(path: string, label = "", classes = ""): TemplateResult {
  return label
    ? html`<svg viewBox="0 0 24 24" class=${classes} role="img" aria-label=${label}>${svg`<path d=${path} />`}</svg>`
    : html`<svg viewBox="0 0 24 24" class=${classes} aria-hidden="true">${svg`<path d=${path} />`}</svg>`;
}

export const SEVERITY: Record<Severity, { tone: Tone; path: string }> = {
  info: { tone: "info", path: mdiInformation },
  warning: { tone: "warning", path: mdiAlert },
  critical: { tone: "bad", path: mdiAlertCircle },
};

/** Return the icon of a severity, with its name for screen readers. */
export function severityIcon(severity: Severity, t: Translate, isOver = false): TemplateResult {
  const { tone, path } = isOver ? { tone: "good", path: mdiCheckCircle } : SEVERITY[severity];
  return html`<span class="tone ${tone}">${icon(path, t(`severity.${severity}`))}</span>`;
}

const STATUS: Record<IncidentStatus, Tone> = {
  open: "warning",
  diagnosed: "warning",
  waiting: "info",
  scheduled: "info",
  acting: "info",
  unsolved: "bad",
  ignored: "neutral",
  resolved: "good",
};

export function statusChip(status: IncidentStatus, t: Translate): TemplateResult {
  return html`<span class="chip ${STATUS[status]}"><span class="dot"></span>${t(`status.${status}`)}</span>`;
}

const RISK: Record<Risk, Tone> = { low: "good", medium: "warning", high: "bad" };

export function riskChip(risk: Risk, t: Translate): TemplateResult {
  return html`<span class="chip ${RISK[risk]}"><span class="dot"></span>${t(`risk.${risk}`)}</span>`;
}

/** Return a summary of `<details>` with an arrow. */
export function summary(text: string | TemplateResult): TemplateResult {
  return html`<summary>${icon(mdiChevronRight, "", "turn")}${text}</summary>`;
}

/** Return what is shown while rows are loaded: grey bars in the shape of cards. */
export function loading(t: Translate): TemplateResult {
  return html`
    <div class="page" role="status">
      <span class="hidden">${t("state.loading")}</span>
      ${[1, 2, 3].map(() => html`<div class="card content wait" aria-hidden="true"><i></i><i></i><i></i></div>`)}
    </div>
  `;
}

/** Return a page that only says something: nothing to show, an error, no rights. */
export function notice(
  path: string,
  title: string,
  text: string,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`
    <div class="page">
      <div class="notice">
        ${icon(path)}
        <h2 class="title">${title}</h2>
        <p class="quiet">${text}</p>
        ${more}
      </div>
    </div>
  `;
}
