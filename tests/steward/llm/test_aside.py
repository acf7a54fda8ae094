"""Long texts are looked through in a thread, short ones at once."""

import threading

from steward.llm.aside import SHORT, aside


async def test_what_is_long_holds_nothing_up() -> None:
    here = threading.get_ident()
    assert await aside(["x" * SHORT], threading.get_ident) == here
    assert await aside(["x" * SHORT, "y"], threading.get_ident) != here
