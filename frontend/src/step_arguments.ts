/** The arguments of a planned step, as people see them beside its differences. */

import type { Catalogue, PlannedStep, Value } from "./contract.ts";

const IMAGE = /^([^\s@]+)(?:@(\S+))?(?: \((sha256:[0-9a-f]{12,})\))?$/;

/** Return whether the new image of a difference has the tag, or the beginning of the digest, of an argument. */
export function isInImage(key: string, value: string, after: string): boolean {
  const [image, name = "", pinned = "", digest = ""] = IMAGE.exec(after) ?? [];
  if (image === undefined || !value) return false;
  if (key === "digest") return value === pinned || (digest !== "" && value.startsWith(digest));
  const whole = `${name}@${pinned}`;
  return ["tag", "version"].includes(key) && (name.endsWith(`:${value}`) || whole.endsWith(`:${value}`) || whole.endsWith(`@${value}`));
}

/** Return the arguments of a step that its differences do not show, by the name of the argument. */
export function extraArguments(step: PlannedStep): [string, Value][] {
  const shown = new Set(step.differences.flatMap((one) => [one.after, one.after.replace(/\s.*$/, "")]));
  const isShown = (key: string, value: string) =>
    shown.has(value) || step.differences.some((one) => isInImage(key, value, one.after));
  return Object.entries(step.arguments).filter(([key, value]) => value !== null && !isShown(key, String(value)));
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
