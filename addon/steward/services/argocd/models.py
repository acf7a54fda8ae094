"""What Argo CD answers. Source: its swagger.json (3.x)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from ...sdk.answers import Busy, Item, NotKnown, State, Time, known, many, one
from ...sdk.description import DeclaredIn
from ...sdk.description import Deployed as Deployment
from ...sdk.display import Text, brief, first_of
from ...sdk.kits import Job
from .._kubernetes.models import Meta

SYNC: Final[Mapping[str, str]] = {"Synced": "synced", "OutOfSync": "out_of_sync"}
HEALTH: Final[Mapping[str, str]] = {
    one: one.lower() for one in ("Healthy", "Progressing", "Degraded", "Suspended", "Missing")
}
RUNNING: Final = ("Running", "Terminating")
FAILED: Final = ("Failed", "Error")
WORKLOADS: Final = ("Deployment", "StatefulSet", "DaemonSet")
SYNCED_WITHIN: Final = 600.0
"""Seconds: Argo CD looks for new commits every three minutes, and a sync with hooks takes some more."""


class Helm(Item):
    """How a chart is rendered. A value file may be in another source: $values/apps/x.yaml."""

    value_files: tuple[str, ...] = ()


class Source(Item):
    """Where the manifests are. A chart of a Helm repository has a ``chart`` and is not in Git."""

    repo_url: str = msgspec.field(name="repoURL", default="")
    path: str = ""
    target_revision: str = ""
    chart: str = ""
    ref: str = ""
    helm: Helm = Helm()


class Automated(Item):
    """Argo CD syncs by itself, unless it is switched off."""

    enabled: bool = True


class SyncPolicy(Item):
    """When it is synced."""

    automated: Automated | None = None


class Spec(Item):
    """What is wanted, and where."""

    project: str
    source: Source = Source()
    sources: tuple[Source, ...] = ()
    sync_policy: SyncPolicy = SyncPolicy()


class Status(Item):
    """A status in one term, with a text."""

    status: str | None = None
    message: str = ""


class Sync(Status):
    """Whether what runs is what is declared; an application of several sources has several revisions."""

    revision: str = ""
    revisions: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The revisions of its sources."""
        return self.revision or ", ".join(self.revisions)


class Operation(Item):
    """The last sync, or the one that runs."""

    phase: str
    started_at: Time
    message: str = ""
    finished_at: Time | None = None
    sync_result: Sync | None = None

    @property
    def job(self) -> Job:
        """Return it as a job: its start time tells it from others."""
        is_running = self.phase in RUNNING
        return Job(
            handle=self.started_at.isoformat(),
            is_running=is_running,
            ok=None if is_running else self.phase == "Succeeded",
            text=f"{self.phase}: {brief(self.message)}",
            order=self.started_at.timestamp(),
        )


