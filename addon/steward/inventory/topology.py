"""Finds the target of an alert, the parents of a target, and the application that runs in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

from homelab_steward.contract.state import Instance, ResourceKey, TargetRef

from ..sdk.alert_labels import HOST_LABELS, INSTANCE_LABEL, REMOTE_EXPORTER, host_names, subject_labels
from ..sdk.description import RUNS_ON, AnyService, Role
from ..sdk.snapshot import items
from .ports import INSTANCE, STEWARD_INSTANCE, STEWARD_KIND, STEWARD_TARGET
from .stacks import Stack, stacks_of
from .target_fit import Candidate, is_possible

log = structlog.get_logger(__name__)

NAME_LABELS: Final = HOST_LABELS | {
    *(INSTANCE_LABEL, "container", "container_name", "pod", "name", "vm", "guest"),
}
"""The labels with which monitors name a machine or a container."""

APP_LABELS: Final = frozenset({"job", "service", "app", "application"})
"""The labels with which monitors name the program itself."""

WHERE_LABELS: Final = HOST_LABELS - {"host", "hostname"}
"""The labels that usually name the location of a target instead of the target: they count half."""

SAME_LABEL: Final = 4
OTHER_LABEL: Final = -6  # It outweighs an equal label and name, as another target of the same name has.
APP_NAMED: Final = 3
NAMED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One target: its labels in monitors, the resource that contains it, and its role.

    ``about`` are labels that identify the target that a monitor's item watches.
    """

    ref: TargetRef
    labels: Mapping[str, str] = field(default_factory=dict)
    parent: ResourceKey | None = None
    role: Role | None = None
    about: Mapping[str, str] = field(default_factory=dict)


def places(
    service: AnyService, instance_id: str, state: Any, clean: Callable[[str], str] = str
) -> tuple[Place, ...]:
    """Return all resources in a state of ``service``; ``clean`` masks secrets in their names."""
    found: dict[tuple[str, str, str], Place] = {}
    for kind in service.resources:
        for item in items(kind, state):
            try:
                ref = TargetRef(
                    instance_id=instance_id, kind=kind.key, id=kind.id(item), name=clean(kind.name_of(item))
                )
                labels = {key: value.lower() for key, value in kind.labels(item).items()}
                place = Place(
                    ref=ref,
                    labels=labels,
                    parent=kind.parent(item),
                    role=kind.role,
                    about=kind.about(item),
                )
            except Exception as err:  # noqa: BLE001 - the other items are still listed
                log.warning("place failed", service=service.key, kind=kind.key, error=repr(err))
                continue
            found.setdefault(ref.key, place)
    return tuple(found.values())


def instance_ref(instance: Instance) -> TargetRef:
    """Return the instance itself as a target."""
    return TargetRef(instance_id=instance.id, kind=INSTANCE, id=instance.id, name=instance.name)


