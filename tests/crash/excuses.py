"""The places that no scenario visits, each with the reason, by the begin of their names."""

from typing import Final

ONE_ROW: Final = "writes one fact in one transaction, and nothing outside of the app follows from it"
REPEATED: Final = "is found again at the next look, because what it goes by is in the store"
LOOKS_UP: Final = "only reads: an answer that is lost is asked for again"
OWN_TESTS: Final = "has deaths of its own in the tests of its folder"

EXCUSED: Final = {
    "agent/after_restore.py": "ends each run in one transaction, and is done again at the next start",
    "agent/correlator.py: Correlator.take": REPEATED,
    "agent/elevation.py: Elevations.look": REPEATED,
    "agent/expectations.py": ONE_ROW,
    "agent/expiry.py: Expiry._ask_more": REPEATED,
    "agent/expiry.py: Expiry._remind": REPEATED,
    "agent/explainer.py": REPEATED,
    "agent/fences.py: Fences.look": REPEATED,
    "agent/habits.py": ONE_ROW,
    "agent/intake.py: Intake._take_alone": "is not answered before its commit, so the monitor sends again",
    "agent/ladder.py": REPEATED,
    "agent/levels.py": ONE_ROW,
    "agent/preferences.py": ONE_ROW,
    "agent/quorum.py": ONE_ROW,
    "agent/reoffers.py": REPEATED,
    "agent/run_trials.py: RunTrials._judge": REPEATED,
    "agent/scheduled_requests.py: ScheduledRequests._end": REPEATED,
    "agent/withdrawals.py": REPEATED,
    "api/discovery.py": LOOKS_UP,
    "api/record_queries.py": ONE_ROW,
    "app.py": "happens at each start of the app before anything else",
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
    "drill/": "works in a scratch copy of the app",
    "inventory/": ONE_ROW,
    "llm/": "counts what is asked of language models; a model changes nothing",
    "reports/": REPEATED,
    "schedules/": REPEATED,
    "sdk/json_rpc.py": LOOKS_UP,
    "secret_file.py": "is written before it is used for the first time",
    "services/": LOOKS_UP,
    "store/archive.py": "replaces a whole file; the old one stays until then",
    "store/backup.py": "fills a new database in one transaction",
    "store/store.py: Store.refused": ONE_ROW,
    "telegram/": OWN_TESTS,
    "timing/": OWN_TESTS,
    "whole_file.py": "replaces a whole file; the old one stays until then",
    "wiring/": ONE_ROW,
}
