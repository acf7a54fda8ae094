"""What requests about updates say, in the language of the household."""

from dataclasses import replace
from datetime import timedelta

from homelab_steward.contract.changes import ChangeLevel, PackageChange
from homelab_steward.contract.later import Later
from homelab_steward.contract.proposals import OptionKind
from rig import records
from rig.changes_rig import assessment
from rig.inventory import NOW, box
from steward.agent.plans.plan import Plan
from steward.changes.cards import Bundle, wanted
from steward.changes.watch import longest


def bundle(key: str = "c1", **changes: object) -> Bundle:
    row = records.change(key, assessment=assessment(), way_back_text="Image only.", target=box(key))
    step = replace(records.step(), id=f"{key}.0", blast_radius="One box")
    plan = Plan(f"change:{key}", 1, "5.1.1", (step,), ({},))
    return replace(Bundle(changes=(row,), plan=plan), **changes)  # type: ignore[arg-type]


def test_a_request_about_one_says_what_changes_breaks_and_can_be_taken_back() -> None:
    packages = (
        PackageChange(name="app", old="1.0", new="2.0"),
        PackageChange(name="sidecar", old=None, new="3.1"),
    )
    found = assessment(
        ChangeLevel.BREAKING,
        reasons=("A setting was renamed.",),
        breaking=("`OLD` is now `NEW`.",),
        security=("CVE-2026-1 (high)",),
        matches=("It mends the leak of 12 June.",),
        missing="The notes of 1.5 are missing.",
    )
    one = bundle()
    row = replace(one.changes[0], packages=packages, assessment=found)
    asked = wanted([replace(one, changes=(row,), order="Order: a; b.")])
    assert asked.text.splitlines() == [
        "Breaking: A setting was renamed.",
        "Breaking: `OLD` is now `NEW`.",
        "Image only.",
        "Order: a; b.",
        "app 1.0 → 2.0",
        "sidecar … → 3.1",
        "Security: CVE-2026-1 (high)",
        "It mends the leak of 12 June.",
        "The notes of 1.5 are missing.",
    ]
    act, defer = asked.options
    assert (act.kind, act.runbook_id, act.recipe, act.blast_radius) == (
        OptionKind.ACT,
        "change:c1",
        "5.1.1",
        "One box",
    )
    assert (defer.kind, defer.label, defer.steps) == (OptionKind.DEFER, "Defer 7 days", ())
    assert asked.target == box("c1")


def test_the_first_lines_of_a_request_say_what_breaks_and_the_way_back() -> None:
    found = assessment(ChangeLevel.BREAKING, breaking=("a", "b", "c", "d"), security=("e",) * 5)
    packages = (PackageChange(name="app", old="1.0", new="2.0"),) * 6
    rows = [replace(bundle(key).changes[0], packages=packages, assessment=found) for key in ("c1", "c2")]
    rows[0] = replace(rows[0], assessment=assessment(ChangeLevel.CAREFUL))
    lines = wanted([replace(bundle(), changes=tuple(rows))]).text.splitlines()[:8]
    assert [line.partition(":")[0] for line in lines[:2]] == ["Needs care", "Breaking"]
    assert [*lines[2:6], lines[6]] == [*(f"Breaking: {line}" for line in "abcd"), "Image only."]


def test_reasons_and_the_way_back_are_sentences() -> None:
    one = bundle()
    found = assessment(ChangeLevel.CAREFUL, reasons=("It is new", "Data is converted: “a.”"), missing="Lost")
    row = replace(one.changes[0], assessment=found, way_back_text="Image only: no copy")
    one = replace(one, changes=(row,))
    said = "It is new. Data is converted: “a.”."
    assert wanted([one]).text.splitlines() == [f"Needs care: {said}", "Image only: no copy.", "Lost."]
    assert wanted([one, bundle("c2")]).text.splitlines()[0].endswith("It is new. Image only: no copy.")


def test_without_a_judgement_nothing_is_called_safe() -> None:
    one = bundle()
    asked = wanted([replace(one, changes=(replace(one.changes[0], assessment=None),))])
    assert asked.text == "Image only."
    silent = assessment(ChangeLevel.UNKNOWN, reasons=())
    asked = wanted([replace(one, changes=(replace(one.changes[0], assessment=silent),))])
    assert asked.text.splitlines()[0] == "Not known whether it is safe."
    twice = assessment(ChangeLevel.UNKNOWN, reasons=("It is new", "No notes"), missing="No notes")
    asked = wanted([replace(one, changes=(replace(one.changes[0], assessment=twice),))])
    assert asked.text == "Not known whether it is safe: It is new. No notes.\nImage only."


def test_the_request_says_for_how_long_it_is_watched() -> None:
    one = bundle()
    for seconds, text in ((None, "for 15 minutes"), (90, "for 2 minutes"), (10, "for 10 seconds")):
        option = replace(one, watched=longest(seconds)).option()
        assert f"It is watched {text} and" in option.verification


def test_a_request_about_several_numbers_them_and_is_bound_to_each_plan() -> None:
    later = Later(at=NOW + timedelta(hours=1), until=NOW + timedelta(hours=2))
    first, second = bundle(later=later), bundle("c2", later=later)
    quiet = replace(second.changes[0], assessment=None, category="media")
    second = replace(second, changes=(quiet,))
    asked = wanted([first, second])
    assert asked.title == "2 updates: Radarr 5.1.0 → 5.1.1 and Radarr 5.1.0 → 5.1.1"
    scheduled, *lines = asked.text.splitlines()
    assert scheduled.startswith("Scheduled: ")
    assert lines == [
        "1. Radarr 5.1.0 → 5.1.1: 3 fixes, no breaking change. Image only.",
        "2. Radarr 5.1.0 → 5.1.1: Image only.",
    ]
    assert asked.target is None
    assert asked.categories == ("infrastructure", "media")
    assert asked.later == later
    each = asked.options[0]
    assert each.kind is OptionKind.EACH
    assert each.performed == ()
    assert [one.id for one in each.steps] == ["c1.0", "c2.0"]
    other = replace(second, plan=replace(second.plan, recipe="5.1.2"))
    assert wanted([first, other]).options[0].plan_hash != each.plan_hash
