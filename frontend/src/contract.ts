/** The rows of the app as the integration sends them, with the fields that the panel uses. */

export type Severity = "info" | "warning" | "critical";
export type Risk = "low" | "medium" | "high";
export type Outcome = "fixed" | "not_fixed" | "worse" | "unknown" | "relapsed";
export type Verb = "approve" | "reject" | "ignore" | "snooze" | "cancel";
export type Value = string | number | boolean | null;

export interface TargetRef {
  instance_id: string;
  kind: string;
  id: string;
  name: string;
}

export interface TargetKey {
  instance_id: string;
  kind: string;
  id: string;
}

/** Another name of a target. `gone`: the target is not there now. */
export interface Alias {
  target: TargetKey;
  target_name: string;
  name: string;
  origin: "person" | "settings" | "home_assistant";
  gone: boolean;
  added_by: string;
}

export interface Alert {
  fingerprint: string;
  source: string;
  name: string;
  severity: Severity;
  status: "firing" | "resolved";
  starts_at: string;
  received_at: string;
  summary: string;
  ends_at: string | null;
  count: number;
}

export interface Evidence {
  id: string;
  tool: string;
  instance_id: string;
  title: string;
  text: string;
  read_at: string;
  ok: boolean;
}

export interface Claim {
  text: string;
  evidence: string[];
}

export interface RunbookMatch {
  runbook_id: string;
  version: number;
  title: string;
  score: number;
  reason: string;
  history: string;
  may_fit: boolean;
}

export interface SimilarIncident {
  id: string;
  number: number;
  title: string;
  text: string;
}

export interface Diagnosis {
  summary: string;
  has_problem: boolean;
  claims: Claim[];
  evidence: Evidence[];
  made_at: string;
  explanation: { text: string; claims: Claim[]; by: string; made_at: string } | null;
  matches: RunbookMatch[];
}

export interface Difference {
  field: string;
  before: string;
  after: string;
}

export interface PlannedStep {
  action: string;
  target: TargetRef;
  arguments: Record<string, Value>;
  title: string;
  risk: Risk;
  reversible: boolean;
  differences: Difference[];
  note: string;
  blast_radius: string;
  wait: { name: string; within: number } | null;
  shown?: Record<string, { name: string; value: string }>;
  /** The positions of the steps that have to succeed before it; null when all before it do. */
  after: number[] | null;
  /** The positions of the later steps it is made for: it is undone when one of them is not done. */
  undone_without: number[];
  /** The title of the runbook that offers it, "" when none does. */
  runbook: string;
}

export interface Option {
  number: number;
  kind: "act" | "investigate" | "expect_off" | "defer" | "each";
  label: string;
  plan_hash: string;
  steps: PlannedStep[];
  /** What it changes if that is not in its steps, "" otherwise. */
  changes: string;
  runbook_id: string | null;
  runbook_version: number | null;
  recipe: string | null;
  risk: Risk;
  reversible: boolean;
  blast_radius: string;
  verification: string;
  history: string;
  needs_two: boolean;
  needs_unlock: boolean;
}

export interface Decision {
  verb: Verb;
  person_id: string;
  person_name: string;
  via: string;
  at: string;
  option: number | null;
  label: string;
}

export type ApprovalStatus = "pending" | "scheduled" | "approved" | "rejected" | "ignored" | "expired" | "superseded";

/** When an approved request is executed: from `at`, when the conditions hold that `text` says, until `until`. */
export interface Later {
  at: string;
  until: string;
  conditions: { name: string; reading: string }[];
  text: string;
  is_once: boolean;
  finish_by: string | null;
}

