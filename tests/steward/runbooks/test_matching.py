"""Matching: labels first, then words; and words alone choose nothing for the wrong thing."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.incidents import Alert, Severity
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.agent_rig import RUNBOOK, library
from rig.inventory import NODE, box
from steward.inventory.ports import OUTAGE
from steward.runbooks.library import OWN_RUNBOOKS, parse
from steward.runbooks.matching import (
    ENOUGH,
    NAMED,
    WORDS,
    RunbookIndex,
    Subject,
    match_runbooks,
)
from steward.runbooks.model import Runbook
from steward.sdk.description import Role

CONTAINER = TargetRef(instance_id="pve1", kind="container", id="pve1/lxc/105", name="radarr")
OWN = {
    one.id: one
    for one in (parse(path.name, path.read_text(encoding="utf-8")) for path in OWN_RUNBOOKS.glob("*.md"))
}


class Similarity:
    """An index that finds what a test says."""

    def __init__(self, found: Mapping[str, float]) -> None:
        self.found = found

    def search(self, text: str, vector: object = None) -> Mapping[str, float]:
        return self.found

    async def vector_of(self, text: str) -> None:
        """Return no vector."""


def alert(name: str = "X", summary: str = "", description: str = "", **labels: str) -> Alert:
    return replace(records.stored_alert(name=name, summary=summary, labels=labels), description=description)


def match(
    books: Mapping[str, Runbook],
    found: Mapping[str, float],
    *alerts: Alert,
    target: TargetRef | None = box(),  # noqa: B008 - frozen
) -> list[tuple[str, float, str]]:
    matches = match_runbooks(books, Similarity(found), Subject(alerts, target))
    return [(one.runbook_id, one.score, one.reason) for one in matches]


@pytest.mark.parametrize(
    ("restriction", "service", "roles", "fits"),
    [
        ("services: [toy]", "toy", (), True),
        ("services: [radarr, toy]", "toy", (), True),
        ("services: [radarr]", "toy", (), False),
        ("services: [radarr]", None, (), False),
        ("roles: [host]", "toy", (Role.HOST,), True),
        ("roles: [host, storage]", "toy", (Role.STORAGE,), True),
        ("roles: [host]", "toy", (Role.APPLICATION,), False),
        ("roles: [host]", "toy", (), False),
        ("services: [toy], roles: [host]", "toy", (Role.APPLICATION,), False),
    ],
)
def test_services_and_roles_restrict_what_a_runbook_is_for(
    restriction: str,
    service: str | None,
    roles: tuple[Role, ...],
    fits: bool,  # noqa: FBT001
) -> None:
    books = library(RUNBOOK.replace("targets: [box]", restriction))
    subject = Subject((alert("ToyMemoryHigh"),), box(), service, roles)
    assert bool(match_runbooks(books, Similarity({}), subject)) is fits


BOOKS = library(
    RUNBOOK,
    RUNBOOK.replace("id: toy-memory", "id: by-check").replace(
        "alerts: [ToyMemoryHigh]", "checks: [memory_check], labels: {team: home}"
    ),
    RUNBOOK.replace("id: toy-memory", "id: anywhere").replace(", targets: [box]", ""),
)


@pytest.mark.parametrize(
    ("alerts", "similarity", "target", "expected"),
    [
        ([alert()], {}, box(), []),
        ([alert("ToyMemoryHigh")], {}, box(), ["anywhere", "toy-memory"]),
        ([alert("ToyMemoryHigh")], {}, NODE, ["anywhere"]),
        ([alert("ToyMemoryHigh")], {}, None, ["anywhere"]),
        ([alert(check="memory_check", team="home")], {}, box(), ["by-check"]),
        ([alert(check="memory_check", team="other")], {}, box(), []),
        ([alert(check="memory_check")], {}, box(), []),
        ([alert(check="memory_check"), alert(team="home")], {}, box(), ["by-check"]),
        ([alert()], {"toy-memory": 1.0}, box(), ["toy-memory"]),
        ([alert()], {"toy-memory": 0.5}, box(), ["toy-memory"]),
        ([alert()], {"toy-memory": 0.49}, box(), []),
        ([alert()], {"toy-memory": 1.0}, NODE, []),
        ([alert()], {"toy-memory": 1.0}, None, []),
        ([alert()], {"by-check": 1.0}, box(), []),
        ([alert(team="home")], {"by-check": 1.0}, box(), ["by-check"]),
        ([], {"toy-memory": 1.0}, box(), ["toy-memory"]),
        ([alert(check="refused", team="home", **{OUTAGE: "refused"})], {"by-check": 1.0}, box(), []),
        (
            [alert(check="memory_check", team="home", **{OUTAGE: "memory_check"})],
            {"by-check": 1.0},
            box(),
            ["by-check"],
        ),
    ],
)
def test_what_fits(
    alerts: list[Alert], similarity: Mapping[str, float], target: TargetRef | None, expected: list[str]
) -> None:
    assert [one[0] for one in match(BOOKS, similarity, *alerts, target=target)] == expected


@pytest.mark.parametrize(("target", "team", "searches"), [(box(), "", 1), (None, "", 0), (None, "home", 1)])
def test_texts_are_searched_only_with_a_runbook_for_target_and_labels(
    target: TargetRef | None, team: str, searches: int
) -> None:
    texts: list[str] = []

    class Counted(Similarity):
        def search(self, text: str, vector: object = None) -> Mapping[str, float]:
            texts.append(text)
            return super().search(text, vector)

    books = {one.id: one for one in BOOKS.values() if one.id != "anywhere"}
    books["by-check"] = replace(books["by-check"], match=replace(books["by-check"].match, targets=()))
    subject = Subject((alert(team=team),), target)
    assert len(match_runbooks(books, Counted(dict.fromkeys(books, 1.0)), subject)) == searches
    assert len(texts) == searches


def test_scores_and_reasons() -> None:
    found = match(BOOKS, {"toy-memory": 0.5, "by-check": 1.0}, alert("ToyMemoryHigh", team="home"))
    assert found == [
        ("toy-memory", round(NAMED + (1 - NAMED) * 0.5, 2), "alert ToyMemoryHigh"),
        ("anywhere", NAMED, "alert ToyMemoryHigh"),
    ]
    by_text = match(BOOKS, {"by-check": 1.0}, alert(team="home"))
    assert by_text == [("by-check", WORDS, "may fit, by its text")]


@pytest.mark.parametrize(("name", "may_fit"), [("ToyMemoryHigh", False), ("Other", True)])
def test_a_match_by_text_only_may_fit(name: str, may_fit: bool) -> None:  # noqa: FBT001
    (one,) = match_runbooks(library(RUNBOOK), Similarity({"toy-memory": 0.9}), Subject([alert(name)], box()))
    assert one.may_fit is may_fit


def test_an_alert_name_counts_more_than_any_text() -> None:
    found = match(BOOKS, {"by-check": 1.0}, alert("ToyMemoryHigh", team="home"))
    assert found[0][0] in ("anywhere", "toy-memory")
    assert WORDS < NAMED


@pytest.mark.parametrize("first", ["by-check", "toy-memory"])
def test_what_the_most_severe_alert_names_comes_before_what_resembles_the_text_little_more(
    first: str,
) -> None:
    books = library(
        RUNBOOK, RUNBOOK.replace("id: toy-memory", "id: by-check").replace("ToyMemoryHigh", "ToyOther")
    )
    names = {"toy-memory": "ToyMemoryHigh", "by-check": "ToyOther"}
    alerts = [
        replace(alert(name), severity=Severity.CRITICAL if book == first else Severity.WARNING)
        for book, name in names.items()
    ]
    similarity = {one: 0.5 if one == first else 0.55 for one in names}
    assert match(books, similarity, *alerts)[0][0] == first


def test_a_match_has_its_reason() -> None:
    (one,) = match_runbooks(library(RUNBOOK), Similarity({}), Subject([alert("ToyMemoryHigh")], box()))
    assert (one.runbook_id, one.version, one.title, one.history) == (
        "toy-memory",
        1,
        "Toy memory pressure",
        "",
    )


@given(st.floats(0, 1), st.booleans())
def test_scores_stay_between_enough_and_one(similarity: float, named: bool) -> None:  # noqa: FBT001
    found = match(library(RUNBOOK), {"toy-memory": similarity}, alert("ToyMemoryHigh" if named else "X"))
    assert all(ENOUGH <= score <= 1 for _, score, _ in found)
    assert bool(found) == (named or WORDS * similarity >= ENOUGH)


@pytest.fixture(scope="module")
def index() -> RunbookIndex:
    return RunbookIndex(OWN)


EVIL = [
    "",
    " ",
    '"',
    "'",
    '" OR 1=1 --',
    "* ^ : - + ( ) { } [ ]",
    "NEAR(memory container, 5)",
    "title:memory",
    "memory AND NOT container",
    "a\0b",
    "\ud800",
    "x" * 100_000,
    "word " * 100_000,
]


@pytest.mark.parametrize("text", EVIL)
def test_no_text_breaks_the_index(index: RunbookIndex, text: str) -> None:
    found = index.search(text)
    assert all(0 <= similarity <= 1 for similarity in found.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("container is out of memory, oom killed", "container-memory-pressure"),
        ("lxc guest stopped, not running, crashed", "container-stopped"),
        ("radarr health error: indexer not answering", "application-unhealthy"),
    ],
)
def test_text_finds_the_runbook_that_is_meant(index: RunbookIndex, text: str, expected: str) -> None:
    found = index.search(text)
    assert max(found, key=lambda one: found[one]) == expected


def test_a_changed_runbook_is_found_by_its_new_words_only() -> None:
    index, runbook = RunbookIndex(OWN), replace(next(iter(OWN.values())), symptoms=())
    index.put(replace(runbook, title="Zebra", text="quantum banana"))
    assert set(index.search("zebra banana")) == {runbook.id}
    index.put(replace(runbook, title="Giraffe", text="quantum cherry"))
    assert set(index.search("giraffe cherry")) == {runbook.id}
    assert index.search("zebra banana") == {}


def test_unknown_words_find_nothing(index: RunbookIndex) -> None:
    assert index.search("zebra quantum banana") == {}


@pytest.mark.parametrize("book", sorted(OWN))
def test_no_text_chooses_a_runbook_for_another_kind_of_target(index: RunbookIndex, book: str) -> None:
    runbook = OWN[book]
    everything = " ".join([runbook.title, runbook.match.words, runbook.text, *runbook.match.alerts])
    evil = alert(everything[:255], summary=everything, description=everything, check=everything)
    other = TargetRef(instance_id="x", kind="something else", id="x", name=everything)
    assert match_runbooks(OWN, index, Subject([evil], other)) == ()
    assert match_runbooks(OWN, index, Subject([evil], None)) == ()


def test_the_story_finds_its_runbook(index: RunbookIndex) -> None:
    story = alert("ContainerHighMemoryUsage", summary="Memory of radarr is at 95 %")
    found = match_runbooks(OWN, index, Subject([story], CONTAINER))
    assert found[0].runbook_id == "container-memory-pressure"
    assert found[0].reason == "alert ContainerHighMemoryUsage"
