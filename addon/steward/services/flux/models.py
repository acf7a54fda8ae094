"""What Flux's custom resources say. Source: their v1 and v2 APIs."""

import re
from collections.abc import Iterator
from typing import Final

from ...sdk.answers import Busy, Item, NotKnown, State, Unknown, known, many
from ...sdk.description import DeclaredIn, Deployed
from ...sdk.display import Text, brief
from .._kubernetes.client import PAGE
from .._kubernetes.models import Condition, Meta, Review, condition

KINDS: Final = {
    "kustomization": "apis/kustomize.toolkit.fluxcd.io/v1/kustomizations",
    "helm_release": "apis/helm.toolkit.fluxcd.io/v2/helmreleases",
    "git_repository": "apis/source.toolkit.fluxcd.io/v1/gitrepositories",
}
VERSION: Final = "app.kubernetes.io/version"
WORKLOADS: Final = ("Deployment", "StatefulSet", "DaemonSet")
APPLIED_WITHIN: Final = 600.0
"""Seconds in which a new revision of a source is applied and its health is awaited."""

DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
REQUESTED: Final = "reconcile.fluxcd.io/requestedAt"


class Source(Item):
    """Where it comes from; without a namespace it is in the same one."""

    kind: str
    name: str
    namespace: str = ""


class GitRef(Item):
    """What of a Git repository is read: a branch, or one of the others."""

    branch: str = ""
    tag: str = ""
    semver: str = ""
    commit: str = ""
    name: str = ""


class ChartSpec(Item):
    """The chart of a Helm release."""

    source_ref: Source


class Chart(Item):
    """The chart of a Helm release."""

    spec: ChartSpec


class Spec(Item):
    """What is wanted; ``suspend`` may be left out when it is not."""

    suspend: bool | None = None
    source_ref: Source | None = None
    chart: Chart | None = None
    path: str = ""
    url: str = ""
    ref: GitRef = GitRef()
    interval: str = ""


class Release(Item):
    """One revision of a Helm release."""

    chart_version: str = ""


class Artifact(Item):
    """What a source holds now."""

    revision: str = ""


class Entry(Item):
    """An object that was applied: its namespace, name, group and kind."""

    id: str


class Inventory(Item):
    """What a kustomization has applied."""

    entries: tuple[Entry, ...] = ()


class Status(Item):
    """How the last reconciliation went."""

    observed_generation: int | None = None
    last_handled_reconcile_at: str = ""
    last_applied_revision: str = ""
    last_attempted_revision: str = ""
    conditions: tuple[Condition, ...] = ()
    history: tuple[Release, ...] = ()
    artifact: Artifact = Artifact()
    inventory: Inventory = Inventory()


class Managed(Item):
    """Something that Flux reconciles."""

    metadata: Meta
    spec: Spec
    status: Status

    @property
    def key(self) -> str:
        """Its namespace and name."""
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def is_suspended(self) -> bool:
        """Whether Flux leaves it alone. Raises NotKnown when that is not said and was not seen."""
        is_seen = known(self.status.observed_generation) >= self.metadata.generation
        if self.spec.suspend is None and not is_seen:
            raise NotKnown(t"Flux has not seen its last change so far")
        return self.spec.suspend is True

    @property
    def ready(self) -> Condition:
        """The condition of the last reconciliation. Raises NotKnown."""
        return condition(self.status.conditions, "Ready")

    @property
    def is_ready(self) -> bool:
        """Whether it was reconciled as it is wanted now. Raises NotKnown, Busy while that is under way."""
        is_seen = known(self.status.observed_generation) >= self.metadata.generation
        if self.ready.status == "Unknown" or not (is_seen or self.is_suspended):
            raise Busy(t"It is being reconciled")
        return self.ready.status == "True"

    @property
    def revision(self) -> str | None:
        """The revision that runs, None when it is not reported."""
        chart = self.status.history[0].chart_version if self.status.history else ""
        return self.status.last_applied_revision or chart or self.status.artifact.revision or None

    @property
    def failed_revision(self) -> str:
        """The revision that could not be applied, "none" when the last one was. Raises NotKnown, Busy."""
        return "none" if self.is_ready else self.status.last_attempted_revision or "none"

    def failed(self) -> str | None:
        """Return why it is not reconciled. Raises NotKnown."""
        return None if self.is_ready else f"{self.ready.reason}: {brief(self.ready.message)}"

    def suspended(self) -> Text | None:
        """Return that Flux leaves it alone."""
        return t"It is suspended: what is declared is not applied" if self.is_suspended else None


