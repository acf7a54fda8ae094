"""IP, MAC and email addresses, except examples, public resolvers and version numbers."""

import ipaddress
import re
from typing import Final

from .common_words import PROGRAMS
from .detector import detector
from .domain_endings import MAIL_PROVIDERS, PUBLIC_SITES

_PUBLIC_ADDRESSES_TEXT: Final = (
    "1.1.1.1 1.0.0.1 1.1.1.2 1.1.1.3 8.8.8.8 8.8.4.4 9.9.9.9 9.9.9.10 149.112.112.112 208.67.222.222 "
    "208.67.220.220 208.67.222.220 208.67.222.123 208.67.220.123 169.254.169.254 100.100.100.100 "
    "172.17.0.1 10.96.0.1 10.96.0.10 10.43.0.1 10.43.0.10 9.9.9.11 9.9.9.12 149.112.112.10 149.112.112.11 "
    "149.112.112.9 4.2.2.1 4.2.2.2 4.2.2.3 4.2.2.4 64.6.64.6 64.6.65.6 84.200.69.80 84.200.70.40 "
    "162.159.200.1 162.159.200.123 193.110.81.0 185.253.5.0 77.88.8.8 77.88.8.1 80.80.80.80 80.80.81.81 "
    "114.114.114.114 223.5.5.5 223.6.6.6 119.29.29.29 101.101.101.101 185.222.222.222 45.11.45.11 "
    "216.146.35.35 216.146.36.36 8.26.56.26 8.20.247.20 195.46.39.39 195.46.39.40 1.0.0.2 1.0.0.3"
)
_PUBLIC_ADDRESSES: Final = frozenset(_PUBLIC_ADDRESSES_TEXT.split())
"""Public resolvers, and addresses that are the same in every cluster."""
_RESERVED_PREFIXES: Final = ("0.", "127.", "255.", "192.0.2.", "198.51.100.", "203.0.113.")
_RESOLVERS: Final = (
    *("94.140.14.", "94.140.15.", "76.76.2.", "76.76.10.", "45.90.28.", "45.90.30.", "185.228.168."),
    *("185.228.169.", "194.242.2.", "86.54.11.", "216.239.35."),
)
"""Networks that consist of public resolvers and time servers."""
_FIRST_MULTICAST: Final = 224
_HOME_NETWORKS: Final = ("192.168.", *(f"172.{number}." for number in range(16, 32)))
_VERSION_BEFORE: Final = re.compile(
    r"(?:\b[vV]|\b[A-Z][a-z]\w*/|==|\b[Vv]ersions?:? |\b[Ff]irmware:? |\b[Ff][Ww]:? |\b[Rr]elease:? "
    r"|\b[Bb]uild:? |\b[Dd]river:? |\bBIOS:? |\b(?:[Ii]nstalled|[Ll]atest|[Aa]vailable):?[ ]"
    r"|\b(?:[Uu]pdat|[Uu]pgrad|[Dd]owngrad|[Bb]ump)\w{0,4}\b[^\n]{0,60}?(?:\bto|\bfrom|->|→|=>)[ ])\Z",
)
_NETWORK_LENGTH: Final = re.compile(r"/(\d{1,2})(?!\d)")
_PROGRAM: Final = re.compile(r"(?:\A|[\s(\"'])(?P<name>[A-Za-z][\w-]*)(?:\.[A-Z]\w+)?[ ]\Z")
_RELEASE_CONTEXT: Final = re.compile(
    r"[ )]{1,2}(?:is available|available|released|installed|started|is out|->|→|to |from )"
)


