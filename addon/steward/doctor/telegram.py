"""Checks the Telegram bot and its group. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity

from ..texts import translate
from .findings import About, Checked

_ABOUT: Final = About(Area.TELEGRAM, "Telegram")


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramFacts:
    """What Telegram says about the bot. None and "" mean that it was not read.

    ``problem`` is why Telegram could not be asked at all, with ``is_refused`` because of the token.
    ``reads_everything``: privacy mode is off. ``webhook`` is the address that Telegram sends updates to,
    ``webhook_error`` the reason of its last failure, ``conflict`` says that another program polls.
    """

    problem: str = ""
    is_refused: bool = False
    bot: str = ""
    reads_everything: bool | None = None
    has_group: bool = False
    group_problem: str = ""
    is_forum: bool | None = None
    is_admin: bool | None = None
    may_manage_topics: bool | None = None
    may_delete: bool | None = None
    wanted_webhook: str = ""
    webhook: str = ""
    webhook_error: str = ""
    conflict: bool = False


def check_telegram(facts: TelegramFacts | None) -> Checked:
    """Return what is wrong with the bot; None is no bot."""
    if facts is None:
        return Checked(area=Area.TELEGRAM, text=translate(t"It is not set up."))
    if facts.problem:
        findings = [_unreachable(facts)]
        return Checked(area=Area.TELEGRAM, text=translate(t"It does not answer."), findings=findings)
    bot = facts.bot
    text = translate(t"The bot @{bot} answers.")
    return Checked(area=Area.TELEGRAM, text=text, findings=[*_group(facts), *_updates(facts)])


def _no_messages() -> str:
    return translate(t"Requests and reports do not reach you in Telegram.")


def _unreachable(facts: TelegramFacts) -> Finding:
    if facts.is_refused:
        remedy = translate(t"Get the current token from @BotFather, and set telegram.token.")
    else:
        remedy = translate(t"Let the machine of the app reach api.telegram.org, port 443.")
    # The front end of the app says it in a repair of its own.
    return _ABOUT.finding(
        "reach", FindingSeverity.ERROR, facts.problem, _no_messages(), remedy, needs_repair=False
    )


def _group(facts: TelegramFacts) -> Iterator[Finding]:
    if not facts.has_group or facts.group_problem:
        yield _ABOUT.finding(
            "group",
            FindingSeverity.ERROR,
            facts.group_problem or translate(t"No group is chosen."),
            _no_messages(),
            translate(t"Add the bot to a group with topics, and press “Use this group” there."),
            needs_repair=False,
        )
        return
    if facts.is_forum is False:
        yield _ABOUT.finding(
            "forum",
            FindingSeverity.WARNING,
            translate(t"The group has no topics."),
            translate(t"All messages go into one list."),
            translate(t"Open the group in Telegram, Edit, and turn on Topics."),
        )
    if facts.is_admin is False:
        is_no_admin = translate(t"The bot is not an administrator of the group.")
        is_private = translate(t"The bot is not an administrator of the group, and its privacy mode is on.")
        only_answers = translate(
            t"It cannot create topics, and gets only messages that mention it or answer it."
        )
        yield _ABOUT.finding(
            "admin",
            FindingSeverity.WARNING,
            is_private if facts.reads_everything is False else is_no_admin,
            only_answers if facts.reads_everything is False else translate(t"It cannot create topics."),
            translate(t"Make it an administrator with the rights to manage topics and to delete messages."),
        )
        return
    if facts.may_manage_topics is False and facts.is_forum:
        yield _ABOUT.finding(
            "topics",
            FindingSeverity.WARNING,
            translate(t"The bot may not manage topics."),
            translate(t"Incidents get no topics of their own."),
            translate(t"Open the group in Telegram, Administrators, and let the bot manage topics."),
        )
    if facts.may_delete is False:
        yield _ABOUT.finding(
            "delete",
            FindingSeverity.WARNING,
            translate(t"The bot may not delete messages."),
            translate(t"A message with a PIN stays readable in the group."),
            translate(t"Open the group in Telegram, Administrators, and let the bot delete messages."),
        )


def _updates(facts: TelegramFacts) -> Iterator[Finding]:
    other = translate(t"Create a separate bot for the steward with @BotFather, and set telegram.token.")
    lost = translate(t"Presses of buttons do not reach the app.")
    if facts.conflict:
        problem = translate(t"Another program reads the updates of this bot.")
        yield _ABOUT.finding("conflict", FindingSeverity.ERROR, problem, lost, other, needs_repair=False)
    if facts.webhook != facts.wanted_webhook and (facts.webhook or facts.wanted_webhook):
        problem = translate(t"Telegram sends the updates to another address than the app's.")
        yield _ABOUT.finding("webhook", FindingSeverity.ERROR, problem, lost, other)
    elif facts.webhook and facts.webhook_error:
        reason = facts.webhook_error
        yield _ABOUT.finding(
            "delivery",
            FindingSeverity.ERROR,
            translate(t"Telegram could not deliver updates: {reason}."),
            lost,
            translate(t"Open telegram.webhook_url from the Internet, or set telegram.mode to polling."),
        )
