"""What tells of people, their home and their network: mail, addresses, hosts, places, accounts."""

import ipaddress
import re
from collections.abc import Callable
from typing import Final

from .shapes import Shape
from .shapes_people import PEOPLE_SHAPES

_I: Final = re.IGNORECASE

# -- addresses of a network -------------------------------------------------------------------

_EVERYBODYS: Final = frozenset(
    (
        "1.1.1.1",
        "1.0.0.1",
        "8.8.8.8",
        "8.8.4.4",
        "9.9.9.9",
        "149.112.112.112",
        "208.67.222.222",
        "208.67.220.220",
    )
)
_VERSION_BEFORE: Final = re.compile(
    r"(?:\bv|\bversions?:? |\bfirmware:? |\brelease:? |\bbuild:? |"
    r"\b(?:updat|upgrad|downgrad|bump)\w{0,4}\b[^\n]{0,60}? (?:from|to|->|→) )\Z",
    _I,
)
_HOME_NETWORKS: Final = ("192.168.", *(f"172.{number}." for number in range(16, 32)))


def _is_own_ipv4(match: re.Match[str]) -> bool:
    """No resolver of everybody's, no loopback, no mask, no version of four parts."""
    text = match["ip"]
    if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in text.split(".")):  # noqa: PLR2004
        return False
    if text in _EVERYBODYS or text.startswith(("0.", "127.", "255.255.")):
        return False
    before = match.string[max(0, match.start() - 90) : match.start()]
    return text.startswith(_HOME_NETWORKS) or not _VERSION_BEFORE.search(before)


def _is_own_ipv6(match: re.Match[str]) -> bool:
    try:
        address = ipaddress.IPv6Address(match.group())
    except ValueError:
        return False
    if match.group().startswith("::") and not match.group().lower().startswith("::ffff:"):
        return False  # loopback, or loopback with a port
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def _is_a_device(match: re.Match[str]) -> bool:
    return set(match.group().casefold()) - set(":-.") not in ({"0"}, {"f"})


# -- host names -----------------------------------------------------------------------------

_HOME_ENDINGS_TEXT: Final = (
    "lan home local internal intranet localdomain home.arpa corp private box ts.net duckdns.org "
    "dyndns.org dynu.com no-ip.org no-ip.com ddns.net hopto.org zapto.org synology.me myqnapcloud.com "
    "myfritz.net selfhost.eu freeddns.org afraid.org mywire.org fritz.box nabu.casa "
)
_HOME_ENDINGS: Final = tuple(_HOME_ENDINGS_TEXT.split())
_LAND_ENDINGS_TEXT: Final = (
    "com org net info biz name dev app cloud xyz me io eu at de ch fr be nl lu it es pt uk ie dk se no "
    "fi ee lv lt pl cz sk hu ro bg gr hr si rs us ca mx br ar cl co au nz jp kr cn tw hk in za tr il ru "
    "ua email family house tech online site space network systems zone club live life world "
)
_LAND_ENDINGS: Final = frozenset(_LAND_ENDINGS_TEXT.split())
_PUBLIC_SITES_TEXT: Final = (
    "github.com githubusercontent.com github.io gitlab.com ghcr.io docker.com docker.io quay.io gcr.io "
    "k8s.io kubernetes.io lscr.io linuxserver.io home-assistant.io nabucasa.com google.com "
    "googleapis.com gstatic.com cloudflare.com letsencrypt.org amazonaws.com microsoft.com apple.com "
    "mozilla.org wikipedia.org openai.com anthropic.com telegram.org ubuntu.com kernel.org proxmox.com "
    "grafana.com prometheus.io influxdata.com example.com example.org example.net example.invalid "
    "ntp.org plex.tv themoviedb.org thetvdb.com w3.org ietf.org json-schema.org truenas.com "
    "opnsense.org pi-hole.net traefik.io hashicorp.com stackoverflow.com reddit.com python.org "
    "readthedocs.io mqtt.org esphome.io ui.com "
)
_PUBLIC_SITES: Final = tuple(_PUBLIC_SITES_TEXT.split())
_ENTITY_DOMAINS_TEXT: Final = (
    "zone person sensor binary_sensor light switch climate cover lock camera media_player automation "
    "script scene input_boolean input_number input_select input_text group sun weather device_tracker "
    "update button number select event calendar todo vacuum fan alarm_control_panel homeassistant "
    "notify tts counter timer "
)
_ENTITY_DOMAINS: Final = frozenset(_ENTITY_DOMAINS_TEXT.split())


def _is_own_host(match: re.Match[str]) -> bool:
    """A name below a home's ending, or any host below a domain that is not everybody's."""
    host = match["host"].casefold().rstrip(".")
    labels = host.split(".")
    if labels[0] in _ENTITY_DOMAINS or host.endswith(_PUBLIC_SITES) or not labels[-1].isalpha():
        return False
    if any(host.endswith("." + ending) for ending in _HOME_ENDINGS):
        return True
    return labels[-1] in _LAND_ENDINGS and (len(labels) > 2 or match.group().startswith("//"))  # noqa: PLR2004


