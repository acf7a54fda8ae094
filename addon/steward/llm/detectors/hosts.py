"""Host names in the domain of a home network or in a domain that is not public."""

import re
from typing import Final

from .common_words import DEVICE_KINDS, is_usual_name
from .detector import detector
from .domain_endings import (
    DEFAULT_HOSTS,
    HOME_ENDINGS,
    MIRROR_NAMES,
    MIRROR_OPERATORS,
    NOT_HOSTS,
    PUBLIC_SERVICES,
    PUBLIC_SITES,
    TOP_LEVEL_DOMAINS,
)
from .given_names import is_given_name
from .named_programs import mentions_program

_LEAST_PARTS: Final = 3


def _is_own_host(match: re.Match[str]) -> bool:
    """Return whether it is a host in a home network's domain or in a domain that is not public."""
    host = match["host"].casefold().rstrip(".")
    labels = host.split(".")
    if host in DEFAULT_HOSTS or labels[0] in NOT_HOSTS or not labels[-1].isalpha() or _is_public(labels):
        return False
    if host.endswith(HOME_ENDINGS):
        return any(label.strip("0123456789-_") for label in labels[:-1])
    if labels[-1] not in TOP_LEVEL_DOMAINS or not any(one.isalpha() for one in labels[-2]):
        return False
    after = match.string[match.end("host") : match.end("host") + 1]
    if len(labels) < _LEAST_PARTS:
        return match.group().startswith("//") and (after == ":" or "@" in match.group())
    is_address = match.string.endswith("//", 0, match.start("host")) or "@" in match.group()
    # without https:// it is an image, an annotation or an interface
    return (is_address or after != "/") and match["host"].rpartition(".")[2].islower()


def _is_public(labels: list[str]) -> bool:
    site = ".".join(labels[-2:])
    if labels[0] == "www" or labels[-1] == "svc" or site == "cluster.local":
        return True
    if site in PUBLIC_SITES or ".".join(labels[-3:]) in PUBLIC_SITES:
        return True
    if _is_of_program(labels) and not site.endswith(HOME_ENDINGS):
        return True
    if not MIRROR_NAMES.isdisjoint(labels[:-2]) and not MIRROR_OPERATORS.isdisjoint(
        (site, ".".join(labels[-3:]))
    ):
        return True
    is_service = len(labels) == _LEAST_PARTS and labels[0] in PUBLIC_SERVICES
    return is_service and not site.endswith(HOME_ENDINGS) and not _is_of_people(labels[-2])


_SHORTEST_PROGRAM: Final = 5
_ENDINGS_OF_PROGRAMS: Final = ("com", "io", "org")


def _is_of_program(labels: list[str]) -> bool:
    """Return whether the domain has exactly the name of a program, as that of its authors has."""
    domain = labels[-2] if len(labels) >= _LEAST_PARTS else ""
    is_program = len(domain) >= _SHORTEST_PROGRAM and domain.isalpha() and mentions_program(domain)
    return is_program and labels[-1] in _ENDINGS_OF_PROGRAMS


_FAMILIES: Final = frozenset(
    ("familie", "family", "famille", "familia", "maison", "haus", "huis", "thuis", "casa", "prive", "privat")
)


def _is_of_people(domain: str) -> bool:
    """Return whether the name of a domain with dashes has a part that means a family or is a given name."""
    parts = domain.split("-")
    return len(parts) > 1 and any(one in _FAMILIES or is_given_name(one) for one in parts)


_STORES: Final = ("op", "vault", "ref", "secret", "bws", "awssm", "gcpsm", "keyvault", "file")
"""What addresses begin with that name an entry of a store: ``op://Lab/sonarr/key``."""


def _is_named_host(match: re.Match[str]) -> bool:
    host = match["host"].casefold()
    if match.string.endswith(_STORES, 0, match.start()):
        return False
    return host != "localhost" and not is_usual_name(host) and not host.replace(".", "").isdigit()


def _is_kind_of_device(host: str) -> bool:
    """Return whether a name such as ``Mini-PC`` is that of any device of its kind."""
    owner = host.partition("-")[0]
    return owner.casefold() in DEVICE_KINDS or is_usual_name(owner)


# For speed, a pattern starts with a match, not with a lookbehind.
_ENDINGS: Final = "|".join(sorted({one.rpartition(".")[2] for one in (*HOME_ENDINGS, *TOP_LEVEL_DOMAINS)}))
_PART: Final = r"[\w-]{1,63}(?<!-)"
HOST_DETECTORS: Final = (
    detector(  # a device of a person in a log: Annas-iPhone
        "HOSTNAME",
        r"(?<![\w/.@-])(?P<host>[A-Za-z][a-z]{2,20}s?-(?:iPhone|iPad|Pixel|Galaxy|MacBook|Mac|iMac|Laptop"
        r"|laptop|PC|Phone"
        r"|phone|Handy|Watch|Tablet|tablet|AirPods|Kindle|Surface|ThinkPad|notebook|desktop|iphone|ipad"
        r"|macbook|pc|OnePlus"
        r"|Huawei|Xiaomi|telefoon|handy)(?:-[\w-]{1,20})?)(?![\w.-])",
        "host",
        lambda match: not _is_kind_of_device(match["host"]),
        near="phone pad pixel galaxy mac laptop pc handy watch tablet airpods kindle surface thinkpad "
        "notebook desktop one"
        " huawei xiaomi telefoon",
    ),
    detector(  # the device before its owner: laptop-anna, ipad-van-noor
        "HOSTNAME",
        r"(?<![\w/.@-])(?P<host>(?:ipad|iphone|pixel|galaxy|macbook|imac|laptop|pc|phone|handy|tablet|kindle"
        r"|thinkpad|telefoon|portable|movil)-(?:(?:of|van|von|de)-)?(?P<owner>[a-z]{3,20}))(?![\w.-])",
        "host",
        lambda match: is_given_name(match["owner"]) and not is_usual_name(match["owner"]),
        flags=re.IGNORECASE,
        near="pad phone pixel galaxy mac laptop pc handy tablet kindle thinkpad telefoon portable movil",
    ),
    detector(
        "HOSTNAME",
        rf"(?<![\w.@-])(?P<host>(?:{_PART}\.){{1,8}}[a-zA-Z]{{2,24}})(?![\w-]|\.\w)",
        "host",
        _is_own_host,
        hint=rf"\.(?i:{_ENDINGS})(?![\w-])",
    ),
    detector(
        "HOSTNAME",
        rf"//(?:[^\s/@\"']{{1,200}}@)?(?P<host>(?:{_PART}\.){{1,8}}[a-zA-Z]{{2,24}})(?![\w-]|\.\w)",
        "host",
        _is_own_host,
        near="://",
    ),
    detector(
        "HOSTNAME",
        rf"://(?:[^\s/@\"']{{1,200}}@)?(?P<host>{_PART})(?=[:/\s\"'),]|\Z)",
        "host",
        _is_named_host,
        near="://",
    ),
)
