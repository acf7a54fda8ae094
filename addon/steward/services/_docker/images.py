"""What an engine knows of the images that its containers run from."""

from collections.abc import Mapping
from typing import Final

import msgspec

from ...sdk.answers import Item
from ...sdk.image_names import parse_image

UNNAMED: Final = "<none>"


class ImageConfig(Item, rename="pascal"):
    """What an image sets."""

    labels: Mapping[str, str] = {}


class ImageDetails(Item, rename="pascal"):
    """One image as the engine inspects it. ``variant`` is that of the processor, such as v8."""

    id: str
    repo_digests: tuple[str, ...] = ()
    created: str = ""
    os: str = ""
    architecture: str = ""
    variant: str = ""
    config: ImageConfig = msgspec.field(default_factory=ImageConfig)

    @property
    def platform(self) -> str:
        """The platform that it was built for, such as ``linux/arm64/v8``."""
        return "/".join(one for one in (self.os, self.architecture, self.variant) if one)

    def digest(self, reference: str) -> str | None:
        """Return the digest by which the registry of a reference knows it, None when it knows none.

        The last one counts: an engine adds digests of the same content.
        """
        wanted = parse_image(reference)
        named = (parse_image(one) for one in self.repo_digests if UNNAMED not in one)
        found = [one.digest for one in named if one and wanted and one.repository == wanted.repository]
        return found[-1] if found else None
