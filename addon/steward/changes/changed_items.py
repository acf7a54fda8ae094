"""Which of the things that a pull request deploys get another version by it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.changes import PackageChange
from homelab_steward.contract.state import TargetRef

from ..sdk.image_names import Repository, parse_image

MOST: Final = 5
"""What is deployed together and is taken to be updated when no image tells it, such as by a Helm chart."""


def updated_items(
    packages: Sequence[PackageChange], images: Mapping[TargetRef, str | None]
) -> tuple[TargetRef, ...]:
    """Return what is updated, by the images that the deployed things run from now.

    ``images`` has None for what runs from none, such as an application of Argo CD. When no image is one of
    the packages, which may be charts, everything is updated that runs from an image, unless that is too much
    to be one application.
    """
    running = {one: _repository(image) for one, image in images.items() if image is not None}
    wanted = {_repository(one.name) for one in packages} - {None}
    named = tuple(one for one, repository in running.items() if repository in wanted)
    if named or len(running) > MOST:
        return named
    return tuple(running)


def _repository(reference: str) -> Repository | None:
    name = parse_image(reference)
    return name.repository if name is not None else None
