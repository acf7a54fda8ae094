"""How the engine is reached: a unix socket, or HTTP with a client certificate where it wants one."""

import ssl
from dataclasses import dataclass, replace
from typing import Final

from yarl import URL

from homelab_steward.contract.catalogue import Field, SettingKind

from ...errors import InvalidSetting
from ...sdk.access import Access
from ...sdk.fields import TLS_SETTINGS, text_field
from ...sdk.tls import Tls

UNIX: Final = "unix://"
SOCKET_HOST: Final = URL("http://docker.sock")
"""The host that requests through a unix socket name."""

SETTINGS: Final = (
    Field(
        key="address",
        kind=SettingKind.TEXT,
        name="Address",
        description="Such as unix:///var/run/docker.sock or https://docker.example.org:2376",
        default="unix:///var/run/docker.sock",
    ),
    text_field("client_certificate", "Client certificate", "Path of a PEM file", required=False),
    text_field("client_key", "Key of the client certificate", "Path of a PEM file", required=False),
    *TLS_SETTINGS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTls(Tls):
    """Trust, and the certificate by which the engine knows its clients."""

    certificate: str
    key: str | None

    def load(self) -> ssl.SSLContext:
        """Return the context. Reads files. Raises InvalidSetting when one cannot be read."""
        try:
            context = ssl.create_default_context(cafile=self.ca_certificate)
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ValueError) as err:
            raise InvalidSetting("client_certificate", "or the authority is not a readable PEM file") from err
        if not self.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def address(access: Access) -> tuple[URL, str | None]:
    """Return the URL of the API and the path of its unix socket, if it has one. Raises InvalidSetting."""
    text = access.text("address")
    if text.startswith(f"{UNIX}/"):
        return SOCKET_HOST, text.removeprefix(UNIX)
    try:
        return replace(access, settings={"url": text}).address, None
    except InvalidSetting as err:
        raise InvalidSetting("address", f"{err.reason} or unix:///path") from err


def tls(access: Access) -> Tls:
    """Return what is trusted and shown. Raises InvalidSetting."""
    trust, certificate = access.tls, access.optional("client_certificate")
    if certificate is None:
        return trust
    if trust.fingerprint is not None:
        raise InvalidSetting("fingerprint", "cannot be used together with a client certificate")
    return ClientTls(
        verify=trust.verify,
        ca_certificate=trust.ca_certificate,
        certificate=certificate,
        key=access.optional("client_key"),
    )
