/** The chain of an incident as one list of events, from the first alert to the end. */

import type { ApprovalRequest, Incident, Run } from "./contract.ts";
import { decidedKey } from "./decisions.ts";
import type { Tone } from "./look.ts";

export interface IncidentRecord {
  incident: Incident;
  approvals: ApprovalRequest[];
  runs: Run[];
}

export interface TimelineEvent {
  at: string;
  /** Which event it is: the key of its text and its icon. */
  kind: string;
  tone: Tone;
  values: Record<string, string | number>;
  detail: string;
  /** The id of the request that the event belongs to. */
  request: string;
}

const event = (
  at: string,
  kind: string,
  tone: Tone,
  values: TimelineEvent["values"] = {},
  detail = "",
  request = "",
): TimelineEvent => ({ at, kind, tone, values, detail, request });

/** Return the events of an incident, oldest first. Events of the same time keep the order of the chain. */
export function timeline(record: IncidentRecord): TimelineEvent[] {
  const { incident } = record;
  const events = [
    ...incident.alerts.map((one) =>
      event(one.starts_at, "alert", one.severity === "critical" ? "bad" : "warning", { name: one.name, source: one.source, count: one.count }, one.summary),
    ),
    event(incident.opened_at, incident.is_request ? "asked" : "opened", "info"),
    ...(incident.diagnosis ? [event(incident.diagnosis.made_at, "diagnosed", "info", {}, incident.diagnosis.summary)] : []),
    ...record.approvals.flatMap(requestEvents),
    ...record.runs.flatMap(runEvents),
    ...incident.comments.map((one) => event(one.at, "comment", "neutral", { person: one.person_name }, one.text)),
    ...incident.alerts
      .filter((one) => one.status === "resolved" && one.ends_at)
      .map((one) => event(one.ends_at ?? "", "alert_ended", "good", { name: one.name })),
    ...(incident.resolved_at ? [event(incident.resolved_at, "resolved", "good", {}, incident.resolution)] : []),
  ];
  return events
    .map((one, index) => ({ one, index }))
    .sort((a, b) => Date.parse(a.one.at) - Date.parse(b.one.at) || a.index - b.index)
    .map(({ one }) => one);
}

function requestEvents(one: ApprovalRequest): TimelineEvent[] {
  const labels = one.proposal.options.map((option) => `${option.number} ${option.label}`).join("\n");
  const events = [event(one.created_at, "requested", "info", {}, labels, one.id)];
  if (one.first) {
    events.push(event(one.first.at, "first", "info", { person: one.first.person_name, label: one.first.label }, "", one.id));
  }
  if (one.decision) {
    const { person_name: person, label, via, at } = one.decision;
    const tone = one.status === "approved" ? "good" : "neutral";
    events.push(event(at, decidedKey(one, one.decision), tone, { person, label, via }, "", one.id));
  } else if (one.status === "expired" || one.status === "superseded") {
    events.push(event(one.expires_at, one.status, "neutral", {}, one.withdrawn, one.id));
  }
  return events;
}

function runEvents(run: Run): TimelineEvent[] {
  const events = [event(run.started_at, "started", "info", { label: run.label }, "", run.approval_id)];
  for (const step of run.steps) {
    if (step.state === "intended") continue;
    const tone: Tone = step.state === "failed" ? "bad" : step.state === "undone" ? "warning" : step.state === "effect_unknown" ? "warning" : "good";
    events.push(event(step.changed_at, `step_${step.state}`, tone, { title: step.title, target: step.target.name }, step.detail, run.approval_id));
  }
  if (run.verdict) {
    const { outcome, checks, at, summary } = run.verdict;
    const tone: Tone = outcome === "fixed" ? "good" : outcome === "worse" ? "bad" : "warning";
    const lines = checks.map((one) => `${one.ok === null ? "?" : one.ok ? "✓" : "✗"} ${one.name}: ${one.text}`);
    events.push(event(at, `verdict_${outcome}`, tone, {}, [summary, ...lines].filter(Boolean).join("\n"), run.approval_id));
  } else if (run.error) {
    events.push(event(run.finished_at ?? run.started_at, "failed", "bad", {}, run.error, run.approval_id));
  }
  return events;
}

/** Return the record with a newer row of the incident or of one of its requests. */
export function withRows(
  record: IncidentRecord,
  incident: Incident | undefined,
  approvals: readonly ApprovalRequest[],
): IncidentRecord {
  const own = approvals.filter((one) => one.incident_id === record.incident.id);
  const byId = new Map([...record.approvals, ...own].map((one) => [one.id, one]));
  // A row of a list is brief: only a pushed one is whole.
  const isNewer = incident && !incident.brief && incident.updated_at >= record.incident.updated_at;
  const current = isNewer ? incident : record.incident;
  const runs = new Map([...record.runs, ...(current.run ? [current.run] : [])].map((one) => [one.id, one]));
  return { incident: current, approvals: [...byId.values()], runs: [...runs.values()] };
}
