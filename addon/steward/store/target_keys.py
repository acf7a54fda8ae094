"""The keys by which groups, leases and statistics name targets."""

import hashlib
from typing import Final

from homelab_steward.contract.state import TargetRef

LONGEST_KEY: Final = 255


def target_key(target: TargetRef) -> str:
    """Return the key of a target in groups, leases and statistics."""
    return bounded_key(f"{target.instance_id}:{target.kind}:{target.id}")


def bounded_key(key: str) -> str:
    """Return the key, its end replaced by a hash of the whole when it is too long."""
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest)]}{digest}"
