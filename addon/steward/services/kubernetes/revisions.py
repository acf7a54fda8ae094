"""The revisions of a workload: replica sets of a deployment, controller revisions of the other kinds."""

from operator import attrgetter
from typing import Any, Final

from ...errors import PreconditionFailed, ServiceMalformed
from ...sdk.answers import Item, at, parse
from ...sdk.description import Call, Gaps
from .._kubernetes.client import PAGE
from .client import KubernetesClient, path_of
from .pods import OwnedMeta
from .workloads import Template, Workload

HASH: Final = "pod-template-hash"
NUMBER: Final = "deployment.kubernetes.io/revision"


class RevisionSpec(Item):
    """What the pods of a revision are made from."""

    template: Template


class ReplicaSet(Item):
    """One revision of a deployment."""

    metadata: OwnedMeta
    spec: RevisionSpec

    @property
    def number(self) -> int:
        """Its number, which is higher each time that it becomes the current one."""
        text = self.metadata.annotations.get(NUMBER, "")
        return int(text) if text.isascii() and text.isdecimal() else 0

    @property
    def label(self) -> str:
        """Its images and name, which stay when it becomes the current one again."""
        return _label(self.metadata, self.spec.template)


class RevisionData(Item):
    """What a controller revision keeps of its workload."""

    spec: RevisionSpec


class ControllerRevision(Item):
    """One revision of a stateful set or a daemon set; ``revision`` is its number."""

    metadata: OwnedMeta
    data: RevisionData
    revision: int

    @property
    def number(self) -> int:
        """Its number, which is higher each time that it becomes the current one."""
        return self.revision

    @property
    def label(self) -> str:
        """Its images and name, which stay when it becomes the current one again."""
        return _label(self.metadata, self.data.spec.template)


type Revision = ReplicaSet | ControllerRevision


def _label(meta: OwnedMeta, template: Template) -> str:
    return f"{', '.join(one.image for one in template.spec.containers)} ({meta.name})"


async def revisions(client: KubernetesClient, call: Call) -> tuple[Workload, list[Revision]]:
    """Return a workload and its revisions, the current one first. Raises PreconditionFailed."""
    owner, gaps, path = await client.workload(call), Gaps(), _path(call)
    kind: type[ReplicaSet | ControllerRevision] = ReplicaSet if _is_deployment(call) else ControllerRevision
    found = await client.many(kind, path, gaps, below="items", limit=PAGE)
    uid = owner.metadata.uid
    own = [one for one in found if any(ref.uid == uid for ref in one.metadata.owner_references)]
    own.sort(key=attrgetter("number"), reverse=True)
    if reason := gaps.of(path):
        raise ServiceMalformed(reason)
    if not own or not _is_current(own[0], owner):
        raise PreconditionFailed(t"The revisions of {call.target.name} are not known")
    return owner, own


async def roll_to(client: KubernetesClient, call: Call, owner: Workload, label: str) -> None:
    """Make the pods from another revision. Raises PreconditionFailed when it is not kept any more."""
    found = (await revisions(client, call))[1]
    name = next((one.metadata.name for one in found if one.label == label), None)
    if name is None:
        raise PreconditionFailed(t"The revision {label} is not kept any more")
    path, where = f"{_path(call)}/{name}", "spec.template" if _is_deployment(call) else "data.spec.template"
    template = parse(dict[str, Any], at(await client.get(path), where), path)
    meta = parse(dict[str, Any], template.get("metadata"), path)
    labels = parse(dict[str, str], meta.get("labels"), path)
    kept = {key: value for key, value in labels.items() if key != HASH}
    whole = {**template, "metadata": {**meta, "labels": kept}, "$patch": "replace"}
    await client.change(call, owner, template=whole)


def _is_deployment(call: Call) -> bool:
    return "/deployments/" in call.target.id


def _path(call: Call) -> str:
    kind = "replicasets" if _is_deployment(call) else "controllerrevisions"
    return f"{path_of(call).rsplit('/', 2)[0]}/{kind}"


def _is_current(newest: Revision, owner: Workload) -> bool:
    """Return whether a workload is made from its newest revision."""
    if isinstance(newest, ReplicaSet):
        return str(newest.number) == owner.metadata.annotations.get(NUMBER)
    images = [one.image for one in newest.data.spec.template.spec.containers]
    is_named = owner.status.update_revision in ("", newest.metadata.name)
    return is_named and images == [one.image for one in owner.spec.template.spec.containers]
