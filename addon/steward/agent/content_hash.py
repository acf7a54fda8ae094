"""The hash of a runbook's content: evidence about a runbook holds for this content only."""

import hashlib
from dataclasses import fields

import orjson

from ..runbooks.model import Runbook


def content_hash(runbook: Runbook | None, version: int) -> str:
    """Return the hexadecimal SHA-256 of a runbook's content, "" when that version does not exist any more."""
    if runbook is None or runbook.version != version:
        return ""
    # A runbook with "each" is never proposed, so there is no evidence about it.
    content = {one.name: getattr(runbook, one.name) for one in fields(runbook) if one.name != "each"}
    return hashlib.sha256(orjson.dumps(content)).hexdigest()
