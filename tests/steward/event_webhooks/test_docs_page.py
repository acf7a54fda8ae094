"""The page about webhooks lists every event, and its code accepts what the app sends."""

import base64
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steward.event_webhooks.events import GROUPS, TYPES
from steward.event_webhooks.signing import signed_headers

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def checker() -> Any:
    """Return the function of the page."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the code of the page
    return names["is_from_steward"]


def test_every_event_is_listed_in_its_group() -> None:
    listed: dict[str, str] = {}
    group = ""
    for line in PAGE.partition("## Events")[2].partition("```")[0].splitlines():
        cells = line.split("|")
        if len(cells) == 5 and "`" in cells[2]:
            group = cells[1].strip(" `") or group
            listed |= dict.fromkeys(re.findall(r"`([a-z.]+)`", cells[2]), group)
    assert listed == {TYPES.get(name, name): str(group) for name, group in GROUPS.items()}


def test_the_code_accepts_what_the_app_signs() -> None:
    check, body = checker(), b'{"type": "run.verdict"}'
    headers = dict(signed_headers(SECRET, "app-1", datetime.now(UTC), body))
    assert check(SECRET, headers, body)
    assert not check(SECRET, headers, body + b" ")
    assert not check(SECRET, {**headers, "webhook-id": "app-2"}, body)
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    assert not check(other, headers, body)
    old = datetime.fromtimestamp(time.time() - 600, UTC)
    assert not check(SECRET, dict(signed_headers(SECRET, "app-1", old, body)), body)


def test_a_signature_of_the_specification() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
