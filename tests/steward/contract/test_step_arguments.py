"""Which arguments of a step its differences show, and how the others are named."""

from dataclasses import replace

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import (
    ActionOffer,
    Catalogue,
    Field,
    Risk,
    ServiceOffer,
    SettingKind,
)
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_arguments import argument_text, extra_arguments, is_in_image, is_shown
from homelab_steward.contract.step_parts import Difference, PlannedStep, ShownArgument

LIMIT = Difference(field="Memory limit", before="2048 MiB", after="3072 MiB")
FIELDS = (
    Field(key="memory_mib", kind=SettingKind.NUMBER, name="Memory", unit="MiB"),
    Field(key="hours", kind=SettingKind.NUMBER, name="Duration", unit="h"),
    Field(key="node", kind=SettingKind.TARGET, name="Node"),
)
ACTION = ActionOffer(key="set", name="Set", description="", risk=Risk.LOW, reversible=True, arguments=FIELDS)
CATALOGUE = Catalogue(
    digest="",
    services=(ServiceOffer(key="box", name="Box", category="general", settings=(), actions=(ACTION,)),),
)


def step(arguments: dict[str, Value], *differences: Difference, action: str = "box.set") -> PlannedStep:
    return PlannedStep(
        action=action,
        target=TargetRef(instance_id="box", kind="container", id="1", name="radarr"),
        arguments=arguments,
        title="Set",
        risk=Risk.LOW,
        reversible=True,
        differences=differences,
    )


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("memory_mib", 3072, True),
        ("memory", 3072, True),
        ("memory_limit", 3072, True),
        ("memory_mib", 30, False),
        ("memory_mib", 4096, False),
        ("memory_mib", 2048, False),
        ("memory_swap", 3072, False),
        ("memorial", 3072, False),
        ("swap_mib", 3072, False),
        ("mib", 3072, False),
        ("memory", "", False),
        ("memory", "MiB 3072", False),
        ("memory", "3072 MiB", True),
    ],
)
def test_an_argument_is_shown_by_a_difference_of_its_name_and_value(
    key: str, value: Value, *, shown: bool
) -> None:
    assert is_shown(key, value, LIMIT) is shown


def test_a_node_is_shown_by_its_difference() -> None:
    assert is_shown("node", "pve2", Difference(field="Node", before="pve1", after="pve2"))


def test_other_arguments_have_the_name_and_unit_of_their_field() -> None:
    silenced = Difference(field="Silenced", before="no", after="for 4 h")
    assert extra_arguments(step({"hours": 4, "node": "pve2"}, silenced), CATALOGUE) == (
        ("Duration", "4 h"),
        ("Node", "pve2"),
    )
    assert extra_arguments(step({"memory_mib": 3072}, LIMIT), CATALOGUE) == ()


@pytest.mark.parametrize("action", ["other.set", "box.other", "", "set"])
def test_an_argument_of_an_unknown_action_has_its_key(action: str) -> None:
    assert extra_arguments(step({"hours": 4}, action=action), CATALOGUE) == (("hours", "4"),)


@pytest.mark.parametrize(("value", "text"), [(None, "none"), (True, "yes"), (False, "no"), (1.5, "1.5")])
def test_values_as_text(value: Value, text: str) -> None:
    assert argument_text(value) == text


def test_a_difference_with_a_translated_name_shows_the_only_argument() -> None:
    """The name is in the household's language, so only the value can be compared."""
    german = Difference(field="Speichergrenze", before="2048 MiB", after="3072 MiB")
    assert extra_arguments(step({"memory_mib": 3072}, german), CATALOGUE) == ()
    assert extra_arguments(step({"memory_mib": 4096}, german), CATALOGUE) == (("Memory", "4096 MiB"),)
    assert extra_arguments(step({"memory_mib": 3072, "hours": 2}, german), CATALOGUE) == (
        ("Memory", "3072 MiB"),
        ("Duration", "2 h"),
    )
    assert extra_arguments(step({"other": 3072}, german), CATALOGUE) == (("other", "3072"),)


SHA = f"sha256:{'0123456789ab' * 5}0000"


@pytest.mark.parametrize(
    ("key", "value", "after", "shown"),
    [
        ("version", "4.0.2", f"ghcr.io/lab/sonarr:4.0.2 ({SHA[:19]})", True),
        ("digest", SHA, f"ghcr.io/lab/sonarr:4.0.2 ({SHA[:19]})", True),
        ("tag", "4.0.2", "ghcr.io/lab/sonarr:4.0.2", True),
        ("version", "4.0.2", f"sonarr:4.0.2@{SHA}", True),
        ("digest", SHA, f"sonarr:4.0.2@{SHA}", True),
        ("tag", f"4.0.2@{SHA}", f"sonarr:4.0.2@{SHA}", True),
        ("tag", SHA, f"sonarr@{SHA}", True),
        ("version", "0.2", f"sonarr:4.0.2 ({SHA[:19]})", False),
        ("version", "4.0.2", f"sonarr:4.0.3 ({SHA[:19]})", False),
        ("version", "", "sonarr:", False),
        ("digest", SHA.replace("0", "f"), f"sonarr:4.0.2 ({SHA[:19]})", False),
        ("digest", SHA, "sonarr:4.0.2", False),
        ("digest", SHA, f"sonarr:4.0.2 ({SHA[:12]})", False),
        ("tag", "4.0.2", "sonarr:4.0.2 and more", False),
        ("minutes", "30", "12:30", False),
    ],
)
def test_an_image_shows_its_tag_and_its_digest(key: str, value: str, after: str, *, shown: bool) -> None:
    image = Difference(field="Abbild", before="sonarr:4.0.1", after=after)
    assert is_in_image(key, value, image) is shown
    planned = step({key: value, "force": True}, image)
    assert extra_arguments(planned, CATALOGUE) == (
        *(() if shown else ((key, value),)),
        ("force", "yes"),
    )


def test_arguments_are_shown_as_the_plan_names_them() -> None:
    planned = replace(
        step({"hours": 4, "force": True}),
        shown={
            "hours": ShownArgument(name="Dauer", value="4 h"),
            "force": ShownArgument(name="Erzwingen", value="ja"),
        },
    )
    assert extra_arguments(planned, CATALOGUE) == (("Dauer", "4 h"), ("Erzwingen", "ja"))
    turned_on = Difference(field="Erzwungen", before="nein", after="ja")
    only = replace(planned, arguments={"force": True}, differences=(turned_on,))
    assert extra_arguments(only, CATALOGUE) == ()
