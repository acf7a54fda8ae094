"""Builds the settings form of a service from the catalogue, and reads the input."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import probatio
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .contract.base import Value
from .contract.catalogue import Field, ServiceOffer, SettingKind
from .values import whole

type AnySelector = Selector[Any]

SHARED_WITH_EXAMPLE: Final = ("url", "username", "password", "token", "api_key")
"""Shared settings whose description ends with what the catalogue says for the service."""

ANY_ADDRESS: Final = "https://service.example.org"
"""The example of an address for a service whose catalogue entry has none."""

_PREFIX: Final = f"component.{DOMAIN}.config_subentries.service.step.settings.data."
_TEXT_TYPES: Final = {
    SettingKind.TEXT: TextSelectorType.TEXT,
    SettingKind.TARGET: TextSelectorType.TEXT,
    SettingKind.URL: TextSelectorType.URL,
    SettingKind.SECRET: TextSelectorType.PASSWORD,
}


class SettingsForm:
    """The form of one service.

    Home Assistant labels a field by the translation of its key. Settings that many services
    share (``url``) have one translation, others (``radarr_profile``) one for each service. A
    setting without a translation gets the catalogue's name as its key, which is shown as it is.
    """

    def __init__(self, offer: ServiceOffer, translated: Iterable[str]) -> None:
        """Take the offer and the keys of fields that have a translation."""
        known = frozenset(translated)
        self._fields = {_key(offer, field, known): field for field in offer.settings}

    @classmethod
    async def async_create(cls, hass: HomeAssistant, offer: ServiceOffer) -> SettingsForm:
        """Return the form of a service, labelled in the language of Home Assistant."""
        phrases = await async_get_translations(hass, hass.config.language, "config_subentries", [DOMAIN])
        keys = (key.removeprefix(_PREFIX) for key in phrases if key.startswith(_PREFIX))
        return cls(offer, keys)

    def schema(
        self, settings: Mapping[str, Value], *, keep_secrets: bool
    ) -> Mapping[probatio.Marker, AnySelector]:
        """Return the fields with their selectors, filled in with ``settings``.

        ``keep_secrets``: a secret may be left empty, which keeps the stored one.
        """
        return {
            _marker(key, field, settings, keep_secrets=keep_secrets): _selector(field)
            for key, field in self._fields.items()
        }

    def settings(self, user_input: Mapping[str, Any]) -> dict[str, Value]:
        """Return the input by the keys of the catalogue, without empty fields."""
        return {
            field.key: _value(user_input[key])
            for key, field in self._fields.items()
            if user_input.get(key) not in (None, "")
        }

    def is_secret(self, setting: str | None) -> bool:
        """Return whether a setting of the form is a secret."""
        return any(
            field.key == setting and field.kind is SettingKind.SECRET for field in self._fields.values()
        )

    def has(self, setting: str) -> bool:
        """Return whether the form has a setting."""
        return any(field.key == setting for field in self._fields.values())

    def examples(self) -> dict[str, str]:
        """Return what the catalogue says about the settings, by placeholder.

        Translations with the placeholder are those of shared settings, and those of settings
        whose description contains a URL, which Home Assistant does not allow in a translation.
        """
        described = {f"{key}_example": field.description for key, field in self._fields.items()}
        found = {f"{key}_example": "" for key in SHARED_WITH_EXAMPLE} | described
        return found | {"url_example": found["url_example"] or ANY_ADDRESS}

    def key_of(self, setting: str | None) -> str:
        """Return the form's key of a setting, ``base`` for one that is not on the form."""
        found = (key for key, field in self._fields.items() if field.key == setting)
        return next(found, "base")


def _key(offer: ServiceOffer, field: Field, known: frozenset[str]) -> str:
    if field.key != CONF_NAME and field.key in known:
        return field.key
    key = f"{offer.key}_{field.key}"
    return key if key in known else field.name


def _marker(key: str, field: Field, settings: Mapping[str, Value], *, keep_secrets: bool) -> probatio.Marker:
    is_secret = field.kind is SettingKind.SECRET
    is_optional = not field.required or (is_secret and keep_secrets)
    kind = probatio.Optional if is_optional else probatio.Required
    value = None if is_secret else settings.get(field.key, field.default)
    if value is None:
        return kind(probatio.Secret(key) if is_secret else key)
    if field.kind is SettingKind.BOOLEAN or field.required:
        return kind(key, default=value)
    return kind(key, description={"suggested_value": value})


def _selector(field: Field) -> AnySelector:
    match field.kind:
        case SettingKind.NUMBER:
            return NumberSelector(_number(field))
        case SettingKind.BOOLEAN:
            return BooleanSelector()
        case SettingKind.CHOICE:
            return SelectSelector(SelectSelectorConfig(options=list(field.choices)))
        case SettingKind.TEXT | SettingKind.URL | SettingKind.SECRET | SettingKind.TARGET:
            return TextSelector(TextSelectorConfig(type=_TEXT_TYPES[field.kind]))


def _number(field: Field) -> NumberSelectorConfig:
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step="any")
    if field.minimum is not None:
        config["min"] = field.minimum
    if field.maximum is not None:
        config["max"] = field.maximum
    if field.unit is not None:
        config["unit_of_measurement"] = field.unit
    return config


def _value(value: Any) -> Value:
    plain: Value = whole(value) if isinstance(value, float) else value
    return plain
