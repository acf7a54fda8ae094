"""The form of one person: its fields, its first values, its errors, and the request it makes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import probatio
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    LanguageSelector,
    LanguageSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .contract.catalogue import Category
from .contract.commands import SavePerson
from .contract.state import Authority, Origin, Person, Role

CONF_USER: Final = "ha_user_id"
CONF_ROLE: Final = "role"
CONF_TELEGRAM: Final = "telegram_user_id"
CONF_LANGUAGE: Final = "language"
CONF_QUIET_FROM: Final = "quiet_from"
CONF_QUIET_UNTIL: Final = "quiet_until"
CONF_ASKED_AFTER: Final = "asked_after_minutes"
CONF_CRITICAL: Final = "critical_alerts"
CONF_PIN: Final = "pin"
CONF_REMOVE_PIN: Final = "remove_pin"
CONF_AUTHORITY: Final = "authority"

BY_ROLE: Final = "by_role"
"""The choice for a category in which the role says what the person may decide."""

LANGUAGES: Final = ("de", "en", "es", "fr", "nl")
"""The languages in which people are asked."""

LONGEST_WAIT: Final = 24 * 60
SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 12

_FIELDS: Final = frozenset(
    {
        CONF_NAME,
        CONF_LANGUAGE,
        CONF_QUIET_FROM,
        CONF_QUIET_UNTIL,
        CONF_ASKED_AFTER,
        CONF_PIN,
    }
)
_PREFIX: Final = f"component.{DOMAIN}.config_subentries.person.step.user.sections.{CONF_AUTHORITY}.data."


@dataclass(frozen=True, slots=True)
class PersonForm:
    """The form for one person.

    ``users`` are the names of the users who can log in, by id. ``person`` is the person to change,
    None when one is added. ``labels`` are the fields of the categories, by category: Home
    Assistant labels a field by the translation of its key, and shows a key without one as it is.
    """

    users: Mapping[str, str]
    person: Person | None
    labels: Mapping[str, str]

    @classmethod
    async def async_create(
        cls, hass: HomeAssistant, person: Person | None, categories: Iterable[Category]
    ) -> PersonForm:
        """Return the form with the users of Home Assistant and the categories of the catalogue."""
        users = await hass.auth.async_get_users()
        names = {one.id: one.name or one.id for one in users if one.is_active and not one.system_generated}
        texts = await async_get_translations(hass, hass.config.language, "config_subentries", [DOMAIN])
        labels = {one.key: one.key if _PREFIX + one.key in texts else one.name for one in categories}
        return cls(names, person, labels)

    def schema(self) -> probatio.Schema:
        """Return the fields with their selectors."""
        users = [SelectOptionDict(value=key, label=name) for key, name in self.users.items()]
        roles = SelectSelectorConfig(options=[role.value for role in Role], translation_key=CONF_ROLE)
        languages = LanguageSelectorConfig(languages=list(LANGUAGES), native_name=True)
        fields: dict[probatio.Marker, Any] = {
            probatio.Optional(CONF_USER): SelectSelector(
                SelectSelectorConfig(options=users, sort=True, mode=SelectSelectorMode.DROPDOWN)
            ),
            probatio.Optional(CONF_NAME): TextSelector(),
            probatio.Required(CONF_ROLE, default=Role.OWNER.value): SelectSelector(roles),
            probatio.Optional(CONF_TELEGRAM): TextSelector(),
            probatio.Optional(CONF_LANGUAGE): LanguageSelector(languages),
            probatio.Optional(CONF_QUIET_FROM): TimeSelector(),
            probatio.Optional(CONF_QUIET_UNTIL): TimeSelector(),
            probatio.Required(CONF_ASKED_AFTER, default=0): NumberSelector(
                NumberSelectorConfig(
                    min=0, max=LONGEST_WAIT, mode=NumberSelectorMode.BOX, unit_of_measurement="min"
                )
            ),
            probatio.Required(CONF_CRITICAL, default=False): BooleanSelector(),
            probatio.Optional(probatio.Secret(CONF_PIN)): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
            ),
        }
        if self.person is not None and self.person.has_pin:
            fields[probatio.Required(CONF_REMOVE_PIN, default=False)] = BooleanSelector()
        if self.labels:
            fields[probatio.Optional(CONF_AUTHORITY)] = section(self._authority(), {"collapsed": True})
        return probatio.Schema(fields)

    def _authority(self) -> probatio.Schema:
        """Return one select for each category."""
        choices = SelectSelectorConfig(
            options=[BY_ROLE, *(one.value for one in Authority)],
            translation_key=CONF_AUTHORITY,
            mode=SelectSelectorMode.DROPDOWN,
        )
        return probatio.Schema(
            {
                probatio.Required(label, default=BY_ROLE): SelectSelector(choices)
                for label in self.labels.values()
            }
        )

    def known(self) -> dict[str, Any]:
        """Return the first values of the form. A PIN is not among them: the app keeps only its hash."""
        person = self.person
        if person is None:
            return {}
        telegram = person.telegram_user_id
        known = {
            CONF_USER: person.ha_user_id,
            CONF_NAME: person.name,
            CONF_ROLE: person.role.value,
            CONF_TELEGRAM: None if telegram is None else str(telegram),
            CONF_LANGUAGE: person.language,
            CONF_QUIET_FROM: _with_seconds(person.quiet_from),
            CONF_QUIET_UNTIL: _with_seconds(person.quiet_until),
            CONF_ASKED_AFTER: person.asked_after_minutes,
            CONF_CRITICAL: person.critical_alerts,
            CONF_AUTHORITY: {
                label: person.authority[key].value
                for key, label in self.labels.items()
                if key in person.authority
            },
        }
        return {key: value for key, value in known.items() if value is not None}

    def errors(self, people: Iterable[Person], user_input: Mapping[str, Any]) -> dict[str, str]:
        """Return the errors of the input, by field. ``people`` are all known people."""
        return (
            _identity_errors(user_input)
            or _duplicates([one for one in people if one.id != self._id], user_input)
            or _quiet_errors(user_input)
            or _pin_errors(user_input)
        )

    def request(self, user_input: Mapping[str, Any]) -> SavePerson:
        """Return the request that stores the person."""
        user_id, telegram = user_input.get(CONF_USER), _telegram(user_input)
        pin = user_input.get(CONF_PIN) or None
        return SavePerson(
            id=self._id or uuid4().hex,
            name=user_input.get(CONF_NAME, "").strip() or self.users[user_id or ""],
            role=Role(user_input[CONF_ROLE]),
            ha_user_id=user_id,
            telegram_user_id=int(telegram) if telegram else None,
            language=user_input.get(CONF_LANGUAGE),
            quiet_from=_without_seconds(user_input.get(CONF_QUIET_FROM)),
            quiet_until=_without_seconds(user_input.get(CONF_QUIET_UNTIL)),
            authority=self._chosen(user_input.get(CONF_AUTHORITY)),
            asked_after_minutes=int(user_input[CONF_ASKED_AFTER]),
            critical_alerts=user_input.get(CONF_CRITICAL, False),
            pin="" if user_input.get(CONF_REMOVE_PIN) else pin,
        )

    @property
    def _id(self) -> str | None:
        return self.person.id if self.person else None

    def _chosen(self, choices: Mapping[str, str] | None) -> dict[str, Authority]:
        """Return what the person may decide, also in categories that the form does not show.

        Without ``choices`` nothing changes.
        """
        stored = self.person.authority if self.person else {}
        if choices is None:
            return stored
        kept = {key: one for key, one in stored.items() if key not in self.labels}
        chosen = {key: choices.get(label, BY_ROLE) for key, label in self.labels.items()}
        return kept | {key: Authority(one) for key, one in chosen.items() if one != BY_ROLE}


def field_of(setting: str | None) -> str:
    """Return the form's field of a field of the request, ``base`` for one that is not on the form."""
    return setting if setting in _FIELDS else "base"


