"""The face against the Bot API: cards, edits, results, topics, and what survives a restart."""

import time
from dataclasses import replace
from pathlib import Path

from homelab_steward.contract.catalogue import Category
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, RunStatus, Severity, Verb
from homelab_steward.contract.protocol import Decide, RowKind
from homelab_steward.contract.state import FaceKind, Speaker
from steward.telegram.status import FaceState

from .rig import face, home
from .samples import incident, run


async def test_the_story_in_telegram(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house) as made:
        asked = await house.ask()
        card = await house.card()
        assert [one.text for one in card.buttons] == [
            "1 Increase memory 2 → 3 GiB",
            "2 Restart Radarr",
            "3 Investigate",
            "Ignore",
            "Details",
        ]
        answer = await house.forum.wait_for_answer(house.forum.press(card.message_id, "1"))
        assert (answer.text, answer.is_alert) == ("Increase memory 2 → 3 GiB: working…", False)
        assert house.effects == ["a1 approve 1"]
        assert house.wishes[0].plan_hash == f"{1:064x}"
        card = await house.text(card, "decided by Alex via Telegram at")
        assert not card.buttons
        house.tell(incident(asked, status=IncidentStatus.ACTING, run=run(asked, RunStatus.RUNNING)))
        await house.text(card, "Working…")
        house.tell(
            incident(asked, status=IncidentStatus.RESOLVED, run=run(asked), resolution="memory increased")
        )
        card = await house.text(card, "✓ Memory limit: 3 GiB")
        line = await house.card("Resolved")
        assert line.text == "✅ Incident 12: Memory of radarr at 95 %: memory increased"
        assert made.status.state is FaceState.OK


async def test_decided_elsewhere_the_card_says_so(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        await house.ask()
        card = await house.card()
        speaker = Speaker(face=FaceKind.HOME_ASSISTANT, user_id="1002")
        await house.decide(
            Decide(approval_id="a1", verb=Verb.APPROVE, speaker=speaker, option=2, plan_hash=f"{2:064x}")
        )
        card = await house.text(card, "Restart Radarr, decided by Sam via Home Assistant at 12:0")
        assert not card.buttons


async def test_expired_and_superseded_cards_lose_their_buttons(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        old = await house.ask("a1")
        card = await house.card()
        await house.end(old, ApprovalStatus.SUPERSEDED)
        card = await house.text(card, "No longer offered")
        assert not card.buttons


async def test_each_category_has_its_topic_and_critical_its_own(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        for number, (category, severity, topic) in enumerate(
            (
                (Category.ARR, Severity.WARNING, "Arr Suite"),
                (Category.INFRASTRUCTURE, Severity.INFO, "Infrastructure"),
                (Category.HOME_ASSISTANT, Severity.WARNING, "Home Assistant"),
                (Category.GENERAL, Severity.WARNING, "General"),
                (Category.ARR, Severity.CRITICAL, "Critical Alerts"),
            )
        ):
            await house.ask(f"a{number}", category=category, severity=severity)
            card = await house.card(topic)
            assert "incident 12" in card.text
        assert len(house.forum.messages) == 5
        await house.forum.wait_for(lambda: len(house.forum.topics) == 6)
        assert sorted(one.name for one in house.forum.topics) == [
            "Arr Suite",
            "Critical Alerts",
            "Home Assistant",
            "Infrastructure",
            "Resolved",
            "Weekly Reports",
        ]


async def test_topics_and_cards_are_made_once_across_restarts(tmp_path: Path) -> None:
    async with home(tmp_path) as house:
        for _ in range(3):
            async with face(house):
                if not house.forum.messages:
                    await house.ask()
                await house.card()
                await house.forum.wait_for(lambda: len(house.forum.topics) == 6)
                await house.clock.sleep(0.2)
        assert len(house.forum.topics) == 6
        assert len(house.forum.messages) == 1


async def test_what_happened_while_away_is_caught_up(tmp_path: Path) -> None:
    async with home(tmp_path) as house:
        async with face(house):
            await house.ask("a1")
            card = await house.card()
        speaker = Speaker(face=FaceKind.HOME_ASSISTANT, user_id="1001")
        await house.decide(Decide(approval_id="a1", verb=Verb.IGNORE, speaker=speaker))
        await house.ask("a2")
        async with face(house):
            await house.card(number=1)
            card = await house.text(card, "Ignored, decided by Alex")
            assert not card.buttons


async def test_rows_lost_in_a_burst_are_read_again(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        await house.forum.wait_for(lambda: len(house.forum.topics) == 6)
        asked = await house.ask()
        for _ in range(1_500):  # more than a watcher's queue holds, without letting it run
            house.changes.publish(RowKind.INCIDENT, asked.incident_id, incident(asked))
        await house.card()


async def test_incident_without_options_is_told_and_its_end_too(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        lonely = incident(None, resolution="no runbook fits")
        house.tell(lonely)
        card = await house.card()
        assert "Not solved: no runbook fits" in card.text
        assert not card.buttons
        house.tell(replace(lonely, status=IncidentStatus.RESOLVED, resolution="went away by itself"))
        await house.text(card, "✅ Resolved: went away by itself")
        assert "went away by itself" in (await house.card("Resolved")).text


async def test_incident_nobody_was_told_of_gives_no_line(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        house.tell(incident(None, id="i-quiet", status=IncidentStatus.RESOLVED))
        await house.ask()
        await house.card()
        await house.clock.sleep(0.2)
        assert house.forum.in_topic("Resolved") == []


async def test_reminder_is_a_reply_to_the_card(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        asked = await house.ask()
        card = await house.card()
        await house.clock.sleep(0.1)
        await house.remind(asked)
        reply = await house.card(number=1)
        assert "still waits for an answer" in reply.text
        assert reply.reply_to == card.message_id


async def test_a_second_round_is_a_second_card(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        first = await house.ask("a1")
        card = await house.card()
        await house.forum.wait_for_answer(house.forum.press(card.message_id, "3"))
        about = incident(first, status=IncidentStatus.WAITING, round=2, approval_id="a2")
        await house.ask("a2", incident_id=first.incident_id)
        house.tell(about)
        newer = await house.card(number=1)
        assert len(newer.buttons) == 5
        await house.text(card, "Continued in a newer card.")


async def test_idle_to_telegram_takes_milliseconds(tmp_path: Path) -> None:
    async with home(tmp_path) as house, face(house):
        await house.forum.wait_for(lambda: len(house.forum.topics) == 6)
        times = []
        for number in range(20):
            began = time.perf_counter()
            await house.ask(f"a{number}")
            await house.card(number=number)
            times.append(time.perf_counter() - began)
        assert sorted(times)[10] < 0.1, times