class Deployed(Item):
    """A version that was deployed."""

    id: int
    deployed_at: Time
    revision: str = ""
    revisions: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The revisions of its sources."""
        return self.revision or ", ".join(self.revisions)


class Problem(Item):
    """A condition of the application: it has one only while something is wrong."""

    type: str
    message: str = ""


class Part(Item):
    """One object that the application is made of."""

    kind: str
    name: str
    namespace: str = ""
    status: str = ""
    health: Status = Status()

    @property
    def is_bad(self) -> bool:
        """Whether it is not as declared, or ill."""
        return self.status == "OutOfSync" or self.health.status in ("Degraded", "Missing")


class AppStatus(Item):
    """How an application is."""

    sync: Sync = Sync()
    health: Status = Status()
    operation_state: Operation | None = None
    conditions: tuple[Problem, ...] = ()
    history: tuple[Deployed, ...] = ()
    resources: tuple[Part, ...] = ()


class Application(Item):
    """One application."""

    metadata: Meta
    spec: Spec
    status: AppStatus

    @property
    def key(self) -> str:
        """Its namespace and name."""
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def is_automated(self) -> bool:
        """Whether Argo CD syncs it by itself."""
        automated = self.spec.sync_policy.automated
        return automated is not None and automated.enabled

    @property
    def operation(self) -> Operation:
        """The last sync. Raises NotKnown when it was never synced."""
        if self.status.operation_state is None:
            raise NotKnown(t"No sync of it is known")
        return self.status.operation_state

    @property
    def sync(self) -> str:
        """Whether it is synced. Raises NotKnown."""
        return known(SYNC.get(self.status.sync.status or ""))

    @property
    def health(self) -> str:
        """How it is. Raises NotKnown."""
        return known(HEALTH.get(self.status.health.status or ""))

    @property
    def deployed_revision(self) -> str:
        """The revision that runs, which is an older one while it is out of sync. Raises NotKnown."""
        is_running = self.status.operation_state is not None and self.status.operation_state.phase in RUNNING
        if self.sync == "synced" and not is_running:
            return known(self.status.sync.label or None)
        newest = self.deployed()
        return known(newest[0].label if newest else None)

    @property
    def failed_revision(self) -> str:
        """The revision whose sync failed last, "none" when the last one succeeded or runs."""
        operation = self.status.operation_state
        if operation is None or operation.phase not in FAILED:
            return "none"
        return known(operation.sync_result).label

    def deployment(self) -> Deployment:
        """Return where it is declared, and how it is synced."""
        sources = self.spec.sources or (self.spec.source,)
        files = [
            DeclaredIn(repository=one.repo_url, path=path, branch=_branch(one.target_revision))
            for one in sources
            if one.ref
            for other in sources
            for name in other.helm.value_files
            if (path := name.removeprefix(f"${one.ref}/")) != name
        ]
        folders = [
            DeclaredIn(repository=one.repo_url, path=one.path, branch=_branch(one.target_revision))
            for one in sources
            if not one.chart and not (one.ref and not one.path)
        ]
        return Deployment(
            sources=(*folders, *files),
            within=SYNCED_WITHIN,
            by_hand=not self.is_automated,
            objects=[
                {"namespace": one.namespace, one.kind.lower(): one.name}
                for one in self.status.resources
                if one.kind in WORKLOADS
            ],
        )

    def deployed(self) -> list[Deployed]:
        """Return the versions that were deployed, the newest first."""
        return sorted(self.status.history, key=lambda one: one.id, reverse=True)

    def out_of_sync(self) -> Text | None:
        """Return which parts are not as declared. Raises NotKnown, Busy during a sync."""
        if self.sync == "synced":
            return None
        if self.status.operation_state and self.status.operation_state.phase in RUNNING:
            raise Busy(t"It is being synced")
        parts = [f"{one.kind} {one.name}" for one in self.status.resources if one.status == "OutOfSync"]
        return t"It is out of sync: {first_of(parts) or 'with its declaration'}"

    def degraded(self) -> Text | None:
        """Return what is ill. Raises NotKnown, Busy while it is progressing."""
        if self.health == "progressing":
            raise Busy(t"It is progressing")
        if self.health not in ("degraded", "missing"):
            return None
        parts = [
            f"{one.kind} {one.name}: {brief(one.health.message)}"
            for one in self.status.resources
            if one.is_bad
        ]
        return t"It is {self.health}: {first_of(parts, between='; ') or brief(self.status.health.message)}"

    def failed(self) -> Text | None:
        """Return why the last sync failed. Raises NotKnown, Busy during a sync."""
        if self.operation.phase in RUNNING:
            raise Busy(t"It is being synced")
        is_bad = self.operation.phase in FAILED
        return t"The last sync failed: {brief(self.operation.message)}" if is_bad else None

    def error(self) -> str | None:
        """Return an error of its declaration."""
        found = (
            f"{one.type}: {brief(one.message)}"
            for one in self.status.conditions
            if one.type.endswith("Error")
        )
        return next(found, None)


class Version(Item, rename="pascal"):
    """The server."""

    version: str


class ArgoState(State):
    """Everything that one poll reads. ``may_sync`` is whether the token may sync in any project."""

    version = one("api/version", Version)
    applications = many("api/v1/applications", Application, below="items")
    may_sync: bool | None = None


def _branch(revision: str) -> str:
    """Return the branch that a target revision means, "" for the default one."""
    return "" if revision == "HEAD" else revision.removeprefix("refs/heads/")
