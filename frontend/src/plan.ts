/** Shows what an option would do: each step with its dry run as a comparison. */

import { mdiArrowRight, mdiCheckDecagramOutline, mdiHistory, mdiUndoVariant, mdiLockOutline, mdiAccountMultipleCheckOutline, mdiTargetVariant, mdiTimerSand } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";
import type { ApprovalRequest, Catalogue, Option, PlannedStep, Statistics } from "./contract.ts";
import { changesSomething, elevationOf, needsAnother } from "./decisions.ts";
import { dateTime } from "./format.ts";
import { icon } from "./look.ts";
import type { Context } from "./page.ts";
import { outcomes } from "./pictures.ts";
import { placeOf } from "./step_places.ts";
import { argumentText, extraArguments, readable } from "./step_arguments.ts";
import type { Translate } from "./texts.ts";

/** Return the statistics of an option's recipe. */
export function statisticsOf(option: Option, all: readonly Statistics[]): Statistics | undefined {
  return all.find(
    (one) =>
      one.runbook_id === option.runbook_id &&
      one.version === option.runbook_version &&
      one.recipe === option.recipe,
  );
}

/** Return all changes of an option on one line. */
export function shortChanges(option: Option): string {
  const differences = option.steps.flatMap((step) => step.differences.map((one) => `${readable(one.field)}: ${one.before} → ${one.after}`));
  return [option.changes, ...differences].filter(Boolean).join(" · ");
}

/** Return how many people have to approve an option that needs two, or who may do it alone until when. */
export function whoApproves(option: Option, categories: readonly string[], ctx: Context): string {
  const { t, now, language, feed } = ctx;
  const one = elevationOf(feed.rows("mode")[0]?.elevation ?? null, categories, option, now);
  return one ? t("plan.alone_until", { person: one.person_name, when: dateTime(one.ends_at, now, language) }) : t("plan.needs_two");
}

/** Return how many people approved an option that may need two. */
export function whoApproved(request: ApprovalRequest, option: Option, t: Translate): string {
  return needsAnother(request, option) ? t("plan.one_approved", { person: request.decision?.person_name ?? "" }) : t("plan.two_approved");
}

/** Return the whole plan of an option; `people` says who approves it, if two have to. */
export function planOf(
  option: Option,
  t: Translate,
  catalogue: Catalogue | undefined,
  statistics: Statistics | undefined,
  people: string,
): TemplateResult {
  const fact = (path: string, text: string | TemplateResult) => html`<li class="row">${icon(path)}<span>${text}</span></li>`;
  return html`
    ${option.changes ? html`<p>${option.changes}</p>` : nothing}
    ${option.steps.length === 0
      ? option.changes ? nothing : html`<p class="quiet">${t("plan.changes_nothing")}</p>`
      : html`<ol class="steps">
          ${option.steps.map((step) => stepOf(step, option.steps, t, catalogue))}
        </ol>`}
    <ul class="facts">
      ${changesSomething(option)
        ? fact(mdiUndoVariant, t(option.reversible ? "plan.reversible" : "plan.irreversible"))
        : nothing}
      ${option.blast_radius ? fact(mdiTargetVariant, t("plan.also_affects", { what: option.blast_radius })) : nothing}
      ${option.verification ? fact(mdiCheckDecagramOutline, t("plan.verified_by", { how: option.verification })) : nothing}
      ${option.needs_two ? fact(mdiAccountMultipleCheckOutline, people) : nothing}
      ${option.needs_unlock ? fact(mdiLockOutline, t("plan.needs_unlock")) : nothing}
      ${option.history || statistics
        ? fact(
            mdiHistory,
            html`${option.history ? html`${t("plan.history", { what: option.history })} ` : nothing}${statistics
              ? outcomes(statistics, t)
              : nothing}`,
          )
        : nothing}
    </ul>
  `;
}

function stepOf(step: PlannedStep, steps: readonly PlannedStep[], t: Translate, catalogue: Catalogue | undefined): TemplateResult {
  if (step.wait) {
    return html`<li>
      <span class="row">${icon(mdiTimerSand)} ${step.title}</span>
    </li>`;
  }
  const more = extraArguments(step);
  const place = placeOf(step, steps, t);
  return html`
    <li>
      <div><strong>${step.title}</strong> <span class="quiet">${step.target.name}</span></div>
      ${place.length ? html`<p class="small quiet">${place.join(" · ")}</p>` : nothing}
      ${step.differences.length
        ? html`<table class="diff">
            <caption class="hidden">${t("plan.dry_run")}</caption>
            <thead>
              <tr>
                <th>${t("plan.field")}</th>
                <th>${t("plan.before")}</th>
                <th><span class="hidden">→</span></th>
                <th>${t("plan.after")}</th>
              </tr>
            </thead>
            <tbody>
              ${step.differences.map(
                (one) => html`<tr>
                  <th scope="row">${readable(one.field)}</th>
                  <td><del>${one.before}</del></td>
                  <td class="arrow">${icon(mdiArrowRight)}</td>
                  <td><ins>${one.after}</ins></td>
                </tr>`,
              )}
            </tbody>
          </table>`
        : nothing}
      ${more.length
        ? html`<p class="small quiet">
            ${more.map(([key, value]) => argumentText(step, key, value, catalogue)).join(" · ")}
          </p>`
        : nothing}
      ${step.note ? html`<p class="small quiet">${step.note}</p>` : nothing}
    </li>
  `;
}
