"""The front end with the Bot API simulator: cards, edits, results, topics and restarts."""

from dataclasses import replace
from pathlib import Path

from homelab_steward.contract.commands import Decide
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, RunStatus, Severity, Verb
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, FrontEndState, Speaker
from steward.sdk.categories import BUILT_IN, NETWORK, STORAGE
from steward.telegram.settings import BUILT_IN_CATEGORIES

from .rig import open_front_end, open_rig
from .samples import incident, run


async def test_approval_from_card_to_resolved_line(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        asked = await rig.ask()
        card = await rig.card()
        assert [one.text for one in card.buttons] == [
            "1 Increase memory 2 → 3 GiB",
            "2 Restart Radarr",
            "3 Investigate",
            "Ignore",
            "Details",
        ]
        answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
        assert (answer.text, answer.is_alert) == ("Increase memory 2 → 3 GiB: working…", False)
        assert rig.effects == ["a1 approve 1"]
        assert rig.commands[0].plan_hash == f"{1:064x}"
        card = await rig.text(card, "decided by Alex via Telegram at")
        assert not card.buttons
        rig.publish(incident(asked, status=IncidentStatus.ACTING, run=run(asked, RunStatus.RUNNING)))
        await rig.text(card, "Working…")
        rig.publish(
            incident(asked, status=IncidentStatus.RESOLVED, run=run(asked), resolution="memory increased")
        )
        card = await rig.text(card, "✓ Memory limit: 3 GiB")
        line = await rig.card("Resolved")
        assert line.text == "✅ Incident 12: “Memory of radarr at 95 %”: memory increased"
        assert made.status.state is FrontEndState.OK


async def test_card_shows_a_decision_from_another_front_end(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1002")
        await rig.decide(
            Decide(approval_id="a1", verb=Verb.APPROVE, speaker=speaker, option=2, plan_hash=f"{2:064x}")
        )
        card = await rig.text(card, "Restart Radarr, decided by Sam via Home Assistant at 12:0")
        assert not card.buttons


async def test_expired_and_superseded_cards_lose_their_buttons(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        old = await rig.ask("a1")
        card = await rig.card()
        await rig.end(old, ApprovalStatus.SUPERSEDED)
        card = await rig.text(card, "No longer offered")
        assert not card.buttons


async def test_each_category_has_its_topic_and_critical_its_own(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        for number, (category, severity, topic) in enumerate(
            (
                ("media", Severity.WARNING, "Media"),
                ("infrastructure", Severity.INFO, "Infrastructure"),
                ("home_assistant", Severity.WARNING, "Home Assistant"),
                ("general", Severity.WARNING, "General"),
                ("media", Severity.CRITICAL, "Critical Alerts"),
            )
        ):
            await rig.ask(f"a{number}", category=category, severity=severity)
            card = await rig.card(topic)
            assert "incident 12" in card.text
        assert len(rig.forum.messages) == 5
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        assert sorted(one.name for one in rig.forum.topics) == [
            "Critical Alerts",
            "Home Assistant",
            "Infrastructure",
            "Media",
            "Monitoring",
            "Resolved",
            "Weekly Reports",
        ]


async def test_a_category_that_few_people_use_gets_its_topic_with_its_first_card(tmp_path: Path) -> None:
    catalogue = replace(BUILT_IN_CATEGORIES, categories=(*BUILT_IN, NETWORK, STORAGE))
    async with open_rig(tmp_path) as rig, open_front_end(rig, catalogue=catalogue):
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        await rig.ask(category="network")
        assert "incident 12" in (await rig.card("Network")).text
        assert [one.name for one in rig.forum.topics][7:] == ["Network"]


async def test_restart_repeats_no_topic_and_no_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        for _ in range(3):
            async with open_front_end(rig):
                if not rig.forum.messages:
                    await rig.ask()
                await rig.card()
                await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
                await rig.clock.sleep(0.2)
        assert len(rig.forum.topics) == 7
        assert len(rig.forum.messages) == 1


async def test_changes_before_the_start_are_sent(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await rig.ask("a1")
            card = await rig.card()
        speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1001")
        await rig.decide(Decide(approval_id="a1", verb=Verb.IGNORE, speaker=speaker))
        await rig.ask("a2")
        async with open_front_end(rig):
            await rig.card(number=1)
            card = await rig.text(card, "Ignored, decided by Alex")
            assert not card.buttons


async def test_card_is_sent_after_the_watch_queue_overflows(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        asked = await rig.ask()
        for _ in range(1_500):  # overflows the watch queue, as nothing awaits in between
            rig.changes.publish(RowKind.INCIDENT, asked.incident_id, incident(asked))
        await rig.card()


async def test_incident_without_options_has_a_notice_and_a_resolved_line(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        lonely = incident(None, resolution="no runbook matches")
        rig.publish(lonely)
        card = await rig.card()
        assert "Not solved: no runbook matches" in card.text
        assert not card.buttons
        rig.publish(replace(lonely, status=IncidentStatus.RESOLVED, resolution="alert resolved"))
        await rig.text(card, "✅ Resolved: alert resolved")
        assert "alert resolved" in (await rig.card("Resolved")).text


async def test_a_muted_incident_has_a_notice_only_once_it_is_not_muted(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        muted = incident(None, id="i-muted", number=1, title="Ignored", muted="Muted: Olga accepted it.")
        rig.publish(muted)
        rig.publish(incident(None, title="Another"))
        await rig.forum.wait_for(lambda: [one for one in rig.forum.messages if "Another" in one.text])
        assert not [one for one in rig.forum.messages if "Ignored" in one.text]
        rig.publish(replace(muted, muted=None))
        await rig.forum.wait_for(lambda: [one for one in rig.forum.messages if "Ignored" in one.text])


async def test_unannounced_incident_has_no_resolved_line(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.publish(incident(None, id="i-quiet", status=IncidentStatus.RESOLVED))
        await rig.ask()
        await rig.card()
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        await rig.clock.sleep(0.2)
        assert rig.forum.in_topic("Resolved") == []


async def test_reminder_is_a_reply_to_the_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask()
        card = await rig.card()
        await rig.clock.sleep(0.1)
        await rig.remind(asked)
        reply = await rig.card(number=1)
        assert "still waiting for an answer" in reply.text
        assert reply.reply_to == card.message_id


async def test_second_round_has_a_second_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        first = await rig.ask("a1")
        card = await rig.card()
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "3"))
        about = incident(first, status=IncidentStatus.WAITING, round=2, approval_id="a2")
        await rig.ask("a2", incident_id=first.incident_id)
        rig.publish(about)
        newer = await rig.card(number=1)
        assert len(newer.buttons) == 5
        await rig.text(card, "Continued in a newer card.")


async def test_a_card_waits_for_no_poll(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        rig.clock.run_at(0)
        for number in range(20):
            await rig.ask(f"a{number}")
            await rig.card(number=number)
