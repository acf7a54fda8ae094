"""The texts of answers, by language; a missing language falls back to English."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

_ENGLISH: Final[Mapping[str, str]] = {
    "all_well": "Everything is fine: no open incidents, and all {count} services answer.",
    "unreachable": "{name} does not answer ({reason}).",
    "unreadable": "{name} cannot be read ({reason}).",
    "partly_read": "{name} could not be read completely ({part}: {reason}).",
    "none_open": "There are no open incidents.",
    "one_open": "There is one open incident:",
    "many_open": "There are {count} open incidents:",
    "incident": "number {number}, {title}: {status}.",
    "more": "And {count} more.",
    "nothing_waits": "Nothing is waiting for you.",
    "one_waits": "One request is waiting for an answer:",
    "many_wait": "{count} requests are waiting for an answer:",
    "request": "number {number}, {title}. Options: {options}.",
    "not_offered": "Not offered: {reasons}",
    "nothing_done": "Nothing was done in the last 24 hours.",
    "done": "In the last 24 hours:",
    "did": "{label}: {outcome}.",
    "target_off": "{name} is off, and that is as it should be: {reason}.",
    "target_well": "{name} is fine: it answers and has no open incident.",
    "target_ill": "{name} is not as it should be: {problem}.",
    "target_not_known": "It is not known whether {name} is fine: {reason}.",
    "target_not_listed": "{name} is not known any more: {instance} did not list it.",
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
    "model_view": "Explanation by a model: {text}",
    "target_seen": "Current readings: {readings}.",
    "status_open": "new",
    "status_diagnosed": "diagnosed",
    "status_waiting": "waiting for your answer",
    "status_acting": "being repaired",
    "status_unsolved": "not solved",
    "silenced_until": "silenced until {until}",
    "silenced": "silenced",
    "stale_since": "not reported since {since}",
    "outcome_succeeded": "it helped",
    "outcome_failed": "it did not help",
    "outcome_undone": "it failed or made things worse, and was undone",
    "outcome_unknown": "it is not known whether it helped",
    "outcome_refused": "refused, because things had changed",
    "outcome_running": "still running",
    "outcome_verifying": "being checked",
    "waits_for_approval": (
        "I can do that after you approve it on your phone or in Telegram: {label}. "
        "Nothing has been changed yet."
    ),
    "request_lacks": "To do that ({action}: {name}), I need to know: {missing}.",
    "request_of_what": "Which one do you mean? Use its name.",
    "request_of_which": "Which one do you mean: {names}?",
    "request_refused": "I cannot request that: {reason}",
    "unknown_name": "I do not know anything called {name}.",
    "nearest_names": "Similar names: {names}.",
    "known_names": "I know: {names}.",
    "part_time": "I cannot do that at another time: “{part}”.",
    "part_condition": "I cannot wait for a condition: “{part}”.",
    "part_more": "I can only request one action at a time, without exceptions: “{part}”.",
    "part_unknown": "I did not understand “{part}”.",
    "part_nothing": "So I have requested nothing. To request the action now, leave that part out.",
    "not_allowed": "I may not request that on your behalf: {reason}",
    "nothing_changed": "Note: nothing has been changed.",
    "nothing_read": "Note: nothing was read for this answer.",
    "no_answer": "The model gave no answer. Rephrase your question and try again.",
    "incomplete": "The answer is incomplete: the model stopped responding.",
    "cut_by_length": "The answer was cut off: it reached the limit of tokens.",
    "cut_by_filter": "The answer was cut off by the content filter of the model's provider.",
    "token_limit": (
        "The model reached the limit of {count} tokens before it began its answer. "
        "Ask for less, or use a model that thinks less."
    ),
    "filtered": "The content filter of the model's provider blocked the answer.",
    "model_too_long": "The question, with what was read for it, is too long for the model ({reason}).",
    "model_failed": "The model could not answer this question ({reason}).",
    "model_not_allowed": "No model was asked: {reason}.",
    "model_stalled": "The model did not answer in time. Try again later.",
    "model_unavailable": "No model is available ({reason}).",
    "no_models": "No language model is set up, so there is no quota.",
    "quota_endless": "{name}: {used} requests today, no limit.",
    "quota_left": "{name}: {left} of {limit} requests are left today.",
    "quota_out": "It is not used until {time}: {reason}.",
    "no_model": (
        "You can ask what is wrong, what is waiting for you, what I did, and how a service is. "
        "Other questions need a language model, and none is set up."
    ),
}

_GERMAN: Final[Mapping[str, str]] = {
    "all_well": "Alles in Ordnung: keine offenen Vorfälle, und alle {count} Dienste antworten.",
    "unreachable": "{name} antwortet nicht ({reason}).",
    "unreadable": "{name} kann nicht gelesen werden ({reason}).",
    "partly_read": "{name} konnte nicht vollständig gelesen werden ({part}: {reason}).",
    "none_open": "Es gibt keine offenen Vorfälle.",
    "one_open": "Es gibt einen offenen Vorfall:",
    "many_open": "Es gibt {count} offene Vorfälle:",
    "incident": "Nummer {number}, {title}: {status}.",
    "more": "Und {count} weitere.",
    "nothing_waits": "Nichts wartet auf dich.",
    "one_waits": "Eine Anfrage wartet auf Antwort:",
    "many_wait": "{count} Anfragen warten auf Antwort:",
    "request": "Nummer {number}, {title}. Möglichkeiten: {options}.",
    "not_offered": "Nicht angeboten: {reasons}",
    "nothing_done": "In den letzten 24 Stunden wurde nichts getan.",
    "done": "In den letzten 24 Stunden:",
    "did": "{label}: {outcome}.",
    "target_off": "{name} ist aus, und das soll so sein: {reason}.",
    "target_well": "{name} geht es gut: Der Dienst antwortet und hat keinen offenen Vorfall.",
    "target_ill": "{name} ist nicht in Ordnung: {problem}.",
    "target_not_known": "Ob mit {name} alles in Ordnung ist, ist nicht bekannt: {reason}.",
    "target_not_listed": "{name} ist nicht mehr bekannt: {instance} hat es nicht aufgeführt.",
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
    "model_view": "Erklärung durch ein Modell: {text}",
    "target_seen": "Aktuelle Werte: {readings}.",
    "status_open": "neu",
    "status_diagnosed": "untersucht",
    "status_waiting": "wartet auf deine Antwort",
    "status_acting": "wird behoben",
    "status_unsolved": "nicht gelöst",
    "silenced_until": "stummgeschaltet bis {until}",
    "silenced": "stummgeschaltet",
    "stale_since": "seit {since} nicht mehr gemeldet",
    "outcome_succeeded": "hat geholfen",
    "outcome_failed": "hat nicht geholfen",
    "outcome_undone": "ist fehlgeschlagen oder hat es schlimmer gemacht und wurde zurückgenommen",
    "outcome_unknown": "ob es geholfen hat, ist nicht bekannt",
    "outcome_refused": "abgelehnt, weil sich etwas geändert hatte",
    "outcome_running": "läuft noch",
    "outcome_verifying": "wird geprüft",
    "waits_for_approval": (
        "Das kann ich tun, sobald du auf deinem Telefon oder in Telegram zustimmst: {label}. "
        "Bisher wurde nichts geändert."
    ),
    "request_lacks": "Dafür ({action}: {name}) muss ich noch wissen: {missing}.",
    "request_of_what": "Was meinst du? Nenne bitte den Namen.",
    "request_of_which": "Was meinst du: {names}?",
    "request_refused": "Das kann ich nicht anfragen: {reason}",
    "unknown_name": "Ich kenne nichts mit dem Namen {name}.",
    "nearest_names": "Ähnliche Namen: {names}.",
    "known_names": "Ich kenne: {names}.",
    "part_time": "Zu einem anderen Zeitpunkt kann ich das nicht tun: „{part}“.",
    "part_condition": "Auf eine Bedingung kann ich nicht warten: „{part}“.",
    "part_more": "Ich kann nur eine Aktion auf einmal anfragen, und ohne Ausnahmen: „{part}“.",
    "part_unknown": "Das habe ich nicht verstanden: „{part}“.",
    "part_nothing": "Deshalb habe ich nichts angefragt. Ohne diesen Teil frage ich die Aktion jetzt an.",
    "not_allowed": "Das darf ich in deinem Namen nicht anfragen: {reason}",
    "nothing_changed": "Hinweis: Es wurde nichts geändert.",
    "nothing_read": "Hinweis: Für diese Antwort wurde nichts gelesen.",
    "no_answer": "Das Modell hat nicht geantwortet. Formuliere die Frage bitte anders.",
    "incomplete": "Die Antwort ist unvollständig: Das Modell hat sie abgebrochen.",
    "cut_by_length": "Die Antwort wurde abgeschnitten: Sie hat das Token-Limit erreicht.",
    "cut_by_filter": "Der Inhaltsfilter des Modellanbieters hat die Antwort abgeschnitten.",
    "token_limit": (
        "Das Modell hat das Limit von {count} Token erreicht, bevor seine Antwort begann. "
        "Frage nach weniger, oder verwende ein Modell, das weniger nachdenkt."
    ),
    "filtered": "Der Inhaltsfilter des Modellanbieters hat die Antwort blockiert.",
    "model_too_long": (
        "Die Frage ist zusammen mit dem, was dafür gelesen wurde, zu lang für das Modell ({reason})."
    ),
    "model_failed": "Das Modell konnte diese Frage nicht beantworten ({reason}).",
    "model_not_allowed": "Es wurde kein Modell gefragt: {reason}.",
    "model_stalled": "Das Modell hat nicht rechtzeitig geantwortet. Versuche es später noch einmal.",
    "model_unavailable": "Kein Modell ist verfügbar ({reason}).",
    "no_models": "Es ist kein Sprachmodell eingerichtet, also gibt es kein Kontingent.",
    "quota_endless": "{name}: heute {used} Anfragen, kein Limit.",
    "quota_left": "{name}: Heute sind noch {left} von {limit} Anfragen übrig.",
    "quota_out": "Es wird bis {time} nicht verwendet: {reason}.",
    "no_model": (
        "Du kannst fragen, was kaputt ist, was auf dich wartet, was ich getan habe und wie es einem "
        "Dienst geht. Andere Fragen brauchen ein Sprachmodell, und es ist keines eingerichtet."
    ),
}

_LANGUAGES: Final = {"en": _ENGLISH, "de": _GERMAN}


def say(language: str, key: str, **values: object) -> str:
    """Return a text in a language (a BCP 47 tag), in English when the language is not available."""
    phrases = _LANGUAGES.get(language.partition("-")[0].casefold(), _ENGLISH)
    return phrases.get(key, _ENGLISH[key]).format_map(values)


def ago(language: str, span: timedelta) -> str:
    """Return a time span before now, in its largest whole unit."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = seconds // size
        if count:
            return say(language, f"one_{unit}" if count == 1 else f"{unit}s", count=count)
    return say(language, "now")


def languages() -> Mapping[str, Mapping[str, str]]:
    """Return all texts by language, for the test that none is missing."""
    return _LANGUAGES
