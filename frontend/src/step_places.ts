/** Says where a step stands in a plan for several targets. */

import type { PlannedStep } from "./contract.ts";
import type { Translate } from "./texts.ts";

/** Return what a step waits for, without what it is undone, and which runbook offers it. */
export function placeOf(step: PlannedStep, steps: readonly PlannedStep[], t: Translate): string[] {
  const isOnly = (name: string) => steps.filter((one) => one.target.name === name).length === 1;
  const nameOf = (position: number) => {
    const name = steps[position]?.target.name ?? "";
    return isOnly(name) ? name : t("plan.step_number", { number: position + 1 });
  };
  const names = (positions: readonly number[]) => [...new Set(positions.map(nameOf))].join(", ");
  return [
    step.after?.length ? t("plan.after_step", { what: names(step.after) }) : "",
    step.undone_without.length ? t("plan.undone_without", { what: names(step.undone_without) }) : "",
    step.runbook ? t("plan.from_runbook", { name: step.runbook }) : "",
  ].filter((one) => one !== "");
}
