"""People write in the group of the running app: they ask, comment, snooze, and send digits."""

from e2e.rig import E2eRig
from lab.telegram import Message


async def test_messages_reach_the_app(rig: E2eRig) -> None:
    await rig.lab.start_story(climb_seconds=0.3)
    request = await rig.asked()
    card = await rig.card(request)
    forum = rig.lab.telegram.forum

    async def reply(text: str) -> Message:
        found = await forum.wait_for(lambda: next((one for one in forum.messages if text in one.text), None))
        assert found is not None
        return found

    forum.send_text("owner", "/status")
    await reply("1 request waits for an answer.")
    comment = forum.send_text("owner", "I am looking at it", reply_to=card)
    await forum.wait_for(lambda: forum.reactions.get(comment.message_id))
    forum.send_text("owner", "/snooze 2h", reply_to=card)
    await reply("Snoozed until")
    await forum.wait_for(lambda: "💤 Snoozed until" in forum.message(card.message_id).text)
    digits = forum.send_text("owner", "4711")
    await forum.wait_for(lambda: forum.find_message(digits.chat_id, digits.message_id) is None)
    await reply("No option waits for one now.")
    assert not rig.lab.world.effects
