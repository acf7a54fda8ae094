"""Private topics: texts that are private as a whole, without a private part."""

import re
from dataclasses import replace
from typing import Final

from .detector import Detector, detector
from .more_private_talk import MORE_PRIVATE_TALK_DETECTORS
from .private_talk import PRIVATE_TALK_DETECTORS, PRIVATE_TOPICS
from .wishes import is_no_topic

_I: Final = re.IGNORECASE


def _pinning(pattern: str, words: str, *, near: str = "") -> Detector:
    return detector(PRIVATE_TOPICS, pattern, near=near, flags=_I, words=words)


_POSSESSIVE: Final = r"\b(?:these|this|those|my|our|following|here (?:is|are)|last \w+(?:'s)?|recent)\b"
_PERSONAL: Final = (
    r"\b(?:ssh|sshd|auth\w{0,10}|login|log-in|incident|access|audit|security|camera|doorbell|presence"
    r"|location|vpn|dhcp|dns query|firewall|mail|chat|journal|visitor|person|people|family|calendar"
    r"|call|sms)\b"
)
_RECORDS: Final = (
    r"\b(?:logs?|log files?|logins?|history|histories|recordings?|attempts|events|messages|queries"
    r"|track|e-?mails?|mails|thread|entries)\b"
)


def _unless_wish(detector: Detector) -> Detector:
    return replace(detector, accepts=lambda match: detector.accepts(match) and not is_no_topic(match))


PINNING_DETECTORS: Final = (
    *map(_unless_wish, (*PRIVATE_TALK_DETECTORS, *MORE_PRIVATE_TALK_DETECTORS)),
    _pinning(
        rf"{_POSSESSIVE}[^.?!\n]{{0,40}}?{_PERSONAL}[^.?!\n]{{0,20}}?{_RECORDS}",
        "log logs login logins history histories recording recordings attempts events message messages "
        "queries track mail mails email emails thread entries",
    ),
    _pinning(
        r"\bwho (?:was|is|were|came|logged|got|has been|rang|connected|visited|left|entered)\b"
        r"[^.?!\n]{0,30}\b(?:home(?! assistant)|in(?=[.?!,]|\s*$)|door\w{0,4}|garden|logged|house|today"
        r"|yesterday|week|night)\b",
        "who",
    ),
    _pinning(
        r"\b(?:my|our|the) (?:e-?mails?|mails|mail thread|inbox|bank \w{2,12}|letters?|contacts"
        r"|calendar|appointments?|diary|photos of)\b[^.?!\n]{0,60}\b(?:from|with|of|and|about|what"
        r"|summari\w+|which|tell)\b|\b(?:read|summari[sz]e|go through"
        r"|look through)\b[^.?!\n]{0,30}\b(?:e-?mails?|mails|inbox|chat|messages)\b",
        "mail mails email emails inbox bank letter letters contacts calendar appointment appointments "
        "diary photos chat messages",
    ),
    _pinning(
        r"\b(?:door|presence|location|camera|motion|doorbell|lock|visitor)s? (?:\w+ ){0,2}(?:history"
        r"|histories|events|logs?|recordings?)\b"
        r"|\b(?:nobody|anybody|somebody|someone|everybody|everyone) (?:was|were) (?:at )?(?:home|in"
        r"|out|away)\b"
        r"|\b(?:conversation|correspondence|letters?|contract|call) with (?:my|our|the)\b",
        "door doors presence location camera motion doorbell lock visitor nobody anybody somebody someone "
        "everybody everyone conversation correspondence letter letters contract call",
    ),
    _pinning(
        r"\b(?:Apt|Suite|Unit)\.? \d|\bP\. ?O\. ?Box\b|\b[ADF]PO A[AEP]\b|\bPSC \d",
        "apt suite unit box apo dpo fpo psc",
    ),
    _pinning(
        r"(?<!ip )(?<!mac )(?<!web )(?<!mail )\baddress (?:is|of|to)\b(?! (?:in use|already|not|invalid"
        r"|unknown|that|its|this|each|every|any|an?|copy|use|send|connect|bind|listen|which"
        r"|your (?:app|server)|the|\d{1,3}\.\d|[\da-f]{2,4}:|https?:|\[))|\bbilling address\b",
        "address",
    ),
    _pinning(
        r"\b(?:medical|diary|passport|birth certificate)\b",
        "medical diary passport birth",
    ),
    # header of an email
    replace(
        _pinning(
            r"^(?:from|to|cc|reply-to|von|an|van|aan):[ ][^\n]{3,200}\n(?:[^\n]{0,200}\n){0,6}?subject:"
            r"|^subject:[^\n]{0,200}\n(?:[^\n]{0,200}\n){0,3}(?:dear|hi|hello|hallo|beste|liebe)",
            "subject",
            near="subject:",
        ),
        crosses_lines=True,
    ),
)
