"""Recognises what an answer of a model claims: a state that was not read, or a change."""

import re
from typing import Final

STATE_QUESTION: Final = re.compile(
    r"^\W*(?:is|are|was|does|do|did|has|have|ist|sind|war|läuft|laufen|funktioniert|geht|antwortet|hat)\b.*"
    r"(?:\b(?:running|run|up|down|online|offline|reachable|healthy|working|work|broken|crashed|stopped|dead|"
    r"responding|available|alive|okay|ok|fine|wrong|läuft|erreichbar|kaputt|gesund|verfügbar|abgestürzt|gestoppt|"
    r"in ordnung)\b)|"
    r"^\W*(?:läuft|laufen|funktioniert|antwortet)\b|"
    r"^\W*how(?:'s| is| are)\b.*\b(?:doing|going|holding up)\b|^\W*wie (?:geht|steht|läuft)\b|"
    r"\b(?:status|state|zustand)\W*$",
    re.IGNORECASE | re.DOTALL,
)
"""A question whether something works now. Only a reading can answer it."""

STATE_CLAIM: Final = re.compile(
    r"\b(?:is|are|seems?|looks?|appears?|remains?)(?: to be)? "
    r"(?:(?:currently|still|all|both|now|up and|back) )*"
    r"(?:running|online|offline|healthy|unhealthy|reachable|unreachable|stopped|crashed|operational|responding|"
    r"working|down|alive|fine|okay|ok)\b|"
    r"\b(?:läuft|laufen|funktioniert|funktionieren) (?:(?:derzeit|gerade|noch|wieder|alle|beide) )*"
    r"(?:gut|normal|fehlerfrei|einwandfrei|stabil|wie erwartet)\b|"
    r"\b(?:läuft|funktioniert) alles\b|\balles (?:läuft|funktioniert|gut|okay|in ordnung)\b|"
    r"\ball (?:is |looks )?(?:good|well)\b|\beverything (?:is |looks )?(?:good|fine|normal)\b|"
    r"\b(?:ist|sind) (?:(?:derzeit|gerade|noch|wieder|alle|beide) )*"
    r"(?:online|offline|gesund|erreichbar|gestoppt|abgestürzt|in ordnung|am laufen|aktiv|kaputt)\b",
    re.IGNORECASE,
)
"""An answer that says whether something works now."""

UNSURE: Final = re.compile(
    r"\b(?:do not|don't|cannot|can't|could not) (?:know|say|see|tell|find|check)\b|"
    r"\b(?:weiß|sehe|finde|kenne) (?:ich )?(?:das |es |dazu )?(?:nicht|keine?n?)\b",
    re.IGNORECASE,
)
"""An answer that claims nothing."""

_DONE: Final = (
    r"restarted|rebooted|started|stopped|increased|decreased|raised|lowered|changed|set|updated|"
    r"fixed|repaired|resolved|deleted|removed|cleared|silenced|applied|executed|triggered|done"
)
_DONE_GERMAN: Final = (
    r"neu ?gestartet|gestartet|gestoppt|beendet|erhöht|gesenkt|geändert|gesetzt|aktualisiert|"
    r"repariert|behoben|gelöscht|entfernt|stumm ?geschaltet|ausgeführt|erledigt"
)
CLAIM: Final = re.compile(
    rf"\b(?:i|we)(?:'ve| have|'ll| will| am|'m)?(?: just| now| successfully| already)* (?:{_DONE}|restarting|"
    rf"stopping|starting|restart|stop|start|increase)\b|"
    rf"\bi(?:'m| am)(?: now)? \w+ing\b.{{0,40}}\b(?:now|for you)\b|"
    rf"\b(?:has|have) (?:now |just |successfully |been |already )*been (?:successfully )?(?:{_DONE})\b|"
    rf"\bsuccessfully (?:{_DONE})\b|^(?:done|all done|ok(?:ay)?, done)\b|"
    rf"\bich (?:habe|werde|hab)\b.{{0,60}}\b(?:{_DONE_GERMAN}|neu ?starten|stoppen|erhöhen)\b|"
    rf"\bwurde\b.{{0,60}}\b(?:{_DONE_GERMAN})\b|^erledigt\b",
    re.IGNORECASE,
)


def claims_a_state(question: str, answer: str) -> bool:
    """Return whether an answer says something about what works now, by itself or because it was asked.

    Prefers false positives.
    """
    if answer.endswith("?") or UNSURE.search(answer) is not None:
        return False
    is_asked = STATE_QUESTION.search(question) is not None
    return is_asked or STATE_CLAIM.search(" ".join(answer.split())) is not None


def claims_a_change(text: str) -> bool:
    """Return whether a text claims that the speaker changed, or is changing, something in the homelab.

    Prefers false positives.
    """
    return CLAIM.search(" ".join(text.split())) is not None