export interface ApprovalRequest {
  id: string;
  incident_id: string;
  incident_number: number;
  title: string;
  text: string;
  severity: Severity;
  category: string;
  status: ApprovalStatus;
  proposal: { options: Option[]; left_out: string[]; made_at: string; similar: SimilarIncident[] };
  created_at: string;
  expires_at: string;
  decision: Decision | null;
  reminders: number;
  withdrawn: string;
  requested_by: string;
  requested_via: string | null;
  snoozed_until: string | null;
  first: Decision | null;
  /** Further categories of its targets: who decides may decide in all of them. */
  also_in: string[];
  later: Later | null;
  /** When the steward carries out the first option by itself unless somebody rejects it. */
  acts_at: string | null;
}

export type AutonomyLevel = "observe" | "ask" | "veto" | "auto";

/** The level of one recipe of a runbook for one class of targets; `missing` is empty when it may be raised. */
export interface AutonomyCell {
  runbook_id: string;
  version: number;
  recipe: string;
  label: string;
  target_class: string;
  level: AutonomyLevel;
  /** How often more likely the runs are when the recipe is safe than when it is not. */
  evidence: number;
  undo_evidence: number;
  good: number;
  bad: number;
  unknown: number;
  automatic: number;
  harmed: number;
  /** Automatic runs that made things worse and were undone. */
  worse: number;
  /** The upper bound of the share of automatic runs that do lasting harm, from 0 to 1. */
  harm_bound: number;
  missing: string[];
  since: string | null;
  is_owner_only: boolean;
}

export interface RunbookLevel {
  id: string;
  title: string;
  level: AutonomyLevel;
  cells: AutonomyCell[];
}

/** What all monitors together say about one aspect of a device. */
export type Agreement = "down" | "up" | "split" | "alone" | "blind";

/** What one monitor says; `since` is null when it has said so since before the app started. */
export interface Statement {
  instance_id: string;
  instance: string;
  name: string;
  method: string;
  word: "up" | "down" | "paused" | "unknown";
  vantage: string;
  since: string | null;
  checked_at: string | null;
  is_fresh: boolean;
  right: number;
  settled: number;
  repeats: string;
}

export interface DeviceAspect {
  aspect: "reach" | "service" | "capacity";
  verdict: Agreement;
  why: string;
  part: string;
  may_act: boolean;
  statements: Statement[];
}

export interface Device {
  id: string;
  name: string;
  names: string[];
  members: string[];
  targets: TargetRef[];
  aspects: DeviceAspect[];
}

export interface MatchQuestion {
  first: string;
  second: string;
  first_name: string;
  second_name: string;
  score: number;
  why: string;
}

export interface MatchAnswer {
  first: string;
  second: string;
  first_name: string;
  second_name: string;
  is_same: boolean;
  decided_at: string;
}

/** The devices that monitors watch, and what people are asked about them. */
export interface Devices {
  devices: Device[];
  questions: MatchQuestion[];
  answers: MatchAnswer[];
  blind: { instance_id: string; name: string; why: string }[];
  total: number;
}

export interface JournalStep {
  index: number;
  action: string;
  target: TargetRef;
  title: string;
  state: string;
  changed_at: string;
  detail: string;
}

export interface CheckResult {
  name: string;
  ok: boolean | null;
  text: string;
}

export interface Run {
  id: string;
  approval_id: string;
  label: string;
  status: string;
  steps: JournalStep[];
  started_at: string;
  finished_at: string | null;
  verdict: { outcome: Outcome; checks: CheckResult[]; at: string; summary: string } | null;
  error: string | null;
}

export type IncidentStatus =
  | "open"
  | "diagnosed"
  | "waiting"
  | "scheduled"
  | "acting"
  | "unsolved"
  | "ignored"
  | "resolved";

export interface Incident {
  id: string;
  number: number;
  title: string;
  severity: Severity;
  category: string;
  status: IncidentStatus;
  opened_at: string;
  updated_at: string;
  alerts: Alert[];
  target: TargetRef | null;
  diagnosis: Diagnosis | null;
  approval_id: string | null;
  run: Run | null;
  resolved_at: string | null;
  resolution: string;
  write_up: string;
  alert_count: number;
  suppressed: string | null;
  silenced_until: string | null;
  stale_since: string | null;
  is_request: boolean;
  brief?: boolean;
  model_asked_at: string | null;
  comments: { person_id: string; person_name: string; via: string; at: string; text: string }[];
}

