"""The inputs of a service's client: settings, session and clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from yarl import URL

from homelab_steward.contract.base import Value

from ..clock import Clock
from ..errors import InvalidSetting
from .home import HomeAssistantPort
from .tls import Tls


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """The folder with the templates of the owner.

    ``secret_lines`` returns the numbers of the lines of a text that have a secret, in order, from 1.
    """

    folder: Path
    secret_lines: Callable[[str], Sequence[int]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The inputs of a client. ``settings`` have the secrets: never log them.

    ``home`` reads the connected Home Assistant; None where none can be connected. ``templates`` is None when
    the owner has no templates.
    """

    settings: Mapping[str, Value] = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)
    clock: Clock = field(repr=False)
    home: HomeAssistantPort | None = field(default=None, repr=False)
    templates: OwnTemplates | None = None

    def text(self, key: str) -> str:
        """Return a text setting. Raises InvalidSetting when it is missing or empty."""
        value = self.settings.get(key)
        if not isinstance(value, str) or not value.strip():
            raise InvalidSetting(key, "is missing")
        return value.strip()

    def optional(self, key: str) -> str | None:
        """Return a text setting, None when it is missing or empty. Raises InvalidSetting."""
        return None if self.settings.get(key) in (None, "") else self.text(key)

    def names(self, key: str) -> tuple[str, ...]:
        """Return the parts of a text setting, which are separated by commas, each once."""
        parts = (one.strip() for one in (self.optional(key) or "").split(","))
        return tuple(dict.fromkeys(filter(None, parts)))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a boolean setting. Raises InvalidSetting for another type."""
        value = self.settings.get(key, default)
        if not isinstance(value, bool):
            raise InvalidSetting(key, "must be true or false")
        return value

    def number(self, key: str, *, default: float) -> float:
        """Return a number setting. Raises InvalidSetting for another type."""
        value = self.settings.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidSetting(key, "must be a number")
        return float(value)

    @property
    def tls(self) -> Tls:
        """How the certificate is checked. Raises InvalidSetting."""
        return Tls(
            verify=self.flag("verify_tls", default=True),
            ca_certificate=self.optional("ca_certificate"),
            fingerprint=self.optional("fingerprint"),
            certificate=self.optional("client_certificate"),
            key=self.optional("client_key"),
        )

    @property
    def address(self) -> URL:
        """The address without a slash at its end. Raises InvalidSetting when the setting is no address."""
        try:
            url = URL(self.text("url"))
            port = url.port
        except ValueError as err:
            raise InvalidSetting("url", "is not an address") from err
        if url.scheme not in ("http", "https") or not url.host or not port:
            raise InvalidSetting("url", "must look like http://host:port")
        if url.user or url.password:
            raise InvalidSetting("url", "must not contain a user name or password")
        return url.with_path(url.path.rstrip("/"))
