/** The arguments of an action as a person enters them, and their checks; the app checks them again. */

import type { ActionOffer, ControlOffer, Field, Resource, Value } from "./contract.ts";

/** What is wrong with a value: the key of a text under `form`, and what the text names. */
export interface Mistake {
  key: string;
  values: Record<string, string | number>;
}

export type Checked = { value: Value; mistake?: undefined } | { mistake: Mistake };

/** Return what a field contains before anybody changes it: the present reading, or the default. */
export function startOf(
  field: Field,
  action: ActionOffer,
  controls: readonly ControlOffer[],
  readings: Record<string, Value> | undefined,
): Value {
  const control = controls.find((one) => one.action === action.key && one.argument === field.key);
  const present = control?.reading ? readings?.[control.reading] : undefined;
  return present ?? field.default;
}

/** Return the value of a field as the app takes it, null for an empty one that is not required. */
export function checked(field: Field, entered: Value, targets: readonly Resource[]): Checked {
  if (field.kind === "boolean") return { value: entered === true };
  const text = String(entered ?? "").trim();
  if (!text) return field.required ? wrong("required") : { value: null };
  if (field.kind === "number") return checkedNumber(field, text);
  if (field.kind === "choice" && !field.choices.includes(text)) return wrong("choice");
  if (field.kind === "target" && !targets.some((one) => one.kind === field.scope && one.id === text)) return wrong("choice");
  return { value: text };
}

function checkedNumber({ minimum, maximum, unit }: Field, text: string): Checked {
  const value = Number(text);
  if (!Number.isFinite(value)) return wrong("number");
  const end = unit ? ` ${unit}` : "";
  if ((minimum === null || value >= minimum) && (maximum === null || value <= maximum)) return { value };
  if (minimum !== null && maximum !== null) return wrong("range", { least: minimum, most: `${maximum}${end}` });
  return minimum !== null ? wrong("at_least", { least: `${minimum}${end}` }) : wrong("at_most", { most: `${maximum}${end}` });
}

function wrong(key: string, values: Mistake["values"] = {}): Checked {
  return { mistake: { key, values } };
}