export interface Statistics {
  runbook_id: string;
  version: number;
  recipe: string;
  title: string;
  fixed: number;
  not_fixed: number;
  worse: number;
  unknown: number;
  relapsed: number;
  last_outcome: Outcome | null;
  last_at: string | null;
}

export interface Instance {
  id: string;
  service: string;
  name: string;
  origin: "file" | "front_end";
  settings: Record<string, Value>;
  status: "pending" | "ok" | "unreachable" | "unauthorized" | "failing";
  error: string | null;
  polled_at: string | null;
  version: string | null;
  expected_off: string | null;
  notices: string[];
}

export interface Resource {
  kind: string;
  id: string;
  name: string;
  values: Record<string, Value>;
  unknown: Record<string, string>;
  parent: { kind: string; id: string } | null;
  expected_off: string | null;
}

export interface Snapshot {
  instance_id: string;
  taken_at: string;
  values: Record<string, Value>;
  unknown: Record<string, string>;
  resources: Resource[];
  version: string | null;
  coverage: { status: "complete" | "partial" | "failed"; gaps: { part: string; reason: string }[] };
  unavailable: Record<string, string>;
  missing_rights: string[];
}

export interface Field {
  key: string;
  kind: "text" | "secret" | "url" | "number" | "boolean" | "choice" | "target";
  name: string;
  description: string;
  required: boolean;
  default: Value;
  choices: string[];
  minimum: number | null;
  maximum: number | null;
  unit: string | null;
  scope: string | null;
}

export interface ControlOffer {
  action: string | null;
  reading: string | null;
  argument: string | null;
}

export interface ActionRequested {
  approval_id: string | null;
  message: string;
  instead: string;
  option: Option | null;
  categories: string[];
}

export interface ActionOffer {
  key: string;
  arguments: Field[];
  name: string;
  description: string;
  risk: Risk;
  reversible: boolean;
  scope: string | null;
  icon: string | null;
}

export interface SensorOffer {
  key: string;
  name: string;
  platform: "sensor" | "binary_sensor";
  scope: string | null;
  unit: string | null;
  device_class: string | null;
  precision: number | null;
  enabled_by_default: boolean;
}

export interface ServiceOffer {
  key: string;
  name: string;
  category: string;
  sensors: SensorOffer[];
  actions: ActionOffer[];
  controls: ControlOffer[];
  resources: { kind: string; name: string; role: string | null; is_device: boolean; icon: string | null }[];
  rights: { key: string; name: string; needed_for: string }[];
  icon: string | null;
}

export interface Catalogue {
  services: ServiceOffer[];
  categories: { key: string; name: string; icon: string }[];
}

export interface Person {
  id: string;
  name: string;
  role: "owner" | "member" | "guest";
  ha_user_id: string | null;
  telegram_user_id: number | null;
  origin: "file" | "front_end";
  language: string | null;
  quiet_from: string | null;
  quiet_until: string | null;
  authority: Record<string, "nothing" | Risk>;
  asked_after_minutes: number;
  has_pin: boolean;
}

export interface Finding {
  id: string;
  area: string;
  severity: "error" | "warning" | "note";
  subject: string;
  problem: string;
  why: string;
  remedy: string;
}

/** A part of the app itself. `value` and `limit` are bytes, seconds, or numbers of things. */
export interface HealthPart {
  key: "database" | "disk" | "event_loop" | "polls" | "queues" | "models" | "front_ends" | "backups";
  ok: boolean | null;
  value: number | null;
  limit: number | null;
  reasons: string[];
}

export interface DoctorReport {
  at: string;
  areas: { area: string; text: string; not_checked: string[] }[];
  findings: Finding[];
  health: HealthPart[];
}