def _is_named_host(match: re.Match[str]) -> bool:
    host = match["host"].casefold()
    return host not in ("localhost", "true", "false", "null", "none", "host", "name") and not (
        host.endswith(_PUBLIC_SITES) or host.replace(".", "").isdigit()
    )


# -- accounts and places ----------------------------------------------------------------------

_EVERY_SYSTEM_HAS_TEXT: Final = (
    "root admin administrator user guest test nobody daemon postgres mysql mariadb redis www-data nginx "
    "backup system docker homeassistant hass pi ubuntu debian proxmox grafana prometheus anonymous "
    "unknown none null true false default service and or is was not from with in on at the a an my name "
    "id group pass password "
)
_EVERY_SYSTEM_HAS: Final = frozenset(_EVERY_SYSTEM_HAS_TEXT.split())
_ANSWERS: Final = frozenset(("", ".", "-"))


def _is_a_persons_account(match: re.Match[str]) -> bool:
    name = match["user"].strip(".,;:").casefold()
    return (
        name not in _EVERY_SYSTEM_HAS and name not in _ANSWERS and not name.startswith(("$", "{", "[", "<"))
    )


def _has_digit(match: re.Match[str]) -> bool:
    return any(one.isdigit() for one in match.group())


def _luhn(match: re.Match[str]) -> bool:
    digits = [int(one) for one in match.group() if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def _is_iban(match: re.Match[str]) -> bool:
    text = match.group().replace(" ", "").upper()
    moved = text[4:] + text[:4]
    return int("".join(str(int(one, 36)) for one in moved)) % 97 == 1


def _of(label: str, pattern: str, group: int | str = 0, flags: re.RegexFlag = re.NOFLAG) -> Shape:
    return Shape(label=label, pattern=re.compile(pattern, flags), group=group)


def _seen_twice(
    label: str,
    pattern: str,
    group: int | str,
    accepts: Callable[[re.Match[str]], bool],
    flags: re.RegexFlag = re.NOFLAG,
) -> Shape:
    return Shape(label=label, pattern=re.compile(pattern, flags), group=group, accepts=accepts)


_USER: Final = r"(?P<user>[\w$][\w.@+-]{0,63})"
_NAME_MARK: Final = r"(?:\\?[\"'])?[ \t]{0,3}(?:=|:)[ \t]{0,3}(?:\\?[\"'])?"
_PART: Final = r"(?!-)[\w-]{1,63}(?<!-)"

PERSONAL_SHAPES: Final = (
    _of("EMAIL", r"(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])"),
    _seen_twice("IP", r"(?<![\d.])(?P<ip>(?:\d{1,3}\.){3}\d{1,3})(?!\.?\d)", "ip", _is_own_ipv4),
    _seen_twice(
        "IP",
        r"(?<![\w:.])(?=[\da-fA-F:]{0,39}:[\da-fA-F:.]{0,39}:)[\da-fA-F:]{2,39}(?:\d{1,3}"
        r"(?:\.\d{1,3}){3})?(?![\w:])",
        0,
        _is_own_ipv6,
    ),
    _seen_twice(
        "MAC",
        r"(?<![\w:-])(?:[\da-fA-F]{2}(?P<sign>[:-])(?:[\da-fA-F]{2}(?P=sign)){4}[\da-fA-F]{2}"
        r"|[\da-fA-F]{4}\.[\da-fA-F]{4}\.[\da-fA-F]{4})(?![\w:-])",
        0,
        _is_a_device,
    ),
    _seen_twice(
        "HOSTNAME",
        rf"(?<![\w.@-])(?P<host>(?:{_PART}\.){{1,8}}[a-zA-Z]{{2,24}})(?![\w-]|\.\w)",
        "host",
        _is_own_host,
    ),
    _seen_twice(
        "HOSTNAME",
        rf"//(?:[^\s/@\"']{{1,200}}@)?(?P<host>(?:{_PART}\.){{1,8}}[a-zA-Z]{{2,24}})(?![\w-]|\.\w)",
        "host",
        _is_own_host,
    ),
    _seen_twice(
        "HOSTNAME",
        rf"://(?:[^\s/@\"']{{1,200}}@)?(?P<host>{_PART})(?=[:/\s\"'),]|\Z)",
        "host",
        _is_named_host,
    ),
    _seen_twice(
        "HOSTNAME",
        rf"\b(?:hostname|host_name|fqdn|nodename|server_name|dhcp-host|ServerName){_NAME_MARK}"
        rf"(?P<host>[\w.-]{{2,253}})",
        "host",
        _is_named_host,
        _I,
    ),
    _seen_twice("USERNAME", rf"://{_USER}(?=[:@])(?=[^\s/\"']{{1,300}}@)", "user", _is_a_persons_account),
    _seen_twice(
        "USERNAME",
        rf"(?<![A-Za-z0-9])(?:[A-Z0-9]{{1,30}}_)?(?:user(?:_?name|_?id)?|login|account|owner|uid"
        rf"|remote_user|acct|ruser|logname)"
        rf"{_NAME_MARK}{_USER}",
        "user",
        _is_a_persons_account,
        _I,
    ),
    _seen_twice(
        "USERNAME",
        rf"\b(?:(?:invalid|illegal|unknown|for|by|of|as|from|role|and) user(?:name)?|(?:user(?:name)?"
        rf"|role|account)(?= [\"'`])|"
        rf"(?:failed|accepted) \w{{2,20}} for|session (?:opened|closed) for user|logged in as|login (?:by"
        rf"|from|of)|"
        rf"sudo:|ssh)[ ]{{1,2}}[\"'`(]?(?!invalid user){_USER}",
        "user",
        _is_a_persons_account,
        _I,
    ),
    _seen_twice(
        "USERNAME", rf"(?:/home/|/Users/|\\Users\\|/mnt/user/home/){_USER}", "user", _is_a_persons_account
    ),
    _of("PERSON_ENTITY", r"\b(?:person|device_tracker)\.[a-z0-9_]{1,64}"),
    _of("GPS", r"(?<![\d.])-?\d{1,3}\.\d{3,17}[ ]?[,;/][ ]?-?\d{1,3}\.\d{3,17}(?![\d.])"),
    _of(
        "GPS",
        r"\b(?:lat|lon|lng|latitude|longitude|gps)(?:itude)?[\"']?[ ]{0,2}[:=][ ]{0,2}[\"']?"
        r"(?P<at>-?\d{1,3}\.\d{2,17})",
        "at",
        _I,
    ),
    _seen_twice(
        "SERIAL",
        r"\b(?:S/N|SN|serial(?:[ _-]?(?:no|number|nr))?|serien(?:nummer|nr)|imei|asset[ _-]tag)\.?[\"']?"
        r"[ ]{0,3}(?:[:=#]|is)?[ ]{0,3}[\"']?(?P<serial>[A-Z0-9][A-Z0-9_-]{4,40})\b",
        "serial",
        _has_digit,
        _I,
    ),
    _of(
        "WIFI_SSID",
        r"\b(?:e?ssid|wifi[_ -]?(?:name|network)|network_name"
        r"|wlan[_ -]?name)[\"']?[ \t]{0,3}[:=][ \t]{0,3}(?P<quote>\\?[\"'])(?P<name>[^\"'\r\n]{1,64})",
        "name",
        _I,
    ),
    _of(
        "WIFI_SSID",
        r"\b(?:e?ssid|wifi[_ -]?(?:name|network)|network_name|wlan[_ -]?name)[ \t]{0,3}[:=][ \t]{0,3}"
        r"(?P<name>[^\"'\s,}][^\"'\r\n,}]{0,63})",
        "name",
        _I,
    ),
    _of(
        "WIFI_SSID",
        r"\b(?:ssid|wi-?fi(?: network)?|wlan|wireless network)[ ]{1,2}(?:called |named )?[\"'“]"
        r"(?P<name>[^\"'”\r\n]{1,64})",
        "name",
        _I,
    ),
    _seen_twice("CREDIT_CARD", r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])", 0, _luhn),
    _of(
        "CREDIT_CARD",
        r"\b(?:card|cc|kreditkarte|visa|mastercard|amex)(?: (?:number|no\.?|nr\.?))?[ :#is]{0,6}"
        r"(?P<card>\d(?:[ -]?\d){10,18})\b",
        "card",
        _I,
    ),
    _seen_twice("IBAN", r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b", 0, _is_iban),
    _of("US_SSN", r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"),
    *PEOPLE_SHAPES,
)
"""What is private but no secret."""

PINNING: Final = re.compile(
    r"\b(?:these|this|those|the|my|our|following|here (?:is|are)|last \w+(?:'s)?|recent)\b[^.?!\n]{0,40}?"
    r"\b(?:ssh|sshd|auth\w{0,10}|login|log-in|incident|access|audit|security|camera|doorbell|presence"
    r"|location|vpn|"
    r"dhcp|dns query|firewall|mail|chat|journal|visitor)\b[^.?!\n]{0,30}?"
    r"\b(?:logs?|log files?|logins?|history|recordings?|attempts|events|messages|queries|track)\b"
    r"|\bwho (?:was|is|were|came|logged|got|has been)\b[^.?!\n]{0,30}\b(?:home|in|door|garden|logged|house)\b"
    r"|\b(?:Apt|Suite|Unit)\.? \d|\bP\. ?O\. ?Box\b|\b[ADF]PO A[AEP]\b|\bPSC \d"
    r"|(?<!ip )(?<!mac )(?<!web )(?<!mail )\baddress (?:is|of|to)\b(?! (?:in use|already|not|invalid"
    r"|unknown))|\bbilling address\b"
    r"|\b(?:medical|diary|bank statement|salary|passport|tax return|birth certificate)\b",
    _I,
)
"""What a question is about, when it is private as a whole although no part of it is."""
