"""Measures how many small changes to the code that decides and executes are detected by its tests.

Prints each change that no test detects, a table with the score of each module, and the total.
Ends with 1 when a module is below the goal; of a sample, when the total is.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
EQUIVALENT: Final = Path(__file__).with_name("mutation_equivalent.toml")
GOAL: Final = 90.0

AGENT, STORE, TELEGRAM = "tests/steward/agent", "tests/steward/store", "tests/steward/telegram"
AUTONOMY = "tests/steward/autonomy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module with the fast tests that cover it."""

    name: str
    tests: Sequence[str]
    environment: str = ".venv"
    configuration: str = "pyproject.toml"


MODULES: Final = (
    Module(
        name="steward.agent.decisions.gate",
        tests=[
            f"{AGENT}/decisions/test_gate.py",
            f"{AGENT}/decisions/test_gate_decisions.py",
            f"{AGENT}/decisions/test_confirmation.py",
        ],
    ),
    Module(
        name="steward.agent.decisions.authorization",
        tests=[
            f"{AGENT}/decisions/test_gate.py",
            f"{AGENT}/decisions/test_confirmation.py",
            f"{AGENT}/decisions/test_elevation.py",
        ],
    ),
    Module(name="steward.agent.incidents.false_alarms", tests=[f"{AGENT}/incidents/test_false_alarms.py"]),
    Module(name="steward.agent.decisions.alone", tests=[f"{AGENT}/decisions/test_alone.py"]),
    Module(name="steward.agent.levels.trial_watch", tests=[f"{AGENT}/levels/test_trial_watch.py"]),
    Module(name="steward.agent.levels.selections", tests=[f"{AGENT}/levels/test_selections.py"]),
    Module(
        name="steward.agent.levels.observing",
        tests=[f"{AGENT}/levels/test_observing.py", f"{AGENT}/levels/test_selections.py"],
    ),
    Module(name="steward.agent.requests.target_sets", tests=[f"{AGENT}/requests/test_target_sets.py"]),
    Module(name="steward.agent.plans.recipe_conditions", tests=[f"{AGENT}/plans/test_recipe_conditions.py"]),
    Module(name="steward.agent.diagnosis.measured", tests=[f"{AGENT}/diagnosis/test_measured.py"]),
    Module(name="steward.agent.decisions.elevation", tests=[f"{AGENT}/decisions/test_elevation.py"]),
    Module(name="steward.agent.decisions.fences", tests=[f"{AGENT}/decisions/test_fences.py"]),
    Module(name="steward.inventory.fences", tests=["tests/steward/inventory/test_fences.py"]),
    Module(name="steward.agent.requests.asking", tests=[f"{AGENT}/requests/test_asking.py"]),
    Module(name="steward.agent.requests.request_plan", tests=[f"{AGENT}/requests/test_request_plan.py"]),
    Module(name="steward.agent.runs.executor", tests=[f"{AGENT}/runs/test_executor_decisions.py"]),
    Module(name="steward.agent.runs.undoing", tests=[f"{AGENT}/runs/test_undoing.py"]),
    Module(name="steward.agent.runs.journal", tests=[f"{AGENT}/runs/test_journal_decisions.py"]),
    Module(name="steward.agent.runs.effects", tests=[f"{AGENT}/runs/test_effects_decisions.py"]),
    Module(name="steward.agent.runs.step_reads", tests=[f"{AGENT}/runs/test_effects_decisions.py"]),
    Module(name="steward.agent.runs.progress", tests=[f"{AGENT}/runs/test_effects_decisions.py"]),
    Module(
        name="steward.agent.plans.plan",
        tests=[f"{AGENT}/plans/test_plan.py", f"{AGENT}/plans/test_plan_decisions.py"],
    ),
    Module(name="steward.agent.plans.references", tests=[f"{AGENT}/plans/test_references_decisions.py"]),
    Module(
        name="steward.agent.incidents.update_cover",
        tests=[f"{AGENT}/incidents/test_update_cover.py", "tests/steward/changes/test_update_alerts.py"],
    ),
    Module(
        name="steward.agent.runs.waits",
        tests=[f"{AGENT}/runs/test_linked_steps.py", f"{AGENT}/runs/test_waits.py"],
    ),
    *(
        Module(name=f"steward.foreign_tools.{one}", tests=[f"tests/steward/foreign_tools/test_{one}.py"])
        for one in ("definitions", "policy", "output", "registry")
    ),
    *(
        Module(name=f"steward.foreign_tools.openapi_{one}", tests=[f"tests/steward/foreign_tools/{tests}"])
        for one, tests in (
            ("document", "test_openapi_document.py"),
            ("request", "test_openapi_request.py"),
            ("schema", "test_openapi_document.py"),
            ("server", "test_openapi_server.py"),
            ("source", "test_openapi_server.py"),
        )
    ),
    Module(
        name="steward.conversation.foreign_reads",
        tests=["tests/steward/conversation/test_foreign_reads.py"],
    ),
    Module(name="steward.autonomy.cells", tests=[f"{AUTONOMY}/test_trials.py"]),
    Module(name="steward.autonomy.trials", tests=[f"{AUTONOMY}/test_trials.py"]),
    Module(name="steward.autonomy.evidence", tests=[f"{AUTONOMY}/test_evidence.py"]),
    Module(name="steward.autonomy.levels", tests=[f"{AUTONOMY}/test_levels.py"]),
    Module(name="steward.autonomy.ladder", tests=[f"{AUTONOMY}/test_ladder.py"]),
    Module(
        name="steward.autonomy.reasons",
        tests=[f"{AUTONOMY}/test_levels.py", f"{AUTONOMY}/test_ladder.py"],
    ),
    Module(
        name="steward.quorum.witnesses",
        tests=["tests/steward/quorum/test_consensus.py", "tests/steward/quorum/test_witnesses.py"],
    ),
    Module(
        name="steward.agent.monitors.incident_voices",
        tests=[f"{AGENT}/monitors/test_incident_voices.py", f"{AGENT}/monitors/test_quorum.py"],
    ),
    Module(name="steward.quorum.matching", tests=["tests/steward/quorum/test_matching.py"]),
    Module(name="steward.quorum.blindness", tests=["tests/steward/quorum/test_blindness.py"]),
    Module(name="steward.store.approvals", tests=[f"{STORE}/test_approvals.py"]),
    Module(name="steward.store.leader", tests=[f"{STORE}/test_leader.py"]),
    Module(name="steward.store.leader_rules", tests=[f"{STORE}/test_leader_rules.py"]),
    Module(name="steward.telegram.buttons", tests=[f"{TELEGRAM}/test_buttons.py"]),
    Module(name="steward.telegram.press_handler", tests=[f"{TELEGRAM}/test_press_decisions.py"]),
    Module(
        name="custom_components.homelab_steward.notifications.presses",
        tests=["tests/ha/test_press_decisions.py", "tests/ha/test_false_alarm_presses.py"],
        environment=".venv-ha",
        configuration="tests/ha/pytest.ini",
    ),
)


