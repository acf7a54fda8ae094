"""Commands, comments and snoozing by text, from known people only."""

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.state import FrontEnd, Instance, InstanceStatus, Origin, Speaker
from lab.faults import FaultKind
from lab.telegram import Message
from steward.telegram import tables
from steward.telegram.cards import approval_card
from steward.telegram.commands import Name, Written, duration, parsed, status_text

from .rig import TelegramRig, open_front_end, open_rig
from .samples import CATALOGUE, NOON, decided, incident, option, request
from .test_cards import shown
from .test_pins import reply


def service(name: str, status: InstanceStatus = InstanceStatus.OK, **changes: object) -> Instance:
    base = Instance(id=name.lower(), service="radarr", name=name, origin=Origin.FILE, status=status)
    return replace(base, **changes)  # type: ignore[arg-type]


async def sent_card(rig: TelegramRig) -> Message:
    """Wait for a card whose message id is stored."""
    card = await rig.card()
    query = select(tables.outbox.c.id).where(tables.outbox.c.message_id == card.message_id)
    while True:
        async with rig.database.read() as connection:
            if await connection.scalar(query):
                return card


async def processed(rig: TelegramRig) -> None:
    """Wait until the bot has confirmed all updates."""
    await rig.forum.wait_for(lambda: rig.telegram.updates.pending == 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/status", Written(Name.STATUS)),
        ("/STATUS@Steward_bot", Written(Name.STATUS)),
        ("/status@another_bot", None),
        ("status", Written(Name.STATUS)),
        (" Help ", Written(Name.HELP)),
        ("/start", Written(Name.START)),
        ("start", None),
        ("/snooze 2h", Written(Name.SNOOZE, "2h")),
        ("snooze 30 min", Written(Name.SNOOZE, "30 min")),
        ("status of radarr?", None),
        ("snooze it please", None),
        ("/unknown", None),
        ("", None),
    ],
)
def test_commands_are_read(text: str, expected: Written | None) -> None:
    assert parsed(text, "steward_bot") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", timedelta(minutes=30)),
        ("5 min", timedelta(minutes=5)),
        ("2H", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("2", None),
        ("h", None),
        ("-1h", None),
        ("999999h", None),
    ],
)
def test_durations_are_read(text: str, expected: timedelta | None) -> None:
    assert duration(text) == expected


def test_status_names_what_is_open_and_what_does_not_answer() -> None:
    one = incident(request())
    other = replace(one, id="i-2", number=13, title="Disk <b>full</b>")
    services = (
        service("Radarr"),
        service("Plex", InstanceStatus.UNREACHABLE, error="No answer in 10 s"),
        service("Sonarr", InstanceStatus.UNREACHABLE, expected_off="Stopped by Alex"),
        service("New", InstanceStatus.PENDING),
    )
    lines = shown_text(status_text((other, one), {one.id}, services))
    assert lines == [
        "2 incidents are open, 1 request waits for an answer.",
        "• 12 “Memory of radarr at 95 %”: waits for an answer",
        "• 13 “Disk <b>full</b>”: waiting",
        "1 of 4 services answer, 1 is meant to be off, 1 is not read yet.",
        "• Plex: No answer in 10 s",
    ]


def test_status_is_bounded_and_says_when_there_is_nothing() -> None:
    assert shown_text(status_text((), set(), ())) == ["No incident is open.", "0 of 0 services answer."]
    one = incident(request())
    many = tuple(replace(one, id=f"i-{n}", number=n, title="x" * 500) for n in range(100))
    failing = tuple(service(f"S{n}", InstanceStatus.FAILING, error="y" * 900) for n in range(50))
    text = status_text(many, set(), failing)
    lines = shown_text(text)
    assert text.units <= 4096
    assert lines[0] == "At least 100 incidents are open."
    assert "… 90 more: open Home Assistant." in lines
    assert "… 40 more: open Home Assistant." in lines


def shown_text(text: object) -> list[str]:
    """Return the lines of a text as Telegram shows them, without isolating characters."""
    parts = "".join(part for part, _ in text.parts)  # type: ignore[attr-defined]
    return [line.translate(dict.fromkeys(map(ord, "\u2060\u2068\u2069"))) for line in parts.split("\n")]


