"""Names of container images: the repository and its version, which is a tag, a digest, or both."""

import re
from typing import Final

VERSION: Final = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|sha256:[0-9a-f]{64}",
)


def version_of(image: str) -> str:
    """Return the tag, the digest, or both as ``tag@digest``; "latest" when the name has none."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return "@".join(one for one in (tag, digest) if one) or "latest"


def with_version(image: str, version: str) -> str:
    """Return the image with another version."""
    folder, slash, last = image.partition("@")[0].rpartition("/")
    mark = "@" if version.startswith("sha256:") else ":"
    return f"{folder}{slash}{last.partition(':')[0]}{mark}{version}"
