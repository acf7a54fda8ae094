"""Masks secrets in everything that services say, before it is published, stored or cut."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Resource, Snapshot

from ..sdk.description import IncomingAlert
from ..sdk.snapshot import CheckResults

type Clean = Callable[[str], str]
"""Returns a text with its secrets masked."""


def clean_snapshot(snapshot: Snapshot, clean: Clean) -> Snapshot:
    """Return the snapshot with clean names, values and reasons; ids stay as they are."""
    coverage = snapshot.coverage
    gaps = tuple(replace(one, part=clean(one.part), reason=clean(one.reason)) for one in coverage.gaps)
    return replace(
        snapshot,
        values=_values(snapshot.values, clean),
        unknown=_texts(snapshot.unknown, clean),
        resources=tuple(_resource(one, clean) for one in snapshot.resources),
        version=None if snapshot.version is None else clean(snapshot.version),
        coverage=replace(coverage, gaps=gaps),
        unavailable=_texts(snapshot.unavailable, clean),
    )


def clean_results(results: CheckResults, clean: Clean) -> CheckResults:
    """Return the results of the checks with clean texts."""
    return replace(results, problems=_texts(results.problems, clean), unknown=_texts(results.unknown, clean))


def clean_alert(alert: IncomingAlert, clean: Clean) -> IncomingAlert:
    """Return the alert with clean texts and labels; its fingerprint stays as it is."""
    return replace(
        alert,
        name=clean(alert.name),
        labels=_texts(alert.labels, clean),
        summary=clean(alert.summary),
        description=clean(alert.description),
        suppressed=None if alert.suppressed is None else clean(alert.suppressed),
    )


def _resource(resource: Resource, clean: Clean) -> Resource:
    return replace(
        resource,
        name=clean(resource.name),
        values=_values(resource.values, clean),
        unknown=_texts(resource.unknown, clean),
    )


def _texts[Key](texts: Mapping[Key, str], clean: Clean) -> dict[Key, str]:
    return {key: clean(text) for key, text in texts.items()}


def _values(values: Mapping[str, Value], clean: Clean) -> dict[str, Value]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}