async def test_status_and_help_are_answered_in_their_topic(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.services = (service("Plex", InstanceStatus.UNREACHABLE, error="No answer"),)
        await rig.ask()
        await rig.card()
        await rig.forum.wait_for(lambda: rig.forum.commands)
        assert [one["command"] for one in rig.forum.commands] == ["status", "snooze", "help"]
        rig.forum.send_text("family", "/status@homelab_steward_bot", "Media")
        await reply(rig, "1 incident is open, 1 request waits for an answer.")
        rig.forum.send_text("owner", "help")
        await reply(rig, "/snooze 2h as an answer to a request", "General")
        rig.forum.send_text("owner", "/help@another_bot")
        rig.forum.send_text("owner", "Who broke it?")
        await processed(rig)
        assert rig.audited == []


async def test_request_is_snoozed_by_an_answer_to_its_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await sent_card(rig)
        rig.forum.send_text("family", "/snooze")
        await reply(rig, "To snooze a request, answer to its message", "General")
        rig.forum.send_text("family", "snooze 2h", reply_to=card)
        await reply(rig, "Snoozed until 14:0")
        assert (rig.commands[-1].verb, rig.commands[-1].speaker.user_id) == (Verb.SNOOZE, "1002")
        card = await rig.text(card, "💤 Snoozed until 14:0")
        assert card.buttons
        rig.forum.send_text("family", "/snooze 30d", reply_to=card)
        await reply(rig, "A request can be snoozed for at most 7 days. Nothing was done.")


async def test_answer_to_a_card_is_a_comment(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask()
        card = await sent_card(rig)
        said = rig.forum.send_text("family", "I pulled the cable, sorry", reply_to=card)
        await rig.forum.wait_for(lambda: rig.forum.reactions.get(said.message_id))
        rig.forum.deliver_again(said)
        await processed(rig)
        (comment,) = rig.comments
        assert (comment.incident_id, comment.text) == (asked.incident_id, "I pulled the cable, sorry")
        assert comment.speaker == Speaker(front_end=FrontEnd.TELEGRAM, user_id="1002")


async def test_comment_without_a_reaction_counts(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await sent_card(rig)
        rig.fault(FaultKind.STATUS, "/setMessageReaction", times=1, status=400)
        rig.forum.send_text("owner", "looking", reply_to=card)
        await processed(rig)
        assert [one.text for one in rig.comments] == ["looking"]


async def test_unknown_person_gets_one_refusal_and_is_audited(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await sent_card(rig)
        rig.forum.send_text("stranger", "hello everybody")
        for text, about in (("/status", None), ("/status", None), ("let me in", card)):
            rig.forum.send_text("stranger", text, reply_to=about)
        await reply(rig, "The steward does not know you.", "General")
        await rig.forum.wait_for(lambda: len(rig.events) == 3)
        assert rig.events == ["telegram.message_refused"] * 3
        answers: list[Message] = [one for one in rig.forum.messages if "does not know you" in one.text]
        assert len(answers) == 1
        assert rig.comments == []
        rig.forum.send_private("owner", "/status")
        await processed(rig)
        assert len(rig.events) == 3


@pytest.mark.parametrize(
    ("code", "text"),
    [(ErrorCode.INTERNAL, "Try again in a minute."), (ErrorCode.FORBIDDEN, "Not you. Nothing was done.")],
)
async def test_refused_snooze_is_answered(tmp_path: Path, code: ErrorCode, text: str) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await sent_card(rig)
        rig.failure = ContractError(code, "Not you.")
        rig.forum.send_text("owner", "/snooze 1h", reply_to=card)
        await reply(rig, text)


def test_card_shows_the_risk_the_snooze_and_the_first_approval() -> None:
    asked = request(options=(option(1, risk=Risk.HIGH, needs_two=True),))
    lines = shown(approval_card(asked, None, UTC, CATALOGUE)).splitlines()
    assert "⚠️ High risk, can be undone. Needs your PIN. Two people have to approve it" in lines
    first = decided(asked, 1).decision
    asked = replace(asked, first=first, snoozed_until=NOON + timedelta(hours=1))
    card = approval_card(asked, None, UTC, CATALOGUE)
    lines = shown(card).splitlines()
    start = lines.index("Increase memory 2 → 3 GiB: approved by Alex. A second person has to approve it.")
    assert lines[start + 1 : start + 3] == [
        "💤 Snoozed until 13:00.",
        "Waiting for an answer until 14:00.",
    ]
    assert card.buttons
