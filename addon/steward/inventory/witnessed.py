"""What the instances say about devices, with where they look from and what the inventory knows of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from homelab_steward.contract.devices import Word
from homelab_steward.contract.state import Instance, TargetRef

from ..quorum.marks import host
from ..quorum.matching import Sighting
from ..quorum.witnesses import Testimony, Witness
from ..sdk.testimonies import Said
from .ports import INSTANCE, Witnessed
from .topology import Topology, instance_ref


@dataclass(frozen=True, slots=True)
class Speaker:
    """An instance, and what it said at its last poll."""

    instance: Instance
    said: tuple[Said, ...]


def witnessed(speakers: Iterable[Speaker], topology: Topology) -> tuple[Witnessed, ...]:
    """Return what all instances say. Without a word only a sighting is known."""
    return tuple(found for one in speakers for found in _of(one, topology))


def vantage(topology: Topology, target: TargetRef) -> str:
    """Return the machine from which a target looks: the outermost that it runs on, "" when not known."""
    machines = [one for one in topology.parents(target) if one.kind != INSTANCE]
    return key(machines[-1]) if machines else ""


def key(target: TargetRef) -> str:
    """Return the key of a target as a text."""
    return "/".join(target.key)


def _of(speaker: Speaker, topology: Topology) -> Iterator[Witnessed]:
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
            testimony = _testimony(said, said.word, instance, said.probe or place, key(about))
        yield Witnessed(
            instance=instance,
            name=said.name,
            part=said.part,
            target=target,
            about=about,
            sighting=sighting,
            testimony=testimony,
        )


def _testimony(said: Said, word: Word, instance: Instance, place: str, subject: str) -> Testimony:
    witness = Witness(
        id=f"{instance.id}@{said.probe}" if said.probe else instance.id,
        instance=instance.id,
        vantage=place,
        method=said.method,
    )
    return Testimony(
        witness=witness,
        subject=subject,
        aspect=said.aspect,
        word=word,
        checked_at=said.checked_at,
        interval=timedelta(seconds=said.interval),
        since=said.since,
    )


def _address(instance: Instance) -> str:
    return host(str(instance.settings.get("url") or instance.settings.get("host") or ""))
