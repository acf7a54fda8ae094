"""The words of notifications, in the language of the house."""

from collections.abc import Mapping
from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN

_CATEGORY: Final = "common"


class Words:
    """Sentences by key, with their gaps filled in."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        """Take the sentences by key."""
        self._sentences = sentences

    @classmethod
    async def async_load(cls, hass: HomeAssistant) -> Self:
        """Return the words of the language Home Assistant speaks, English where it has none."""
        found = await async_get_translations(hass, hass.config.language, _CATEGORY, [DOMAIN])
        prefix = f"component.{DOMAIN}.{_CATEGORY}."
        return cls({key.removeprefix(prefix): text for key, text in found.items()})

    def __call__(self, key: str, **gaps: str) -> str:
        """Return a sentence. What fills a gap is never read as a sentence itself."""
        return self._sentences.get(key, key).format(**gaps)
