/** Who may decide, in which order requests are shown, and until when they can be snoozed. */

import type { ApprovalRequest, Decision, Elevation, Option, Person, Risk, Severity } from "./contract.ts";

const HOUR = 3_600_000;

/** Return the times that a request can be snoozed until, as seconds since 1970 by the key of their text. */
export function snoozeTimes(now: number): [string, number][] {
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(8, 0, 0, 0);
  const times: [string, number][] = [
    ["snooze.hour", now + HOUR],
    ["snooze.hours", now + 4 * HOUR],
    ["snooze.tomorrow", morning.getTime()],
    ["snooze.days", now + 72 * HOUR],
  ];
  return times.map(([key, at]) => [key, Math.floor(at / 1000)]);
}

/** Return in which elevation its owner may approve an option alone, null in none. The categories are those of its targets. */
export function elevationOf(one: Elevation | null, categories: readonly string[], option: Option, now: number): Elevation | null {
  if (!one || !option.needs_two || one.closed_at !== null || Date.parse(one.ends_at) <= now) return null;
  const about = one.instance_id ? option.steps.map((step) => step.target.instance_id) : categories;
  return about.length > 0 && about.every((each) => each === (one.instance_id || one.category)) ? one : null;
}

/** Return whether an option needs two approvals and has none: of a decided request, that one was enough. */
export function needsAnother(request: ApprovalRequest, option: Option): boolean {
  return option.needs_two && request.first?.option !== option.number;
}

const ORDER: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** Return the requests in the order in which a person should look at them. */
export function inOrder(requests: readonly ApprovalRequest[], now: number): ApprovalRequest[] {
  const isSnoozed = (one: ApprovalRequest) => Number(!!one.snoozed_until && Date.parse(one.snoozed_until) > now);
  return [...requests].sort(
    (a, b) =>
      isSnoozed(a) - isSnoozed(b) ||
      ORDER[a.severity] - ORDER[b.severity] ||
      Date.parse(a.created_at) - Date.parse(b.created_at),
  );
}

const BY_ROLE: Record<Person["role"], "nothing" | Risk> = { owner: "high", member: "medium", guest: "nothing" };

const RANK: Record<"nothing" | Risk, number> = { nothing: 0, low: 1, medium: 2, high: 3 };

/** Return whether a person may decide a request: in each category of its targets. The app checks it again. */
export function mayDecide(person: Person | null, request: ApprovalRequest): boolean {
  return mayApprove(person, request, "low");
}

/** Return whether a person may approve a risk in each category of a request; the app checks it again. */
export function mayApprove(person: Person | null, request: ApprovalRequest, risk: Risk): boolean {
  const categories = [request.category, ...request.also_in];
  return person !== null && categories.every((one) => RANK[person.authority[one] ?? BY_ROLE[person.role]] >= RANK[risk]);
}

/** Return the key of the text that says how a request was decided. */
export function decidedKey(request: ApprovalRequest, decision: Decision): string {
  if (decision.via === "steward") return "alone";
  if (decision.verb === "cancel") return "cancelled";
  return request.acts_at && decision.verb === "reject" ? "stopped" : request.status;
}

/** Return whether an option changes something; the others only read more, or ask later. */
export function changesSomething(option: Option): boolean {
  return option.kind === "act" || option.kind === "each";
}

/** Return whether a request is about updates, which are deferred or rejected instead of ignored. */
export function isUpdate(request: ApprovalRequest): boolean {
  return request.proposal.options.some((one) => one.kind === "defer");
}
