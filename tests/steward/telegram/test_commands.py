"""Commands, comments and snoozing by text, from known people only."""

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.maintenance import MaintenanceWindow, Occurrence
from homelab_steward.contract.mode import Pause, PauseScope, StewardMode
from homelab_steward.contract.state import FrontEnd, Instance, InstanceStatus, Origin, Speaker
from lab.faults import FaultKind
from lab.telegram import Message
from steward.telegram import tables
from steward.telegram.cards import approval_card
from steward.telegram.status_text import Overview, status_text
from steward.telegram.written import Name, Written, duration, parsed, says_false_alarm, split_duration
from steward.texts import Texts, languages, texts_of

from .rig import TelegramRig, open_front_end, open_rig
from .samples import APP, CATALOGUE, NOON, decided, incident, option, request
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
        ("custom: How is Radarr?", Written(Name.CUSTOM, "How is Radarr?")),
        ("Frage: Wie geht es Radarr?", Written(Name.CUSTOM, "Wie geht es Radarr?")),
        ("/custom restart it\nnow", Written(Name.CUSTOM, "restart it\nnow")),
        ("custom", None),
        ("custom made furniture", None),
        ("silence 2h", Written(Name.SILENCE, "2h")),
        ("Stille 2 Stunden", Written(Name.SILENCE, "2 Stunden")),
        ("reporter 2 heures", Written(Name.SNOOZE, "2 heures")),
        ("Question : Comment va Radarr ?", Written(Name.CUSTOM, "Comment va Radarr ?")),
        ("silence!", None),
        ("pause", Written(Name.PAUSE)),
        ("pause all", Written(Name.PAUSE, "all")),
        ("Pause alles", Written(Name.PAUSE, "alles")),
        ("pause the film", None),
        ("resume", Written(Name.RESUME)),
        ("weiter", Written(Name.RESUME)),
        ("maintenance", Written(Name.MAINTENANCE)),
        ("maintenance Radarr 4K 2h", Written(Name.MAINTENANCE, "Radarr 4K 2h")),
        ("Wartung Radarr Ende", Written(Name.MAINTENANCE, "Radarr Ende")),
        ("maintenance is boring", None),
        ("Hilfe", Written(Name.HELP)),
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
        ("2 weeks", None),
        ("Radarr 2h", None),
    ],
)
def test_durations_are_read(text: str, expected: timedelta | None) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Radarr 2h", ("Radarr", timedelta(hours=2))),
        ("My NAS 2 90 min", ("My NAS 2", timedelta(minutes=90))),
        ("2 Tage", ("", timedelta(days=2))),
        ("Radarr 4K", ("Radarr 4K", None)),
        ("Radarr", ("Radarr", None)),
        ("", ("", None)),
    ],
)
def test_times_at_the_end_are_read(text: str, expected: tuple[str, timedelta | None]) -> None:
    assert split_duration(text) == expected


def overview(**changes: object) -> Overview:
    base = Overview(incidents=(), waiting=set(), instances=(), mode=StewardMode(), windows=())
    return replace(base, **changes)  # type: ignore[arg-type]


