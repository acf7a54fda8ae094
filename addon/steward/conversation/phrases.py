"""The English texts of answers, by key. The other languages have them in the store of texts."""

from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.plain_text import quoted

from ..texts import Texts, english, texts_of

TITLE: Final = 120
SHOWN: Final = 4
"""Requests or incidents that a question names to choose from."""

_ENGLISH: Final[Mapping[str, str]] = {
    "all_well": english("Everything is fine: no open incidents, and all {count} services answer."),
    "unreachable": english("{name} does not answer ({reason})."),
    "unreadable": english("{name} cannot be read ({reason})."),
    "partly_read": english("{name} could not be read completely ({part}: {reason})."),
    "none_open": english("There are no open incidents."),
    "one_open": english("There is one open incident:"),
    "many_open": english("There are {count} open incidents:"),
    "incident": english("number {number}, {title}: {status}."),
    "more": english("And {count} more."),
    "nothing_waits": english("Nothing is waiting for you."),
    "one_waits": english("One request is waiting for an answer:"),
    "many_wait": english("{count} requests are waiting for an answer:"),
    "request": english("number {number}, {title}. Options: {options}."),
    "nothing_scheduled": english("Nothing is scheduled."),
    "one_scheduled": english("One request is scheduled:"),
    "many_scheduled": english("{count} requests are scheduled:"),
    "scheduled": english("number {number}, {title}: {when}."),
    "scheduled_if": english("number {number}, {title}: {condition}, at the latest {until}."),
    "not_offered": english("Not offered: {reasons}"),
    "nothing_done": english("Nothing was done in the last {length}."),
    "done": english("In the last {length}:"),
    "did": english("{label}: {outcome}."),
    "target_off": english("{name} is off, and that is as it should be: {reason}."),
    "target_well": english("{name} is fine: it answers and has no open incident."),
    "target_ill": english("{name} is not as it should be: {problem}."),
    "target_not_known": english("It is not known whether {name} is fine: {reason}."),
    "target_not_listed": english("{name} is not known any more: {instance} did not list it."),
    "target_problem": english("{name} has an open incident:"),
    "update_applied": english("An update is being applied: {title}."),
    "update_watched": english("An update is being watched: {title}."),
    "update_alerts": english(
        "These alerts belong to it, and nobody is asked about them meanwhile: {alerts}."
    ),
    "target_last": english("The last one, number {number}, ended {ago}: {resolution}"),
    "yes": english("yes"),
    "no": english("no"),
    "model_view": english("Explanation by a model: {text}"),
    "target_seen": english("Current readings: {readings}."),
    "status_open": english("new"),
    "status_diagnosed": english("diagnosed"),
    "status_waiting": english("waiting for your answer"),
    "status_scheduled": english("scheduled"),
    "status_acting": english("being repaired"),
    "status_unsolved": english("not solved"),
    "silenced_until": english("silenced until {until}"),
    "silenced": english("silenced"),
    "stale_since": english("not reported since {since}"),
    "outcome_succeeded": english("it helped"),
    "outcome_failed": english("it did not help"),
    "outcome_undone": english("it failed or made things worse, and was undone"),
    "outcome_unknown": english("it is not known whether it helped"),
    "outcome_refused": english("refused, because things had changed"),
    "outcome_running": english("still running"),
    "outcome_verifying": english("being checked"),
    "waits_for_approval": english(
        "I can do that after you approve it on your phone or in Telegram: {label}. "
        "Nothing has been changed yet."
    ),
    "waits_for_time": english(
        "I will do that {when}, once it is approved on your phone or in Telegram: {label}. "
        "Nothing has been changed yet."
    ),
    "waits_for_condition": english(
        "I will do that once it is approved on your phone or in Telegram: {label}. "
        "{when}. Nothing has been changed yet."
    ),
    "which_time": english("At what time? Nothing has been requested yet."),
    "request_lacks": english("To do that ({action}: {name}), I need to know: {missing}."),
    "request_of_what": english("Which one do you mean? Use its name."),
    "request_of_which": english("Which one do you mean: {names}?"),
    "request_refused": english("I cannot request that: {reason}"),
    "unknown_name": english("I do not know anything called {name}."),
    "nearest_names": english("Similar names: {names}."),
    "known_names": english("I know: {names}."),
    "part_time": english("I cannot do that at another time: “{part}”."),
    "part_repeated": english(
        "I can do that at one time, but not again and again: “{part}”. An automation of Home Assistant "
        "can request it each time, and questions can be asked on a schedule."
    ),
    "part_condition": english("I cannot decide this condition: “{part}”."),
    "part_more": english("I can only request one action at a time, without exceptions: “{part}”."),
    "part_unknown": english("I did not understand “{part}”."),
    "part_approval": english("I change nothing without the approval that it needs: “{part}”."),
    "part_nothing": english("So I have requested nothing. To request the action now, leave that part out."),
    "not_allowed": english("I may not request that on your behalf: {reason}"),
    "watching_private": english(
        "What a person watches is private. Only owners get to know it, in a conversation of their own."
    ),
    "nothing_changed": english("Note: nothing has been changed."),
    "nothing_read": english("Note: nothing was read for this answer."),
    "order_unknown": english("I did not understand what I should do with {names}. Nothing has been changed."),
    "known": english("I cannot explain it, but this is known: {facts}"),
    "left_out": english("The rest of the answer is left out, because “{part}” was not read."),
    "sentences_left_out": english("A part of the model's answer is left out, because no reading says it."),
    "answer_left_out": english("The model's answer is left out, because no reading says it."),
    "no_answer": english("The model gave no answer. Rephrase your question and try again."),
    "incomplete": english("The answer is incomplete: the model stopped responding."),
    "cut_by_length": english("The answer was cut off: it reached the limit of tokens."),
    "cut_by_filter": english("The answer was cut off by the content filter of the model's provider."),
    "token_limit": english(
        "The model reached the limit of {count} tokens before it began its answer. "
        "Ask for less, or use a model that thinks less."
    ),
    "filtered": english("The content filter of the model's provider blocked the answer."),
    "model_too_long": english(
        "The question, with what was read for it, is too long for the model ({reason})."
    ),
    "model_failed": english("The model could not answer this question ({reason})."),
    "model_not_allowed": english("No model was asked: {reason}."),
    "costs": english("Asking {name} would cost about {cost}. Should I ask it?"),
    "not_asked": english("I did not ask a language model."),
    "model_stalled": english("The model did not answer in time. Try again later."),
    "model_unavailable": english("No model is available ({reason})."),
    "no_models": english("No language model is set up, so there is no quota."),
    "quota_endless": english("{name}: {used} requests today, no limit."),
    "quota_left": english("{name}: {left} of {limit} requests are left today."),
    "quota_out": english("It is not used until {time}: {reason}."),
    "help": english(
        "You can ask about problems, readings of every service, backups, certificates and updates, what was "
        "done, what is waiting for you, and who watches. "
        "You can request changes, for example: Restart Radarr."
    ),
    "no_model": english(
        "You can ask what is wrong, what is waiting for you, what I did, and how a service is. "
        "Other questions need a language model, and none is set up."
    ),
}


def say(language: str, key: str, **values: object) -> str:
    """Return a text in a language (a BCP 47 tag), in English when the language is not available."""
    return texts_of(language)(_ENGLISH[key], **values)


def numbered(among: Sequence[tuple[int, str]], texts: Texts) -> str:
    """Return the numbers and titles of the first requests or incidents, to choose one of them."""
    shown = [f"{number} ({quoted(title, TITLE, texts.language)})" for number, title in among[:SHOWN]]
    return texts.listed(shown, either=True)