def _is_own_ipv4(match: re.Match[str]) -> bool:
    """Return whether it is not a public resolver, loopback, mask, network, example or version number."""
    text = match["ip"]
    parts = [int(part) for part in text.split(".")]
    if max(parts) > 255 or any(len(part) > 1 and part[0] == "0" for part in text.split(".")):  # noqa: PLR2004
        return False
    is_public = text in _PUBLIC_ADDRESSES or text.startswith(_RESOLVERS)
    if is_public or text.startswith(_RESERVED_PREFIXES) or parts[0] >= _FIRST_MULTICAST:
        return False
    length = _NETWORK_LENGTH.match(match.string, match.end("ip"))
    if length and _is_network_address(parts, int(length[1])):
        return False
    before = match.string[max(0, match.start() - 90) : match.start()]
    return text.startswith(_HOME_NETWORKS) or not (
        _VERSION_BEFORE.search(before) or _is_program_version(match, before)
    )


def _is_program_version(match: re.Match[str], before: str) -> bool:
    """Return whether it is the version of a program, as in ``Prowlarr 1.12.2.41``."""
    word = _PROGRAM.search(before)
    if not word or word["name"].casefold() not in PROGRAMS:
        return False
    return (
        not match["ip"].startswith("10.") or _RELEASE_CONTEXT.match(match.string, match.end("ip")) is not None
    )


def _is_network_address(parts: list[int], length: int) -> bool:
    """Return whether it is the address of a network, such as ``10.0.0.0/8``."""
    number = int.from_bytes(parts)
    return length < 32 and number & (2 ** (32 - length) - 1) == 0  # noqa: PLR2004 - bits of an address


_PUBLIC_RESOLVERS_TEXT: Final = (
    "2606:4700:4700::1111 2606:4700:4700::1001 2606:4700:4700::1112 2606:4700:4700::1002 "
    "2606:4700:4700::1113 2606:4700:4700::1003 2606:4700:4700::64 2606:4700:4700::6400 "
    "2001:4860:4860::8888 2001:4860:4860::8844 2001:4860:4860::64 2001:4860:4860::6464 "
    "2620:fe::fe 2620:fe::9 2620:fe::10 2620:fe::fe:10 2620:fe::11 2620:fe::fe:11 2620:fe::12 "
    "2620:119:35::35 2620:119:53::53 2620:119:35::123 2620:119:53::123 2a10:50c0::ad1:ff "
    "2a10:50c0::ad2:ff 2a10:50c0::bad1:ff 2a10:50c0::bad2:ff 2a10:50c0::1:ff 2a10:50c0::2:ff "
    "2606:1a40:: 2606:1a40:1:: 2a07:a8c0:: 2a07:a8c1:: 2a13:1001::86:54:11:1 2001:67c:930::1 "
    "2001:470:20::2 2a09:: 2a11:: 2a07:e340::2"
)
_PUBLIC_RESOLVERS: Final = frozenset(map(ipaddress.IPv6Address, _PUBLIC_RESOLVERS_TEXT.split()))
_EUI_64: Final = re.compile(r"(?:[\da-f]{2}:){7}[\da-f]{2}")
"""The address of a Zigbee device."""


def _is_own_ipv6(match: re.Match[str]) -> bool:
    text = match.group().casefold()
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    if text.startswith("::") and not text.startswith("::ffff:"):
        return False  # loopback, also with a port
    if address in _PUBLIC_RESOLVERS:
        return False
    if text.startswith("2001:db8:") or _EUI_64.fullmatch(text) or not any(one.isdigit() for one in text):
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


_EXAMPLE_MACS: Final = frozenset(
    (
        "aabbccddeeff",
        "001122334455",
        "112233445566",
        "0123456789ab",
        "123456789abc",
        "deadbeefcafe",
        "deadbeef0001",
    )
)

_DOCUMENTED: Final = ("00005e0053", "01005e9010")
"""Addresses for documentation (RFC 7042)."""


_GROUPS: Final = ("01005e", "3333", "0180c2")
"""What addresses of groups begin with: they name no device."""


def _is_device_mac(match: re.Match[str]) -> bool:
    digits = re.sub(r"[:.-]", "", match.group()).casefold()
    is_example = digits.startswith((*_DOCUMENTED, *_GROUPS)) or digits in _EXAMPLE_MACS
    return not is_example and len(set(digits)) > 1


_REPOSITORIES: Final = frozenset(
    ("git@github.com", "git@gitlab.com", "git@bitbucket.org", "git@codeberg.org")
)


