"""Names of wireless networks: quoted, announced, or in a typical spelling."""

import re
from typing import Final

from .common_words import is_usual, is_usual_name
from .detector import detector

_I: Final = re.IGNORECASE


_NO_NAMES: Final = frozenset(
    [
        "hidden",
        "visible",
        "missing",
        "empty",
        "unknown",
        "wrong",
        "not",
        "too",
        "slow",
        "down",
        "up",
        "broken",
    ]
)


def _is_a_network(match: re.Match[str]) -> bool:
    """Return whether it has a word that is not a usual word."""
    name = match["name"].strip()
    first = name.split()[0].casefold()
    return first not in _NO_NAMES and not all(is_usual(word) for word in name.split())


_WIFI: Final = (
    r"(?:e?ssid|wi-?fi(?:[ -](?:network|netwerk|netz))?|wlan(?:[ -]netz)?|wireless(?: network)?|hotspot)"
)
_WIFI_WORDS: Final = "ssid essid wifi fi wlan wireless hotspot"
_ABOUT_WIFI: Final = re.compile(
    r"\b(?:e?ssid|wi-?fi|wlan|wireless|netz|network|netwerk|connected|joined|verbunden|verbonden)\b", _I
)
WIFI_DETECTORS: Final = (
    detector(
        "WIFI_SSID",
        rf"\b(?:{_WIFI}|access point|ap)[ ]{{1,2}}(?:is |was )?(?:called |named |namens |genannt |genaamd )?"
        r"(?P<mark>[\"'“„\u2018])(?P<name>[^\"'”\u2019“\r\n]{1,64})",
        "name",
        _is_a_network,
        flags=_I,
        words=_WIFI_WORDS + " point ap",
    ),
    detector(
        "WIFI_SSID",
        rf"\b{_WIFI}[ ]{{1,2}}(?:is |was )?(?:called|named|namens|genannt|genaamd|heißt|heet)[ ]"
        r"(?P<name>[^\s\"'“„,.;:!?][^\n\"'“„,.;:!?]{0,40}?)(?=[,.;:!?\n]|\Z| (?:and|und|en|with|mit|met"
        r"|has|is|hat|on|auf|from|but)\b)",
        "name",
        _is_a_network,
        flags=_I,
        words=_WIFI_WORDS,
    ),
    detector(
        "WIFI_SSID",
        r"\b(?:ssid|wi-?fi name|network name|wlan-?name)[ ](?:is|was|ist"
        r"|:)[ ](?P<name>[^\s\"'“„,.;:!?][^\n\"'“„,.;:!?]{0,40}?)"
        r"(?=[,.;:!?\n]|\Z| (?:and|und|en|with|mit|met|but)\b)",
        "name",
        _is_a_network,
        flags=_I,
        words="ssid name wlanname",
    ),
    detector(
        "WIFI_SSID",
        r"\b(?P<name>(?:(?:van|von|de)[ ])?[A-Z][\w.]{1,24}[-_](?:Guests?|Gast|Gäste|WiFi|Wifi|WIFI"
        r"|WLAN|5G|2G|5GHz|24G|IoT"
        r"|IOT))(?![\w-])",
        "name",
        lambda match: not is_usual_name(re.split(r"[ _-]", match["name"].removeprefix("van "))[0]),
        hint=r"[-_](?:G[uaä]|W[iIL]|[25]|I[oO])",
    ),
    # default names of routers
    detector(
        "WIFI_SSID",
        r"\b(?P<name>FRITZ!Box \d{4} [A-Z]{2}\b|(?:TP-L(?:ink|INK)|NETGEAR|Linksys|ASUS|dlink"
        r"|HUAWEI|Vodafone|Ziggo|KPN|WLAN"
        r"|Livebox|Bbox|SFR|VM|SKY|BT|Telekom|Proximus|telenet|Tele2)[-_]?(?:[\dA-F]{4,7}"
        r"|\w{1,6}-[\dA-F]{4,7})\b)",
        "name",
        lambda match: (
            any(one.isdigit() for one in match["name"])
            and (not match["name"].startswith("FRITZ") or _ABOUT_WIFI.search(match.string) is not None)
        ),
        hint=r"[!\w-][ _-]?[\dA-F]{4}",
    ),
    # typical spelling: Berg_5G, Berg-WiFi, Casa Berg, Berg Guest
    detector(
        "WIFI_SSID",
        rf"\b(?i:{_WIFI}|(?:access )?point|ap|network|netwerk|netz)[ ]{{1,2}}(?P<name>"
        r"(?:[^\W_][\w!.]{0,24}[-_][\w-]{1,24}|(?:Casa|Familie|Famille|Haus|Huize|Chez|Family"
        r"|FRITZ!Box)[ ][^\s\"',;:]{2,24}(?: [A-Z0-9]{1,4}\b)?|[A-Z][^\W_]{2,24}(?:\d{3,8}|[ ](?:Guest"
        r"|Gast|WiFi|Wifi|Home|IoT|5G|2G|Net))))(?![\w-])",
        "name",
        _is_a_network,
        words=_WIFI_WORDS + " point network netwerk netz ap",
    ),
)