export interface FrontEndStatus {
  front_end: string;
  state: "ok" | "degraded" | "down";
  problems: string[];
}

export interface Viewer {
  user_id: string;
  name: string;
  is_admin: boolean;
  access: "none" | "view" | "full";
  person: Person | null;
}

/** A tool of another server. `definition` and `accepted` are only there after a change of the definition. */
export interface ForeignTool {
  name: string;
  access: "read" | "write";
  is_private: boolean;
  state: "ready" | "unknown" | "missing" | "unusable" | "changed";
  digest: string;
  description: string;
  definition: string;
  accepted: string;
  reads_only: boolean | null;
  reason: string;
}

export interface ForeignServer {
  name: string;
  kind: "stdio" | "http" | "openapi";
  instance_id: string;
  is_online: boolean;
  reason: string;
  since: string | null;
  next_try_at: string | null;
  last_error: string;
  last_error_at: string | null;
  tools: ForeignTool[];
  others: string[];
  other_count: number;
}

export interface ForeignToolsReport {
  servers: ForeignServer[];
}

export interface RowsByKind {
  catalogue: Catalogue;
  instance: Instance;
  snapshot: Snapshot;
  incident: Incident;
  approval: ApprovalRequest;
  statistics: Statistics;
  person: Person;
  front_end: FrontEndStatus;
  mode: StewardMode;
  maintenance: MaintenanceWindow;
  change: Change;
  foreign_tools: ForeignToolsReport;
}

export type RowKind = keyof RowsByKind;

export interface RunbookRecord {
  id: string;
  version: number;
  title: string;
  text: string;
  recipes: { id: string; label: string; kind: string; steps: string[]; verify: string[] }[];
  symptoms: string[];
  alerts: string[];
  checks: string[];
  language: string;
}

/** What a runbook that changes nothing read. */
export interface RunbookReport {
  title: string;
  headline: string;
  sections: { title: string; lines: string[] }[];
  problems: number;
  is_complete: boolean;
}

/** The request that a person decides, or what was read. */
export interface RunbookAnswer {
  request: ApprovalRequest | null;
  was_waiting: boolean;
  report: RunbookReport | null;
}

/** One thing that a runbook can be requested for; the name can be that of its stack. */
export interface RunbookTarget {
  target: TargetRef;
  name: string;
}

export interface RunbookTargets {
  targets: RunbookTarget[];
  only_reads: boolean;
  is_for_all: boolean;
  reason: string;
}

export interface AuditRecord {
  position: number;
  at: string;
  event: string;
  body: string;
  previous: string;
  digest: string;
}

export interface AuditVerification {
  entries: number;
  head: string;
  broken_at: number | null;
  reason: string;
}

export interface DeploymentRecord {
  id: string;
  tier: string;
  model: string;
  embedding_model: string;
  server: string;
  takes_masked: boolean;
  size: string;
  good_at: string[];
  used: number;
  tokens: number;
  cost: number;
  limits: LimitUse[];
  reserve_percent: number;
  check: CheckRecord | null;
}

export interface Route {
  work: string;
  steps: string[];
  is_changed: boolean;
}

export interface LimitUse {
  kind: string;
  used: number;
  limit: number;
}

export interface CheckRecord {
  tools: string;
  languages: string[];
  weak: string[];
  speed: number | null;
}

export interface DailyUse {
  deployment: string;
  day: string;
  used: number;
}

export interface LedgerRecord {
  id: number;
  at: string;
  deployment: string;
  tier: string;
  task: string;
  bytes: number;
  privacy: string;
  masked: number;
}

/** What nothing may change. A fence of the settings file has the origin `file`. */
export interface Fence {
  id: string;
  service: string;
  instance: string;
  kind: string;
  target: string;
  role: string | null;
  actions: string[];
  with_guests: boolean;
  reason: string;
  origin: "file" | "front_end";
  problem: string;
}