def _identity_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    user_id, telegram = user_input.get(CONF_USER), _telegram(user_input)
    if not user_id and not telegram:
        return {"base": "needs_identity"}
    if not user_id and not user_input.get(CONF_NAME, "").strip():
        return {CONF_NAME: "needs_name"}
    if telegram and not (telegram.isascii() and telegram.isdigit()):
        return {CONF_TELEGRAM: "not_a_number"}
    return {}


def _duplicates(others: Iterable[Person], user_input: Mapping[str, Any]) -> dict[str, str]:
    user_id, telegram = user_input.get(CONF_USER), _telegram(user_input)
    for other in others:
        if user_id and other.ha_user_id == user_id:
            return {CONF_USER: "in_file" if other.origin is Origin.FILE else "known_already"}
        if telegram and other.telegram_user_id == int(telegram):
            return {CONF_TELEGRAM: "known_already"}
    return {}


def _quiet_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    start = _without_seconds(user_input.get(CONF_QUIET_FROM))
    end = _without_seconds(user_input.get(CONF_QUIET_UNTIL))
    if start is None and end is None:
        return {}
    if start is None:
        return {CONF_QUIET_FROM: "needs_both_times"}
    if end is None:
        return {CONF_QUIET_UNTIL: "needs_both_times"}
    return {CONF_QUIET_UNTIL: "same_time"} if start == end else {}


def _pin_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    pin = user_input.get(CONF_PIN, "")
    if not pin:
        return {}
    if user_input.get(CONF_REMOVE_PIN):
        return {CONF_REMOVE_PIN: "new_pin_removed"}
    is_pin = pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN
    return {} if is_pin and len(set(pin)) > 1 else {CONF_PIN: "not_a_pin"}


def _telegram(user_input: Mapping[str, Any]) -> str:
    telegram: str = user_input.get(CONF_TELEGRAM, "").strip()
    return telegram


def _with_seconds(time: str | None) -> str | None:
    """Return a time of day as the time selector shows it."""
    return f"{time}:00" if time else None


def _without_seconds(time: str | None) -> str | None:
    """Return the time of the time selector as hours and minutes."""
    return time[:5] if time else None
