"""Tool names: at most 64 characters from the set that every client accepts."""

import hashlib
import re
from typing import Final

LONGEST: Final = 64
DIGEST: Final = 8


def tool_name(service: str, key: str, taken: frozenset[str] | set[str], kind: str) -> str:
    """Return ``service_key``, shortened and made unique with a digest if necessary.

    ``kind`` distinguishes a read tool and an action with the same key.
    """
    plain = f"{service}_{key}"
    name = re.sub(r"[^A-Za-z0-9_-]", "_", plain)
    if name == plain and len(name) <= LONGEST and name not in taken:
        return name
    digest = hashlib.sha256(f"{kind}:{service}.{key}".encode()).hexdigest()[:DIGEST]
    return f"{name[: LONGEST - DIGEST - 1]}_{digest}"