@dataclass(frozen=True, slots=True)
class Score:
    """The mutants of a module by the way they ended, and the seconds all took."""

    module: str
    seconds: float
    tests: int
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def counted(self) -> int:
        """The mutants that a test can detect."""
        return self.statuses.total() - self.statuses["equivalent"]

    @property
    def percent(self) -> float:
        """The part of the counted mutants that a test detected."""
        detected = self.statuses["killed"] + self.statuses["timeout"]
        return 100.0 * detected / self.counted if self.counted else 100.0

    def row(self) -> str:
        """Return the line of the table."""
        columns = [self.statuses[one] for one in ("killed", "timeout", "survived", "equivalent")]
        counts = "".join(f"{one:>12}" for one in (self.statuses.total(), *columns))
        return f"{self.module:<28}{counts}{self.percent:>9.1f} %{self.seconds:>8.0f} s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants that the arguments select; return the exit code."""
    options = _options(arguments)
    print_now(
        f"{'module':<28}{'mutants':>12}{'killed':>12}{'timeout':>12}{'survived':>12}{'equivalent':>12}  score"
    )
    scores = [_run(one, options) for one in _chosen(options)]
    total = Score(
        "total", sum(one.seconds for one in scores), 0, sum((one.statuses for one in scores), Counter())
    )
    if len(scores) > 1:
        print_now(total.row())
    below = [one for one in ([total] if options.sample else scores) if one.percent < GOAL]
    for one in below:
        print_now(f"{one.module}: {one.percent:.1f} % is below the goal of {GOAL:.0f} %")
    return 1 if below else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/mutate", description=__doc__)
    parser.add_argument("module", nargs="?", help="a module of the list, or any other with its tests")
    parser.add_argument("tests", nargs="*", help="files of tests instead of those of the list")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only N mutants of each module")
    parser.add_argument("--seed", default="0", help="selects which ones")
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count() or 1, help="mutants at a time")
    parser.add_argument(
        "--all", action="store_true", help="print every mutant, with the test that detects it"
    )
    return parser.parse_args(arguments)


