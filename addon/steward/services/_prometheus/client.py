"""The settings and the client of servers that speak an API of Prometheus."""

from typing import ClassVar, Final

from ...sdk.access import Access
from ...sdk.client import LOGIN, Basic, Rest, header_safe
from ...sdk.fields import TLS_SETTINGS, text_field

PREFIX: Final = text_field(
    "path_prefix", "Path prefix", "Of the API, such as prometheus or alertmanager for Mimir.", required=False
)
TENANT: Final = text_field("tenant", "Tenant", "Sent as X-Scope-OrgID, such as to Mimir.", required=False)
SETTINGS: Final = (*LOGIN, PREFIX, TENANT, *TLS_SETTINGS)


class PrometheusRest(Rest):
    """A server, below its path prefix, as one tenant."""

    api: ClassVar[str]
    """The path of the API, such as ``api/v1``."""

    def __init__(self, access: Access) -> None:
        """Raises InvalidSetting."""
        prefix = (access.optional(PREFIX.key) or "").strip("/")
        tenant = {"X-Scope-OrgID": header_safe(access, TENANT.key)} if access.optional(TENANT.key) else {}
        super().__init__(access, base=f"{prefix}/{self.api}", auth=Basic(), headers=tenant)
