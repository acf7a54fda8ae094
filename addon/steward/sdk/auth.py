"""Authentication strategies: keys, bearer tokens, basic authentication, and sessions that are renewed."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Final, Protocol

from homelab_steward.contract.catalogue import Field, SettingKind

from ..errors import InvalidSetting, ServiceForbidden, ServiceNotFound, ServiceRefused, ServiceUnauthorized
from .access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The headers and query parameters that authenticate a request. Never log them."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAnswer:
    """The answer to a login call: decoded body (None when empty) or text, headers and cookies."""

    body: Any = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)

    def cookie_header(self) -> dict[str, str]:
        """Return the header that sends the cookies back."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}


class LoginCall(Protocol):
    """One request without credentials, for logins."""

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        is_text: bool = False,
    ) -> LoginAnswer:
        """Send the request; the answer is JSON, or with ``is_text`` any text. Raises what reads raise."""


class Authentication(Protocol):
    """A strategy: the settings that it needs, and the credentials that it makes from them."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The settings that the strategy needs."""

    def is_expired(self, refusal: ServiceUnauthorized) -> bool:
        """Return whether new credentials are requested once after this refusal."""

    async def credentials(self, access: Access, call: LoginCall) -> Credentials:
        """Return credentials. Raises InvalidSetting, or what ``call`` raises."""


@dataclass(frozen=True, slots=True)
class NoAuth:
    """No credentials at all."""

    fields: tuple[Field, ...] = ()

    def is_expired(self, refusal: ServiceUnauthorized) -> bool:  # noqa: ARG002
        """Return False: there is nothing to renew."""
        return False

    async def credentials(self, access: Access, call: LoginCall) -> Credentials:  # noqa: ARG002
        """Return empty credentials."""
        return Credentials()


@dataclass(frozen=True, slots=True)
class Key:
    """A fixed key in a header or, with ``query``, in the query string.

    ``template`` is filled from the settings (``Bearer {token}``); by default it is the
    first setting alone.
    """

    name: str
    fields: tuple[Field, ...]
    template: str = ""
    query: bool = False

    def is_expired(self, refusal: ServiceUnauthorized) -> bool:  # noqa: ARG002
        """Return False: there is nothing to renew."""
        return False

    async def credentials(self, access: Access, call: LoginCall) -> Credentials:  # noqa: ARG002
        """Return the header or query parameter. Raises InvalidSetting."""
        template = self.template or f"{{{self.fields[0].key}}}"
        keys = [key for _, key, _, _ in Formatter().parse(template) if key]
        value = template.format_map({key: header_safe(access, key) for key in keys})
        return (
            Credentials(query={self.name: value}) if self.query else Credentials(headers={self.name: value})
        )


def bearer(*fields: Field) -> Key:
    """Return the strategy that sends the first of ``fields`` as a bearer token."""
    return Key("Authorization", fields, template=f"Bearer {{{fields[0].key}}}")


LOGIN: Final = (
    Field(key="username", kind=SettingKind.TEXT, name="User name", required=False),
    Field(key="password", kind=SettingKind.SECRET, name="Password", required=False),
    Field(
        key="token",
        kind=SettingKind.SECRET,
        name="Bearer token",
        description="Used instead of user name and password.",
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Basic:
    """HTTP basic authentication. Without a user name nothing is sent, if its field is not required.

    A setting ``token`` that is filled in is sent as a bearer token instead.
    """

    fields: tuple[Field, ...] = LOGIN
    username: str = "username"
    password: str = "password"  # noqa: S105 - the name of a setting

    def is_expired(self, refusal: ServiceUnauthorized) -> bool:  # noqa: ARG002
        """Return False: there is nothing to renew."""
        return False

    async def credentials(self, access: Access, call: LoginCall) -> Credentials:  # noqa: ARG002
        """Return the header. Raises InvalidSetting."""
        if access.optional("token"):
            return Credentials(headers={"Authorization": f"Bearer {header_safe(access, 'token')}"})
        required = any(one.key == self.username and one.required for one in self.fields)
        name = access.text(self.username) if required else access.optional(self.username)
        if name is None:
            return Credentials()
        pair = f"{name}:{access.optional(self.password) or ''}"
        return Credentials(headers={"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})


@dataclass(frozen=True, slots=True)
class Session:
    """A login whose result (cookie, token, ticket) expires: it is renewed after a 401."""

    login: Callable[[Access, LoginCall], Awaitable[Credentials]]
    fields: tuple[Field, ...]
    renew_on_403: bool = False

    def is_expired(self, refusal: ServiceUnauthorized) -> bool:
        """Return whether the refusal was a 401, or with ``renew_on_403`` also a 403."""
        return self.renew_on_403 or not isinstance(refusal, ServiceForbidden)

    async def credentials(self, access: Access, call: LoginCall) -> Credentials:
        """Log in. Raises InvalidSetting, what the call raises, and ServiceUnauthorized for a refusal."""
        try:
            return await self.login(access, call)
        except ServiceNotFound:
            raise  # The service did not check the password.
        except ServiceRefused as err:
            raise ServiceUnauthorized(t"The login was refused: {err}") from err


def header_safe(access: Access, key: str) -> str:
    """Return a setting that can be sent in a header.

    Raises InvalidSetting when it is missing or has characters that are not allowed in headers.
    """
    value = access.text(key)
    if not (value.isascii() and value.isprintable()):
        raise InvalidSetting(key, "holds characters that a key cannot have")
    return value
