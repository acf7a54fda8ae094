"""Where the messages of schedules can go."""

from dataclasses import replace

from homelab_steward.contract.schedules import Delivery
from homelab_steward.contract.state import FrontEnd, FrontEndState, FrontEndStatus
from steward.api.home_connections import HomeConnections
from steward.schedules.delivery import Reach
from steward.settings.model import Settings, Telegram
from steward.wiring.schedules import reach_now

TELEGRAM, PHONE = frozenset({Delivery.TELEGRAM}), frozenset({Delivery.PHONE})
BOTH = TELEGRAM | PHONE


async def test_where_messages_can_go_now() -> None:
    async def nothing(_: bytes) -> None: ...

    bot = Settings(telegram=Telegram(token="1:secret"))
    up = FrontEndStatus(front_end=FrontEnd.TELEGRAM, state=FrontEndState.DEGRADED)
    home = HomeConnections(str)
    assert reach_now(Settings(), home, ()) == Reach()
    assert reach_now(bot, home, (replace(up, state=FrontEndState.DOWN),)) == Reach(set_up=TELEGRAM)
    with home.connected(nothing, "home"):
        assert reach_now(bot, home, (up,)) == Reach(set_up=BOTH, working=BOTH)
    assert reach_now(bot, home, (up,)) == Reach(set_up=BOTH, working=TELEGRAM)
    assert reach_now(Settings(), HomeConnections(str, "home"), ()) == Reach(set_up=PHONE)
