"""The image that a workload runs from, as its registry knows it."""

import re
from typing import Final

from homelab_steward.contract.changes import WayBack

from ...sdk.answers import NotKnown
from ...sdk.database_links import CACHES, LOCAL
from ...sdk.description import DataPlace, RunningImage
from ...texts import Text
from .models import Seen
from .workloads import Workload

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
DEPLOYED: Final = (
    "argocd.argoproj.io/instance",
    "argocd.argoproj.io/tracking-id",
    "helm.toolkit.fluxcd.io/name",
    "kustomize.toolkit.fluxcd.io/name",
)
"""Labels and annotations of what Argo CD and Flux deploy: they would set another image back."""

KEPT: Final = ("kubectl.kubernetes.io/", "deployment.kubernetes.io/")
"""Beginnings of annotations that Kubernetes itself writes: nobody set them."""


def running_image(one: Seen[Workload]) -> RunningImage | None:
    """Return the image of the first container, None for what is deployed from a repository.

    Raises NotKnown while the pods run different images, or none is reported.
    """
    meta = one.it.metadata
    if any(key in meta.labels or key in meta.annotations for key in DEPLOYED):
        return None
    main = one.it.main
    digests = {pod.digest(main.name) for pod in one.pods}
    if one.missing is not None or len(digests) != 1:
        raise NotKnown(one.missing or t"Its pods run different images, or it has none")
    digest = digests.pop()
    if not digest:
        raise NotKnown(t"The image of its pods is not reported so far")
    has_data = any(volume.has_data for pod in one.pods for volume in pod.spec.volumes)
    databases = _databases(one, has_data=has_data)
    return RunningImage(
        reference=main.image,
        digest=digest if DIGEST.fullmatch(digest) else None,
        platform=_platform(one),
        way_back=WayBack.IMAGE,
        way_back_text=_way_back_text(databases, has_data=has_data),
        places=databases or (None if has_data else ()),
        uses=_uses(one.it),
        has_all_variables=not main.env_from,
    )


def _databases(one: Seen[Workload], *, has_data: bool) -> tuple[DataPlace, ...]:
    """Return the databases that the containers of a workload have outside of its pods.

    Redis counts as a cache for a workload that has other data.
    """
    containers = one.it.spec.template.spec.containers
    links = [link for own in containers for link in own.databases.hosts if link.is_database]
    links = [link for link in links if link.host not in LOCAL]
    found = sorted({link.host for link in links if link.program not in CACHES})
    # Only the name of a variable is known when a secret has its value.
    found = found or sorted({name for own in containers for name in own.hidden})
    if not found and not has_data:
        found = sorted({link.host for link in links})
    return tuple(
        DataPlace(path="", server=host, why=t"its database on {host} is not copied") for host in found
    )


def _way_back_text(databases: tuple[DataPlace, ...], *, has_data: bool) -> Text:
    if databases:
        name = databases[0].server
        if has_data:
            return t"Image only: the data in its volumes and in its database ({name}) stays as it is"
        return t"Image only: the data in its database ({name}) stays as it is"
    if has_data:
        return t"Image only: the data in its volumes stays as it is"
    return t"Image only: it keeps no data in volumes"


def _uses(one: Workload) -> frozenset[str]:
    """Return the names of the variables of the first container and its ports, of labels and annotations."""
    variables = (variable.name for variable in one.main.env)
    ports = (str(port.container_port) for port in one.main.ports)
    own = (key for key in (*one.metadata.labels, *one.metadata.annotations) if not key.startswith(KEPT))
    return frozenset((*variables, *ports, *own))


def _platform(one: Seen[Workload]) -> str:
    """Return the platform of the cluster's nodes. Raises NotKnown when they differ."""
    found = [node.status.node_info for node in one.state.nodes]
    platforms = {f"{info.operating_system}/{info.architecture}" for info in found if info.architecture}
    if len(platforms) != 1:
        raise NotKnown(t"The nodes have different processors, or do not report them")
    return platforms.pop()
