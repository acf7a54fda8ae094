"""Names of tools: at most 64 characters that every client takes."""

import hashlib
import re
from typing import Final

LONGEST: Final = 64
DIGEST: Final = 8


def tool_name(service: str, key: str, taken: frozenset[str] | set[str], kind: str) -> str:
    """Return ``service_key``; shortened and told apart by a digest where that is needed.

    ``kind`` tells a question and an action of the same key apart.
    """
    plain = f"{service}_{key}"
    name = re.sub(r"[^A-Za-z0-9_-]", "_", plain)
    if name == plain and len(name) <= LONGEST and name not in taken:
        return name
    digest = hashlib.sha256(f"{kind}:{service}.{key}".encode()).hexdigest()[:DIGEST]
    return f"{name[: LONGEST - DIGEST - 1]}_{digest}"
