"""The reports of instances about devices, with the vantage of each and the target that it is about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

from homelab_steward.contract.devices import Word
from homelab_steward.contract.state import Instance, TargetRef

from ..quorum.marks import host
from ..quorum.matching import Sighting
from ..quorum.witnesses import Testimony, Witness
from ..sdk.description import AnyService, Repeats
from ..sdk.testimonies import Said
from .ports import INSTANCE, Witnessed
from .topology import Topology, instance_ref


@dataclass(frozen=True, slots=True)
class InstanceReport:
    """An instance, and its statements at its last poll."""

    instance: Instance
    said: tuple[Said, ...]


type Origins = Callable[[Repeats], str | None]
"""Returns the id of the instance that a statement repeats, "" for none, None for one of several."""


def origins(instances: Iterable[tuple[Instance, AnyService | None]]) -> Origins:
    """Return a function that finds the instance that an integration of Home Assistant reads.

    An integration with another host reads none of them, if both hosts are IP addresses: two names may be the
    same host.
    """
    readers: dict[str, list[Instance]] = defaultdict(list)
    for row, service in instances:
        for integration in () if service is None else (service.key, *service.home_integrations):
            readers[integration].append(row)

    def origin(one: Repeats) -> str | None:
        given, same = host(one.host), readers.get(one.integration, [])
        possible = [row for row in same if given and _address(row) == given] or [
            row for row in same if not (_is_ip(given) and _is_ip(_address(row)))
        ]
        if not possible:
            return ""
        return possible[0].id if len(possible) == 1 else None

    return origin


def witnessed(
    reports: Iterable[InstanceReport], topology: Topology, origin: Origins = lambda _: ""
) -> tuple[Witnessed, ...]:
    """Return the statements of all instances. One without a word is only a sighting, without testimony.

    ``origin`` finds the instance that a statement repeats. When that is one of several, the word becomes
    UNKNOWN, because it is not known whose vote would count twice.
    """
    return tuple(found for one in reports for found in _of(one, topology, origin))


def vantage(topology: Topology, target: TargetRef) -> str:
    """Return the key of the machine from which a target measures: the outermost parent, "" when not known."""
    machines = [one for one in topology.parents(target) if one.kind != INSTANCE]
    return key(machines[-1]) if machines else ""


def key(target: TargetRef) -> str:
    """Return the key of a target as a text."""
    return "/".join(target.key)


def _of(report: InstanceReport, topology: Topology, origin: Origins) -> Iterator[Witnessed]:
    instance = report.instance
    place = vantage(topology, instance_ref(instance)) or _address(instance)
    for said in report.said:
        target = TargetRef(instance_id=instance.id, kind=said.kind, id=said.id, name=said.name)
        located = topology.located(said.labels)
        about = located if located is not None and located.instance_id != instance.id else target
        sighting = Sighting(
            key=f"{instance.id}/{said.device}", instance=instance.id, name=said.name, marks=said.marks
        )
        testimony = None
        if said.word is not None:
            testimony = _testimony(said, said.word, instance, said.probe or place, key(about), origin)
        yield Witnessed(
            instance=instance,
            name=said.name,
            part=said.part,
            target=target,
            about=about,
            sighting=sighting,
            testimony=testimony,
        )


def _testimony(
    said: Said, word: Word, instance: Instance, place: str, subject: str, origin: Origins
) -> Testimony:
    repeated = origin(said.repeats) if said.repeats is not None else ""
    through = said.repeats.integration if said.repeats is not None and repeated != "" else said.probe
    witness = Witness(
        id=f"{instance.id}@{through}" if through else instance.id,
        instance=instance.id,
        vantage=place,
        method=said.method,
        derived_from=repeated or "",
    )
    return Testimony(
        witness=witness,
        subject=subject,
        aspect=said.aspect,
        word=Word.UNKNOWN if repeated is None else word,
        checked_at=said.checked_at,
        interval=timedelta(seconds=said.interval),
        since=said.since,
    )


def _is_ip(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True


def _address(instance: Instance) -> str:
    return host(str(instance.settings.get("url") or instance.settings.get("host") or ""))
