"""Names are found however they are written, and only where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import AmbiguousName
from steward.conversation.mentions import NamedTarget, NameIndex, is_likely, marked
from steward.conversation.questions import TargetQuestion
from steward.language.text_parts import mark


def target(name: str, kind: str = "instance", service: str = "", label: str = "") -> NamedTarget:
    key = f"{kind}-{label or name}"
    return NamedTarget(
        label or name, TargetRef(instance_id=key, kind=kind, id=key, name=name), service or name.casefold()
    )


ADGUARD = target("AdGuard Home", service="adguard")
RADARR = target("Radarr")
GUEST = target("radarr", "container", "proxmox")
FOUR_K = target("Radarr 4K", service="radarr")
BIG_BOX = target("big-box", "node", "proxmox")
FILMS = target("Filme", service="plex")
EVERY = (ADGUARD, GUEST, RADARR, FOUR_K, BIG_BOX, FILMS)
INDEX = NameIndex(EVERY, {"plex": "Plex", "radarr": "Radarr"}, {"movie box": "big-box"})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("is AdGuard Home up", ["AdGuard Home"]),
        ("is adguard-home up", ["AdGuard Home"]),
        ("is ad guard home up", ["AdGuard Home"]),
        ("is adguardhome up", ["AdGuard Home"]),
        ("is bigbox up", ["big-box"]),
        ("is the movie box up", ["big-box"]),
        ("is radarr 4k up", ["Radarr 4K"]),
        ("is RADARR up", ["Radarr"]),
        ("radarr's queue", ["Radarr"]),
        ("radarr and big box", ["Radarr", "big-box"]),
        ("is plex up", ["Filme"]),
        ("is radarrs up", []),
        ("", []),
    ],
)
def test_names_are_found(text: str, names: list[str]) -> None:
    assert [one.targets[0].target.name for one in INDEX.find(text)] == names


def test_a_program_comes_before_the_guest_of_the_same_name() -> None:
    (mention,) = INDEX.find("radarr")
    assert mention.targets == (RADARR, GUEST)


def test_two_programs_of_the_same_name_are_asked_about() -> None:
    first = target("Radarr", label="Radarr on nas")
    second = target("Radarr", label="Radarr on mini")
    found = meaning_of("Is Radarr up?", [first, second])
    assert isinstance(found, AmbiguousName)
    assert found.labels == ("Radarr on nas", "Radarr on mini")
    assert found.offered.with_name("Radarr on mini") == "Is Radarr on mini up?"
    assert meaning_of("Is Radarr on mini up?", [first, second]) == TargetQuestion(second.target)


@pytest.mark.parametrize(
    ("name", "near", "likely"),
    [
        ("radar", "Radarr", True),
        ("sonar", "Sonarr", True),
        ("grafanna", "grafana", True),
        ("docker", "blocked", False),
        ("Jellyfin", "Radarr", False),
    ],
)
def test_how_similar_a_name_must_be(name: str, near: str, likely: bool) -> None:  # noqa: FBT001
    assert is_likely(name, near) is likely


@given(st.text(max_size=80))
def test_mentions_are_in_order_and_do_not_overlap(text: str) -> None:
    mentions = INDEX.find(text)
    end = 0
    for one in mentions:
        assert end <= one.start < one.end <= len(text)
        end = one.end
    shown = marked(text, mentions)
    assert all(mark(number) in shown for number in range(len(mentions)))


@given(st.lists(st.sampled_from(["Radarr", "AdGuard Home", "x", "big-box", "radarr 4k"]), max_size=6))
def test_every_name_is_found(names: list[str]) -> None:
    found = [one.targets[0].target.name for one in INDEX.find(" , ".join(names))]
    assert [one.casefold() for one in found] == [one.casefold() for one in names if one != "x"]
