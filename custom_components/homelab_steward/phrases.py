"""The sentences this face says itself, on phones and in Assist."""

from collections.abc import Mapping
from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

_CATEGORY: Final = "common"


class Phrases:
    """Sentences by key, with their gaps filled in."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        """Take the sentences by key."""
        self._sentences = sentences

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str | None = None) -> Self:
        """Return the words of a language, English where there are none.

        ``language`` is a BCP 47 tag; without one it is the language Home Assistant speaks.
        """
        # A voice pipeline says "de-DE"; there is one file for all of German.
        spoken = language.partition("-")[0] if language else hass.config.language
        found = await async_get_translations(hass, spoken, _CATEGORY, [DOMAIN])
        prefix = f"component.{DOMAIN}.{_CATEGORY}."
        return cls({key.removeprefix(prefix): text for key, text in found.items()})

    def __call__(self, key: str, **gaps: str) -> str:
        """Return a sentence. What fills a gap is never read as a sentence itself."""
        return self._sentences.get(key, key).format(**gaps)
