"""The translated sentences that the integration itself shows, on phones and in Assist."""

from collections.abc import Mapping
from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .contract.catalogue import Catalogue

_CATEGORY: Final = "common"


class Phrases:
    """Sentences by key, with their placeholders filled in."""

    def __init__(self, sentences: Mapping[str, str], language: str = "en") -> None:
        """Take the sentences of a language by key."""
        self._sentences = sentences
        self.language = language

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str | None = None) -> Self:
        """Return the sentences of a language, English where a translation is missing.

        ``language`` is a BCP 47 tag; None is the language of Home Assistant.
        """
        # A voice pipeline passes "de-DE"; there is one file for all of German.
        code = language.partition("-")[0] if language else hass.config.language
        found = await async_get_translations(hass, code, _CATEGORY, [DOMAIN])
        prefix = f"component.{DOMAIN}.{_CATEGORY}."
        return cls({key.removeprefix(prefix): text for key, text in found.items()}, code)

    def get(self, key: str) -> str | None:
        """Return a sentence without placeholders, None when there is none."""
        return self._sentences.get(key)

    def __call__(self, key: str, **placeholders: str) -> str:
        """Return a sentence. Placeholders inside the values are not filled in."""
        return self._sentences.get(key, key).format(**placeholders)


def category_name(catalogue: Catalogue, key: str, phrases: Phrases) -> str:
    """Return the name of a category: translated, else as in the catalogue, else its key."""
    names = {one.key: one.name for one in catalogue.categories}
    return phrases.get(f"category_{key}") or names.get(key, key)
