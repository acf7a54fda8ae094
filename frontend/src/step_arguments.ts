/** The arguments of a planned step, as people see them beside its differences. */

import type { Catalogue, PlannedStep, Value } from "./contract.ts";

/** Return the arguments of a step that its differences do not show, by the name of the argument. */
export function extraArguments(step: PlannedStep): [string, Value][] {
  const shown = new Set(step.differences.flatMap((one) => [one.after, one.after.replace(/\s.*$/, "")]));
  return Object.entries(step.arguments).filter(([, value]) => value !== null && !shown.has(String(value)));
}

/** Return a name for people of a key such as `memory_mib`. */
export function readable(key: string): string {
  const text = key.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Return name and value of an argument, as the plan shows it or as the catalogue names it. */
export function argumentText(step: PlannedStep, key: string, value: Value, catalogue: Catalogue | undefined): string {
  const shown = step.shown?.[key];
  return shown ? `${shown.name}: ${shown.value}` : `${argumentName(step, key, catalogue)}: ${String(value)}`;
}

function argumentName(step: PlannedStep, key: string, catalogue: Catalogue | undefined): string {
  const [service, action] = step.action.split(".");
  const offer = catalogue?.services.find((one) => one.key === service)?.actions.find((one) => one.key === action);
  return offer?.arguments.find((one) => one.key === key)?.name ?? readable(key);
}
