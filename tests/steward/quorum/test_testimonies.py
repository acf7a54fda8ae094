"""What the items of a kind say at a poll, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homelab_steward.contract.devices import Aspect, Method, Word
from steward.quorum.marks import Marks, marks
from steward.sdk.alarms import Status
from steward.sdk.description import Repeats, ResourceKind
from steward.sdk.description import Testifies as How
from steward.sdk.monitors.testifying import watched_testifies, word_of
from steward.sdk.monitors.watched import Watched
from steward.sdk.readings import NotKnown
from steward.sdk.testimonies import Said, carried
from steward.sdk.testimonies import testimonies as all_said

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Box:
    id: str = "1"
    up: bool | None = True


@dataclass(frozen=True)
class Described:
    resources: tuple[ResourceKind[Any, Any], ...] = field(default=())
    watches: tuple[ResourceKind[Any, Any], ...] = field(default=())


def _word(one: Box) -> Word:
    if one.up is None:
        raise NotKnown("It did not look")
    return Word.UP if one.up else Word.DOWN


def _not_known(_: object) -> datetime:
    raise NotKnown("never")


HOW: How[Box] = How(word=_word, marks=lambda one: marks(name=f"box{one.id}"), aspect=lambda _: Aspect.REACH)


def said(how: How[Box], *boxes: Box, labels: Mapping[str, str] | None = None) -> tuple[Said, ...]:
    return all_said(Described((_kind(how, boxes, labels),)), None, NOW, 60.0)  # type: ignore[arg-type]


def test_what_is_no_resource_may_say_something_and_where_it_has_it_from() -> None:
    repeats = Repeats("uptime_kuma", "192.0.2.3")
    kind = _kind(replace(HOW, repeats=lambda _: repeats), (Box(),), None)
    [one] = all_said(Described(watches=(kind,)), None, NOW, 60.0)  # type: ignore[arg-type]
    assert (one.kind, one.word, one.repeats) == ("box", Word.UP, repeats)


def _kind(how: How[Box], boxes: tuple[Box, ...], labels: Mapping[str, str] | None) -> ResourceKind[Any, Box]:
    return ResourceKind[Any, Box](
        key="box", name="Box", items=lambda _: boxes, id=lambda one: one.id, testifies=(how,),
        labels=lambda _: {"host": "a"}, about=lambda _: labels or {},
    )  # fmt: skip


@pytest.mark.parametrize(("up", "word"), [(True, Word.UP), (False, Word.DOWN), (None, Word.UNKNOWN)])
def test_words(up: bool | None, word: Word) -> None:  # noqa: FBT001
    [one] = said(HOW, Box(up=up))
    assert one == Said(
        kind="box", id="1", name="1", device="box/1", marks=marks(name="box1"), aspect=Aspect.REACH,
        method=Method.API, word=word, checked_at=NOW, interval=60.0, labels={"host": "a"},
    )  # fmt: skip


def test_what_an_item_knows_better() -> None:
    earlier = NOW - timedelta(minutes=3)
    how = replace(
        HOW, device=lambda _: "nas", part=lambda _: "80", probe=lambda _: "far", interval=lambda _: 5.0,
        checked_at=lambda _: earlier, labels=lambda _: {"name": "x"}, method=lambda _: Method.ICMP,
    )  # fmt: skip
    [one] = said(how, Box())
    assert (one.device, one.part, one.probe, one.interval) == ("nas", "80", "far", 5.0)
    assert (one.checked_at, one.labels, one.method) == (earlier, {"name": "x"}, Method.ICMP)


def test_labels_of_what_it_is_about_are_added() -> None:
    assert said(HOW, Box(), labels={"host": "b", "job": "c"})[0].labels == {"host": "b", "job": "c"}


def test_when_it_looked_may_be_unknown() -> None:
    assert said(replace(HOW, checked_at=_not_known), Box())[0].checked_at == NOW


def test_an_item_that_fails_costs_no_other() -> None:
    def broken(one: Box) -> Marks:
        if one.id == "1":
            raise ValueError(one.id)
        return marks(name="x")

    assert [one.id for one in said(replace(HOW, marks=broken), Box(), Box(id="2"))] == ["2"]


def test_without_a_word_only_what_identifies_is_kept() -> None:
    silent = replace(HOW, word=lambda _: None)
    assert [one.word for one in said(silent, Box())] == [None]
    assert said(replace(silent, marks=lambda _: Marks()), Box()) == ()


def test_since_is_when_the_word_changed() -> None:
    first = tuple(carried((), said(HOW, Box(), Box(id="2")), NOW))
    assert [one.since for one in first] == [None, None]
    second = tuple(carried(first, said(HOW, Box(up=False), Box(id="2")), NOW + timedelta(minutes=1)))
    assert [one.since for one in second] == [NOW + timedelta(minutes=1), None]
    third = tuple(carried(second, said(HOW, Box(up=False), Box(id="3")), NOW + timedelta(minutes=2)))
    assert [one.since for one in third] == [NOW + timedelta(minutes=1), None]


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.UP, Word.UP),
        (Status.DOWN, Word.DOWN),
        (Status.PAUSED, Word.PAUSED),
        (Status.MAINTENANCE, Word.PAUSED),
        (Status.PENDING, Word.UNKNOWN),
        (Status.UNKNOWN, Word.UNKNOWN),
    ],
)
def test_words_of_monitors(status: Status, word: Word) -> None:
    assert word_of(status) is word


def test_what_a_monitor_watches_speaks_about_an_address() -> None:
    how = watched_testifies()
    one = Watched(item=None, key="1", name="nas", status=Status.UP, labels={"instance": "nas.lan:443"})
    assert (how.word(one), how.part(one), how.aspect(one)) == (Word.UP, "443", Aspect.SERVICE)
    assert how.marks(one).addresses == {"nas.lan"}
    assert how.word(replace(one, labels={"host": "nas"})) is Word.UP
    assert how.word(replace(one, labels={"name": "job"})) is None
