"""Devices that are named after their owner."""

import re
from typing import Final

from .common_words import DEVICE_KINDS, is_usual
from .detector import detector
from .given_names import is_given_name
from .known_words import is_known
from .people import WORD, bare, is_oddly_written
from .people_words import NAMES_AND_WORDS

_DEVICES: Final = (
    "iphone ipad ipod macbook macmini mac imac airpods airtag galaxy pixel watch laptop notebook pc "
    "desktop phone tablet handy telefoon chromebook kindle surface thinkpad xps oneplus xperia redmi "
    "echo playstation ps xbox switch tv s"
)
_DEVICE: Final = (
    r"(?:iPhone|iPad|iPod|MacBook|MacMini|Mac|iMac|AirPods|AirTag|Galaxy|Pixel|Apple[ -]?Watch|Watch"
    r"|Laptop|Notebook|PC|Desktop|Phone|Tablet|Handy|Telefoon|Chromebook|Kindle|Surface|ThinkPad|XPS"
    r"|OnePlus|Xperia|Redmi|Echo|PlayStation|PS[345]|Xbox|Switch|S[1-9]\d|TV)"
)
_OWNER: Final = rf"(?!(?:Apple|Samsung|Google|Galaxy)\b){WORD}"


def _is_owner(match: re.Match[str]) -> bool:
    words = [bare(word) for word in re.split("[ _-]", match["name"]) if len(word) > 1]
    return not any(
        word.casefold() in DEVICE_KINDS or is_usual(word) or is_oddly_written(word) or _is_word(word)
        for word in words
    )


def _is_word(word: str) -> bool:
    """Return whether it is a common word and no given name: ``Frame TV``."""
    return is_known(word.casefold()) and not is_given_name(word) and word.casefold() not in NAMES_AND_WORDS


DEVICE_DETECTORS: Final = (
    detector(
        "PERSON",
        rf"\b(?P<name>(?:{_OWNER}[ _-]){{0,2}}{_OWNER}?(?:['\u2019]?s)?)[ _-]{{0,2}}{_DEVICE}\b",
        "name",
        _is_owner,
        words=_DEVICES,
    ),
    # in lower case, as routers list them; and "iPhone von Anna"
    detector(
        "PERSON",
        r"(?<![\w.-])(?P<name>[a-z]{3,20})-(?:iphone|ipad|macbook|pixel|laptop|phone|tablet|galaxy"
        r"|watch|pc|notebook)(?![\w.])",
        "name",
        _is_owner,
        words="iphone ipad macbook pixel laptop phone tablet galaxy watch pc notebook",
    ),
    detector(
        "PERSON",
        rf"{_DEVICE}[ _-](?:von|van|de|di|of)[ _-](?P<name>{WORD})",
        "name",
        _is_owner,
        words=_DEVICES,
    ),
)
