import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApprovalRequest, Incident, Run } from "../src/contract.ts";
import { timeline, withRows, type IncidentRecord } from "../src/timeline.ts";

const at = (minute: number) => `2026-11-28T10:${String(minute).padStart(2, "0")}:00Z`;

const incident = (changes: Partial<Incident> = {}) =>
  ({
    id: "i",
    alerts: [],
    comments: [],
    diagnosis: null,
    opened_at: at(1),
    updated_at: at(1),
    resolved_at: null,
    is_request: false,
    run: null,
    ...changes,
  }) as unknown as Incident;

const request = (id: string, changes: Partial<ApprovalRequest> = {}) =>
  ({
    id,
    incident_id: "i",
    status: "pending",
    proposal: { options: [{ number: 1, label: "Restart" }] },
    created_at: at(3),
    expires_at: at(50),
    decision: null,
    first: null,
    withdrawn: "",
    ...changes,
  }) as unknown as ApprovalRequest;

const run = (changes: Partial<Run> = {}) =>
  ({ id: "a", approval_id: "a", label: "Restart", steps: [], started_at: at(5), finished_at: null, verdict: null, error: null, ...changes }) as unknown as Run;

const kinds = (record: IncidentRecord) => timeline(record).map((one) => one.kind);

test("the whole chain is in order, from the alert to the end", () => {
  const decision = { verb: "approve", person_name: "Robin", via: "telegram", at: at(4), option: 1, label: "Restart" };
  const step = { title: "Restart", target: { name: "radarr" }, state: "verified", changed_at: at(6), detail: "" };
  const verdict = { outcome: "fixed", checks: [{ name: "runs", ok: null, text: "?" }], at: at(7), summary: "Good." };
  const record = {
    incident: incident({
      alerts: [{ name: "Down", source: "am", severity: "critical", status: "resolved", starts_at: at(0), ends_at: at(8), count: 1, summary: "" }] as unknown as Incident["alerts"],
      diagnosis: { made_at: at(2), summary: "Down" } as unknown as Incident["diagnosis"],
      comments: [{ person_name: "Sam", at: at(5), text: "Seen" }] as Incident["comments"],
      resolved_at: at(9),
      resolution: "Done",
    }),
    approvals: [request("a", { status: "approved", decision: decision as ApprovalRequest["decision"] })],
    runs: [run({ steps: [step], verdict } as unknown as Partial<Run>)],
  };
  assert.deepEqual(kinds(record), [
    "alert",
    "opened",
    "diagnosed",
    "requested",
    "approved",
    "started",
    "comment",
    "step_verified",
    "verdict_fixed",
    "alert_ended",
    "resolved",
  ]);
  assert.match(timeline(record).find((one) => one.kind === "verdict_fixed")?.detail ?? "", /^Good\.\n\? runs/);
});

test("steps that did not begin are no events, failures are", () => {
  const steps = [
    { title: "A", target: { name: "x" }, state: "failed", changed_at: at(6), detail: "no" },
    { title: "B", target: { name: "x" }, state: "intended", changed_at: at(6), detail: "" },
  ];
  const record = { incident: incident(), approvals: [], runs: [run({ steps, error: "refused", finished_at: at(7) } as unknown as Partial<Run>)] };
  assert.deepEqual(kinds(record), ["opened", "started", "step_failed", "failed"]);
});

test("an expired request and the first of two approvals are shown", () => {
  const first = { person_name: "Sam", label: "Restart", at: at(4) } as ApprovalRequest["first"];
  const record = { incident: incident({ is_request: true }), approvals: [request("a", { status: "expired", first })], runs: [] };
  assert.deepEqual(kinds(record), ["asked", "requested", "first", "expired"]);
});

test("a request that is cancelled was not rejected", () => {
  const decided = (status: string, verb: string) =>
    request("a", { status, decision: { verb, person_name: "Robin", via: "panel", at: at(4), option: 1, label: "Restart" } } as Partial<ApprovalRequest>);
  const last = (one: ApprovalRequest) => kinds({ incident: incident(), approvals: [one], runs: [] }).at(-1);
  assert.equal(last(decided("scheduled", "approve")), "scheduled");
  assert.equal(last(decided("rejected", "cancel")), "cancelled");
  assert.equal(last(decided("rejected", "reject")), "rejected");
});

test("a pushed row replaces what was read, a brief or an older one does not", () => {
  const record = { incident: incident({ title: "read", updated_at: at(5) }), approvals: [request("a")], runs: [] };
  const titles = (row: Incident | undefined) => withRows(record, row, []).incident.title;
  assert.equal(titles(undefined), "read");
  assert.equal(titles(incident({ title: "brief", updated_at: at(9), brief: true })), "read");
  assert.equal(titles(incident({ title: "old", updated_at: at(4) })), "read");
  assert.equal(titles(incident({ title: "new", updated_at: at(6) })), "new");
});

test("requests and the run of the pushed rows are added once", () => {
  const record = { incident: incident(), approvals: [request("a")], runs: [run()] };
  const rows = [request("a", { status: "approved" }), request("b"), request("other", { incident_id: "x" })];
  const merged = withRows(record, incident({ run: run({ error: "e" }), updated_at: at(9) }), rows);
  assert.deepEqual(merged.approvals.map((one) => [one.id, one.status]), [["a", "approved"], ["b", "pending"]]);
  assert.deepEqual(merged.runs.map((one) => one.error), ["e"]);
});
