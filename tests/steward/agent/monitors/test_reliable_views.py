"""How often monitors were right orders and explains what they say, and decides nothing."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.devices import Aspect, DevicesView, Word
from rig.inventory import NOW
from steward.agent.monitors.device_book import DeviceBook, device_book
from steward.agent.monitors.device_view import view
from steward.inventory.ports import Witnessed
from steward.quorum.reliability import Outcome, reliabilities

from .test_device_book import seen

DAY = timedelta(days=1)


def was(right: bool, *, age: timedelta = DAY, witness: str = "prtg") -> Outcome:  # noqa: FBT001
    return Outcome(witness=witness, aspect=Aspect.REACH, was_right=right, settled_at=NOW - age)


outcomes = st.lists(
    st.builds(
        was,
        st.booleans(),
        age=st.timedeltas(-DAY, 1_000 * DAY),
        witness=st.sampled_from(["prtg", "kuma", "unifi"]),
    ),
    max_size=30,
)
statements = st.lists(
    st.builds(
        seen,
        st.sampled_from(["prtg", "kuma", "unifi"]),
        st.just("nas"),
        st.sampled_from(list(Word)),
        aspect=st.sampled_from(list(Aspect)),
    ),
    min_size=1,
    max_size=8,
)


def judged(shown: DevicesView) -> list[tuple[object, ...]]:
    """Return all of a view that says what is known and may be done."""
    plain = [
        replace(one, right=0, settled=0)
        for device in shown.devices
        for aspect in device.aspects
        for one in aspect.statements
    ]
    verdicts = [
        (device.id, one.aspect, one.part, one.verdict, one.may_act, one.why)
        for device in shown.devices
        for one in device.aspects
    ]
    return [*verdicts, *((one,) for one in sorted(plain, key=lambda one: one.to_json()))]


def book(said: list[Witnessed]) -> DeviceBook:
    return device_book(said, {}, NOW)


@given(statements, outcomes)
def test_it_never_changes_a_verdict_or_what_may_be_done(said: list[Witnessed], found: list[Outcome]) -> None:
    known = reliabilities(found, NOW)
    shown = view(book(said), NOW, "", 10, reliable=known)
    assert judged(shown) == judged(view(book(said), NOW, "", 10))


def test_the_view_ranks_and_explains() -> None:
    said = [seen("prtg", "nas", Word.DOWN), seen("kuma", "nas", Word.UP)]
    known = reliabilities([was(False), was(False), was(True), was(True, witness="kuma")], NOW)
    [device] = view(book(said), NOW, "", 10, reliable=known).devices
    [aspect] = device.aspects
    assert [(one.instance_id, one.right, one.settled) for one in aspect.statements] == [
        ("kuma", 1, 1),
        ("prtg", 1, 3),
    ]
    assert (aspect.verdict, aspect.may_act) == ("split", False)
