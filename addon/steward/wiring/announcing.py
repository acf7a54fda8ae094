"""Announces the app to Home Assistant when it runs under Supervisor."""

import os
import socket
from contextlib import AsyncExitStack

import aiohttp
import structlog

from ..api.discovery import Address, Announcement
from ..clock import Clock
from ..settings.model import Settings

log = structlog.get_logger(__name__)


def supervisor_token() -> str:
    """Return the token that Supervisor gives to its apps, empty outside of Supervisor."""
    return os.environ.get("SUPERVISOR_TOKEN", "")


def announce(
    settings: Settings, session: aiohttp.ClientSession, clock: Clock, port: int, opened: AsyncExitStack
) -> None:
    """Begin to announce the app, if it runs under Supervisor; it ends with what is ``opened``."""
    token = supervisor_token()
    if not token:
        return
    if settings.listen.tls_certificate is not None:
        # Home Assistant would connect by HTTP, and to a name that is not in the certificate.
        log.warning("not announced, because HTTPS is set: add the integration with the app's address")
        return
    address = Address(host=socket.gethostname(), port=port, token=settings.api_token)
    announcement = Announcement(session, clock, token, address)
    opened.push_async_callback(announcement.close)
    announcement.start()
