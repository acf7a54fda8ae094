"""Names that are said letter by letter, or with their dots, are those of known things."""

import pytest

from rig.question_lab import OFFERS
from rig.recognition_rig import matchers
from steward.conversation.said_text import with_spelled_names
from steward.conversation.vocabulary import known_things

from .test_names_first import TARGETS, target

KNOWN = known_things(
    OFFERS,
    (
        *TARGETS,
        target("nvme", "truenas", "disk"),
        target("home.example.org", "traefik", "certificate"),
        target("cloud.example.net", "traefik", "certificate"),
    ),
)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "how hot is n v m e now", "how hot is nvme now"),
        ("en", "uptime of p v e two", "uptime of pve two"),
        ("de", "wie warm ist N V M E", "wie warm ist NVME"),
        ("en", "is home dot example dot org valid", "is home.example.org valid"),
        ("de", "zertifikat cloud punkt example punkt net", "zertifikat cloud.example.net"),
        ("fr", "certificat de example point net", "certificat de example.net"),
        ("es", "certificado de example punto org", "certificado de example.org"),
        ("nl", "certificaat van example punt net", "certificaat van example.net"),
    ],
)
def test_a_known_name_is_joined(language: str, text: str, expected: str) -> None:
    assert with_spelled_names(text, KNOWN.index, matchers(language)[0]) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a b c"),
        ("en", "n v m"),
        ("en", "plan b or c"),
        ("en", "example dot com"),
        ("en", "the point of radarr"),
        ("de", "das ist der punkt radarr"),
        ("en", "example.org"),
    ],
)
def test_what_is_no_known_name_stays(language: str, text: str) -> None:
    assert with_spelled_names(text, KNOWN.index, matchers(language)[0]) == text
