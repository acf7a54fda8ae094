"""Whether an alert may be about a target: no label names another thing or another machine. Pure."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final

from ..sdk.alert_labels import (
    INSTANCE_LABEL,
    host_names,
    is_host_label,
    is_named,
    is_of_container_engine,
    is_remote_exporter,
    names_no_machine,
    other_subject,
    things,
)

ID_LABELS: Final = ("id", "vmid", "uuid")
"""Labels that identify a target independent of its machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A target that a label names. All names are in lower case.

    ``labels`` are those that monitors use for it, None for an instance. ``machines`` are the names of
    the machines on which it is known to be, with its own name if it is a machine. ``addresses`` are
    the names in the address of the instance, also for a target that is directly in the instance.
    ``is_monitor``: the target is a program that reports about others.
    """

    names: frozenset[str]
    labels: Mapping[str, str] | None
    machines: frozenset[str]
    addresses: frozenset[str]
    is_monitor: bool = False


def is_possible(candidate: Candidate, labels: Mapping[str, str], known_machines: Container[str]) -> bool:
    """Return whether an alert with these labels may be about the candidate."""
    own = candidate.labels or {}
    if candidate.labels is not None and not _is_of_kind(own, labels):
        return False
    if not all(
        own.get(key) == value or is_named(key, value, candidate.names) for key, value in things(labels)
    ):
        return False
    if any(own.get(key, "") == labels.get(key) for key in ID_LABELS):
        return True
    return _is_explained(candidate, labels) and _is_place_possible(candidate, labels, known_machines)


def _is_place_possible(
    candidate: Candidate, labels: Mapping[str, str], known_machines: Container[str]
) -> bool:
    """Return whether no label names another machine than those on which the candidate may be."""
    if not candidate.machines:
        return True
    around = candidate.machines | candidate.addresses
    named = [value for key, value in labels.items() if value and is_host_label(key)]
    if any(around.isdisjoint(host_names(value)) for value in named):
        return False
    return bool(named) or _is_address_possible(candidate, around, labels, known_machines)


def _is_explained(candidate: Candidate, labels: Mapping[str, str]) -> bool:
    """Return whether the labels of an exporter for other machines name nothing but the candidate."""
    if any(things(labels)) or not (candidate.is_monitor or is_remote_exporter(labels)):
        return True
    own = (candidate.labels or {}).values()
    return not other_subject(labels, {*candidate.names, *candidate.machines, *own})


def _is_of_kind(own: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Return whether a resource is of the kind that the alert is about: a container, a pod or any."""
    if labels.get("pod") and "pod" not in own:
        return False
    return "image" in own or not is_of_container_engine(labels)


def _is_address_possible(
    candidate: Candidate,
    around: frozenset[str],
    labels: Mapping[str, str],
    known_machines: Container[str],
) -> bool:
    """Return whether the scraped address may be on one of the candidate's machines.

    The address of an unknown machine may be that of a program, but not of a resource that the labels
    only name.
    """
    address = host_names(labels.get(INSTANCE_LABEL, ""))
    if not around.isdisjoint(address) or names_no_machine(labels):
        return True
    is_known = any(name in known_machines for name in address)
    return not address or (candidate.labels is None and not is_known)
