"""What each rule finds, and what it says that it could not check."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Instance, InstanceStatus, Origin, Resource, Snapshot
from rig import records
from rig.inventory import NOW
from steward.schedules.rules import RULES, Facts, Finding, Watched
from steward.services.finder import find_services
from steward.texts import texts_of

EN = texts_of("en")
SERVICES = find_services()


def watched(
    service: str = "docker",
    values: dict[str, Value] | None = None,
    resource: dict[str, Value] | None = None,
    *,
    has_login: bool | None = None,
    **more: object,
) -> Watched:
    instance = Instance(
        id=service, service=service, name=service.title(), origin=Origin.FILE, status=InstanceStatus.OK
    )
    inside = (Resource(kind="container", id="db", name="db", values=resource),) if resource else ()
    snapshot = Snapshot(instance_id=service, taken_at=NOW, values=values or {}, resources=inside)
    changed = replace(instance, **more)  # type: ignore[arg-type]
    return Watched(instance=changed, service=SERVICES[service], snapshot=snapshot, has_login=has_login)


@pytest.mark.parametrize(
    ("rule", "one", "found"),
    [
        (
            "certificates",
            watched(values={"certificate_days": 3}),
            [Finding(0, "The certificate of Docker expires in 3 days")],
        ),
        (
            "certificates",
            watched(values={"certificate_days": 20.5}),
            [Finding(2, "The certificate of Docker expires in 20 days")],
        ),
        (
            "certificates",
            watched(values={"certificate_days": -1}),
            [Finding(0, "The certificate of Docker has expired")],
        ),
        ("certificates", watched(values={"certificate_days": 31}), []),
        ("certificates", watched(values={"certificate_days": None}), []),
        (
            "backups",
            watched(resource={"last_backup": (NOW - timedelta(days=9)).isoformat()}),
            [Finding(1, "db: the last backup is 9 days old")],
        ),
        ("backups", watched(resource={"last_backup": (NOW - timedelta(days=7)).isoformat()}), []),
        (
            "containers",
            watched(resource={"as_root": True, "privileged": False}),
            [Finding(3, "db (Docker) runs as root")],
        ),
        (
            "containers",
            watched(resource={"as_root": True, "privileged": True}),
            [Finding(1, "db (Docker) runs privileged")],
        ),
        ("containers", watched(resource={"as_root": False, "privileged": False}), []),
        (
            "authentication",
            watched("searxng", has_login=False),
            [Finding(2, "Searxng answers without a login")],
        ),
        ("authentication", watched("searxng", has_login=True), []),
        ("authentication", watched("home_assistant", has_login=False), []),
        ("authentication", watched("searxng", has_login=False, status=InstanceStatus.UNREACHABLE), []),
        (
            "updates",
            watched(values={"update_available": True, "latest_version": "2.1"}),
            [Finding(3, "Docker: update to 2.1")],
        ),
        (
            "updates",
            watched(resource={"update_available": True}),
            [Finding(3, "db (Docker): update available")],
        ),
        ("updates", watched(resource={"update_available": None}), []),
        (
            "versions",
            watched(notices=("Version 9 is not known",)),
            [Finding(2, "Docker: Version 9 is not known")],
        ),
        ("unifi", watched("unifi", {"update_available": True}), [Finding(3, "Unifi: update available")]),
        ("unifi", watched(values={"update_available": True}), []),
    ],
)
def test_what_a_rule_finds(rule: str, one: Watched, found: list[Finding]) -> None:
    assert list(RULES[rule](Facts(now=NOW, watched=(one,)), EN).findings) == found


def test_what_waits_and_what_is_open() -> None:
    facts = Facts(now=NOW, incidents=(records.incident(),), requests=(records.request(),))
    assert [one.text for one in RULES["incidents"](facts, EN).findings] == [f"#1 {records.incident().title}"]
    (waiting,) = RULES["requests"](facts, EN).findings
    assert waiting.text == f"Waits for an answer: {records.request().title}"


@pytest.mark.parametrize("rule", ["certificates", "backups", "containers", "updates", "incidents"])
def test_an_instance_that_cannot_be_read_is_named(rule: str) -> None:
    service = {"certificates": "traefik", "backups": "proxmox"}.get(rule, "docker")
    away = watched(service, status=InstanceStatus.UNREACHABLE, error="no route to host")
    found = RULES[rule](Facts(now=NOW, watched=(away,)), EN)
    assert found.not_checked == (f"{service.title()}: no route to host",)
    new = replace(away, snapshot=None, instance=replace(away.instance, error=None))
    assert RULES[rule](Facts(now=NOW, watched=(new,)), EN).not_checked == (
        f"{service.title()}: not read yet",
    )


def test_one_without_such_a_reading_is_not_missed() -> None:
    away = watched("radarr", status=InstanceStatus.UNREACHABLE, error="no route")
    assert RULES["containers"](Facts(now=NOW, watched=(away,)), EN).not_checked == ()


def test_what_is_not_known_is_not_good() -> None:
    unknown = watched(resource={"as_root": None, "privileged": False})
    assert RULES["containers"](Facts(now=NOW, watched=(unknown,)), EN).not_checked == (
        "db (Docker): its user is not known",
    )
    loose = RULES["authentication"](Facts(now=NOW, watched=(watched("ollama"),)), EN)
    assert loose.findings == ()
    assert loose.not_checked == ("Ports that the steward does not use, and what a router forwards",)


def test_a_hidden_character_in_a_name_cannot_imitate_a_line() -> None:
    evil = watched(resource={"as_root": True})
    snapshot = evil.snapshot
    assert snapshot is not None
    named = replace(snapshot, resources=(replace(snapshot.resources[0], name="a\n• all is well\u202e"),))
    (found,) = RULES["containers"](Facts(now=NOW, watched=(replace(evil, snapshot=named),)), EN).findings
    assert "\n" not in found.text
    assert "\u202e" not in found.text