/** A time in which what one owner approves needs no second person. */
export interface Elevation {
  person_name: string;
  ends_at: string;
  category: string;
  instance_id: string;
  closed_at: string | null;
}

export interface StewardMode {
  pause: { scope: "automatic" | "everything"; person_name: string; at: string; reason: string } | null;
  verbose: boolean;
  fences: Fence[];
  fence_offers: { instance_id: string; name: string; role: string; kind: string }[];
  elevation: Elevation | null;
}

interface Occurrence {
  starts_at: string;
  ends_at: string;
}

export interface MaintenanceWindow {
  id: string;
  title: string;
  instance_ids: string[];
  categories: string[];
  once: Occurrence | null;
  weekly: object | null;
  current: Occurrence | null;
  following: Occurrence | null;
}

export interface Preference {
  id: string;
  title: string;
  state: "noted" | "proposed" | "muted" | "declined";
  target: TargetRef | null;
  ignored: number;
}

export interface CoolDown {
  id: string;
  alert: string;
  title: string;
  count: number;
  until: string;
  person_name: string;
  target: TargetRef | null;
}

export interface WeeklyDocument {
  title: string;
  headline: string;
  sections: { title: string; lines: string[] }[];
  pictures: { key: string; title: string; svg: string }[];
  markdown: string;
}

export interface QuestionSettings {
  title: string;
  cron: string;
  zone: string;
  rules: string[];
  tools: string[];
  prompt: string;
  models: string;
  tokens: number;
  deliver_to: string[];
  send: string;
}

export interface ScheduledMessage {
  due_at: string;
  made_at: string;
  lines: string[];
  not_checked: string[];
  summary: string;
  worded_by: string;
  is_silent: boolean;
  reached_nobody: boolean;
}

export interface Schedule {
  id: string;
  title: string;
  kind: string;
  said: string;
  zone: string;
  is_own: boolean;
  is_changed: boolean;
  is_enabled: boolean;
  next_at: string | null;
  due_at: string | null;
  result: string;
  reason: string;
  last: ScheduledMessage | null;
  question: QuestionSettings | null;
  version: string;
  read_only: string;
}

export interface Schedules {
  schedules: Schedule[];
  wrong: string[];
  rules: NamedId[];
  tools: NamedId[];
  zone: string;
}

export interface NamedId {
  id: string;
  name: string;
}

export interface CheckedSchedule {
  mistakes: { key: string; text: string }[];
  said: string;
  next_at: string[];
  schedule: Schedule | null;
}

export type ChangeStatus =
  | "held"
  | "ready"
  | "asked"
  | "deferred"
  | "applying"
  | "watching"
  | "done"
  | "went_back"
  | "failed"
  | "rejected"
  | "blocked"
  | "gone";
export type ChangeLevel = "safe" | "careful" | "breaking" | "unknown";

export interface Assessment {
  level: ChangeLevel;
  at: string;
  reasons: string[];
  breaking: string[];
  security: string[];
  matches: string[];
  age_days: number | null;
  stable_days: number | null;
  /** An excerpt of the release notes: text from outside. */
  notes: string;
  missing: string;
  summary: string;
}

/** One update of one target. */
export interface Change {
  id: string;
  source: "home_assistant" | "image" | "pull_request" | "service";
  target: TargetRef;
  title: string;
  packages: { name: string; old: string | null; new: string; distance: string }[];
  revision: string;
  status: ChangeStatus;
  found_at: string;
  updated_at: string;
  category: string;
  group: string;
  distance: string;
  assessment: Assessment | null;
  way_back: "data" | "image" | "revert" | "backup" | "snapshot" | "none";
  way_back_text: string;
  kept: string;
  until: string | null;
  approval_id: string | null;
  incident_id: string | null;
  url: string | null;
  /** Why it waits now. */
  reason: string;
  result: string;
  /** The place of its wave in its group, from 1; 0 without waves. */
  wave: number;
  /** Without release notes, as the panel gets it at first. */
  brief?: boolean;
}