def window(**changes: object) -> MaintenanceWindow:
    base = MaintenanceWindow(
        id="w", title="Backup", person_id="a", person_name="A", via=FrontEnd.PANEL, added_at=NOON
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_status_names_what_is_open_and_what_does_not_answer() -> None:
    one = incident(request())
    other = replace(one, id="i-2", number=13, title="Disk <b>full</b>")
    services = (
        service("Radarr"),
        service("Plex", InstanceStatus.UNREACHABLE, error="No answer in 10 s"),
        service("Sonarr", InstanceStatus.UNREACHABLE, expected_off="Stopped by Alex"),
        service("New", InstanceStatus.PENDING),
    )
    span = Occurrence(starts_at=NOON, ends_at=NOON + timedelta(days=1))
    pause = Pause(scope=PauseScope.AUTOMATIC, person_id="a", person_name="A", via=FrontEnd.PANEL, at=NOON)
    state = overview(
        incidents=(other, one),
        waiting={one.id},
        instances=services,
        mode=StewardMode(pause=pause),
        windows=(window(current=span), window(title="Next week", following=span)),
    )
    assert shown_text(status_text(state, Texts(), NOON, UTC)) == [
        "2 incidents are open. 1 request waits for an answer.",
        "• 12 “Memory of radarr at 95 %”: waits for an answer",
        "• 13 “Disk <b>full</b>”: waiting",
        "1 of 4 services answer. 1 is meant to be off. 1 is not read yet.",
        "• Plex: No answer in 10 s",
        "⏸ A paused automatic changes.",
        "🔧 Backup: until Nov 22, 2026, 12:00",
    ]
    lines = shown_text(status_text(state, texts_of("de"), NOON, UTC))
    assert lines[0] == "2 Vorfälle sind offen. 1 Anfrage wartet auf eine Antwort."
    assert lines[-1] == "🔧 Backup: bis 22. Nov. 2026, 12:00"


def test_status_is_bounded_and_says_when_there_is_nothing() -> None:
    nothing = status_text(overview(), Texts(), NOON, UTC)
    assert shown_text(nothing) == ["No incident is open.", "0 of 0 services answer."]
    one = incident(request())
    many = tuple(replace(one, id=f"i-{n}", number=n, title="x" * 500) for n in range(100))
    failing = tuple(service(f"S{n}", InstanceStatus.FAILING, error="y" * 900) for n in range(50))
    windows = [window(title="z" * 300, following=Occurrence(starts_at=NOON, ends_at=NOON))] * 50
    state = overview(incidents=many, instances=failing, windows=windows)
    text = status_text(state, texts_of("de"), NOON, UTC)
    assert text.units <= 4096
    text = status_text(state, Texts(), NOON, UTC)
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
        await rig.forum.wait_for(lambda: len(rig.forum.menus) == len(languages()))
        names = [one["command"] for one in rig.forum.menus[""]]
        assert names == [
            "status",
            "weekly",
            "custom",
            "snooze",
            "silence",
            "maintenance",
            "pause",
            "resume",
            "false_alarm",
            "help",
        ]
        assert rig.forum.menus["de"][-1] == {"command": "help", "description": "Was du hier schreiben kannst"}
        rig.forum.send_text("family", "/status@homelab_steward_bot", "Media")
        await reply(rig, "1 incident is open. 1 request waits for an answer.")
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
    needs = "Needs a PIN here, and none in Home Assistant. Two people have to approve it"
    assert f"⚠️ High risk, can be undone. {needs}" in lines
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


async def test_pause_and_resume(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.forum.send_text("owner", "/pause")
        await reply(rig, "What you approve is done.", "General")
        paused = rig.steward.state.pause
        assert paused is not None
        assert paused.scope is PauseScope.AUTOMATIC
        rig.forum.send_text("owner", "pause all")
        await reply(rig, "No change begins until somebody writes /resume.", "General")
        paused = rig.steward.state.pause
        assert paused is not None
        assert paused.scope is PauseScope.EVERYTHING
        rig.forum.send_text("owner", "/status")
        await reply(rig, "⏸ Alex paused every change.", "General")
        rig.people[1002] = replace(rig.people[1002], language="de")
        rig.forum.send_text("family", "weiter")
        await reply(rig, "Die Pause ist beendet.", "General")
        assert rig.steward.state.pause is None
        rig.steward.failure = ContractError(ErrorCode.FORBIDDEN, "Guests do not pause.")
        rig.forum.send_text("family", "/pause")
        await reply(rig, "Guests do not pause. Es wurde nichts getan.", "General")


@pytest.mark.parametrize(
    ("text", "answer", "instances"),
    [
        ("/maintenance Radarr 2h", "Radarr is in maintenance until 14:0", ("radarr",)),
        ("maintenance sonarr 4k 90 min", "Sonarr 4K is in maintenance until 13:3", ("sonarr 4k",)),
        ("/maintenance all 2d", "Everything is in maintenance until Nov 23, 2026, 12:0", ()),
        ("/maintenance Son 2h", "Several services have this name: Sonarr and Sonarr 4K.", None),
        (
            "/maintenance Plex 2h",
            "There is no service “Plex”. There are: Radarr, Sonarr, and Sonarr 4K.",
            None,
        ),
        ("/maintenance Radarr", "Write the service and the time", None),
        ("/maintenance 2h", "Write the service and the time", None),
        ("/maintenance", "There is no maintenance, and none within a week.", None),
        ("/maintenance all end", "There is no maintenance of everything.", None),
        ("/maintenance Radarr end", "Radarr is in no maintenance of its own.", None),
    ],
)
async def test_maintenance_of_a_named_service(
    tmp_path: Path, text: str, answer: str, instances: tuple[str, ...] | None
) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.services = (service("Radarr"), service("Sonarr"), service("Sonarr 4K"))
        rig.forum.send_text("owner", text)
        await reply(rig, answer, "General")
        assert [one.instance_ids for one in rig.steward.windows] == ([] if instances is None else [instances])


async def test_maintenance_is_listed_and_ended(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.services = (service("Radarr"),)
        rig.forum.send_text("owner", "maintenance Radarr 2h")
        await reply(rig, "Radarr is in maintenance", "General")
        rig.steward.windows.append(window(id="all", current=rig.steward.windows[0].current))
        rig.forum.send_text("owner", "/maintenance")
        await reply(rig, "🔧 Maintenance of Radarr: until 14:0", "General")
        rig.forum.send_text("owner", "maintenance radarr end")
        await reply(rig, "The maintenance of Radarr is over.", "General")
        assert [one.id for one in rig.steward.windows] == ["all"]
        rig.forum.send_text("owner", "maintenance all end")
        await reply(rig, "The maintenance of everything is over.", "General")
        assert rig.steward.windows == []


async def test_silence_is_maintenance_of_the_incidents_service(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.services = (service("Radarr"),)
        asked = await rig.ask()
        card = await sent_card(rig)
        rig.forum.send_text("owner", "/silence 2h")
        await reply(rig, "Answer to a message about an incident with the time: /silence 2h", "General")
        rig.forum.send_text("owner", "silence 2h", reply_to=card)
        await reply(rig, "It is not known which service this incident is about.")
        rig.publish(replace(incident(asked), target=APP))
        rig.forum.send_text("owner", "silence 2h", reply_to=card)
        await reply(rig, "Radarr is in maintenance until 14:0")
        (window_,) = rig.steward.windows
        assert (window_.title, window_.instance_ids) == ("Silence after incident 12", ("radarr",))


@given(st.text(max_size=200), st.sampled_from([None, "steward_bot"]))
def test_any_text_is_read_without_an_error(text: str, bot: str | None) -> None:
    written = parsed(text, bot)
    if written is not None and not text.strip().startswith("/"):
        assert written.name is not Name.START
        assert written.name is not Name.CUSTOM or written.argument


@given(st.sampled_from(Name), st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_a_command_with_a_slash_takes_any_argument(name: Name, argument: str) -> None:
    assert parsed(f"/{name} {argument}", None) == Written(name, argument)
    assert parsed(f"/{name}@steward_bot {argument}", "Steward_Bot") == Written(name, argument)
    assert parsed(f"/{name}@other {argument}", "steward_bot") is None


@given(st.integers(0, 99_999), st.sampled_from(["m", "min", "h", "std", "d", "Tage", "jours", "HOURS"]))
def test_a_time_is_read_with_and_without_a_name(number: int, unit: str) -> None:
    name, time = split_duration(f"My NAS {number} {unit}")
    assert name == "My NAS"
    assert time is not None
    assert time == duration(f"{number}{unit}")


@pytest.mark.parametrize(
    "text", ["/false_alarm", "False alarm.", "Das war ein Fehlalarm!", "C'était une fausse alerte"]
)
async def test_a_false_alarm_is_an_answer_to_its_message(tmp_path: Path, text: str) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask()
        card = await sent_card(rig)
        rig.forum.send_text("family", text, reply_to=card)
        await reply(rig, "Marked as a false alarm. Nobody is asked about the same for a while.")
        speaker = Speaker(front_end=FrontEnd.TELEGRAM, user_id="1002")
        assert rig.false_alarms == [MarkFalseAlarm(incident_id=asked.incident_id, speaker=speaker)]
        assert rig.comments == []


async def test_a_false_alarm_of_nothing_is_explained(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.forum.send_text("family", "false alarm")
        rig.forum.send_text("family", "/false_alarm")
        await reply(rig, "Answer to the message about the problem that was none", "General")
        assert rig.false_alarms == []


@pytest.mark.parametrize("text", ["I hope it is no false alarm", "false alarm?", "false alarms", ""])
def test_other_words_report_no_false_alarm(text: str) -> None:
    assert not says_false_alarm(text)
