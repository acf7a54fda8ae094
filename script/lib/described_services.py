"""All services whose texts are translated."""

from collections.abc import Mapping

from steward.foreign_tools.service import ServerClient, foreign_service
from steward.sdk.access import Access
from steward.sdk.description import AnyService
from steward.services.finder import find_services


def described_services() -> Mapping[str, AnyService]:
    """Return the services of the folders, and that of the servers with tools, which the app adds."""
    foreign = foreign_service(_not_connected)
    return {**find_services(), foreign.key: foreign}


def _not_connected(_: Access) -> ServerClient:
    raise NotImplementedError
