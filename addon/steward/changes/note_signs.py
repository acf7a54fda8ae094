"""What release notes say besides breaking changes: migrations, deprecations, advisories. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from .change_model import named_in
from .release_notes import Item, Section

MOST: Final = 3
"""Lines of each kind that are kept."""

MOST_ADVISORIES: Final = 20

_ADVISORY: Final = re.compile(r"\b(?:CVE-\d{4}-\d{4,7}|GHSA(?:-[0-9a-z]{4}){3})\b", re.IGNORECASE)
_SEVERITY: Final = re.compile(r"\b(critical|high|moderate|medium|low)\b", re.IGNORECASE)
_ORDER: Final = ("critical", "high", "moderate", "low", "")
_ONE_WAY: Final = re.compile(
    r"cannot be (?:downgraded|reverted|undone)|downgrad\w*\s+(?:is|are|will)\s+(?:not|im|no longer)"
    r"|no downgrade|do not downgrade|not (?:be )?(?:downgrad|revers)\w+|irreversibl\w+"
    r"|(?:can(?:no|')t|not possible to|impossible to|no way)\s+"
    r"(?:downgrade|return|(?:go(?:ing)? |roll(?:ing)? )?back)"
    r"|one.way (?:migration|change)|not (?:be )?read(?:able)? by (?:earlier|older|previous)"
    r"|(?:older|earlier|previous) (?:versions?|releases?|servers?)[^.]{0,40}"
    r"(?:refuses?\b|(?:cannot|can't|will not|do(?:es)? not|no longer) (?:read|open|start|load)\b)"
    r"|kein weg zurück|kein zurück|downgrade ist nicht|nicht rückgängig|irreversibel|unumkehrbar"
    r"|retour (?:en )?arrière (?:est )?impossible|retour impossible|irréversible"
    r"|no se puede volver|sin vuelta atrás|no hay vuelta|irreversible|no es pos\w*ble volver"
    r"|geen weg terug|niet meer terug|niet terug te draaien|onomkeerbaar"
    r"|无法降级|不能降级|不可逆|无法回退",
    re.IGNORECASE,
)
_MIGRATION: Final = re.compile(
    r"\b(?:database|schema|data|table|index|storage|file)s?\b[^.]{0,60}"
    r"\b(?:migrat\w+|convert\w*|upgraded|rebuilds?|rebuilt|updated automatically)"
    r"|\b(?:migrat\w+|converts?|rebuilds?|re-?index\w*)\b[^.]{0,60}\b(?:database|schema|data|tables?|index\w*|storage)\b"
    r"|\btables? (?:gets?|are converted|is converted)\b|new column"
    r"|datenbank[^.]{0,60}(?:umgestellt|migriert|konvertiert|umgebaut)|bibliothek[^.]{0,40}umgebaut"
    r"|base[^.]{0,60}(?:migr\w+|convertie|mise à jour)|base de datos[^.]{0,60}(?:migr\w+|convierte|actualiza)"
    r"|database[^.]{0,60}(?:gemigreerd|omgezet|bijgewerkt)|数据库[^。]{0,20}(?:迁移|转换|升级)",
    re.IGNORECASE,
)
_IS_REPAIRED: Final = frozenset({"repaired", "bad", "internal", "text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSigns:
    """Lines that say it, and the advisories with how severe they are, the most severe first."""

    one_way: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    advisories: tuple[tuple[str, str], ...] = ()


def signs(found: Sequence[Item]) -> NoteSigns:
    """Return what the lines of release notes say."""
    return NoteSigns(
        one_way=_lines(one for one in found if _ONE_WAY.search(one.text)),
        migrations=_lines(one for one in found if _migrates(one)),
        deprecated=_lines(one for one in found if _is_deprecated(one)),
        advisories=tuple(_advisories(found))[:MOST_ADVISORIES],
    )


def worst(advisories: Iterable[tuple[str, str]]) -> str:
    """Return the severity of the worst advisory, "" when none states it."""
    return min((severity for _, severity in advisories), key=_ORDER.index, default="")


def _migrates(item: Item) -> bool:
    if item.section in (Section.INTERNAL, Section.DOCUMENTATION, Section.DEPENDENCIES, Section.FIXES):
        return False
    return _MIGRATION.search(item.text) is not None and not _IS_REPAIRED & named_in(item.text)


def _is_deprecated(item: Item) -> bool:
    if item.section in (Section.INTERNAL, Section.DOCUMENTATION, Section.DEPENDENCIES):
        return False
    named = named_in(item.text)
    is_said = "deprecated" in named and not {"internal", "announced"} & named
    return item.section is Section.DEPRECATED or is_said or {"gone", "future"} <= named


def _advisories(found: Sequence[Item]) -> list[tuple[str, str]]:
    """Return each advisory once, with the severity that stands in its line."""
    severities: dict[str, str] = {}
    for one in found:
        stated = _SEVERITY.search(one.text)
        severity = stated[1].lower().replace("medium", "moderate") if stated else ""
        for advisory in _ADVISORY.findall(one.text):
            key = advisory.upper() if advisory[:3].upper() == "CVE" else f"GHSA{advisory[4:].lower()}"
            severities[key] = severities.get(key) or severity
    return sorted(severities.items(), key=lambda one: _ORDER.index(one[1]))


def _lines(found: Iterable[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.text for one in found))[:MOST]
