"""Checks the settings of an instance against its service's description."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final
from urllib.parse import urlsplit

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind

from ..errors import InvalidArgument, InvalidSetting
from ..sdk.description import COMMON_SETTINGS
from ..texts import translate
from .duplicates import PORTS

LONGEST_TEXT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Checked settings: those that clients may read, and the secrets."""

    plain: Mapping[str, Value]
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)

    def all(self) -> dict[str, Value]:
        """Return the settings and the secrets in one mapping, as the service's client needs them."""
        return {**self.plain, **self.secret}


def fill_in(fields: Iterable[Field], given: Mapping[str, Value], kept: Mapping[str, str]) -> Form:
    """Return ``given`` checked against ``fields``; a missing secret is taken from ``kept``.

    Raises InvalidSetting with the key of a setting that is missing, invalid or unknown.
    """
    known = {one.key: one for one in (*fields, *COMMON_SETTINGS)}
    _refuse_unknown(given, known)
    plain: dict[str, Value] = {}
    secret: dict[str, str] = {}
    for key, one in known.items():
        is_secret = one.kind is SettingKind.SECRET
        value = _given(given.get(key), kept.get(key) if is_secret else one.default)
        if value is None and one.required:
            raise InvalidSetting(key, t"is missing")
        if value is None:
            continue
        if is_secret:
            secret[key] = _text(one, value)
        else:
            plain[key] = _checked(one, value)
    return Form(plain=plain, secret=secret)


def check_move(
    fields: Iterable[Field], before: Mapping[str, Value], form: Form, given: Mapping[str, Value]
) -> None:
    """Check that no stored secret is sent to another origin (scheme, host, port) than before.

    ``before`` are the settings that the secret was stored with, ``given`` the new input.
    Raises InvalidArgument with the key of a secret that must be entered again, when the
    scheme, host or port of an address changed.
    """
    known = tuple(fields)
    urls = [one.key for one in known if one.kind is SettingKind.URL]
    if all(_origin(before.get(key)) == _origin(form.plain.get(key)) for key in urls):
        return
    for key in form.secret:
        if _given(given.get(key), None) is None:
            raise InvalidArgument(key, t"must be entered again, because the address is another one")


def _origin(url: Value) -> tuple[str, str, int | None] | None:
    """Return the origin of an address: scheme, host and port."""
    if not isinstance(url, str):
        return None
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


def _refuse_unknown(given: Mapping[str, Value], known: Mapping[str, Field]) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise InvalidSetting(
                key, translate(t"is not known") + (translate(t", did you mean {near[0]}?") if near else "")
            )


def _given(value: Value, otherwise: Value) -> Value:
    """Return a value, ``otherwise`` when it is empty, None when both are."""
    found = otherwise if value is None or value == "" else value
    return None if found == "" else found


def _checked(one: Field, value: Value) -> Value:
    match one.kind:
        case SettingKind.BOOLEAN:
            if not isinstance(value, bool):
                raise InvalidSetting(one.key, t"must be true or false")
            return value
        case SettingKind.NUMBER:
            return _number(one, value)
        case SettingKind.CHOICE:
            if value not in one.choices:
                raise InvalidSetting(one.key, t"must be one of {', '.join(one.choices)}")
            return value
        case SettingKind.URL:
            return _url(one, value)
        case SettingKind.TEXT | SettingKind.SECRET | SettingKind.TARGET:
            return _text(one, value)


def _number(one: Field, value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidSetting(one.key, t"must be a number")
    if one.minimum is not None and value < one.minimum:
        raise InvalidSetting(one.key, t"must be at least {one.minimum:g}")
    if one.maximum is not None and value > one.maximum:
        raise InvalidSetting(one.key, t"must be at most {one.maximum:g}")
    return value


def _text(one: Field, value: Value) -> str:
    if not isinstance(value, str):
        raise InvalidSetting(one.key, t"must be text")
    if len(value) > LONGEST_TEXT or not value.strip().isprintable():
        raise InvalidSetting(one.key, t"must be one line of text")
    return value.strip()


def _url(one: Field, value: Value) -> str:
    text = _text(one, value)
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError as err:
        raise InvalidSetting(one.key, t"is not an address") from err
    if not named:
        raise InvalidSetting(one.key, t"must begin with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        # Clients show addresses, so a password in one would not stay secret.
        raise InvalidSetting(one.key, t"must not contain a user name or password")
    return text.rstrip("/")
