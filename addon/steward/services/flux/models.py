"""What Flux's custom resources say. Source: their v1 and v2 APIs."""

from collections.abc import Iterator
from typing import Final

from ...sdk.answers import Busy, Item, NotKnown, State, Unknown, known, many
from ...sdk.display import Text, brief
from .._kubernetes.client import PAGE
from .._kubernetes.models import Condition, Meta, Review, condition

KINDS: Final = {
    "kustomization": "apis/kustomize.toolkit.fluxcd.io/v1/kustomizations",
    "helm_release": "apis/helm.toolkit.fluxcd.io/v2/helmreleases",
    "git_repository": "apis/source.toolkit.fluxcd.io/v1/gitrepositories",
}
VERSION: Final = "app.kubernetes.io/version"
REQUESTED: Final = "reconcile.fluxcd.io/requestedAt"


class Source(Item):
    """Where it comes from."""

    kind: str
    name: str


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


class Release(Item):
    """One revision of a Helm release."""

    chart_version: str = ""


class Artifact(Item):
    """What a source holds now."""

    revision: str = ""


class Status(Item):
    """How the last reconciliation went."""

    observed_generation: int | None = None
    last_handled_reconcile_at: str = ""
    last_applied_revision: str = ""
    conditions: tuple[Condition, ...] = ()
    history: tuple[Release, ...] = ()
    artifact: Artifact = Artifact()


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
