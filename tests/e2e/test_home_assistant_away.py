"""Home Assistant is stopped: the alert, the decision, the result and questions go through Telegram alone."""

from collections.abc import Callable

from demo.steward import settings_for
from demo.waiting import seen
from e2e.rig import DEADLINE, E2eRig
from lab.telegram import Message


async def message(rig: E2eRig, what: str, wanted: Callable[[Message], bool]) -> Message:
    """Wait for a message in Telegram."""
    forum = rig.lab.telegram.forum
    found = await seen(
        forum.changes, lambda: next((one for one in forum.messages if wanted(one)), None), DEADLINE, what
    )
    assert found is not None
    return found


async def solved_in_telegram(rig: E2eRig) -> Message:
    """Play the story and solve it in Telegram; return the card."""
    forum = rig.lab.telegram.forum
    await rig.lab.start_story(climb_seconds=0.3)
    card = await message(
        rig, "a card", lambda one: any(button.text.startswith("1 Increase memory") for button in one.buttons)
    )
    press = forum.press(card.message_id, "1 ")
    answer = await forum.wait_for_answer(press, DEADLINE)
    assert answer.text.endswith("working…")
    await message(
        rig, "the result", lambda one: one.message_id == card.message_id and "✅ Resolved" in one.text
    )
    assert rig.memory() == 3072
    assert len(rig.lab.world.effects) == 1
    return card


async def test_everything_works_without_home_assistant(rig: E2eRig) -> None:
    await rig.front_end.close()
    card = await solved_in_telegram(rig)
    forum = rig.lab.telegram.forum
    forum.send_text("owner", "/status")
    await message(rig, "the status", lambda one: "No incident is open." in one.text)
    forum.send_text("owner", "What happened here?", reply_to=card)
    await message(
        rig, "an answer", lambda one: "Alex: Incident" in one.text and "It is resolved." in one.text
    )
    forum.send_text("owner", "pause")
    await message(rig, "the pause", lambda one: "What you approve is done." in one.text)
    forum.send_text("owner", "/weekly")
    await message(rig, "the report", lambda one: one.file is not None and one.file.kind == "photo")
    await message(rig, "the line of what is resolved", lambda one: one.text.startswith("✅ Incident"))


async def test_the_group_is_chosen_without_home_assistant(rig: E2eRig) -> None:
    settings = settings_for(rig.lab, rig.people())
    telegram = {key: value for key, value in settings["telegram"].items() if key != "chat_id"}
    await rig.front_end.close()
    await rig.steward.kill()
    await rig.steward.write_settings({**settings, "telegram": telegram})
    await rig.steward.start()
    await rig.lab.connect_steward(rig.steward.webhook_url, await rig.steward.monitor_token())
    rig.lab.telegram.forum.add_bot()
    offer = await message(rig, "the button", lambda one: any("Use this" in two.text for two in one.buttons))
    rig.lab.telegram.forum.press(offer.message_id, "Use this group")
    await solved_in_telegram(rig)
