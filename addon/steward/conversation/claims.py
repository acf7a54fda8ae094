"""Detects answers that claim a change was made. Pure; prefers false positives."""

import re
from typing import Final

_DONE: Final = (
    r"restarted|rebooted|started|stopped|increased|decreased|raised|lowered|changed|set|updated|"
    r"fixed|repaired|resolved|deleted|removed|cleared|silenced|applied|executed|triggered|done"
)
_DONE_GERMAN: Final = (
    r"neu ?gestartet|gestartet|gestoppt|beendet|erhöht|gesenkt|geändert|gesetzt|aktualisiert|"
    r"repariert|behoben|gelöscht|entfernt|stumm ?geschaltet|ausgeführt|erledigt"
)
_CLAIM: Final = re.compile(
    rf"\b(?:i|we)(?:'ve| have|'ll| will| am|'m)?(?: just| now| successfully| already)* (?:{_DONE}|restarting|"
    rf"stopping|starting|restart|stop|start|increase)\b|"
    rf"\bi(?:'m| am)(?: now)? \w+ing\b.{{0,40}}\b(?:now|for you)\b|"
    rf"\b(?:has|have) (?:now |just |successfully |been |already )*been (?:successfully )?(?:{_DONE})\b|"
    rf"\bsuccessfully (?:{_DONE})\b|^(?:done|all done|ok(?:ay)?, done)\b|"
    rf"\bich (?:habe|werde|hab)\b.{{0,60}}\b(?:{_DONE_GERMAN}|neu ?starten|stoppen|erhöhen)\b|"
    rf"\bwurde\b.{{0,60}}\b(?:{_DONE_GERMAN})\b|^erledigt\b",
    re.IGNORECASE,
)


def claims_a_change(text: str) -> bool:
    """Return whether a text claims that the speaker changed, or is changing, something in the homelab."""
    return _CLAIM.search(" ".join(text.split())) is not None
