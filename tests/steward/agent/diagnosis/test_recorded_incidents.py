"""Recorded incidents are read, diagnosed, and judged; what is wrong in a record is named."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from recorded_incidents.__main__ import main
from recorded_incidents.judging import Judged, Player, figures
from recorded_incidents.records import WrongRecord, read_records
from rig.incident_player import all_services, built_in_runbooks

INCIDENTS = Path(__file__).parents[3] / "data" / "incidents"
GOOD = """
instances:
  docker:
    service: docker
    resources:
      - kind: container
        id: web
        name: web
        labels: {name: web}
        readings: {running: true, restart_count: 0}
    tools:
      - {tool: status, text: "up for 2 h"}
      - {tool: before_end, error: "no log"}
alerts: [{name: ContainerRestarting, labels: {name: web}, summary: "web was restarted"}]
expect: {healthy: true, required: ["up for 2 h", "never read"], forbidden: ["up for", "was restarted"]}
"""


async def judged(folder: Path) -> list[Judged]:
    return await Player(all_services(), built_in_runbooks()).play(read_records(folder, all_services()))


async def test_the_recorded_incidents_are_diagnosed() -> None:
    found = await judged(INCIDENTS)
    healthy = [one for one in found if one.record.expected.healthy]
    assert len(found) >= 20
    assert len(healthy) >= 0.3 * len(found)
    result = figures(found)
    assert (result["cause_right"], result["healthy_right"], result["false_causes"]) == (1.0, 1.0, 0)
    assert result["forbidden_said"] == 0


async def test_a_diagnosis_is_compared_with_the_record(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("running: true", "running: false"))
    (tmp_path / "c.yaml").write_text(GOOD.replace("healthy: true", "cause: {runbook: disk-failing}"))
    right, wrong, other = await judged(tmp_path)
    assert (right.healthy_right, right.cause_right, right.is_false_cause) == (True, None, False)
    assert (right.missing, right.said) == (("never read",), ("up for",))
    assert (wrong.healthy_right, wrong.is_false_cause) == (False, True)
    assert (other.cause_right, other.is_false_cause) == (False, True)
    result = figures([right, wrong, other])
    assert {key: value for key, value in result.items() if key != "p95_ms"} == {
        "n": 3,
        "cause_right": 0.0,
        "healthy_right": 0.5,
        "false_causes": 2,
        "required_found": 0.5,
        "forbidden_said": 3,
    }
    assert figures([right])["cause_right"] is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"instances:": "instances: ["}, "cannot be read"),
        ({"\nalerts:": "\nalarms:"}, "'alarms' is not known"),
        ({"service: docker": "service: dokker"}, "there is no service 'dokker'"),
        ({"kind: container": "kind: box"}, "docker has no kind 'box'"),
        ({"restart_count": "restarts"}, "there is no reading 'restarts'"),
        ({"tool: status": "tool: state"}, "docker has no tool 'state'"),
        ({"healthy: true, ": ""}, "either healthy is true, or there is a cause"),
        ({"healthy: true": "healthy: true, cause: {runbook: a}"}, "either healthy is true"),
        ({"{name: ContainerRestarting, ": "{severity: bad, name: A, "}, "there is no severity 'bad'"),
        ({"running: true": "running: [1]"}, "must be a text, a number, true or false"),
        ({"{name: ContainerRestarting, ": "{"}, "name must be a text"),
    ],
)
def test_a_wrong_record_is_named(
    tmp_path: Path, change: Mapping[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = GOOD
    for before, after in change.items():
        text = text.replace(before, after)
    (tmp_path / "bad.yaml").write_text(text)
    assert main([str(tmp_path), "--json"]) == 2
    error = capsys.readouterr().err
    assert "bad.yaml: " in error
    assert message in error


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongRecord, match="contains no incidents"):
        read_records(tmp_path, all_services())
    with pytest.raises(WrongRecord, match="is no folder"):
        read_records(tmp_path / "missing", all_services())


def test_the_command_prints_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    assert main([str(tmp_path), "--json", "--show", "all"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1])["n"] == 1
    assert "a: expected healthy" in printed.err
