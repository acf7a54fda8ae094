"""Recognizes given names that are places in a line about servers, weather, or time zones."""

import re
from typing import Final

_PLACES_TEXT: Final = (
    "adelaide alexandria asia augusta austin brooklyn carolina catalina chad charlotte chelsea china dakota"
    " dallas "
    "denver florence geneva georgia helena houston india ireland israel jackson jordan kent kenya lincoln"
    " london "
    "lorraine lourdes madison magdalena marseille milan montana odessa olympia paris phoenix regina roma"
    " salvador "
    "santiago savannah sienna sofia stella sydney valencia valentina vera verona victoria vienna virginia "
    "wellington york"
)
PLACES: Final = frozenset(_PLACES_TEXT.split())
"""Cities, states, and countries that people are named after."""

_ABOUT_PLACES: Final = re.compile(
    r"\b(?:time ?zones?|tz|latency|latenz|latence|latencia|ping|\d{1,4} ?ms|regions?|région|región|vps|edge"
    r"|pop"
    r"|data ?cent(?:er|re)s?|rechenzentrum|datacentro|datacenter|colo|speedtest|geoblock\w*|geoip|countr(?:y"
    r"|ies)"
    r"|länder|pays|países|landen|weather|forecast|sunrise|sunset|flights?|wetter|vorhersage|météo|el tiempo"
    r"|weer"
    r"|vluchten|exit nodes?|mirror|peering|ixp|utc|gmt|hours? ahead|stunden voraus)\b",
    re.IGNORECASE,
)
_COUNTRY: Final = re.compile(
    r",? (?:\()?(?:(?:New |South |North |West |British |Great )?(?:USA|UK|US|EU|England|Scotland|Wales"
    r"|Ireland|Britain"
    r"|Germany|France|Spain|Portugal|Italy|Greece|Bulgaria|Romania|Hungary|Austria|Switzerland|Poland|Sweden"
    r"|Norway"
    r"|Finland|Denmark|Netherlands|Belgium|Canada|Australia|Zealand|Mexico|Brazil|Chile|Argentina|India"
    r"|Japan|Columbia"
    r"|Texas|Virginia|Carolina|Georgia|Illinois|Ohio|Oregon|Washington|Arizona|California|Florida))\b"
)
_PEOPLE: Final = re.compile(
    r"\b(?:i|we|he|she|they|my|our|his|her|him|their|lives?|born|called|who|wants?|says?|has(?! (?:an?|the"
    r"|no|\d)\b)|had|is at|is in|ich|wir|er"
    r"|sie|mein\w*|unser\w*|ihr\w*|wohnt|nous|je|mon|ma|notre|habite|mi|su|vive|ik|wij|mijn|onze|haar|zijn"
    r"|woont)\b",
    re.IGNORECASE,
)


def is_place(line: str, name: str, end: int) -> bool:
    """Return whether ``name``, which ends at ``end`` in ``line``, is a place, and no person is mentioned."""
    is_named = name.lower() in PLACES or _COUNTRY.fullmatch(f" {name}") is not None
    if not is_named or line.startswith(("'s", "\u2019s"), end):
        return False
    is_about_places = _ABOUT_PLACES.search(line) is not None or _COUNTRY.match(line, end) is not None
    return is_about_places and _PEOPLE.search(line) is None