_ROLES_TEXT: Final = (
    "noreply no-reply donotreply do-not-reply notifications notification security abuse postmaster "
    "hostmaster packages submit bugs bug-reports root daemon mailer-daemon git"
)
_ROLES: Final = frozenset(_ROLES_TEXT.split())
"""Accounts of a project that belong to no person."""


def _is_of_project(mail: str) -> bool:
    """Return whether it is an account or a mailing list of a public project: ``noreply@github.com``."""
    account, _, domain = mail.rpartition("@")
    labels = domain.split(".")
    site = ".".join(labels[-2:])
    if site not in PUBLIC_SITES or site in MAIL_PROVIDERS:
        return False
    return account in _ROLES or labels[0] == "lists"


_RESERVED_ENDINGS: Final = (".example", ".invalid", ".test")
"""Domains that exist nowhere (RFC 2606)."""


def is_example_address(word: str) -> bool:
    """Return whether a word is an address that is reserved for documentation, or that of no machine."""
    if "@" in word:
        return word.casefold().endswith(_RESERVED_ENDINGS)
    return _IP_ADDRESS.fullmatch(word) is not None and word.startswith(_RESERVED_PREFIXES)


_IP_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?")


def _is_no_email(match: re.Match[str]) -> bool:
    """Return whether it is an account of a project, an example address, or a systemd unit."""
    mail = match.group().casefold()
    if mail.rpartition(".")[2] in ("service", "timer", "mount", "socket", "target", "scope", "slice", "conf"):
        return True
    return (
        mail in _REPOSITORIES
        or _is_of_project(mail)
        or mail.endswith(("example.com", "example.org", "example.net", *_RESERVED_ENDINGS))
    )


_HEX: Final = r"[\da-fA-F]"
# For speed, a pattern starts with a match, not with a lookbehind.
ADDRESS_DETECTORS: Final = (
    detector(
        "EMAIL",
        r"(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])",
        0,
        lambda match: not _is_no_email(match),
        near="@",
    ),
    detector(
        "IP",
        r"(?P<ip>\d(?<!\d\d)(?<!\d\.\d)\d{0,2}(?:\.\d{1,3}){3})(?!\.?\d)",
        "ip",
        _is_own_ipv4,
        hint=r"\.\d{1,3}\.\d{1,3}\.",
    ),
    detector(
        "IP",
        rf"(?<![\w:.])(?={_HEX}{{0,4}}:[\da-fA-F:.]{{0,39}}:)[\da-fA-F:]{{2,39}}(?:\d{{1,3}}"
        rf"(?:\.\d{{1,3}}){{3}})?(?![\w:])",
        0,
        _is_own_ipv6,
        hint=r"::|:[\da-fA-F]{1,4}:[\da-fA-F]{1,4}:[\da-fA-F]{1,4}:",
    ),
    detector(
        "MAC",
        rf"{_HEX}(?<![\w:-].){_HEX}(?P<sign>[:-])(?:{_HEX}{{2}}(?P=sign)){{4}}{_HEX}{{2}}(?![\w:-])",
        0,
        _is_device_mac,
        hint=r"[:-][\da-fA-F]{2}[:-][\da-fA-F]{2}[:-][\da-fA-F]{2}",
    ),
    detector(
        "MAC",
        rf"(?<![\w.-]){_HEX}{{4}}\.{_HEX}{{4}}\.{_HEX}{{4}}(?![\w.-])",
        0,
        _is_device_mac,
        hint=r"\.[\da-fA-F]{4}\.[\da-fA-F]{4}",
    ),
    # Linux firewall log: both addresses and the type of a packet
    detector("MAC", rf"MAC=(?P<macs>(?:{_HEX}{{2}}:){{11}}{_HEX}{{2}})", "macs", near="mac="),
    # BlueZ object path
    detector("MAC", rf"dev_(?P<mac>(?:{_HEX}{{2}}[_:-]){{5}}{_HEX}{{2}})", "mac", near="dev_"),
)
