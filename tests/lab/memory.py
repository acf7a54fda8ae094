"""A client of a service that is answered from memory, for tests of one reading."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

import orjson

from homelab_steward.contract.base import Value
from steward.clock import ManualClock
from steward.sdk.access import Access
from steward.sdk.rest import Rest
from steward.sdk.typed_calls import Parameter

type Sent = Callable[[str, str, Any], object]
"""Takes the method, the path and the decoded body of a change; returns its answer."""


def in_memory[C: Rest](
    client: Callable[[Access], C],
    answers: Mapping[str, Any],
    now: datetime,
    *,
    sent: Sent | None = None,
    settings: Mapping[str, Value] | None = None,
) -> C:
    """Return a client that reads ``answers`` by their path; an exception among them is raised.

    Its clock stands at ``now`` until the test moves it.
    """
    access = Access(
        settings={"url": "http://service.example.org:80", **(settings or {})},
        session=cast("Any", None),
        clock=ManualClock(now),
    )
    made: Any = client(access)

    async def get(path: str, /, **_: Parameter | None) -> object:
        if isinstance(answers[path], Exception):
            raise answers[path]
        return answers[path]

    async def send(method: str, path: str, body: object = None, /, **_: object) -> object:
        assert sent is not None, f"{method} {path} is not expected"
        return sent(method, path, orjson.loads(orjson.dumps(body)))

    made.get, made.send = get, send
    return cast("C", made)
