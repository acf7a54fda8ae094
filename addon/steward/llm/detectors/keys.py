"""Secrets with a known format: keys by their prefix, tokens, private keys, random text."""

import re
from collections.abc import Iterator
from typing import Final

from .detector import Detector, Span, accept_all
from .secret_values import is_mixed, is_random

_I: Final = re.IGNORECASE

# Every repetition is bounded or follows a fixed text, so that hostile text does not make it slow.
_PREFIXED: Final = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}",
    r"AIza[\w-]{30,60}",
    r"ya29\.[\w-]{20,400}",
    r"GOCSPX-[\w-]{20,60}",
    r"(?:sk|pk|rk|whsec)[-_][A-Za-z0-9_-]{16,250}",
    r"gh[pousr]_[A-Za-z0-9]{20,255}",
    r"github_pat_\w{20,255}",
    r"gl(?:pat|dt|rt|cbt|ptt|soat|agent|sa|c|imt|ffct)[-_][\w.-]{16,300}",
    r"xox[abeoprs]-[\w-]{10,255}",
    r"xapp-[\w-]{10,255}",
    r"(?:tskey|hskey)-[a-z]{2,12}-[\w-]{10,100}",
    r"(?:privkey|nodekey|mkey):[0-9a-f]{40,80}",
    r"hf_[A-Za-z0-9]{20,64}",
    r"hv[sbr]\.[\w-]{20,300}",
    r"npm_[A-Za-z0-9]{30,64}",
    r"dckr_(?:pat|oat)_[\w-]{20,64}",
    r"do[opr]_v1_[0-9a-f]{40,80}",
    r"SG\.[\w-]{16,32}\.[\w-]{30,64}",
    r"gsk_[A-Za-z0-9]{30,80}",
    (
        r"(?:nvapi|pplx|xai|r8|tvly|lin_api|ntn|shp(?:at|ca|ss)|ptla|ptlc|rnd|ops|k10|dapi|sntrys|figd"
        r"|nfp|syt|mfa|xkeysib|sq0atp|sq0csp|lsv2|phx|re|pul|dp\.pt|atlasv1|PMAK|EAAC|fo1|fm2|zpka|bws"
        r"|ory_(?:at|rt|ac))[-_.][\w.-]{20,200}"
    ),
    r"tk_[a-z0-9]{24,40}",
    r"SWMTKN-1-[\w-]{40,100}",
    r"K10[0-9a-f]{40,80}::[\w:-]{8,100}",
    r"AGE-SECRET-KEY-1[0-9A-Z]{40,80}",
    r"cf[aku]t_[\w-]{20,80}",
    r"\${1,2}(?:2[aby]|1|5|6|y|7|apr1|argon2id?|scrypt|pbkdf2[\w-]{0,12})\$[$\w./$,=+-]{20,200}",
)
_KEY: Final = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_PREFIXED)})")
_JWT: Final = re.compile(r"(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,2000}){0,3}")
_TELEGRAM: Final = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,64}")
_DISCORD: Final = re.compile(r"(?<![\w.-])[A-Za-z0-9]{23,28}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])")
_BASE64_OF_32_BYTES: Final = re.compile(r"(?<![\w+/-])[A-Za-z0-9+/]{43}=(?![\w+/=])")
_RANDOM: Final = re.compile(r"(?<![\w+/.-])[A-Za-z0-9_+-]{24,400}={0,2}(?![\w+/=-])")

# A key is long and has no spaces.
_LONG_TEXT: Final = re.compile(r"[\w$+./=:,-]{16,}")
_CONTEXT_LENGTH: Final = 40
_PUBLIC_CONTEXT: Final = re.compile(
    r"(?:sha-?\d{1,3}|md5|blake2\w?|hmac-sha\d+)[:=-]{1,2}\Z"
    r"|(?:digest|checksum|fingerprint|integrity|etag|commit|public ?_?key|pubkey|peer|ssh-\w{2,8}"
    r"|ecdsa-[\w-]{4,24})[\"']?[ :=]{1,4}[\"']?\Z",
    _I,
)