def _chosen(options: argparse.Namespace) -> Sequence[Module]:
    if options.module is None:
        return MODULES
    name = options.module.removesuffix(".py").replace("/", ".").removeprefix("addon.")
    known = [one for one in MODULES if one.name == name or one.name.endswith(f".{name}")]
    if options.tests:
        like = known[0] if known else Module(name=name, tests=())
        return [
            Module(
                name=like.name,
                tests=options.tests,
                environment=like.environment,
                configuration=like.configuration,
            )
        ]
    if not known:
        raise SystemExit(f"no tests are known for {name}: name them after the module")
    return known[:1]


def _run(module: Module, options: argparse.Namespace) -> Score:
    """Run the mutants of a module and print its line and what was not detected."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result"
        command: list[str | Path] = [
            ROOT / module.environment / "bin/python",
            Path(__file__).with_name("mutation_worker.py"),
        ]
        command += ["--module", module.name, "--configuration", module.configuration, "--result", result]
        command += ["--jobs", str(options.jobs), "--sample", str(options.sample), "--seed", options.seed]
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        command += module.tests
        if subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode:  # noqa: S603 - ours
            raise SystemExit(2)
        found = json.loads(result.read_text(encoding="utf-8"))
    reasons = equivalent_mutants(EQUIVALENT.read_text(encoding="utf-8"), module.name)
    ended = [one | {"status": _status(one, reasons)} for one in found["mutants"]]
    short = module.name.rpartition(".")[2] if module.environment == ".venv" else "presses (Home Assistant)"
    score = Score(short, found["seconds"], found["tests"], Counter(one["status"] for one in ended))
    print_now(score.row())
    _print_mutants(ended, reasons, options)
    return score


def equivalent_mutants(text: str, module: str) -> dict[tuple[str, str], str]:
    """Return the reasons of a module's equivalent mutants by place and change."""
    tables = tomllib.loads(text).get("mutant", [])
    return {(one["place"], one["change"]): one["reason"] for one in tables if one["module"] == module}


def _status(mutant: Mapping[str, Any], reasons: Mapping[tuple[str, str], str]) -> str:
    is_equivalent = (mutant["place"], mutant["change"]) in reasons
    return "equivalent" if is_equivalent and mutant["status"] == "survived" else str(mutant["status"])


def _print_mutants(
    ended: Sequence[Mapping[str, Any]], reasons: Mapping[tuple[str, str], str], options: argparse.Namespace
) -> None:
    for one in ended:
        if one["status"] == "survived" or options.all:
            test = f"  [{one['test']}]" if one["test"] else ""
            print_now(f"    {one['status']}: line {one['line']}, {one['place']}: {one['change']}{test}")
    if not options.sample:
        for place, change in _stale(ended, reasons):
            print_now(f"    not equivalent, remove it from {EQUIVALENT.name}: {place}: {change}")


def _stale(ended: Sequence[Mapping[str, Any]], reasons: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the listed mutants that do not exist or that a test detects."""
    real = {(one["place"], one["change"]) for one in ended if one["status"] == "equivalent"}
    return [one for one in reasons if one not in real]


def print_now(text: str) -> None:
    """Print a line, also when the output is a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
