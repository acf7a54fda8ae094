"""The hash of a runbook's content: what was learned of one holds for this content only."""

import hashlib

import orjson

from ..runbooks.model import Runbook


def content_hash(runbook: Runbook | None, version: int) -> str:
    """Return the hash of a runbook's content, "" when that version is not there any more."""
    if runbook is None or runbook.version != version:
        return ""
    return hashlib.sha256(orjson.dumps(runbook)).hexdigest()
