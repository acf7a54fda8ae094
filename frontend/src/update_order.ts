/** The order and the groups in which updates are shown. */

import type { Change, ChangeStatus } from "./contract.ts";

export type Filter = "all" | "waiting" | "held" | "running" | "blocked" | "done";

export const FILTERS: readonly Filter[] = ["all", "waiting", "held", "running", "blocked", "done"];

const FILTER_OF: Record<ChangeStatus, Filter> = {
  asked: "waiting",
  ready: "waiting",
  held: "held",
  deferred: "held",
  applying: "running",
  watching: "running",
  blocked: "blocked",
  went_back: "blocked",
  failed: "blocked",
  rejected: "blocked",
  done: "done",
  gone: "done",
};

const ORDER: readonly ChangeStatus[] = ["asked", "applying", "watching", "ready", "held", "deferred"];

/** Return whether an update is over until another version is offered. */
export function isOver(one: Change): boolean {
  return !ORDER.includes(one.status);
}

/** Return whether a filter shows an update. */
export function isShown(one: Change, filter: Filter): boolean {
  return filter === "all" || FILTER_OF[one.status] === filter;
}

/** Return updates by what is next: those that wait for a person, then by their time; those that are over last. */
export function inTurn(changes: readonly Change[]): Change[] {
  const rank = (one: Change) => (isOver(one) ? ORDER.length : ORDER.indexOf(one.status));
  return [...changes].sort((a, b) => rank(a) - rank(b) || timeOf(a) - timeOf(b) || a.id.localeCompare(b.id));
}

/** The time by which equal states are ordered: what is over begins with the newest. */
function timeOf(one: Change): number {
  return isOver(one) ? -Date.parse(one.updated_at) : Date.parse(one.until ?? one.found_at);
}

/** Return the updates of the same group that are not over, in the order of the waves that the app gives them. */
export function waveOf(changes: readonly Change[], one: Change): Change[] {
  if (!one.group || isOver(one)) return [];
  const wave = inTurn(changes.filter((each) => each.group === one.group && !isOver(each)));
  return wave.length > 1 ? wave.sort((a, b) => a.wave - b.wave) : [];
}

/** Return other updates of the same target, the newest first. */
export function historyOf(changes: readonly Change[], one: Change): Change[] {
  const { instance_id, kind, id } = one.target;
  const isSame = (each: Change) => each.target.instance_id === instance_id && each.target.kind === kind && each.target.id === id;
  return changes.filter((each) => each.id !== one.id && isSame(each)).sort((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at));
}

/** Return the newest state of each update of two lists; a brief one is replaced by a whole one of the same time. */
export function merged(first: readonly Change[], second: readonly Change[]): Change[] {
  const found = new Map(second.map((one) => [one.id, one]));
  for (const one of first) {
    const known = found.get(one.id);
    const isNewer = !known || (one.brief ? one.updated_at > known.updated_at : one.updated_at >= known.updated_at);
    if (isNewer) found.set(one.id, one);
  }
  return [...found.values()];
}
