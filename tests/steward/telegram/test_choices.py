"""Which message is sent next, when a failed one is tried again, and in which form."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from steward.telegram.drafts import Kind, Priority
from steward.telegram.markup import LIMIT, units
from steward.telegram.message_forms import Form, Rendering, next_form, rendering
from steward.telegram.rate_limit import Retries
from steward.telegram.send_queue import Lane, OutgoingMessage
from steward.telegram.sender import next_message


def message(number: int, topic: str = "media", priority: Priority = Priority.CARD, **more: object) -> Any:
    base = OutgoingMessage(
        id=number,
        kind=Kind.CARD,
        topic=topic,
        standing=topic,
        priority=priority,
        text="",
        buttons=(),
        version=1,
        form=Form.FULL,
        is_silent=False,
        file_name="",
        message_id=None,
        is_tried=False,
        reply_to=None,
        reply_thread=None,
        reply_row=None,
    )
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "lowest", "blocked", "sent", "expected"),
    [
        ([], Priority.LINE, (), {}, None),
        ([message(2), message(1, "general")], Priority.LINE, (), {}, 1),
        ([message(1), message(2, "general")], Priority.LINE, [Lane("media", is_edit=False)], {}, 2),
        ([message(1), message(2, message_id=7)], Priority.LINE, [Lane("media", is_edit=False)], {}, 2),
        ([message(1), message(2, message_id=7)], Priority.LINE, (), {}, 2),
        ([message(1), message(2, "general", Priority.CRITICAL)], Priority.LINE, (), {}, 2),
        ([message(1), message(2, "general", Priority.CRITICAL)], Priority.REPLY, (), {}, 2),
        ([message(1)], Priority.REPLY, (), {}, None),
        ([message(1, message_id=7)], None, (), {}, 1),
        ([message(1), message(2, "general")], Priority.LINE, (), {"media": 3, "general": 1}, 2),
    ],
)
def test_next_message_is_urgent_and_fair(
    first: list[OutgoingMessage],
    lowest: Priority | None,
    blocked: Collection[Lane],
    sent: dict[str, int],
    expected: int | None,
) -> None:
    found = next_message(first, lowest, blocked, sent)
    assert (found.id if found else None) == expected


def test_failed_messages_are_tried_again_each_at_its_own_time() -> None:
    retries = Retries()
    retries.failed(1, 100.0, 0.0)
    retries.failed(2, 100.0, 0.0)
    retries.failed(2, 100.0, 0.0)
    assert retries.postponed(100.5) == (1, 2)
    assert retries.postponed(101.5) == (2,)
    assert retries.next_due(101.5) == 0.5
    retries.forget([2])
    assert (len(retries), retries.next_due(101.5)) == (1, 0.0)
    retries.postpone(3, 500.0)
    retries.retry_all()
    assert (len(retries), retries.postponed(0.0)) == (0, ())
    retries.failed(4, 100.0, 0.0)
    retries.postponed(1_000.0)
    assert len(retries) == 0, "it was dropped from the outbox"


QUOTED = "<b>1 Restart</b>\n<code>x &lt; y</code>\n\n<blockquote>one\n&amp; two</blockquote>"


def test_forms_become_shorter_and_keep_only_safe_buttons() -> None:
    buttons = ((("1 Restart", "a"),), (("Ignore", "i"), ("Details", "d")))
    assert rendering(QUOTED, buttons, Form.FULL) == Rendering(QUOTED, buttons)
    text = "1 Restart\nx < y\n\n> one\n> & two"
    assert rendering(QUOTED, buttons, Form.PLAIN) == Rendering(text, buttons, is_html=False)
    short = rendering(QUOTED, buttons, Form.SHORT)
    assert short.text.startswith("1 Restart\nx < y\nTelegram did not accept")
    assert short.buttons == buttons[1:]
    assert rendering(QUOTED, buttons, Form.BARE).buttons == ()
    assert [next_form(one) for one in Form] == [Form.PLAIN, Form.SHORT, Form.BARE, None]


def test_plain_form_shortens_the_quotation_and_never_the_plan() -> None:
    plan, buttons = "p" * 3_000, ((("1", "a"),), (("Ignore", "i"),))
    quotation = "\n".join(["q" * 9] * 109)
    long = rendering(f"{plan}\n<blockquote>{quotation}</blockquote>", buttons, Form.PLAIN)
    assert long.buttons == buttons
    assert long.text.startswith(plan)
    assert 4_000 < units(long.text) <= LIMIT
    assert rendering("p" * 5_000, buttons, Form.PLAIN).buttons == buttons[1:], "the plan does not fit"