class ControllerStatus(Item):
    """How a controller is."""

    conditions: tuple[Condition, ...] = ()


class Controller(Item):
    """One of Flux's controllers."""

    metadata: Meta
    status: ControllerStatus


class FluxState(State):
    """Everything that one poll reads."""

    kustomization = many(KINDS["kustomization"], Managed, below="items", may_be_absent=True, limit=PAGE)
    helm_release = many(
        KINDS["helm_release"], Managed, below="items", may_be_absent=True, optional=True, limit=PAGE
    )
    git_repository = many(
        KINDS["git_repository"], Managed, below="items", may_be_absent=True, optional=True, limit=PAGE
    )
    controllers = many(
        "apis/apps/v1/deployments",
        Controller,
        below="items",
        optional=True,
        labelSelector="app.kubernetes.io/part-of=flux",
    )
    review: Review | Unknown = Unknown("It was not read")

    def all(self) -> Iterator[Managed]:
        """Yield everything that Flux reconciles and that is not suspended. Raises NotKnown."""
        for kind in KINDS:
            yield from (one for one in getattr(self, kind) if not one.is_suspended)

    def deployment(self, one: Managed) -> Deployed:
        """Return where a kustomization is declared. Raises NotKnown."""
        source = known(one.spec.source_ref)
        if source.kind != "GitRepository":
            return Deployed(sources=(), within=0.0)
        key = f"{source.namespace or one.metadata.namespace}/{source.name}"
        git = next((each for each in self.git_repository if each.key == key), None)
        if git is None:
            raise NotKnown(t"The Git repository {key} is not listed")
        ref = git.spec.ref
        is_branch = not (ref.tag or ref.semver or ref.commit or ref.name)
        declared = DeclaredIn(
            repository=git.spec.url, path=one.spec.path.removeprefix("."), branch=ref.branch or "master"
        )
        stopped = next((each for each in (one, git) if each.is_suspended), None)
        return Deployed(
            sources=(declared,) if is_branch else (),
            within=APPLIED_WITHIN + seconds(git.spec.interval),
            stopped=t"{stopped.key} is suspended" if stopped else None,
            objects=list(_objects(one.status.inventory)),
        )

    def version(self) -> str:
        """Return the version of Flux. Raises NotKnown."""
        found = {one.metadata.labels[VERSION] for one in self.controllers if VERSION in one.metadata.labels}
        if not found:
            raise NotKnown(t"The controllers of Flux are not found")
        return max(found)

    def controller_problem(self) -> Text | None:
        """Return which controller is not available: nothing of its kind is reconciled. Raises NotKnown."""
        if not self.controllers:
            raise NotKnown(t"The controllers of Flux are not found")
        down = [
            one.metadata.name
            for one in self.controllers
            if condition(one.status.conditions, "Available").status != "True"
        ]
        return t"{', '.join(down)} is not available: what it reconciles stays as it is" if down else None


def _objects(inventory: Inventory) -> Iterator[dict[str, str]]:
    """Yield the labels of the workloads of a kustomization."""
    for one in inventory.entries:
        namespace, _, rest = one.id.partition("_")
        name, _, kind = rest.partition("_apps_")
        if kind in WORKLOADS:
            yield {"namespace": namespace, kind.lower(): name}


def seconds(interval: str) -> float:
    """Return the seconds of a Go duration such as 1h30m. Raises NotKnown."""
    parts = DURATION.findall(interval)
    if not parts or "".join(number + unit for number, unit in parts) != interval:
        raise NotKnown(t"The interval {brief(interval, 20)} is not understood")
    return sum(float(number) * UNITS[unit] for number, unit in parts)
