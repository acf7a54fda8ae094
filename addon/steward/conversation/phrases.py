"""The words of answers, by language; what is missing is said in English."""

from collections.abc import Mapping
from datetime import timedelta
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
    "target_well": "{name} is fine: it answers, and no incident is open.",
    "target_problem": "{name} has an open incident:",
    "target_last": "The last one, number {number}, ended {ago}: {resolution}",
    "yes": "yes",
    "no": "no",
    "now": "just now",
    "one_minute": "a minute ago",
    "minutes": "{count} minutes ago",
    "one_hour": "an hour ago",
    "hours": "{count} hours ago",
    "one_day": "a day ago",
    "days": "{count} days ago",
    "model_view": "A model's view: {text}",
    "target_seen": "Just read: {readings}.",
    "status_open": "just noticed",
    "status_diagnosed": "being looked at",
    "status_waiting": "waiting for your answer",
    "status_acting": "being mended",
    "status_unsolved": "not solved",
    "outcome_succeeded": "it helped",
    "outcome_failed": "it did not help",
    "outcome_undone": "it made things worse and was undone",
    "outcome_unknown": "it is not known whether it helped",
    "outcome_refused": "refused, because things had changed",
    "outcome_running": "still running",
    "outcome_verifying": "being checked",
    "waits_for_yes": (
        "I can do that, if you say yes on the phone or in Telegram: {label}. Nothing has been changed yet."
    ),
    "wish_lacks": "To do that ({action}: {name}) I need to know: {missing}.",
    "wish_of_what": "Tell me which one, by its name.",
    "wish_of_which": "Which one do you mean: {names}?",
    "wish_refused": "I cannot ask for that: {reason}",
    "not_allowed": "I may not ask for that on your behalf: {reason}",
    "nothing_changed": "To be clear: nothing has been changed.",
    "no_words": "The model gave no answer. Please ask again in other words.",
    "broke_off": "The answer broke off here: the model stopped.",
    "model_not_allowed": "I did not ask any model: {reason}.",
    "model_stalled": "The model did not answer in time. Please try again in a moment.",
    "model_away": "No model can answer now ({reason}).",
    "no_models": "No language model is set up, so there is no quota.",
    "quota_endless": "{name}: {used} requests today, without a limit.",
    "quota_left": "{name}: {left} of {limit} requests are left today.",
    "quota_out": "It is not asked until {time}: {reason}.",
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
    "target_well": "{name} geht es gut: antwortet, und kein Vorfall ist offen.",
    "target_problem": "{name} hat einen offenen Vorfall:",
    "target_last": "Der letzte, Nummer {number}, endete {ago}: {resolution}",
    "yes": "ja",
    "no": "nein",
    "now": "gerade eben",
    "one_minute": "vor einer Minute",
    "minutes": "vor {count} Minuten",
    "one_hour": "vor einer Stunde",
    "hours": "vor {count} Stunden",
    "one_day": "vor einem Tag",
    "days": "vor {count} Tagen",
    "model_view": "Ein Modell meint: {text}",
    "target_seen": "Gerade gelesen: {readings}.",
    "status_open": "gerade bemerkt",
    "status_diagnosed": "wird angesehen",
    "status_waiting": "wartet auf deine Antwort",
    "status_acting": "wird behoben",
    "status_unsolved": "nicht gelöst",
    "outcome_succeeded": "hat geholfen",
    "outcome_failed": "hat nicht geholfen",
    "outcome_undone": "hat es schlimmer gemacht und wurde zurückgenommen",
    "outcome_unknown": "ob es geholfen hat, ist nicht bekannt",
    "outcome_refused": "abgelehnt, weil sich etwas geändert hatte",
    "outcome_running": "läuft noch",
    "outcome_verifying": "wird geprüft",
    "waits_for_yes": (
        "Das kann ich tun, wenn du auf dem Telefon oder in Telegram zustimmst: {label}. "
        "Noch ist nichts geändert."
    ),
    "wish_lacks": "Dafür ({action}: {name}) muss ich noch wissen: {missing}.",
    "wish_of_what": "Sag mir bitte den Namen.",
    "wish_of_which": "Was meinst du: {names}?",
    "wish_refused": "Darum kann ich nicht bitten: {reason}",
    "not_allowed": "Darum darf ich in deinem Namen nicht bitten: {reason}",
    "nothing_changed": "Zur Klarheit: Es wurde nichts geändert.",
    "no_words": "Das Modell hat nicht geantwortet. Bitte frag noch einmal mit anderen Worten.",
    "broke_off": "Hier bricht die Antwort ab: Das Modell hat aufgehört.",
    "model_not_allowed": "Ich habe kein Modell gefragt: {reason}.",
    "model_stalled": "Das Modell hat nicht rechtzeitig geantwortet. Bitte versuch es gleich noch einmal.",
    "model_away": "Gerade kann kein Modell antworten ({reason}).",
    "no_models": "Es ist kein Sprachmodell eingerichtet, also gibt es kein Kontingent.",
    "quota_endless": "{name}: heute {used} Anfragen, ohne Grenze.",
    "quota_left": "{name}: Heute sind noch {left} von {limit} Anfragen übrig.",
    "quota_out": "Bis {time} wird es nicht gefragt: {reason}.",
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


def ago(language: str, span: timedelta) -> str:
    """Return how long ago something was, in its largest whole unit."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = seconds // size
        if count:
            return say(language, f"one_{unit}" if count == 1 else f"{unit}s", count=count)
    return say(language, "now")


def languages() -> Mapping[str, Mapping[str, str]]:
    """Return all sentences by language, for checking that none is missing."""
    return _LANGUAGES
