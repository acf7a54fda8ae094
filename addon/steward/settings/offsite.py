"""Settings of the copies of backups in object storage."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Final

from probatio import Invalid

from ..age import AgeError, public_key
from .checks import origin, whole

BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX: Final = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}/){0,8}")
REGION: Final = re.compile(r"[a-z0-9-]{1,64}")


def bucket_name(value: object) -> str:
    """Return the name of a bucket."""
    return _matched(value, BUCKET, "must be the name of a bucket, such as homelab-backups")


def folders(value: object) -> str:
    """Return the beginning of names: "" or folders, each with a slash at its end."""
    return _matched(value, PREFIX, "must be empty, or a folder with a slash at its end, such as steward/")


def region_name(value: object) -> str:
    """Return the region of object storage."""
    return _matched(value, REGION, "must be a region, such as eu-central-1")


def age_key(value: object) -> str:
    """Return a public key of age."""
    try:
        public_key(value if isinstance(value, str) else "")
    except AgeError:
        # What was given may be the private key.
        raise Invalid("must be the public key that age-keygen prints, such as age1…") from None
    return str(value).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offsite:
    """Object storage for copies of the backups; the newest ``keep`` stay.

    They are encrypted for ``recipient``, a public key of age: only its owner can read them. ``prefix``
    separates stewards that share a bucket.
    """

    url: Annotated[str, origin]
    bucket: Annotated[str, bucket_name]
    access_key: str
    secret_key: str = field(repr=False)
    recipient: Annotated[str, age_key]
    prefix: Annotated[str, folders] = "steward/"
    region: Annotated[str, region_name] = "us-east-1"
    keep: Annotated[int, whole(1, 1000)] = 30


def _matched(value: object, pattern: re.Pattern[str], reason: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Invalid(reason)
    return value
