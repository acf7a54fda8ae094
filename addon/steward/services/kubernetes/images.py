"""The image that a workload runs from, as its registry knows it."""

import re
from typing import Final

from homelab_steward.contract.changes import WayBack

from ...sdk.answers import NotKnown
from ...sdk.description import RunningImage
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
    return RunningImage(
        reference=main.image,
        digest=digest if DIGEST.fullmatch(digest) else None,
        platform=_platform(one),
        way_back=WayBack.IMAGE,
        way_back_text=t"Image only: the data in its volumes stays as it is",
    )


def _platform(one: Seen[Workload]) -> str:
    """Return the platform of the cluster's nodes. Raises NotKnown when they differ."""
    found = [node.status.node_info for node in one.state.nodes]
    platforms = {f"{info.operating_system}/{info.architecture}" for info in found if info.architecture}
    if len(platforms) != 1:
        raise NotKnown(t"The nodes have different processors, or do not report them")
    return platforms.pop()