def find_keys(text: str) -> Iterator[Span]:
    """Yield the keys in ``text`` that are recognizable without a name."""
    for long in _LONG_TEXT.finditer(text):
        word = long.group()
        for character, label, pattern, accepts in _KINDS:
            if character in word:
                for match in pattern.finditer(text, *long.span()):
                    if accepts(match):
                        yield Span(start=match.start(), end=match.end(), label=label, is_secret=True)


def _is_random(match: re.Match[str]) -> bool:
    """Return whether it is random, and not announced as a fingerprint, digest or public key."""
    return is_random(match.group()) and _has_no_public_context(match) and not _DISK_NAME.search(match.group())


_DISK_NAME: Final = re.compile(r"\b(?:ata|nvme|scsi|usb|wwn|sat)-[A-Z]")


def _is_mixed(match: re.Match[str]) -> bool:
    return is_mixed(match.group()) and _has_no_public_context(match)


def _has_no_public_context(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - _CONTEXT_LENGTH) : match.start()]
    return not _PUBLIC_CONTEXT.search(before)


_KINDS: Final = (
    ("", "API_KEY", _KEY, accept_all),
    ("eyJ", "JWT", _JWT, accept_all),
    (":", "API_KEY", _TELEGRAM, accept_all),
    (".", "API_KEY", _DISCORD, _is_random),
    ("=", "API_KEY", _BASE64_OF_32_BYTES, _is_mixed),  # WireGuard and ESPHome
    ("", "API_KEY", _RANDOM, _is_random),
)


def _is_no_placeholder(match: re.Match[str]) -> bool:
    return not match["value"].replace("_", "").isupper()


KEY_DETECTORS: Final = (
    # also with escaped line ends or without the end line
    Detector(
        label="PRIVATE_KEY",
        pattern=re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,30}(?:PRIVATE KEY(?: BLOCK)?|Static key V1)-----.*?"
            r"(?:-----END [A-Z0-9 ]{0,30}(?:PRIVATE KEY(?: BLOCK)?|Static key V1)-----|\Z)",
            re.DOTALL,
        ),
        is_secret=True,
        near=("-----begin",),
        crosses_lines=True,
    ),
    Detector(
        label="API_KEY",
        pattern=re.compile(r"PVEAPIToken=(?P<value>[^\s\"',;]{8,200})"),
        group="value",
        is_secret=True,
        near=("pveapitoken",),
    ),
    Detector(  # URLs that grant access
        label="API_KEY",
        pattern=re.compile(
            r"(?:/api/webhooks/|hooks\.slack\.com/(?:services|workflows|triggers)/"
            r"|webhook\.office\.com/webhookb2/"
            r"|outlook\.office\.com/webhook/|hooks\.zapier\.com/hooks/catch/|hook\.[\w.]{1,20}make\.com/"
            r"|hc-ping\.com/|/ping/(?=[\da-f]{8}-|[\w-]{20})|/api/push/|/with/key/"
            r"|/(?:web)?hooks?(?:-test)?/(?=[\w/-]{0,60}\d)"
            r"|//(?:web)?hooks?\.[\w.-]{1,60}/(?:services/)?(?=[\w/-]{0,60}\d)"
            r"|/api/webhook/|api\.day\.app/|ntfy\.sh/(?=[\w-]{0,60}\d))(?P<value>[\w@:/~-]{4,300})"
        ),
        group="value",
        accepts=_is_no_placeholder,
        is_secret=True,
        near=("hook", "hc-ping", "/ping/", "/push/", "/with/key/", "api.day.app", "ntfy.sh"),
    ),
    Detector(  # addresses of Apprise
        label="API_KEY",
        pattern=re.compile(
            r"\b(?:tgram|discord|slack|ntfys?|gotifys?|pover|pbul|msteams|matrixs?|mailtos?|join|hassios?"
            r"|ifttt)://"
            r"(?P<value>(?!localhost|homeassistant)[\w@:%/.~-]{8,300})"
        ),
        group="value",
        is_secret=True,
        near=("://",),
    ),
)
"""Keys that contain spaces, or that are recognizable by the text before them."""
