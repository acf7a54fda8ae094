"""Checks the configured services: reach, credentials, rights, versions and certificates. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity
from homelab_steward.contract.state import Instance, InstanceStatus, Origin

from ..texts import household, translate
from .findings import About, Checked

SOON: Final = timedelta(days=14)
"""How long before its end a certificate is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """One configured service.

    ``missing_rights`` are those of its own table of rights that the credentials lack, ``version_notice``
    says that its version is not supported or too new, ``certificate_until`` is when its certificate ends.
    ``was_read``: it answered at least once since the app started. ``has_incident``: an incident that is not
    closed is about it, also one from before the start.
    """

    instance: Instance
    missing_rights: Sequence[str] = ()
    version_notice: str = ""
    certificate_until: datetime | None = None
    was_read: bool = False
    has_incident: bool = False


def check_services(facts: Sequence[ServiceFacts], now: datetime) -> Checked:
    """Return what is wrong with the services. One that is meant to be off is left out."""
    meant_to_run = [one for one in facts if one.instance.expected_off is None]
    unread = [one for one in meant_to_run if one.instance.status is InstanceStatus.PENDING]
    findings = [finding for one in meant_to_run for finding in _of(one, now)]
    good = sum(one.instance.status is InstanceStatus.OK for one in facts)
    total = len(facts)
    text = translate(t"{good} of {total} services answer.")
    missing = [translate(t"{one} was not read yet.") for one in (each.instance.name for each in unread)]
    return Checked(area=Area.SERVICES, text=text, findings=findings, not_checked=missing)


def _of(one: ServiceFacts, now: datetime) -> Iterator[Finding]:
    if (state := _state(one)) is not None:
        yield state
    if one.missing_rights:
        yield _rights(one)
    if one.version_notice:
        yield _about(one).finding(
            "version",
            FindingSeverity.NOTE,
            one.version_notice,
            translate(t"Readings and actions of this version were not tried."),
            translate(t"Nothing, as long as its readings are right. If not, report a problem."),
        )
    if one.certificate_until is not None and one.certificate_until - now < SOON:
        yield _certificate(one, one.certificate_until, now)


def _about(one: ServiceFacts) -> About:
    return About(Area.SERVICES, one.instance.name, one.instance.id)


def _state(one: ServiceFacts) -> Finding | None:
    instance = one.instance
    if instance.status in (InstanceStatus.OK, InstanceStatus.PENDING):
        return None
    is_refused = instance.status is InstanceStatus.UNAUTHORIZED
    name = instance.name
    key = instance.id
    if instance.origin is Origin.FILE and is_refused:
        remedy = translate(
            t"Correct the credentials of the instance {key} in the settings file, and restart."
        )
    elif instance.origin is Origin.FILE:
        remedy = translate(
            t"Check that it runs, then the address of the instance {key} in the settings file."
        )
    elif is_refused:
        remedy = translate(t"Enter new ones: Settings > Devices & services > Homelab Steward > {name}.")
    else:
        remedy = translate(
            t"Check that it runs, then its form: Settings > Devices & services > Homelab Steward > {name}."
        )
    return _about(one).finding(
        "state",
        FindingSeverity.ERROR,
        instance.error or translate(t"It cannot be read."),
        translate(t"Problems of it are not noticed, and nothing can be repaired there."),
        remedy,
        # One that answered before has an incident, or gets one: one thing is said once.
        needs_repair=not (one.was_read or one.has_incident),
    )


def _rights(one: ServiceFacts) -> Finding:
    rights = household().listed(one.missing_rights)
    return _about(one).finding(
        "rights",
        FindingSeverity.WARNING,
        translate(t"The credentials lack rights: {rights}."),
        translate(t"What needs these rights is not read, and is not offered."),
        translate(t"Grant them to this account. They are listed in docs/security.md."),
        needs_repair=False,
    )


def _certificate(one: ServiceFacts, until: datetime, now: datetime) -> Finding:
    is_over = until <= now
    end = household().date_and_time(until)
    problem = translate(t"Its certificate ended {end}.") if is_over else ""
    return _about(one).finding(
        "certificate",
        FindingSeverity.ERROR if is_over else FindingSeverity.WARNING,
        problem or translate(t"Its certificate ends {end}."),
        translate(t"Then the app no longer trusts it, and does not read it."),
        translate(t"Renew the certificate. If you confirmed its fingerprint, confirm the new one."),
    )
