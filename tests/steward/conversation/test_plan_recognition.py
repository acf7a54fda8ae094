"""Requests for several targets in five languages: what each becomes, and what is refused in words."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.catalogue import Category as CategoryOffer
from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import matchers
from steward.conversation.meanings import (
    AmbiguousName,
    Goal,
    GoalRequest,
    Meaning,
    NoTarget,
    OpenText,
    PersonRequest,
    PlanRequest,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.recognition import recognise
from steward.conversation.request_parts import PartKind
from steward.conversation.said_text import Known
from steward.conversation.vocabulary import known_things
from steward.services.finder import find_services


def named(name: str, service: str, kind: str = "instance") -> NamedTarget:
    place = name.lower() if kind == "instance" else "pve"
    return NamedTarget(name, TargetRef(instance_id=place, kind=kind, id=name.lower(), name=name), service)


AMONG: Final = (
    *(named(one, one.lower()) for one in ("Radarr", "Sonarr", "Lidarr", "Jellyfin")),
    named("Pve", "proxmox"),
    named("Nas", "truenas"),
    *(named(one, "proxmox", "container") for one in ("grafana", "paperless")),
    named("win", "proxmox", "vm"),
)


def everything(among: Sequence[NamedTarget] = AMONG) -> Known:
    services = [one for one in find_services().values() if one.key in {named.service for named in AMONG}]
    categories = {one.category.key: one.category for one in services}.values()
    offers = Catalogue(
        digest="x",
        services=tuple(one.offer() for one in services),
        categories=tuple(CategoryOffer(key=one.key, name=one.name, icon=one.icon) for one in categories),
    )
    return known_things(offers, among)


KNOWN: Final = everything()
ARRS: Final = {"Radarr": "restart", "Sonarr": "restart", "Lidarr": "restart"}
CONTAINERS: Final = {"grafana": "restart_container", "paperless": "restart_container"}


def meaning(language: str, text: str) -> Meaning:
    return recognise(text, [], KNOWN, matchers(language))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Restart all the arr apps", ARRS),
        ("en", "restart radarr, sonarr, and lidarr please", ARRS),
        ("en", "restart every container", CONTAINERS),
        (
            "en",
            "can you stop grafana and the paperless container?",
            dict.fromkeys(CONTAINERS, "stop_container"),
        ),
        ("en", "restart radarr and stop grafana", {"Radarr": "restart", "grafana": "stop_container"}),
        ("en", "Restart all guests", {**CONTAINERS, "win": "restart_vm"}),
        ("de", "Starte Radarr, Sonarr und Lidarr neu", ARRS),
        ("de", "Kannst du alle arr Apps neu starten?", ARRS),
        ("de", "Starte bitte alle Container neu", CONTAINERS),
        ("de", "Starte Radarr neu und stoppe grafana", {"Radarr": "restart", "grafana": "stop_container"}),
        ("fr", "Redémarre Radarr, Sonarr et Lidarr", ARRS),
        ("fr", "Redémarre tous les conteneurs", CONTAINERS),
        ("fr", "Redémarre toutes les applications arr", ARRS),
        ("de", "Bitte Radarr, Sonarr und Lidarr neu starten", ARRS),
        ("nl", "Kun je Radarr, Sonarr en Lidarr herstarten?", ARRS),
        ("en", "could you bounce each of my containers", CONTAINERS),
        ("es", "Reinicia Radarr, Sonarr y Lidarr", ARRS),
        ("es", "Reinicia todos los contenedores", CONTAINERS),
        ("nl", "Herstart Radarr, Sonarr en Lidarr", ARRS),
        ("nl", "Herstart alle containers", CONTAINERS),
    ],
)
def test_several_targets_become_one_action_each(language: str, text: str, expected: dict[str, str]) -> None:
    found = meaning(language, text)
    assert isinstance(found, PlanRequest)
    assert {one.named_target.label: one.action.key for one in found.requests} == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Restart Radarr and then Sonarr", ["Radarr", "Sonarr"]),
        ("en", "restart sonarr, then radarr and lidarr", ["Sonarr", "Radarr", "Lidarr"]),
        ("en", "restart sonarr first, then radarr", ["Sonarr", "Radarr"]),
        ("en", "restart the container grafana and the container paperless", ["grafana", "paperless"]),
        ("de", "Starte erst Sonarr und danach Radarr neu", ["Sonarr", "Radarr"]),
        ("fr", "Redémarre Radarr puis Sonarr", ["Radarr", "Sonarr"]),
        ("es", "Reinicia Radarr y luego Sonarr", ["Radarr", "Sonarr"]),
        ("nl", "Herstart Radarr en daarna Sonarr", ["Radarr", "Sonarr"]),
        ("en", "Back up grafana, then take a snapshot of paperless.", ["grafana", "paperless"]),
        ("de", "Mach ein Backup von grafana und paperless", ["grafana", "paperless"]),
        ("fr", "Sauvegarde grafana et paperless", ["grafana", "paperless"]),
        ("es", "Haz copia del contenedor grafana y de la máquina win", ["grafana", "win"]),
        ("nl", "Herstart de apps Radarr en Sonarr", ["Radarr", "Sonarr"]),
    ],
)
def test_the_order_that_was_said_is_kept(language: str, text: str, expected: list[str]) -> None:
    found = meaning(language, text)
    assert isinstance(found, PlanRequest)
    assert [one.named_target.label for one in found.requests] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Restart all the arr apps, but not the NAS", {"Nas"}),
        ("en", "restart all the arr apps except lidarr and sonarr please", {"Lidarr", "Sonarr"}),
        ("en", "restart all containers, not grafana", {"grafana"}),
        ("de", "Starte alle Arr-Programme neu, nur Lidarr nicht", {"Lidarr"}),
        ("de", "Starte alle arr Apps außer Lidarr neu", {"Lidarr"}),
        ("fr", "Redémarre tous les conteneurs sauf grafana", {"grafana"}),
        ("es", "Reinicia todos los contenedores excepto grafana", {"grafana"}),
        ("nl", "Herstart alle containers, maar grafana niet", {"grafana"}),
    ],
)
def test_exceptions_that_have_a_name_are_kept(language: str, text: str, expected: set[str]) -> None:
    found = meaning(language, text)
    assert isinstance(found, PlanRequest)
    assert {one.name for one in found.excepted} == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "restart radarr but not sonarr"),
        ("en", "restart all containers without asking me"),
        ("en", "restart all containers except the old ones"),
        ("en", "restart all the arr apps but only lidarr tomorrow"),
        ("en", "restart radarr and then tell me"),
        ("en", "restart radarr and sonarr with a backup"),
        ("de", "Starte Radarr und Sonarr mit einer Sicherung neu"),
        ("es", "Reinicia Radarr y Sonarr con copia de seguridad"),
        ("de", "Starte alle Container neu, aber grafana"),
        ("de", "Starte alle Container neu, nur grafana"),
    ],
)
def test_other_exceptions_are_refused(language: str, text: str) -> None:
    assert isinstance(meaning(language, text), UnsupportedRequest)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "restart the sonarr and grafana containers", ["restart_container", "restart_container"]),
        ("en", "restart the containers sonarr and grafana", ["restart_container", "restart_container"]),
        ("en", "restart sonarr and the grafana container", ["restart", "restart_container"]),
        ("en", "restart the sonarr container and lidarr", ["restart_container", "restart"]),
        ("en", "restart sonarr and lidarr", ["restart", "restart"]),
        ("en", "restart sonarr and the container grafana", ["restart", "restart_container"]),
        (
            "en",
            "restart lidarr, sonarr and the container grafana",
            ["restart", "restart", "restart_container"],
        ),
        (
            "en",
            "restart lidarr and the containers sonarr and grafana",
            ["restart", "restart_container", "restart_container"],
        ),
        ("de", "Starte Sonarr und den Container grafana neu", ["restart", "restart_container"]),
        ("fr", "Redémarre Sonarr et le conteneur grafana", ["restart", "restart_container"]),
        ("es", "Reinicia Sonarr y el contenedor grafana", ["restart", "restart_container"]),
        ("nl", "Herstart Sonarr en de container grafana", ["restart", "restart_container"]),
    ],
)
def test_a_kind_is_said_of_the_names_beside_it(language: str, text: str, expected: list[str]) -> None:
    guest = named("sonarr", "proxmox", "container")
    known = replace(KNOWN, among=(*AMONG, guest))
    found = recognise(text, [], known, matchers(language))
    assert isinstance(found, PlanRequest)
    assert [one.action.key for one in found.requests] == expected


def with_two_containers() -> Known:
    """Two containers are called sonarr."""
    place = TargetRef(instance_id="mini", kind="container", id="sonarr", name="sonarr")
    others = (
        NamedTarget("sonarr on pve", named("sonarr", "proxmox", "container").target, "proxmox"),
        NamedTarget("sonarr on mini", place, "proxmox"),
    )
    return everything((*AMONG, *others))


def test_only_the_things_that_fit_are_asked_about() -> None:
    found = recognise("restart grafana and the container sonarr", [], with_two_containers(), matchers())
    assert isinstance(found, AmbiguousName)
    assert found.labels == ("sonarr on pve", "sonarr on mini")
    assert found.offered.with_name("sonarr on mini") == "restart grafana and the container sonarr on mini"


def test_a_question_which_one_keeps_how_many_are_meant() -> None:
    text = "restart grafana and the container sonarr, all three"
    found = recognise(text, [], with_two_containers(), matchers())
    assert isinstance(found, AmbiguousName)
    assert found.offered.after.endswith("all three")


@pytest.mark.parametrize(
    "text",
    [
        "restart all containers and the container sonarr except grafana",
        "restart grafana and the container sonarr and stop lidarr",
        "restart grafana and the container sonarr at 3",
        "restart grafana and the container sonarr when nobody is streaming",
    ],
)
def test_a_question_which_one_leaves_nothing_out(text: str) -> None:
    assert not isinstance(recognise(text, [], with_two_containers(), matchers()), AmbiguousName)


def test_what_of_a_category_does_not_offer_the_action_is_named() -> None:
    found = meaning("en", "restart all media services")
    assert isinstance(found, PlanRequest)
    assert {one.named_target.label for one in found.requests} == set(ARRS)
    assert [one.label for one in found.not_offered] == ["Jellyfin"]


def test_a_group_can_be_limited_to_a_place() -> None:
    found = meaning("en", "stop all containers on pve")
    assert isinstance(found, PlanRequest)
    assert found.place == named("Pve", "proxmox").target
    assert {one.named_target.label for one in found.requests} == set(CONTAINERS)


@pytest.mark.parametrize(
    ("language", "text", "goal", "place"),
    [
        ("en", "check if any devices are down and fix them", Goal.DOWN, None),
        ("en", "start everything that is down", Goal.DOWN, None),
        ("de", "Prüfe, ob Geräte aus sind, und starte sie", Goal.DOWN, None),
        ("de", "Starte alles, was ausgefallen ist", Goal.DOWN, None),
        ("fr", "Redémarre tout ce qui est arrêté", Goal.DOWN, None),
        ("es", "Arranca todo lo que está parado", Goal.DOWN, None),
        ("nl", "Start alles wat uit staat", Goal.DOWN, None),
        ("en", "Free up some space on the NAS", Goal.FREE_SPACE, "Nas"),
        ("en", "free space", Goal.FREE_SPACE, None),
        ("de", "Schaffe Platz auf dem NAS", Goal.FREE_SPACE, "Nas"),
        ("fr", "Libère de l'espace sur le nas", Goal.FREE_SPACE, "Nas"),
        ("es", "Libera espacio en el nas", Goal.FREE_SPACE, "Nas"),
        ("nl", "Maak ruimte vrij op de nas", Goal.FREE_SPACE, "Nas"),
        ("en", "prepare for a power cut", Goal.POWER_CUT, None),
        ("de", "Bereite alles auf den Stromausfall vor", Goal.POWER_CUT, None),
        ("fr", "Prépare tout pour la coupure de courant", Goal.POWER_CUT, None),
        ("es", "Prepara todo para el corte de luz", Goal.POWER_CUT, None),
        ("nl", "Bereid alles voor op de stroomuitval", Goal.POWER_CUT, None),
    ],
)
def test_what_is_wanted_can_be_said_without_an_action(
    language: str, text: str, goal: Goal, place: str | None
) -> None:
    found = meaning(language, text)
    assert isinstance(found, GoalRequest)
    assert (found.goal, found.place and found.place.name) == (goal, place)


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "restart radarr and sonarr every night", PartKind.REPEATED),
        ("de", "Starte Radarr und Sonarr jede Nacht neu", PartKind.REPEATED),
        ("en", "restart radarr tonight and sonarr tomorrow", PartKind.TIME),
        ("en", "restart all arrs except the slow ones", PartKind.MORE),
        ("en", "restart radarr and sonarr if they are slow", PartKind.CONDITION),
        ("en", "restart radarr and sonarr gently", PartKind.UNKNOWN),
        ("en", "restart all the containers but not today", PartKind.MORE),
        ("en", "start everything that is down and water the plants", PartKind.UNKNOWN),
        ("en", "restart radarr and stop grafana tomorrow", PartKind.TIME),
    ],
)
def test_nothing_of_a_request_is_dropped(language: str, text: str, kind: PartKind) -> None:
    found = meaning(language, text)
    assert isinstance(found, UnsupportedRequest)
    assert found.part.kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "should I restart radarr and sonarr?",
        "don't restart radarr and sonarr",
        "why are radarr and sonarr slow?",
        "restart all the foobars",
        "restart radarr with sonarr",
        "restart the radarr container sonarr",
        "set the memory of grafana and paperless",
        "are all containers running?",
        "restart jellyfin and nas",
    ],
)
def test_what_is_no_request_for_several_targets_stays_what_it_was(text: str) -> None:
    assert not isinstance(meaning("en", text), PlanRequest | GoalRequest)


def test_one_name_is_still_one_request() -> None:
    assert isinstance(meaning("en", "restart radarr"), PersonRequest)


def test_free_space_on_something_that_was_not_named_asks_for_it() -> None:
    assert isinstance(meaning("en", "free space on it"), NoTarget | OpenText)