class Topology:
    """An index of the targets at one time, by label and name."""

    def __init__(
        self, instances: Iterable[Instance], resources: Iterable[Place], roles: Mapping[str, Role]
    ) -> None:
        """``roles`` has the role of each instance by its id."""
        self._instances = {one.id: one for one in instances}
        self._places = tuple(resources)
        self._roles = roles
        self._by_key = {one.ref.key: one for one in self._places}
        self._subjects: dict[TargetRef, TargetRef | None] = {}
        self._located: dict[frozenset[tuple[str, str]], TargetRef | None] = {}

    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        """Return the target with this kind and id; without a kind, the instance itself."""
        instance = self._instances.get(instance_id)
        if instance is None:
            return None
        if kind is None or kind == INSTANCE:
            return instance_ref(instance) if target_id in (None, instance_id) else None
        place = self._by_key.get((instance_id, kind, target_id or ""))
        return place.ref if place else None

    def with_role(self, target: TargetRef, role: Role) -> TargetRef | None:
        """Return the nearest target with this role: itself, one it runs in, or one that runs in it.

        Applications are also searched in the target; None when several run there.
        """
        if self._role(target) is role:
            return target
        if role is Role.APPLICATION:
            return self.application(target)
        return next((one for one in self.parents(target) if self._role(one) is role), None)

    def find(
        self,
        *,
        service: str | None = None,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        role: Role | None = None,
    ) -> tuple[TargetRef, ...]:
        """Return every target that fits all given arguments.

        Without a kind, a name and a role only instances themselves fit.
        """
        if kind is None and name is None and role is None:
            kind = INSTANCE
        found = []
        for one in self._instances.values():
            itself = instance_ref(one)
            if service in (None, one.service) and _is_called(itself, instance):
                found += [itself, *(place.ref for place in self._places if place.ref.instance_id == one.id)]
        return tuple(
            ref
            for ref in found
            if kind in (None, ref.kind) and _is_called(ref, name) and role in (None, self._role(ref))
        )

    def with_name(self, name: str) -> tuple[TargetRef, ...]:
        """Return the resources with this name or id."""
        return tuple(one.ref for one in self._names.get(name.strip().lower(), ()))

    def hosted(self, target: TargetRef) -> tuple[TargetRef, ...]:
        """Return the instances that run in the target or in a target that it contains."""
        return tuple(
            instance_ref(self._instances[one])
            for one, host in self._hosts.items()
            if target == host or target in self.parents(host)
        )

    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        """Return the target that the labels identify best, None when it is none or several.

        A target is excluded when a label names another machine, or another thing on the machine.
        """
        if STEWARD_INSTANCE in labels:
            return self.target(labels[STEWARD_INSTANCE], labels.get(STEWARD_KIND), labels.get(STEWARD_TARGET))
        plain = subject_labels(labels)
        scores = {ref: score for ref, score in self._scores(plain).items() if self._is_possible(ref, plain)}
        best = max(scores.values(), default=0)
        if best <= 0:
            return None
        winners = [ref for ref, score in scores.items() if score == best]
        parents_of_winners = {parent for ref in winners for parent in self.parents(ref)}
        winners = [ref for ref in winners if ref not in parents_of_winners]
        return winners[0] if len(winners) == 1 else None

    def located(self, labels: Mapping[str, str]) -> TargetRef | None:
        """Return what :meth:`locate` returns, searched once for the same labels.

        Items of monitors are located for each incident, and their labels stay the same.
        """
        key = frozenset(labels.items())
        if key not in self._located:
            self._located[key] = self.locate(labels)
        return self._located[key]

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        """Return the targets that contain or run the target, nearest first."""
        found: dict[TargetRef, None] = {}
        current: TargetRef | None = target
        while current is not None and current not in found:
            if current != target:
                found[current] = None
            current = self._parent(current)
        return tuple(found)

    @cached_property
    def stacks(self) -> tuple[Stack, ...]:
        """The stacks of the targets with the role HOST; a pod belongs to its workload instead."""
        hosts = (one for one in self._places if one.role is Role.HOST)
        return stacks_of((one.ref, one.parent, one.labels) for one in hosts)

    def application(self, target: TargetRef) -> TargetRef | None:
        """Return the instance that runs in the target, None when it is none or several."""
        found = [one for one, host in self._hosts.items() if host == target]
        return instance_ref(self._instances[found[0]]) if len(found) == 1 else None

    def _parent(self, target: TargetRef) -> TargetRef | None:
        """Return the host of an instance; the resource that contains a resource, else its instance."""
        if target.kind == INSTANCE:
            return self._hosts.get(target.id)
        place = self._by_key.get(target.key)
        parent = place.parent if place else None
        holder = self._by_key.get((target.instance_id, parent.kind, parent.id)) if parent else None
        if holder is None and place is not None and place.about:
            return self._subject(place) or self.target(target.instance_id)
        return holder.ref if holder else self.target(target.instance_id)

    def _subject(self, place: Place) -> TargetRef | None:
        """Return the target that a monitor's item watches, None when it is unknown or of the same monitor."""
        if place.ref not in self._subjects:
            self._subjects[place.ref] = None  # The search may ask for it again.
            found = self.locate(place.about)
            is_other = found is not None and found.instance_id != place.ref.instance_id
            self._subjects[place.ref] = found if is_other else None
        return self._subjects[place.ref]

    def _role(self, target: TargetRef) -> Role | None:
        if target.kind == INSTANCE:
            return self._roles.get(target.instance_id)
        place = self._by_key.get(target.key)
        return place.role if place else None

    def _scores(self, labels: Mapping[str, str]) -> dict[TargetRef, int]:
        scores: dict[TargetRef, int] = defaultdict(int)
        named_places: dict[TargetRef, Place] = {}
        for key, value in labels.items():
            named = list(self._labelled.get((key, value), ()))
            for place in named:
                scores[place.ref] += _worth(key, SAME_LABEL)
            for place in self._named(key, value):
                scores[place.ref] += _worth(key, NAMED)
                named.append(place)
            named_places.update((place.ref, place) for place in named)
            for ref in self._applications(key, value):
                scores[ref] += APP_NAMED
        for ref, place in named_places.items():
            wrong = (key for key, value in place.labels.items() if labels.get(key, value) != value)
            scores[ref] += sum(_worth(key, OTHER_LABEL) for key in wrong)
        return scores

    def _is_possible(self, ref: TargetRef, labels: Mapping[str, str]) -> bool:
        """Return whether no label names another thing, or another machine."""
        place = self._by_key.get(ref.key)
        names = {ref.name.lower(), ref.id.lower()}
        if ref.kind == INSTANCE:
            names |= {self._instances[ref.id].service, *host_names(_address(self._instances[ref.id]) or "")}
        candidate = Candidate(
            names=frozenset(names),
            labels=place.labels if place else None,
            machines=self._machines_of(ref),
            addresses=self._addresses_of(ref),
            is_monitor=ref.kind == INSTANCE and self._is_monitor(ref.id),
        )
        return is_possible(candidate, labels, self._machine_names)

    def _is_monitor(self, instance_id: str) -> bool:
        is_reporting = REMOTE_EXPORTER.search(self._instances[instance_id].service) is not None
        return is_reporting or self._roles.get(instance_id) is Role.MONITOR

    @cached_property
    def _machine_names(self) -> frozenset[str]:
        return frozenset(
            name for name, found in self._names.items() if any(one.role is Role.HOST for one in found)
        )

    def _machines_of(self, ref: TargetRef) -> frozenset[str]:
        """Return the names of the machines on which a target is, with its own name if it is a machine."""
        found: set[str] = set()
        for one in (ref, *self.parents(ref)):
            place = self._by_key.get(one.key)
            if place is not None and (place.role is Role.HOST or one != ref):
                said = {place.labels.get(key, "") for key in HOST_LABELS}
                found |= {one.name.lower(), one.id.lower(), *said} - {""}
        return frozenset(found)

    def _addresses_of(self, ref: TargetRef) -> frozenset[str]:
        """Return the names in the address of an instance, also for a target that is directly in it."""
        place = self._by_key.get(ref.key)
        if place is not None and place.parent is not None:
            return frozenset()
        return host_names(_address(self._instances[ref.instance_id]) or "")

    def _named(self, key: str, value: str) -> Iterator[Place]:
        if key not in NAME_LABELS or not value:
            return
        host, colon, port = value.rpartition(":")
        names = {value, host} if colon and port.isdecimal() else {value}
        for name in names:
            yield from self._names.get(name, ())

    def _applications(self, key: str, value: str) -> Iterator[TargetRef]:
        if not value or (key not in APP_LABELS and key != INSTANCE_LABEL):
            return
        for one in self._instances.values():
            names = {one.name.lower(), one.service} if key in APP_LABELS else {_address(one)}
            if value in names:
                yield instance_ref(one)

    @cached_property
    def _labelled(self) -> Mapping[tuple[str, str], list[Place]]:
        found: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in self._places:
            for key, value in place.labels.items():
                found[key, value].append(place)
        return found

    @cached_property
    def _names(self) -> Mapping[str, list[Place]]:
        found: dict[str, list[Place]] = defaultdict(list)
        for place in self._places:
            # A resource without labels, such as an alert, cannot be the target of an alert.
            for name in {place.ref.name.lower(), place.ref.id.lower()} if place.labels else ():
                found[name].append(place)
        return found

    @cached_property
    def _hosts(self) -> Mapping[str, TargetRef]:
        """Return the host of each instance: the configured one, else that with its name or service key."""
        hosts: dict[str, TargetRef] = {}
        for names_of in (_configured_host, _own_name, _service_name):
            taken = set(hosts.values())
            for one in self._instances.values():
                host = self._only(names_of(one), one.id)
                if host is not None and one.id not in hosts and host not in taken:
                    hosts[one.id] = host
        return hosts

    def _only(self, name: str | None, instance_id: str) -> TargetRef | None:
        """Return the only host with this name outside the instance itself, None for none or several."""
        found = {one.ref for one in self._names.get(name or "", ()) if one.role is Role.HOST}
        fitting = [ref for ref in found if ref.instance_id != instance_id]
        return fitting[0] if len(fitting) == 1 else None


def _is_called(ref: TargetRef, name: str | None) -> bool:
    """Return whether a target has this name or id in upper or lower case; None fits every target."""
    return name is None or name.casefold() in (ref.name.casefold(), ref.id.casefold())


def _worth(key: str, points: int) -> int:
    return points // 2 if key in WHERE_LABELS else points


def _configured_host(instance: Instance) -> str | None:
    name = instance.settings.get(RUNS_ON)
    return str(name).lower() if name else None


def _own_name(instance: Instance) -> str | None:
    return None if _configured_host(instance) else instance.name.lower()


def _service_name(instance: Instance) -> str | None:
    return None if _configured_host(instance) else instance.service


def _address(instance: Instance) -> str | None:
    """Return ``host:port`` of an instance, which is the label ``instance`` of Prometheus for it."""
    url, host, port = (instance.settings.get(key) for key in ("url", "host", "port"))
    if isinstance(host, str) and host:
        return f"{host.lower()}:{int(port)}" if isinstance(port, int | float) else host.lower()
    try:
        return urlsplit(url).netloc.lower() if isinstance(url, str) and url else None
    except ValueError:
        return None
