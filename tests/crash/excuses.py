"""The places that no scenario visits, each with the reason, by the begin of their names."""

from typing import Final

ONE_ROW: Final = "writes one fact in one transaction, and nothing outside of the app follows from it"
REPEATED: Final = "is found again at the next look, because what it goes by is in the store"
LOOKS_UP: Final = "only reads: an answer that is lost is asked for again"
REPLACED: Final = "replaces a whole file; the old one stays until then"
OWN_TESTS: Final = "has deaths of its own in the tests of its folder"

EXCUSED: Final = {
    "agent/runs/after_restore.py": "ends each run in one transaction, and is done again at the next start",
    "agent/incidents/correlator.py: Correlator.note_silence": REPEATED,
    "agent/incidents/correlator.py: Correlator.take": REPEATED,
    "agent/diagnosis/diagnoser.py: Diagnoser.keep": REPEATED,
    "agent/decisions/elevation.py: Elevations.look": REPEATED,
    "agent/incidents/expectations.py": ONE_ROW,
    "agent/requests/expiry.py: Expiry._ask_more": REPEATED,
    "agent/requests/expiry.py: Expiry._remind": REPEATED,
    "agent/diagnosis/explainer.py": REPEATED,
    "agent/incidents/false_alarms.py": ONE_ROW,
    "agent/decisions/fences.py: Fences.look": REPEATED,
    "agent/requests/habits.py": ONE_ROW,
    "agent/incidents/intake.py: Intake._take_alone": (
        "is not answered before its commit, so the monitor sends again"
    ),
    "agent/levels/ladder.py": REPEATED,
    "agent/levels/levels.py": ONE_ROW,
    "agent/monitors/match_questions.py": REPEATED,
    "agent/monitors/monitor_watch.py": REPEATED,
    "agent/requests/preferences.py": ONE_ROW,
    "agent/monitors/quorum.py": ONE_ROW,
    "agent/requests/reoffers.py": REPEATED,
    "agent/levels/runbook_drafts.py": REPEATED,
    "agent/levels/run_trials.py: RunTrials._judge": REPEATED,
    "agent/requests/scheduled_requests.py: ScheduledRequests._end": REPEATED,
    "agent/runs/target_drills.py": OWN_TESTS,
    "agent/requests/withdrawals.py": REPEATED,
    "api/discovery.py": LOOKS_UP,
    "api/record_queries.py": ONE_ROW,
    "changes/commands.py": ONE_ROW,
    "changes/finding.py: Finder._end_missing": REPEATED,
    "changes/finding.py: Finder._forget": REPEATED,
    "changes/keeping.py": OWN_TESTS,
    "changes/learning.py": REPEATED,
    "changes/notes_source.py": LOOKS_UP,
    "changes/pipeline.py: Pipeline._note": REPEATED,
    "changes/registry.py": LOOKS_UP,
    "changes/summary_writer.py": REPEATED,
    "conversation/": ONE_ROW,
    "doctor/": LOOKS_UP,
    "drill/": "works in a scratch copy of the app",
    "foreign_tools/openapi_server.py": (
        "is the call of a step, whose effect is unknown after a death, as that of each action is"
    ),
    "foreign_tools/openapi_source.py": LOOKS_UP,
    "foreign_tools/registry.py": ONE_ROW,
    "event_webhooks/": "sends an event until it is taken, always with the same id",
    "inventory/": ONE_ROW,
    "llm/": "counts what is asked of language models; a model changes nothing",
    "notebook/": REPLACED,
    "observability/trace_exporter.py": "sends traces, which say nothing that is not in the store",
    "offsite/": "a copy counts when its checksum is stored, which is written last",
    "reports/": REPEATED,
    "restore_drill/": OWN_TESTS,
    "runbooks/": REPLACED,
    "schedules/": REPEATED,
    "sdk/websocket.py: Websocket.connect": LOOKS_UP,
    "secret_file.py": "is written before it is used for the first time",
    "services/": LOOKS_UP,
    "store/archive.py": REPLACED,
    "store/backup.py": "fills a new database in one transaction",
    "store/leader_election.py": OWN_TESTS,
    "store/store.py: Store.refused": ONE_ROW,
    "telegram/": OWN_TESTS,
    "timing/": OWN_TESTS,
    "whole_file.py": REPLACED,
    "wiring/": ONE_ROW,
    "wiring/base.py": "happens at each start of the app before anything else",
    "wiring/doctor_command.py": LOOKS_UP,
    "wiring/setup.py": REPLACED,
}
