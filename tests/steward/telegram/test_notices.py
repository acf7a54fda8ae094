"""The group reads once when maintenance begins soon, and when somebody pauses the steward elsewhere."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from homelab_steward.contract.incidents import JournalStep, RunStatus, StepState
from homelab_steward.contract.maintenance import Occurrence
from homelab_steward.contract.mode import MODE_ID, Pause, PauseScope, StewardMode
from homelab_steward.contract.model_limits import LimitUse
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.usage import USAGE_ID, ModelUse, Usage
from lab.telegram import GROUP_ID
from steward.store.mode import write_mode
from steward.telegram.outcomes import outcome_lines

from .rig import TelegramRig, open_front_end, open_rig
from .samples import APP, NOON, decided, incident, request, run
from .test_commands import processed, window
from .test_obstacles import card_of
from .test_pins import reply

TOMORROW = Occurrence(starts_at=NOON + timedelta(hours=20), ends_at=NOON + timedelta(hours=22))


def paused(rig: TelegramRig, via: FrontEnd | None, scope: PauseScope = PauseScope.AUTOMATIC) -> None:
    pause = None
    if via is not None:
        pause = Pause(scope=scope, person_id="sam", person_name="Sam", via=via, at=rig.clock.now())
    rig.changes.publish(RowKind.MODE, MODE_ID, StewardMode(pause=pause))


async def test_maintenance_is_announced_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        announced = window(title="Backup <b>", following=TOMORROW, announced=TOMORROW)
        async with open_front_end(rig):
            rig.forum.send_text("owner", "/help")
            await reply(rig, "/weekly", "General")
            for one in (window(following=TOMORROW), announced, announced):
                rig.changes.publish(RowKind.MAINTENANCE, one.id, one)
            line = await rig.card("General", 2)
            assert line.text == (
                "🔧 Backup <b>: maintenance from Nov 22, 2026, 08:00 until Nov 22, 2026, 10:00. "
                "Problems are recorded, and nobody is asked."
            )
        rig.steward.windows = [announced, window(id="w2", title="Updates", announced=TOMORROW)]
        async with open_front_end(rig):
            assert (await rig.card("General", 3)).text.startswith("🔧 Updates: maintenance from")
        assert len([one for one in rig.forum.messages if one.text.startswith("🔧")]) == 2


async def test_maintenance_that_is_over_is_not_announced(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        old = Occurrence(starts_at=NOON - timedelta(hours=2), ends_at=NOON - timedelta(hours=1))
        rig.steward.windows = [window(announced=old)]
        async with open_front_end(rig):
            rig.forum.send_text("owner", "/help")
            await reply(rig, "/weekly", "General")
        assert not [one for one in rig.forum.messages if one.text.startswith("🔧")]


async def test_pause_elsewhere_is_said_in_the_group(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.forum.send_text("owner", "/help")
        await reply(rig, "/weekly", "General")
        paused(rig, FrontEnd.HOME_ASSISTANT, PauseScope.EVERYTHING)
        await reply(rig, "⏸ Sam paused every change.", "General")
        paused(rig, None)
        await reply(rig, "▶️ The pause is over.", "General")
        count = len(rig.forum.messages)
        paused(rig, FrontEnd.TELEGRAM)
        paused(rig, None)
        paused(rig, FrontEnd.PANEL)
        await reply(rig, "⏸ Sam paused automatic changes.", "General")
        assert len(rig.forum.messages) == count + 1


async def test_supergroup_is_followed_when_telegram_says_so(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.forum.send_text("owner", "/help")
        await reply(rig, "/weekly", "General")
        rig.forum.migrate(GROUP_ID - 1)
        await processed(rig)
        rig.forum.send_text("owner", "/status")
        found = await rig.forum.wait_for(
            lambda: [one for one in rig.forum.messages if "No incident is open." in one.text]
        )
        assert found[0].chat_id == GROUP_ID - 1


async def test_verbose_cards_show_every_step(tmp_path: Path) -> None:
    asked = decided(request())
    step = JournalStep(
        index=0,
        action="radarr.restart",
        target=APP,
        title="Restart",
        state=StepState.VERIFIED,
        changed_at=NOON,
    )
    about = incident(asked, run=run(asked, RunStatus.VERIFYING, steps=(step,)))
    quiet = outcome_lines(asked, about)
    assert "Restart" not in "".join(line.html for line in quiet)
    every = outcome_lines(asked, about, is_verbose=True)
    assert "• Restart (Radarr): verified" in [line.html for line in every]
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        async with rig.database.write() as connection:
            await write_mode(connection, StewardMode(verbose=True))
        waiting = await rig.ask()
        card = await card_of(rig, "Memory")
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
        rig.publish(replace(incident(waiting), run=run(waiting, RunStatus.RUNNING, steps=(step,))))
        await rig.text(card, "• Restart (Radarr): verified")


async def test_a_threshold_of_a_limit_is_one_line(tmp_path: Path) -> None:
    def used(daily: float, weekly: float, day: str = "2026-11-21") -> Usage:
        limits = (
            LimitUse(kind="daily_requests", used=daily, limit=10),
            LimitUse(kind="weekly_cost", used=weekly, limit=10),
            LimitUse(kind="daily_tokens", used=0, limit=0),
            LimitUse(kind="weekly_tokens", used=10, limit=10, warn_at=()),
            LimitUse(kind="daily_cost", used=daily, limit=10, warn_at=(95,)),
        )
        return Usage(day=day, models=(ModelUse(deployment="gemini", tier="cloud", limits=limits),))

    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.forum.send_text("owner", "/help")
        await reply(rig, "/weekly", "General")
        steps = (
            (used(4, 0), 1),
            (used(5, 0), 2),
            (used(6, 0), 2),
            (used(8, 0), 3),
            (used(8, 5), 4),
            (used(9, 6), 4),
            (used(5, 6, "2026-11-22"), 5),
        )
        for usage, shown in steps:
            rig.changes.publish(RowKind.USAGE, USAGE_ID, usage)
            await rig.card("General", shown)
        assert [one.text for one in rig.forum.messages if one.text.startswith("📊")] == [
            "📊 gemini: 50 % of the limit is used (requests per day).",
            "📊 gemini: 80 % of the limit is used (requests per day).",
            "📊 gemini: 50 % of the limit is used (cost per week).",
            "📊 gemini: 50 % of the limit is used (requests per day).",
        ]
