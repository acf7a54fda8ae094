/** Shows a diagnosis: each claim, and the readings it rests on. Texts from outside are only displayed. */

import { mdiAlertCircleOutline, mdiRobotOutline } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "./contract.ts";
import { dateTime } from "./format.ts";
import { icon, summary } from "./look.ts";
import type { Context } from "./page.ts";

export function evidenceOf(incident: Incident, ctx: Context): TemplateResult {
  const { t, now, language } = ctx;
  const diagnosis = incident.diagnosis;
  if (!diagnosis) return html`<p class="quiet">${t("evidence.none")}</p>`;
  const titles = new Map(diagnosis.evidence.map((one) => [one.id, one.title]));
  return html`
    <p class="text">${diagnosis.summary}</p>
    ${diagnosis.claims.length
      ? html`<ul class="claims">
          ${diagnosis.claims.map(
            (one) => html`<li>
              ${one.text}
              <span class="small quiet">${one.evidence.map((id) => titles.get(id) ?? id).join(", ")}</span>
            </li>`,
          )}
        </ul>`
      : nothing}
    ${diagnosis.explanation
      ? html`<p class="row" style="align-items:flex-start">
          ${icon(mdiRobotOutline, t("evidence.model"))}
          <span class="text">${diagnosis.explanation.text}
            <span class="small quiet">${t("evidence.by_model", { model: diagnosis.explanation.by })}</span></span>
        </p>`
      : incident.model_asked_at
        ? html`<p class="small quiet">${t("evidence.asked_once", { when: dateTime(incident.model_asked_at, now, language) })}</p>`
        : nothing}
    ${diagnosis.evidence.map(
      (one) => html`<details>
        ${summary(
          html`<span class="grow">${one.title}</span>${one.ok ? nothing : icon(mdiAlertCircleOutline, t("evidence.failed"))}
            <span class="small quiet">${dateTime(one.read_at, now, language)}</span>`,
        )}
        <pre tabindex="0">${one.text}</pre>
      </details>`,
    )}
  `;
}
