"""The API token, and the address that it is sent to."""

import re
from datetime import timedelta
from typing import Final

from homelab_steward.contract.catalogue import Field

from ...errors import InvalidSetting
from ...sdk.access import Access
from ...sdk.client import Key, Rest
from ...sdk.fields import number_field, secret_field, text_field

BACKUP_DAYS: Final = number_field(
    "backup_days",
    "Longest age of a backup",
    "An older last backup is a problem.",
    least=1,
    most=60,
    default=3,
    unit="d",
)
_TOKEN_ID: Final = re.compile(r"[^@!]+@[^@!]+![^@!]+")


def token_fields(product: str, example: str, role: str) -> tuple[Field, ...]:
    """Return the settings of a token."""
    shown = f"{product} shows it once, when you create the token."
    return (
        text_field("token_id", "API token ID", f"Such as {example}, with the role {role}."),
        secret_field("token_secret", "API token secret", shown),
    )


def longest_backup(access: Access) -> timedelta:
    """Return how old a last backup may be. Raises InvalidSetting."""
    return timedelta(days=access.number(BACKUP_DAYS.key, default=3))


class TokenClient(Rest):
    """One server, asked with an API token by TLS. Raises InvalidSetting when it is created."""

    below = "data"

    def __init__(self, access: Access, scheme: str, separator: str) -> None:
        """``scheme`` is how the header begins; ``separator`` is between the token and its secret."""
        template = f"{scheme}={{token_id}}{separator}{{token_secret}}"
        super().__init__(access, base="api2/json", auth=Key("Authorization", (), template=template))
        if not _TOKEN_ID.fullmatch(access.text("token_id")):
            raise InvalidSetting("token_id", "must look like user@realm!name")
        if access.address.scheme != "https":
            raise InvalidSetting("url", "must begin with https://")
