"""What the rules of scheduled questions find in the last readings. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import SettingKind
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.reports import Aging
from homelab_steward.contract.schedules import Choice
from homelab_steward.contract.state import Instance, InstanceStatus, Snapshot

from ..reports.aging import aging
from ..sdk.dated_readings import CERTIFICATE_DAYS, LAST_BACKUP
from ..sdk.description import AnyService
from ..texts import Texts, english
from .releases import Release, plain_version, release_of
from .version_data import Looked, Wanted

URGENT_DAYS: Final = 7
SUPPORT_NEAR: Final = timedelta(days=90)
SHOWN_IDS: Final = 3
UPDATES: Final = ("update_available", "waiting")
"""The readings that say that an update can be installed."""

NEWEST: Final = "latest_version"
AS_ROOT: Final = "as_root"
PRIVILEGED: Final = "privileged"
VERSIONS: Final = "versions"
"""The rule that may look something up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One instance with its service and its last readings; None is what there is not, or not known."""

    instance: Instance
    service: AnyService | None
    snapshot: Snapshot | None
    has_login: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules may use. ``looked`` is None if nothing is looked up on the Internet."""

    now: datetime
    watched: tuple[Watched, ...] = ()
    incidents: tuple[Incident, ...] = ()
    requests: tuple[ApprovalRequest, ...] = ()
    looked: Looked | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line; a lower ``rank`` is more urgent."""

    rank: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, and what it could not check."""

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[str, ...] = ()


type Rule = Callable[[Facts, Texts], Found]


def certificates(facts: Facts, texts: Texts) -> Found:
    """Find certificates that end within a month."""
    found = [
        Finding(0 if one.days < URGENT_DAYS else 2, _certificate(one.name, one.days, texts))
        for one in _aging(facts)
        if one.is_certificate
    ]
    return Found(tuple(found), _unread(facts, texts, _with_sensor(CERTIFICATE_DAYS)))


def backups(facts: Facts, texts: Texts) -> Found:
    """Find backups that are more than a week old."""
    found = [
        Finding(
            1,
            texts.plural(
                "{name}: the last backup is {count} day old",
                "{name}: the last backup is {count} days old",
                int(one.days),
                name=one.name,
            ),
        )
        for one in _aging(facts)
        if not one.is_certificate
    ]
    return Found(tuple(found), _unread(facts, texts, _with_sensor(LAST_BACKUP)))


def containers(facts: Facts, texts: Texts) -> Found:
    """Find containers that run as root or privileged."""
    found: list[Finding] = []
    unknown: list[str] = []
    for instance, name, values in _rows(facts):
        if values.get(PRIVILEGED) is True:
            found.append(Finding(1, texts(t"{name} ({instance}) runs privileged")))
        elif values.get(AS_ROOT) is True:
            found.append(Finding(3, texts(t"{name} ({instance}) runs as root")))
        elif values.get(AS_ROOT, False) is None or values.get(PRIVILEGED, False) is None:
            unknown.append(texts(t"{name} ({instance}): its user is not known"))
    return Found(tuple(found), (*unknown, *_unread(facts, texts, _with_sensor(AS_ROOT))))


def authentication(facts: Facts, texts: Texts) -> Found:
    """Find instances that answer without a login."""
    found = [
        Finding(2, texts(t"{name} answers without a login"))
        for one in facts.watched
        for name in (one_line(one.instance.name),)
        if one.has_login is False and _has_address(one.service) and one.instance.status is InstanceStatus.OK
    ]
    return Found(tuple(found), (texts("Ports that the steward does not use, and what a router forwards"),))


def _has_address(service: AnyService | None) -> bool:
    return service is not None and any(one.kind is SettingKind.URL for one in service.settings)


def updates(facts: Facts, texts: Texts) -> Found:
    """Find updates that services report."""
    found = [Finding(3, line) for line in _updates(facts, texts)]
    return Found(tuple(found), _unread(facts, texts, lambda _service: True))


def versions(facts: Facts, texts: Texts) -> Found:
    """Find instances whose version is not one that the steward knows; name what no service reports."""
    found = [
        Finding(2, f"{name}: {note}")
        for one in facts.watched
        for name, note in ((one_line(one.instance.name), one_line(note)) for note in one.instance.notices)
    ]
    breaking = texts("Breaking changes of new versions: read the release notes before an update")
    if facts.looked is None:
        off = texts("End of support and known vulnerabilities: the setting “Look up versions” is off")
        return Found(tuple(found), (off, breaking))
    looked = _looked_up(facts, facts.looked, texts)
    failed = (texts(one) for one in facts.looked.failed)
    return Found((*found, *looked.findings), (*failed, *looked.not_checked, breaking))


def _looked_up(facts: Facts, looked: Looked, texts: Texts) -> Found:
    """Find versions that are not supported any more, or that have known vulnerabilities."""
    found: list[Finding] = []
    missing: list[str] = []
    for one in facts.watched:
        name, wanted = one_line(one.instance.name), wanted_of(one)
        if wanted is None:
            missing.append(name)
            continue
        product = wanted.product
        if product in looked.releases:
            release = release_of(wanted.version, looked.releases[product])
            if release is None:
                missing.append(f"{name} {wanted.version}")
            else:
                found += _support(f"{name} {wanted.version}", release, facts.now.date(), texts)
        ids = looked.vulnerabilities.get((wanted.package, wanted.version), ())
        if ids:
            shown = ", ".join(ids[:SHOWN_IDS])
            text = texts.plural(
                "{name}: {count} known vulnerability ({ids})",
                "{name}: {count} known vulnerabilities, such as {ids}",
                len(ids),
                name=f"{name} {wanted.version}",
                ids=shown,
            )
            found.append(Finding(1, text))
    listed = ", ".join(missing)
    return Found(tuple(found), (texts(t"End of support is not known for: {listed}"),) if missing else ())


