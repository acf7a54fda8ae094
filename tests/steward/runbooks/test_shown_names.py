"""Steps and checks have the names that services declare."""

from dataclasses import replace
from typing import Any

from rig.toy import SERVICE
from steward.runbooks.model import Step, WaitFor
from steward.runbooks.shown_names import ShownNames
from steward.sdk.checks import warning
from steward.sdk.description import Check
from steward.services.finder import find_services


def test_each_step_of_the_services_has_a_name() -> None:
    shown = ShownNames.of(find_services().values())
    assert shown.step(Step(action="proxmox.set_memory")) == "Set memory of the container"
    assert shown.step(Step(capability="restart")) == "Restart"
    assert shown.step(Step(capability="nothing_offers_it")) == "nothing_offers_it"
    assert shown.check("clock_skew") == "Clock wrong"
    assert shown.check("unknown") == "unknown"


def test_a_step_that_waits_is_named_by_what_it_waits_for() -> None:
    wait = WaitFor(name="It runs", reading="running", equals=True, within=30)
    assert ShownNames().step(Step(wait_for=wait)) == "It runs"


def test_of_several_names_the_one_that_most_services_use_is_shown() -> None:
    check: Check[Any] = warning("toy_full", "A", lambda _: None)
    used = [replace(SERVICE, checks=(replace(check, name=name),)) for name in ("A", "B", "B")]
    assert ShownNames.of(used).check("toy_full") == "B"
    once = [replace(SERVICE, checks=(replace(check, name=name),)) for name in ("Longer", "B", "A")]
    assert ShownNames.of(once).check("toy_full") == "A"
