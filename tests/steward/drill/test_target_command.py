"""The command for a drill on marked targets: it waits for the end, and prints what was undone."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.drill import DrillTargets, TargetDrill, TargetTry, TryState
from homelab_steward.contract.state import TargetRef
from rig.inventory import NOW
from steward.drill.target_command import drill_targets, exit_code, lines, wait_for_end
from steward.settings.model import Settings

BOX = TargetRef(instance_id="toy1", kind="box", id="1", name="box")


def _drill(*states: TryState, differences: tuple[str, ...] = ()) -> TargetDrill:
    tries = tuple(
        TargetTry(
            action="toy.pause",
            title="Pause",
            target=BOX,
            state=one,
            reason="refused" if one is TryState.FAILED else "",
        )
        for one in states
    )
    return TargetDrill(
        approval_id="a", tries=tries, left_out=("box, Start: it runs",), differences=differences, ended_at=NOW
    )


@pytest.mark.parametrize(
    ("drill", "code"),
    [
        (_drill(TryState.UNDONE, TryState.UNDONE), 0),
        (_drill(TryState.UNDONE, TryState.NOT_TRIED), 0),
        (_drill(TryState.UNDONE, TryState.FAILED), 1),
        (_drill(TryState.UNDONE, differences=("box: limit was 1 and is 2",)), 1),
        (_drill(TryState.NOT_TRIED), 2),
        (_drill(), 2),
    ],
)
def test_it_holds_only_when_something_was_undone_and_nothing_is_different(
    drill: TargetDrill, code: int
) -> None:
    assert exit_code(drill) == code


def test_what_is_not_applicable_or_not_tried_is_not_counted_as_undone() -> None:
    found = lines(_drill(TryState.UNDONE, TryState.FAILED, TryState.NOT_TRIED, differences=("box: gone",)))
    assert found == [
        "undone         box: Pause",
        "FAILED         box: Pause: refused",
        "not tried      box: Pause",
        "not applicable box, Start: it runs",
        "DIFFERENT      box: gone",
        "1 of 3 undone, 1 failed, 1 not tried, 1 not applicable",
    ]


@pytest.mark.parametrize(("as_json", "is_told"), [(False, True), (True, False)])
async def test_it_asks_once_and_waits_for_the_end(
    capsys: pytest.CaptureFixture[str], *, as_json: bool, is_told: bool
) -> None:
    done = _drill(TryState.UNDONE)
    answers = [replace(_drill(TryState.WAITS), ended_at=None)] * 2 + [done]
    sent: list[DrillTargets] = []

    async def send(request: DrillTargets) -> TargetDrill:
        sent.append(request)
        return answers.pop(0)

    assert await wait_for_end(send, as_json=as_json, every=0) == done
    assert [one.approval_id for one in sent] == ["", "a", "a"]
    assert ("An owner is asked now" in capsys.readouterr().out) is is_told


async def test_without_an_app_that_runs_nothing_can_be_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await drill_targets(Settings(data_dir=tmp_path, api_token="x" * 32), as_json=False) == 2
    assert "could not be run" in capsys.readouterr().err