def _support(name: str, release: Release, today: date, texts: Texts) -> tuple[Finding, ...]:
    end = release.end
    if release.is_over or (end is not None and end <= today):
        since = end.isoformat() if end is not None else ""
        text = (
            texts(t"{name}: not supported since {since}")
            if since
            else texts(t"{name}: not supported any more")
        )
        return (Finding(1, text),)
    if end is not None and end <= today + SUPPORT_NEAR:
        until = end.isoformat()
        return (Finding(2, texts(t"{name}: supported until {until}")),)
    return ()


def wanted_of(one: Watched) -> Wanted | None:
    """Return what can be looked up about an instance, None without a product or a version."""
    version = plain_version(one.instance.version or "")
    if one.service is None or version is None or not (one.service.product or one.service.package):
        return None
    return Wanted(product=one.service.product, package=one.service.package, version=version)


def unifi(facts: Facts, texts: Texts) -> Found:
    """Find updates of the UniFi network."""
    own = Facts(now=facts.now, watched=tuple(one for one in facts.watched if one.instance.service == "unifi"))
    if not own.watched:
        return Found()
    found = [Finding(3, line) for line in _updates(own, texts)]
    missing = texts("New features: UniFi reports no release notes")
    return Found(tuple(found), (missing, *_unread(own, texts, lambda _service: True)))


def incidents(facts: Facts, texts: Texts) -> Found:
    """List the open incidents."""
    return Found(
        tuple(Finding(0, f"#{one.number} {one_line(one.title)}") for one in facts.incidents),
        _unread(facts, texts, lambda _service: True),
    )


def requests(facts: Facts, texts: Texts) -> Found:
    """List the requests that wait for an answer."""
    titles = [one_line(one.title) for one in facts.requests]
    return Found(tuple(Finding(1, texts(t"Waits for an answer: {title}")) for title in titles))


RULES: Final[Mapping[str, Rule]] = {
    "certificates": certificates,
    "backups": backups,
    "containers": containers,
    "authentication": authentication,
    "updates": updates,
    VERSIONS: versions,
    "unifi": unifi,
    "incidents": incidents,
    "requests": requests,
}

NAMES: Final = {
    "certificates": english("Certificates that expire within a month"),
    "backups": english("Backups older than a week"),
    "containers": english("Containers that run as root or privileged"),
    "authentication": english("Services that answer without a login"),
    "updates": english("Updates that services report"),
    "versions": english("Versions that are too old or not known"),
    "unifi": english("Updates of the UniFi network"),
    "incidents": english("Open incidents"),
    "requests": english("Requests that wait for an answer"),
}
"""What people read about each rule."""


def choices(texts: Texts) -> tuple[Choice, ...]:
    """Return the rules with their names in a language."""
    return tuple(Choice(id=key, name=texts(NAMES[key])) for key in RULES)


def _aging(facts: Facts) -> tuple[Aging, ...]:
    snapshots = {one.instance.id: one.snapshot for one in facts.watched if one.snapshot}
    return aging([one.instance for one in facts.watched], snapshots, facts.now)


def _certificate(name: str, days: float, texts: Texts) -> str:
    if days < 0:
        return texts(t"The certificate of {name} has expired")
    return texts.plural(
        "The certificate of {name} expires in {count} day",
        "The certificate of {name} expires in {count} days",
        int(days),
        name=name,
    )


def _updates(facts: Facts, texts: Texts) -> Iterator[str]:
    for instance, name, values in _rows(facts):
        if any(values.get(key) is True for key in UPDATES):
            newest = values.get(NEWEST)
            where = name if name == instance else f"{name} ({instance})"
            if isinstance(newest, str) and newest:
                version = one_line(newest)
                yield texts(t"{where}: update to {version}")
            else:
                yield texts(t"{where}: update available")


def _rows(facts: Facts) -> Iterator[tuple[str, str, Mapping[str, Value]]]:
    """Yield the name of the instance, the name of the thing, and its readings."""
    for one in facts.watched:
        name = one_line(one.instance.name)
        if one.snapshot is not None:
            yield name, name, one.snapshot.values
            for resource in one.snapshot.resources:
                yield name, one_line(resource.name), resource.values


def _with_sensor(key: str) -> Callable[[AnyService], bool]:
    def has(service: AnyService) -> bool:
        scopes = (service.sensors, *(kind.sensors for kind in service.resources))
        return any(sensor.key == key for sensors in scopes for sensor in sensors)

    return has


def _unread(facts: Facts, texts: Texts, matters: Callable[[AnyService], bool]) -> tuple[str, ...]:
    """Return the instances that matter and cannot be read now, with the reason."""
    found: list[str] = []
    for one in facts.watched:
        if one.instance.status is InstanceStatus.OK and one.snapshot is not None:
            continue
        if one.service is None or matters(one.service):
            name = one_line(one.instance.name)
            reason = one_line(one.instance.error or "") or texts("not read yet")
            found.append(f"{name}: {reason}")
    return tuple(found)
