import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApprovalRequest, Elevation, Option, Person } from "../src/contract.ts";
import { changesSomething, elevationOf, inOrder, isUpdate, mayApprove, mayDecide, needsAnother, snoozeTimes } from "../src/decisions.ts";

const NOW = Date.parse("2026-11-28T22:30:00Z");

const request = (id: string, changes: Partial<ApprovalRequest>) =>
  ({ id, severity: "warning", created_at: "2026-11-28T10:00:00Z", snoozed_until: null, also_in: [], ...changes }) as ApprovalRequest;

test("critical requests come first, snoozed ones last, older before newer", () => {
  const all = [
    request("new", { created_at: "2026-11-28T12:00:00Z" }),
    request("snoozed", { severity: "critical", snoozed_until: "2026-11-29T00:00:00Z" }),
    request("old", {}),
    request("critical", { severity: "critical", created_at: "2026-11-28T22:00:00Z" }),
    request("was snoozed", { snoozed_until: "2026-11-28T22:00:00Z", created_at: "2026-11-28T09:00:00Z" }),
  ];
  assert.deepEqual(
    inOrder(all, NOW).map((one) => one.id),
    ["critical", "was snoozed", "old", "new", "snoozed"],
  );
});

test("snooze times are in the future, whole seconds, and within what the app allows", () => {
  for (const [key, at] of snoozeTimes(NOW)) {
    assert.ok(at * 1000 > NOW && at * 1000 <= NOW + 7 * 86_400_000, key);
    assert.ok(Number.isInteger(at));
  }
  const tomorrow = new Date((snoozeTimes(NOW).find(([key]) => key === "snooze.tomorrow")?.[1] ?? 0) * 1000);
  assert.equal(tomorrow.getHours(), 8);
});

test("the category decides before the role", () => {
  const person = (role: Person["role"], authority = {}) => ({ role, authority }) as Person;
  const media = request("a", { category: "media" });
  assert.equal(mayDecide(null, media), false);
  assert.equal(mayDecide(person("owner"), media), true);
  assert.equal(mayDecide(person("member"), media), true);
  assert.equal(mayDecide(person("guest"), media), false);
  assert.equal(mayDecide(person("guest", { media: "low" }), media), true);
  assert.equal(mayDecide(person("owner", { media: "nothing" }), media), false);
});

test("a person approves a risk up to their limit, in each category of the request", () => {
  const person = (role: Person["role"], authority = {}) => ({ role, authority }) as Person;
  const media = request("a", { category: "media" });
  assert.equal(mayApprove(person("member"), media, "medium"), true);
  assert.equal(mayApprove(person("member"), media, "high"), false);
  assert.equal(mayApprove(person("member", { media: "high" }), media, "high"), true);
  assert.equal(mayApprove(person("owner", { media: "low" }), media, "medium"), false);
  assert.equal(mayApprove(null, media, "low"), false);
  const both = request("b", { category: "media", also_in: ["storage"] });
  assert.equal(mayDecide(person("owner"), both), true);
  assert.equal(mayDecide(person("owner", { storage: "nothing" }), both), false);
  assert.equal(mayApprove(person("owner", { storage: "low" }), both, "medium"), false);
});

test("a request about updates can be deferred, and approving several changes something", () => {
  const option = (kind: Option["kind"]) => ({ kind }) as Option;
  const about = (...kinds: Option["kind"][]) => request("u", { proposal: { options: kinds.map(option) } as ApprovalRequest["proposal"] });
  assert.equal(isUpdate(about("each", "defer")), true);
  assert.equal(isUpdate(about("act", "investigate")), false);
  assert.deepEqual((["act", "each", "defer", "investigate", "expect_off"] as const).map((kind) => changesSomething(option(kind))), [true, true, false, false, false]);
});

test("an elevation covers its category or its service, while it is open", () => {
  const open = { category: "media", instance_id: "", closed_at: null, ends_at: "2026-11-28T23:00:00Z" } as Elevation;
  const step = (instance: string) => ({ target: { instance_id: instance } }) as Option["steps"][number];
  const option = { needs_two: true, steps: [step("pve")] } as Option;
  assert.equal(elevationOf(open, ["media"], option, NOW), open);
  assert.equal(elevationOf(open, ["media", "network"], option, NOW), null);
  assert.equal(elevationOf(open, [], option, NOW), null);
  assert.equal(elevationOf(null, ["media"], option, NOW), null);
  assert.equal(elevationOf(open, ["media"], { ...option, needs_two: false }, NOW), null);
  assert.equal(elevationOf({ ...open, closed_at: "2026-11-28T22:00:00Z" }, ["media"], option, NOW), null);
  assert.equal(elevationOf(open, ["media"], option, Date.parse(open.ends_at)), null);
  const service = { ...open, category: "", instance_id: "pve" };
  assert.equal(elevationOf(service, ["network"], option, NOW), service);
  assert.equal(elevationOf(service, ["network"], { ...option, steps: [step("pve"), step("nas")] }, NOW), null);
});

test("two approvals are for the same option", () => {
  const option = { number: 1, needs_two: true } as Option;
  const first = (number: number) => request("a", { first: { option: number } as ApprovalRequest["first"] });
  assert.equal(needsAnother(request("a", { first: null }), option), true);
  assert.equal(needsAnother(first(2), option), true);
  assert.equal(needsAnother(first(1), option), false);
  assert.equal(needsAnother(request("a", { first: null }), { ...option, needs_two: false }), false);
});
