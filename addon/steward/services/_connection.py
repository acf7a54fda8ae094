"""The settings most services share, and what they mean."""

from base64 import b64encode
from typing import Final

from yarl import URL

from homelab_steward.contract.catalogue import Field, SettingKind

from ..description import Access
from ..errors import InvalidSetting
from ..http import RestClient, Tls

VERIFY_TLS: Final = Field(
    key="verify_tls",
    kind=SettingKind.BOOLEAN,
    name="Check the certificate",
    description="Turn it off only for a service you cannot give a trusted certificate.",
    required=False,
    default=True,
)
CA_CERTIFICATE: Final = Field(
    key="ca_certificate",
    kind=SettingKind.TEXT,
    name="Certificate authority",
    description="Path of a PEM file to trust instead of the system's authorities.",
    required=False,
)
LOGIN: Final = (
    Field(key="username", kind=SettingKind.TEXT, name="User name", required=False),
    Field(key="password", kind=SettingKind.SECRET, name="Password", required=False),
    Field(
        key="token",
        kind=SettingKind.SECRET,
        name="Bearer token",
        description="Instead of user name and password.",
        required=False,
    ),
)


def url_field(example: str) -> Field:
    """Return the address setting with an example of how it looks."""
    return Field(key="url", kind=SettingKind.URL, name="Address", description=f"Such as {example}")


def optional_text(access: Access, key: str) -> str | None:
    """Return a text setting, None when it is missing or empty.

    Raises:
        InvalidSetting: when it is something else.
    """
    if access.settings.get(key) in (None, ""):
        return None
    return access.text(key)


def secret(access: Access, key: str) -> str:
    """Return a secret that can travel in a header.

    Raises:
        InvalidSetting: when it is missing or cannot.
    """
    value = access.text(key)
    if not (value.isascii() and value.isprintable()):
        raise InvalidSetting(key, "holds letters no key has")
    return value


def address(access: Access) -> URL:
    """Return the address without a slash at its end.

    Raises:
        InvalidSetting: when it is no plain http(s) address.
    """
    try:
        url = URL(access.text("url"))
        port = url.port
    except ValueError as err:
        raise InvalidSetting("url", "is no address") from err
    if url.scheme not in ("http", "https") or not url.host or not port:
        raise InvalidSetting("url", "must look like http://host:port")
    if url.user or url.password:
        raise InvalidSetting("url", "must hold no user name or password")
    return url.with_path(url.path.rstrip("/"))


def tls(access: Access) -> Tls:
    """Return how certificates are checked."""
    return Tls(
        verify=access.flag("verify_tls", default=True),
        ca_certificate=optional_text(access, "ca_certificate"),
    )


def login(access: Access) -> dict[str, str]:
    """Return the header that proves who we are: by token, by name and password, or none."""
    if optional_text(access, "token") is not None:
        return {"Authorization": f"Bearer {secret(access, 'token')}"}
    username = optional_text(access, "username")
    if username is None:
        return {}
    password = optional_text(access, "password") or ""
    return {"Authorization": f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"}


def rest_client(access: Access) -> RestClient:
    """Return a REST client from the settings ``url``, ``LOGIN`` and those of TLS."""
    return RestClient(access.session, address(access), headers=login(access), tls=tls(access))
