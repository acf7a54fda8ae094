"""What can be asked about now: the targets, and the names of their readings and kinds in the catalogue."""

from collections.abc import Sequence

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer

from ..texts import languages, texts_of
from .named_targets import NamedTarget
from .recognition import Known


def known_things(catalogue: Catalogue, every: Sequence[NamedTarget]) -> Known:
    """Return what can be asked about ``every`` target."""
    here = {one.service for one in every}
    services = [one for one in catalogue.services if one.key in here]
    return Known(
        among=tuple(every),
        offers={one.key: one.actions for one in services},
        readings=_readings(services),
        kinds=_kinds(services),
        service_names={one.key: one.name for one in services},
    )


def _readings(services: Sequence[ServiceOffer]) -> dict[str, str]:
    """Return the names of readings, in all languages, with the mark of an exact name."""
    names = {sensor.name for one in services for sensor in one.sensors}
    translated = [texts_of(one) for one in languages()]
    return {texts.name(name).casefold(): f"={name.casefold()}" for name in names for texts in translated}


def _kinds(services: Sequence[ServiceOffer]) -> dict[str, str]:
    """Return the names of kinds of things, in all languages, with their key."""
    found: dict[str, str] = {}
    for service in services:
        for one in service.resources:
            for texts in map(texts_of, languages()):
                name = texts.name(one.name).casefold()
                found |= {name: one.kind, f"{name}s": one.kind}
    return found
