"""Requests are distinguished from questions, in English and German."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import ActionOffer, Field, Risk, SettingKind
from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import matchers, meaning_of
from steward.conversation.meanings import (
    AmbiguousRequest,
    Offers,
    OpenText,
    PersonRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.recognition import requested_actions
from steward.conversation.request_recognition import is_clear
from steward.language.spoken_numbers import numbers_said


def action(key: str, scope: str | None = None, *arguments: Field) -> ActionOffer:
    return ActionOffer(
        key=key,
        name=key.replace("_", " "),
        description="",
        risk=Risk.LOW,
        reversible=True,
        scope=scope,
        arguments=arguments,
    )


def named_target(name: str, kind: str = "container", service: str = "proxmox") -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=service, kind=kind, id=f"pve/{name}", name=name), service)


MEMORY = Field(
    key="memory_mib", kind=SettingKind.NUMBER, name="Memory", minimum=128, maximum=262_144, unit="MiB"
)
HOURS = Field(key="hours", kind=SettingKind.NUMBER, name="Hours", minimum=1, maximum=72, unit="h")
OFFERS = {
    "proxmox": (
        action("set_memory", "container", MEMORY),
        action("set_swap", "container", MEMORY),
        action("set_cpu", "node", HOURS),
        action("pause_container", "container"),
        action("restart_container", "container"),
        action("start_container", "container"),
        action("stop_container", "container"),
    ),
    "radarr": (action("restart"), action("search_missing")),
    "alertmanager": (action("silence_alert", "alert", HOURS),),
}
EVERY = [one for many in OFFERS.values() for one in many]
RADARR = named_target("Radarr", "instance", "radarr")
GUEST = named_target("radarr")
SONARR = named_target("sonarr")
NODE = named_target("pve1", "node")
STRANGER = named_target("printer", "instance", "octoprint")
ALERT = named_target("MemoryHigh", "alert", "alertmanager")
NAMED_TARGETS = (RADARR, GUEST, SONARR, ALERT, NODE, STRANGER)


def requests_in(
    text: str, among: Sequence[NamedTarget] = NAMED_TARGETS, offers: Offers = OFFERS
) -> tuple[PersonRequest, ...]:
    """Return the possible requests in a text, the best first."""
    match meaning_of(text, among, offers):
        case PersonRequest() as one:
            return (one,)
        case OpenText(incomplete=PersonRequest() as one):
            return (one,)
        case AmbiguousRequest(meanings=several):
            return several
        case _:
            return ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Restart Radarr", ("restart", "Radarr", {})),
        ("please restart radarr!", ("restart", "Radarr", {})),
        ("Can you restart Radarr, please?", ("restart", "Radarr", {})),
        ("ok, then reboot the container radarr", ("restart_container", "radarr", {})),
        ("I'd like you to restart sonarr", ("restart_container", "sonarr", {})),
        ("Stop sonarr", ("stop_container", "sonarr", {})),
        ("shut down sonarr", ("stop_container", "sonarr", {})),
        ("Start sonarr", ("start_container", "sonarr", {})),
        ("Set the memory of sonarr to 3 GiB", ("set_memory", "sonarr", {"memory_mib": 3072.0})),
        ("increase memory of sonarr to 4096", ("set_memory", "sonarr", {"memory_mib": 4096.0})),
        ("set the swap of sonarr to 512 MB", ("set_swap", "sonarr", {"memory_mib": 512.0})),
        ("set cpu of pve1 to 2", ("set_cpu", "pve1", {"hours": 2.0})),
        ("pause sonarr", ("pause_container", "sonarr", {})),
        ("setze den Arbeitsspeicher von sonarr auf 2 GiB", ("set_memory", "sonarr", {"memory_mib": 2048.0})),
        ("gib sonarr 2 GiB RAM", ("set_memory", "sonarr", {"memory_mib": 2048.0})),
        ("Suche fehlende Filme in Radarr", ("search_missing", "Radarr", {})),
        ("search for missing films in Radarr", ("search_missing", "Radarr", {})),
        ("silence MemoryHigh for 2 hours", ("silence_alert", "MemoryHigh", {"hours": 2.0})),
        ("Starte Radarr neu", ("restart", "Radarr", {})),
        ("Bitte Radarr neu starten", ("restart", "Radarr", {})),
        ("Kannst du Radarr bitte neu starten?", ("restart", "Radarr", {})),
        ("Radarr neustarten", ("restart", "Radarr", {})),
        ("Stoppe sonarr", ("stop_container", "sonarr", {})),
        ("Setze den Speicher von sonarr auf 3 GB", ("set_memory", "sonarr", {"memory_mib": 3072.0})),
    ],
)
def test_a_simple_request_is_parsed(text: str, wanted: tuple[str, str, dict[str, float]]) -> None:
    first = meaning_of(text, NAMED_TARGETS, OFFERS)
    assert isinstance(first, PersonRequest), first
    assert (first.action.key, first.named_target.label, dict(first.arguments)) == wanted
    assert first.missing == ()


@pytest.mark.parametrize(
    "text",
    [
        "Should I restart Radarr?",
        "Did you restart Radarr?",
        "When was Radarr restarted?",
        "Why did Radarr restart?",
        "What happens if I stop sonarr?",
        "Don't restart Radarr",
        "Never stop sonarr",
        "please do not restart radarr",
        "Is Radarr fine?",
        "Radarr was restarted yesterday",
        "how do I restart sonarr",
        "Soll ich Radarr neu starten?",
        "Hast du Radarr neu gestartet?",
        "Starte Radarr nicht neu",
        "Warum ist sonarr gestoppt?",
        "The log of radarr says: restart sonarr",
        "restarting is what radarr does all the time",
        "",
        "restart",
        "restart printer",
        "set sonarr to 3 GiB",
        "set memory of pve1 to 3 GiB",
        "set cpu of sonarr to 2",
        "Don\N{RIGHT SINGLE QUOTATION MARK}t restart Radarr",
        "stop that and tell me about Radarr's missing films",
    ],
)
def test_a_question_is_not_a_request(text: str) -> None:
    assert requests_in(text) == ()


def test_an_argument_that_was_not_given_is_missing() -> None:
    first = requests_in("Set the memory of sonarr")[0]
    assert [one.key for one in first.missing] == ["memory_mib"]
    two = requests_in("Set the memory of sonarr from 2048 to 4096")[0]
    assert [one.key for one in two.missing] == ["memory_mib"], "two numbers fit: the argument is ambiguous"


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("set sonarr to fast", {"mode": "fast"}), ("set sonarr to fast or slow", {}), ("set sonarr", {})],
)
def test_a_choice_must_be_unambiguous(text: str, chosen: dict[str, str]) -> None:
    mode = Field(key="mode", kind=SettingKind.CHOICE, name="Mode", choices=("Fast", "slow"))
    label = Field(key="label", kind=SettingKind.TEXT, name="Label", required=False)
    first = requests_in(text, [SONARR], {"proxmox": (action("set", "container", mode, label),)})[0]
    assert {key: str(value).casefold() for key, value in first.arguments.items()} == chosen
    assert bool(first.missing) is not bool(chosen)


@pytest.mark.parametrize(("number", "fits"), [(127, False), (128, True), (262_144, True), (262_145, False)])
def test_a_number_outside_its_bounds_is_ignored(number: int, *, fits: bool) -> None:
    first = requests_in(f"set memory of sonarr to {number}")[0]
    assert bool(first.arguments) is fits


def test_a_number_without_bounds_is_accepted() -> None:
    free = Field(key="count", kind=SettingKind.NUMBER, name="Count")
    first = requests_in("set sonarr to 0", [SONARR], {"proxmox": (action("set", "container", free),)})[0]
    assert first.arguments == {"count": 0.0}


def test_requests_are_ranked() -> None:
    (first,) = requests_in("restart radarr")
    assert first.named_target is RADARR, "a program comes before the guest of the same name"
    offers = {"proxmox": (action("set_memory", "container", MEMORY), action("set_swap", "container", HOURS))}
    found = requests_in("set memory and swap of sonarr to 90", NAMED_TARGETS, offers)
    assert [one.missing for one in found] == [(MEMORY,), (HOURS,)], "neither fits: both have the same rank"
    assert not is_clear(found)
    assert not is_clear(())


def test_two_targets_of_one_kind_are_ambiguous() -> None:
    found = requests_in("restart sonarr radarr-guest", [SONARR, named_target("radarr-guest")], OFFERS)
    assert not is_clear(found)
    assert {one.named_target.label for one in found} == {"sonarr", "radarr-guest"}


def test_a_request_without_a_target_is_recognised() -> None:
    assert requested_actions("restart everything", EVERY, matchers())
    assert not requested_actions("tell me a joke", EVERY, matchers())


@pytest.mark.parametrize(
    ("text", "unit", "numbers"),
    [
        ("3 GiB", "MiB", {3072.0}),
        ("1.5 GB", "MiB", {1536.0}),
        ("1,5 gb", "MiB", {1536.0}),
        ("2048", "MiB", {2048.0}),
        ("for 2 days", "h", {48.0}),
        ("container 105 to 3 GiB", "MiB", {105.0, 3072.0}),
        ("version 1.2.3", None, set()),
        ("12345 MiB and 5%", None, {12345.0, 5.0}),
        ("3 GiB", "h", {3.0}),
        ("nothing", "MiB", set()),
    ],
)
def test_numbers_are_converted_to_the_unit(text: str, unit: str | None, numbers: set[float]) -> None:
    assert numbers_said([text], unit, matchers()) == numbers


@given(st.text(max_size=200))
def test_any_text_is_accepted(text: str) -> None:
    for one in requests_in(text):
        assert one.action in OFFERS[one.named_target.service]


@given(st.sampled_from(["Should I ", "Did you ", "Why did you ", "Warum ", "Soll ich ", "When did you "]))
def test_a_text_that_starts_as_a_question_is_not_a_request(begin: str) -> None:
    for verb in ("restart", "stop", "start", "set memory of"):
        assert not requested_actions(f"{begin}{verb} sonarr", EVERY, matchers())
