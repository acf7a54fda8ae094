"""What a recipe may depend on in the home, and what is not known."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.home import HomeFact, HomeFactState, HomePart, HomeReport
from homelab_steward.contract.incidents import IncidentStatus, RunStatus
from rig import records
from rig.agent_rig import RUNBOOK, open_rig
from rig.inventory import NOW
from rig.toy import Toy
from steward.errors import ServiceUnreachable
from steward.inventory.home_facts import read_facts
from steward.runbooks.model import Recipe, Step
from steward.sdk.home import FACT_NAMES, PROVEN_BACKUP, RECENT_BACKUP
from steward.telegram.plan import plan_lines

FACTS = st.dictionaries(st.sampled_from(HomeFact), st.sampled_from([True, False, None]))
SOME = st.lists(st.sampled_from(HomeFact), max_size=3).map(tuple)
CAREFUL = RUNBOOK.replace(
    "    label: Increase memory\n",
    "    label: Increase memory\n    not_while: [somebody_asleep]\n    only_while: [somebody_home]\n",
)


def recipe(
    not_while: tuple[HomeFact, ...] = (),
    only_while: tuple[HomeFact, ...] = (),
    steps: tuple[Step, ...] = (),
) -> Recipe:
    return Recipe(id="grow", label="Grow", not_while=not_while, only_while=only_while, steps=steps)


@given(SOME, SOME, FACTS, st.booleans())
def test_what_is_forbidden_refuses_and_what_is_unknown_only_asks(
    excluded: tuple[HomeFact, ...],
    required: tuple[HomeFact, ...],
    facts: Mapping[str, bool | None],
    is_step: bool,  # noqa: FBT001
) -> None:
    step = Step(action="toy.restart", not_while=excluded, only_while=required)
    made = recipe(steps=(step,)) if is_step else recipe(excluded, required)
    verdict = made.judge_home(facts)
    is_forbidden = any(facts.get(one) is True for one in excluded) or any(
        facts.get(one) is False for one in required
    )
    assert (verdict.refusal is not None) is is_forbidden
    if not is_forbidden:
        assert set(verdict.unknown) == {one for one in (*excluded, *required) if facts.get(one) is None}
    assert made.depends_on_home is bool(excluded or required)


def test_every_fact_has_a_name() -> None:
    assert set(FACT_NAMES) == {*HomeFact, PROVEN_BACKUP, RECENT_BACKUP}
    verdict = recipe((HomeFact.SOMEBODY_ASLEEP,)).judge_home({"somebody_asleep": True})
    assert verdict.refusal == "not while somebody is asleep"
    verdict = recipe((), (HomeFact.SOMEBODY_HOME,)).judge_home({"somebody_home": False})
    assert verdict.refusal == "only while somebody is home"


async def test_an_option_is_left_out_while_the_home_forbids_it(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[CAREFUL]) as rig:
        rig.inventory.facts = {"somebody_asleep": True, "somebody_home": True}
        request = await rig.ask()
        assert [one.recipe for one in request.proposal.options] == ["restart", "investigate"]
        assert request.proposal.left_out == ("Increase memory: not while somebody is asleep.",)


async def test_what_is_not_known_is_offered_and_said(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[CAREFUL]) as rig:
        rig.inventory.facts = {"somebody_asleep": False}
        request = await rig.ask()
        option = request.proposal.options[0]
        assert (option.recipe, option.unknown_facts) == ("grow", ("somebody_home",))
        assert request.proposal.options[1].unknown_facts == ()
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)


async def test_what_was_approved_does_not_begin_when_the_home_forbids_it_now(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[CAREFUL]) as rig:
        rig.inventory.facts = {"somebody_asleep": False, "somebody_home": True}
        request = await rig.ask()
        rig.inventory.facts = {"somebody_asleep": True, "somebody_home": True}
        await rig.press(request)
        incident = await rig.until(lambda one: one.run is not None)
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
        assert "not while somebody is asleep" in (incident.run.error or "")
        assert rig.toy.done == []


async def test_a_recipe_without_conditions_does_not_ask_home_assistant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path, Toy()) as rig:
        monkeypatch.delattr(type(rig.inventory), "home_facts")
        await rig.ask()


class Home:
    def __init__(self, report: HomeReport | None) -> None:
        self._report = report

    async def report(self, *parts: HomePart) -> HomeReport:
        assert parts == ()
        if self._report is None:
            raise ServiceUnreachable("Home Assistant is not connected")
        return self._report


async def test_facts_are_unknown_while_home_assistant_cannot_be_asked() -> None:
    report = HomeReport(
        made_at=NOW,
        started_at=NOW,
        version="2026.11.0",
        is_running=True,
        safe_mode=False,
        recovery_mode=False,
        allows_actions=True,
        parts=(),
        entity_count=0,
        unavailable_count=0,
        areas=(),
        entities=(),
        updates=(),
        repairs=(),
        log=(),
        backups=None,
        integrations=(),
        gaps=(),
        facts=(
            HomeFactState(fact="guests", is_on=True),
            HomeFactState(fact="of a newer version", is_on=None),
        ),
    )
    found = await read_facts(Home(report))  # type: ignore[arg-type]
    assert found == {"guests": True, "of a newer version": None}
    assert await read_facts(Home(None)) == {}  # type: ignore[arg-type]
    assert await read_facts(None) == {}


def test_telegram_shows_what_changes_without_steps() -> None:
    level = replace(records.option(1), label="Allow it", steps=(), changes="Level: asked about → announced")
    lines = [line.html for line in plan_lines(level, Catalogue(digest="", services=()))]
    assert lines[1:3] == ["Level: asked about → announced", "Medium risk, can be undone"]
    nothing = plan_lines(replace(level, changes=""), Catalogue(digest="", services=()))
    assert "undone" not in str([line.html for line in nothing])


def test_telegram_names_what_is_not_known() -> None:
    option = records.option(1)
    catalogue = Catalogue(digest="", services=())
    lines = plan_lines(replace(option, unknown_facts=("somebody_home", "of a newer version")), catalogue)
    shown = [line.html for line in lines]
    assert "Not known: whether somebody is home" in shown
    assert "Not known: whether of a newer version" in shown
    assert "Not known" not in str([line.html for line in plan_lines(option, catalogue)])
