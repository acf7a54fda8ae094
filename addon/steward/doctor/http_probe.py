"""Asks a web server for its time and its certificate; no credentials are sent."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from cryptography import x509
from yarl import URL

from ..clock import Clock

TIMEOUT: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a server says: how many seconds its clock is ahead, and when its certificate ends.

    Each is None when it does not say it.
    """

    ahead: float | None = None
    certificate_until: datetime | None = None


async def probe(session: aiohttp.ClientSession, address: str, clock: Clock) -> Probed:
    """Return what the server of an address says; nothing when it does not answer."""
    url = URL(address)
    ahead, until = await asyncio.gather(_ahead(session, url, clock), _certificate_end(url))
    return Probed(ahead=ahead, certificate_until=until)


async def _ahead(session: aiohttp.ClientSession, url: URL, clock: Clock) -> float | None:
    begun = clock.now()
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        # The certificate is not checked: nothing is sent that has to be protected.
        async with session.head(url, ssl=False, allow_redirects=False, timeout=timeout) as answer:
            answered = answer.headers.get("Date")
        return None if answered is None else ahead_of(parsedate_to_datetime(answered), begun, clock.now())
    except aiohttp.ClientError, TimeoutError, OSError, ValueError:
        return None


def ahead_of(answered: datetime, begun: datetime, ended: datetime) -> float:
    """Return by how many seconds a clock is ahead, from the time it gave between two others; 0 if it fits."""
    at = answered if answered.tzinfo is not None else answered.replace(tzinfo=UTC)
    # A date of HTTP is cut to whole seconds.
    behind, ahead = (begun - at).total_seconds() - 1.0, (at - ended).total_seconds()
    return ahead if ahead > 0 else -behind if behind > 0 else 0.0


async def _certificate_end(url: URL) -> datetime | None:
    if url.scheme != "https" or url.host is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(TIMEOUT):
            _, writer = await asyncio.open_connection(
                url.host, url.port, ssl=context, server_hostname=url.host
            )
        try:
            found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        finally:
            writer.close()
        return x509.load_der_x509_certificate(found).not_valid_after_utc
    except OSError, TimeoutError, ValueError:
        return None
