"""The words of answers, by language; what is missing is said in English."""

from collections.abc import Mapping
from typing import Final

_ENGLISH: Final[Mapping[str, str]] = {
    "all_well": "Everything is fine: no open incidents, and all {count} services answer.",
    "unreachable": "{name} does not answer ({reason}).",
    "one_open": "There is one open incident:",
    "many_open": "There are {count} open incidents:",
    "incident": "number {number}, {title}: {status}.",
    "more": "And {count} more.",
    "nothing_waits": "Nothing is waiting for you.",
    "one_waits": "One request is waiting for an answer:",
    "many_wait": "{count} requests are waiting for an answer:",
    "request": "number {number}, {title}. Options: {options}.",
    "nothing_done": "Nothing was done in the last 24 hours.",
    "done": "In the last 24 hours:",
    "did": "{label}: {outcome}.",
    "thing_well": "{name} is fine: it answers, and no incident is open.",
    "thing_trouble": "{name} has an open incident:",
    "thing_last": "The last one, number {number}, ended {ago}: {resolution}",
    "thing_seen": "Just read: {readings}.",
    "status_open": "just noticed",
    "status_diagnosed": "being looked at",
    "status_waiting": "waiting for your answer",
    "status_acting": "being mended",
    "status_unsolved": "not solved",
    "outcome_succeeded": "it helped",
    "outcome_failed": "it did not help",
    "outcome_undone": "it made things worse and was undone",
    "outcome_refused": "refused, because things had changed",
    "outcome_running": "still running",
    "outcome_verifying": "being checked",
    "no_model": (
        "I can tell you what is wrong, what waits for you, what I did, and how a service is. "
        "For anything else I need a language model, and none is set up."
    ),
}

_GERMAN: Final[Mapping[str, str]] = {
    "all_well": "Alles in Ordnung: keine offenen Vorfälle, und alle {count} Dienste antworten.",
    "unreachable": "{name} antwortet nicht ({reason}).",
    "one_open": "Es gibt einen offenen Vorfall:",
    "many_open": "Es gibt {count} offene Vorfälle:",
    "incident": "Nummer {number}, {title}: {status}.",
    "more": "Und {count} weitere.",
    "nothing_waits": "Nichts wartet auf dich.",
    "one_waits": "Eine Anfrage wartet auf Antwort:",
    "many_wait": "{count} Anfragen warten auf Antwort:",
    "request": "Nummer {number}, {title}. Möglichkeiten: {options}.",
    "nothing_done": "In den letzten 24 Stunden wurde nichts getan.",
    "done": "In den letzten 24 Stunden:",
    "did": "{label}: {outcome}.",
    "thing_well": "{name} geht es gut: antwortet, und kein Vorfall ist offen.",
    "thing_trouble": "{name} hat einen offenen Vorfall:",
    "thing_last": "Der letzte, Nummer {number}, endete vor {ago}: {resolution}",
    "thing_seen": "Gerade gelesen: {readings}.",
    "status_open": "gerade bemerkt",
    "status_diagnosed": "wird angesehen",
    "status_waiting": "wartet auf deine Antwort",
    "status_acting": "wird behoben",
    "status_unsolved": "nicht gelöst",
    "outcome_succeeded": "hat geholfen",
    "outcome_failed": "hat nicht geholfen",
    "outcome_undone": "hat es schlimmer gemacht und wurde zurückgenommen",
    "outcome_refused": "abgelehnt, weil sich etwas geändert hatte",
    "outcome_running": "läuft noch",
    "outcome_verifying": "wird geprüft",
    "no_model": (
        "Ich kann sagen, was kaputt ist, was auf dich wartet, was ich getan habe und wie es einem "
        "Dienst geht. Für alles andere brauche ich ein Sprachmodell, und keines ist eingerichtet."
    ),
}

_LANGUAGES: Final = {"en": _ENGLISH, "de": _GERMAN}


def say(language: str, key: str, **values: object) -> str:
    """Return a sentence in a language (a BCP 47 tag), in English when it is not spoken here."""
    words = _LANGUAGES.get(language.partition("-")[0].casefold(), _ENGLISH)
    return words.get(key, _ENGLISH[key]).format_map(values)


def languages() -> Mapping[str, Mapping[str, str]]:
    """Return all sentences by language, for checking that none is missing."""
    return _LANGUAGES
