"""What the instances say about devices, with where they look from and what the inventory knows of it."""

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
class Speaker:
    """An instance, and what it said at its last poll."""

    instance: Instance
    said: tuple[Said, ...]


type Origins = Callable[[Repeats], str | None]
"""Returns the id of the instance that something repeats, "" for none, None when it is one of several."""


def origins(instances: Iterable[tuple[Instance, AnyService | None]]) -> Origins:
    """Return what finds the instance that an integration of Home Assistant reads, among ``instances``.

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
    speakers: Iterable[Speaker], topology: Topology, origin: Origins = lambda _: ""
) -> tuple[Witnessed, ...]:
    """Return what all instances say. Without a word only a sighting is known.

    ``origin`` finds what the statements repeat. One that repeats one of several instances says nothing: it
    cannot be told whose vote it would double.
    """
    return tuple(found for one in speakers for found in _of(one, topology, origin))


def vantage(topology: Topology, target: TargetRef) -> str:
    """Return the machine from which a target looks: the outermost that it runs on, "" when not known."""
    machines = [one for one in topology.parents(target) if one.kind != INSTANCE]
    return key(machines[-1]) if machines else ""


def key(target: TargetRef) -> str:
    """Return the key of a target as a text."""
    return "/".join(target.key)


def _of(speaker: Speaker, topology: Topology, origin: Origins) -> Iterator[Witnessed]:
    instance = speaker.instance
    place = vantage(topology, instance_ref(instance)) or _address(instance)
    for said in speaker.said:
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
