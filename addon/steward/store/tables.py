"""The core tables: columns for queries, and each record as JSON."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from .schema import BigId, Timestamp, metadata

app_metadata: Final = Table(
    "app_metadata",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

alerts: Final = Table(
    "alerts",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("incident_id", String(32), nullable=True),
    Column("received_at", Timestamp, nullable=False),
    Column("seen_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_alerts_incident_id", "incident_id"),
    Index("ix_alerts_source_status", "source", "status"),
)

heartbeats: Final = Table(
    "heartbeats",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("seen_at", Timestamp, nullable=False),
    Column("interval", Integer, nullable=False),
    Column("silent_since", Timestamp, nullable=True),
)

restore_proofs: Final = Table(
    "restore_proofs",
    metadata,
    Column("target", String(255), primary_key=True),
    Column("place", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

restore_copies: Final = Table(
    "restore_copies",
    metadata,
    Column("place", String(64), primary_key=True),
    Column("copy", String(128), primary_key=True),
    Column("begun_at", Timestamp, nullable=False),
)

device_matches: Final = Table(
    "device_matches",
    metadata,
    Column("first", String(255), primary_key=True),
    Column("second", String(255), primary_key=True),
    Column("is_same", Boolean, nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("decided_at", Timestamp, nullable=False),
)

device_questions: Final = Table(
    "device_questions",
    metadata,
    Column("first", String(255), primary_key=True),
    Column("second", String(255), primary_key=True),
    Column("asked_at", Timestamp, nullable=False),
)

monitor_problems: Final = Table(
    "monitor_problems",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("witness", String(255), nullable=False),
    Column("seen_from", Timestamp, nullable=False),
    Column("seen_at", Timestamp, nullable=False),
    Column("reported_at", Timestamp, nullable=True),
    Column("severity", String(16), nullable=False),
    Column("summary", Text, nullable=False),
    Column("description", Text, nullable=False),
)

witness_claims: Final = Table(
    "witness_claims",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("witness", String(255), primary_key=True),
    Column("aspect", String(16), primary_key=True),
    Column("right_if_real", Boolean, nullable=False),
    Column("noted_at", Timestamp, nullable=False),
    Column("was_right", Boolean, nullable=True),
    Column("settled_at", Timestamp, nullable=True),
)

webhook_rhythms: Final = Table(
    "webhook_rhythms",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("seen_at", Timestamp, nullable=False),
    Column("interval", Integer, nullable=False),
    Column("pauses", Integer, nullable=False),
    Column("silent_since", Timestamp, nullable=True),
)

foreign_tool_pins: Final = Table(
    "foreign_tool_pins",
    metadata,
    Column("server", String(64), primary_key=True),
    Column("tool", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("definition", Text, nullable=False),  # the canonical JSON that the digest is of
    Column("accepted_by", String(64), nullable=False),
    Column("accepted_at", Timestamp, nullable=False),
)

incidents: Final = Table(
    "incidents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("group_key", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("is_request", Boolean, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("category", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_incidents_group_key_status", "group_key", "status"),
    Index("ix_incidents_status", "status"),
    # It has all that is read to find out which of the newest closed problems were changed.
    Index("ix_incidents_is_request_number", "is_request", "number", "status", "updated_at", "id"),
)

approvals: Final = Table(
    "approvals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("incident_id", String(32), ForeignKey("incidents.id"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Column("decided_at", Timestamp, nullable=True),
    Column("reminders", Integer, nullable=False, default=0),
    Column("decision", LargeBinary, nullable=True),
    Column("withdrawn", Text, nullable=False, default=""),
    Column("asked", Text, nullable=False),  # ids of people, as JSON
    Column("snoozed_until", Timestamp, nullable=True),
    Column("first", LargeBinary, nullable=True),  # the first of two approvals
    Column("released_at", Timestamp, nullable=True),
    Column("acts_at", Timestamp, nullable=True),
    Column("body", LargeBinary, nullable=False),
    Index("ix_approvals_status_expires_at", "status", "expires_at"),
    Index("ix_approvals_incident_id", "incident_id"),
)

approval_options: Final = Table(
    "approval_options",
    metadata,
    Column("approval_id", String(32), ForeignKey("approvals.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("plan_hash", String(64), nullable=False),
)

runs: Final = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("incident_id", String(32), ForeignKey("incidents.id"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Index("ix_runs_status", "status"),
)

journal: Final = Table(
    "journal",
    metadata,
    Column("run_id", String(32), ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("idempotency_key", String(64), nullable=False),
    Column("changed_at", Timestamp, nullable=False),
    Column("started_at", Timestamp, nullable=True),
    Column("undoing_at", Timestamp, nullable=True),
    Column("epoch", BigInteger, nullable=False, default=0),
    Column("baseline", LargeBinary, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("has_effect", Boolean, nullable=False),
    Column("preserves", Boolean, nullable=False),
    UniqueConstraint("idempotency_key"),
    Index("ix_journal_started_at", "started_at"),
)

leases: Final = Table(
    "leases",
    metadata,
    Column("target", String(255), primary_key=True),
    Column("run_id", String(32), nullable=False),
    Column("taken_at", Timestamp, nullable=False),
)

statistics: Final = Table(
    "statistics",
    metadata,
    Column("runbook_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("recipe", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

outcomes: Final = Table(
    "outcomes",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("runbook_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("runbook_hash", String(64), nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("target", String(255), nullable=False),
    Column("target_class", String(128), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("via", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("started_at", Timestamp, nullable=False),
    Column("finished_at", Timestamp, nullable=False),
    Column("at", Timestamp, nullable=False),
    Index("ix_outcomes_target_at", "target", "at"),
)

trials: Final = Table(
    "trials",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("runbook_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("runbook_hash", String(64), nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("target_class", String(128), nullable=False),
    Column("target", String(255), nullable=False),
    Column("plan_hash", String(64), nullable=False),
    Column("alerts", Text, nullable=False),  # names, as JSON
    Column("is_automatic", Boolean, nullable=False),
    Column("hour_part", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("others_open", Boolean, nullable=False),
    Column("started_at", Timestamp, nullable=False),
    Column("at", Timestamp, nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("seen_at", Timestamp, nullable=False),
    Column("looked_at", Timestamp, nullable=False),
    Column("watch", String(16), nullable=False),
    Column("was_readable", Boolean, nullable=False),
    Column("nature", Text, nullable=False),  # JSON
    Column("label", String(16), nullable=True),
    Column("labelled_at", Timestamp, nullable=True),
    Index("ix_trials_label", "label"),
    Index("ix_trials_runbook_id_version", "runbook_id", "version"),
    Index("ix_trials_target_started_at", "target", "started_at"),
)

standings: Final = Table(
    "standings",
    metadata,
    Column("runbook_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("recipe", String(64), primary_key=True),
    Column("target_class", String(128), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

selections: Final = Table(
    "selections",
    metadata,
    Column("approval_id", String(32), primary_key=True),
    Column("runbook_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("target_class", String(128), nullable=False),
    Column("target", String(255), nullable=False),
    Column("offered_at", Timestamp, nullable=False),
    Column("choice", String(16), nullable=False),
    Column("at", Timestamp, nullable=False),
    Index("ix_selections_runbook_id_version", "runbook_id", "version"),
    Index("ix_selections_choice", "choice"),
)

undo_proofs: Final = Table(
    "undo_proofs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("action", String(128), nullable=False),
    Column("major", String(32), nullable=False),
    Column("worked", Boolean, nullable=False),
    Column("at", Timestamp, nullable=False),
    Index("ix_undo_proofs_action_major", "action", "major"),
)

maintenance_windows: Final = Table(
    "maintenance_windows",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("added_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

preferences: Final = Table(
    "preferences",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("last_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

cool_downs: Final = Table(
    "cool_downs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("until", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

runbook_drafts: Final = Table(
    "runbook_drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

target_aliases: Final = Table(
    "target_aliases",
    metadata,
    Column("target", String(255), primary_key=True),
    Column("words", String(255), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

reports: Final = Table(
    "reports",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("until", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

schedules: Final = Table(
    "schedules",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("times", Text, nullable=False),
    Column("since", Timestamp, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Timestamp, nullable=True),
    Column("changed_at", Timestamp, nullable=True),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
)

scheduled_messages: Final = Table(
    "scheduled_messages",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("schedule_id", String(64), nullable=False),
    Column("made_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_scheduled_messages_schedule_id_made_at", "schedule_id", "made_at"),
)

changes: Final = Table(
    "changes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("target", String(255), nullable=False),
    Column("revision", Text, nullable=False),
    Column("found_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_changes_status", "status"),
    Index("ix_changes_target", "target"),
)

change_baselines: Final = Table(
    "change_baselines",
    metadata,
    Column("target", String(255), primary_key=True),
    Column("updated_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

change_watches: Final = Table(
    "change_watches",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("updated_at", Timestamp, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("position", BigId, primary_key=True, autoincrement=False),
    Column("at", Timestamp, nullable=False),
    Column("event", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)
