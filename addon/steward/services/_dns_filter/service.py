"""The description of both programs."""

from typing import Any, Final

from ...sdk.answers import known, worded
from ...sdk.description import Action, Call, Check, Control, Gaps, Risk, Sensor, Service
from ...sdk.display import brief, count, critical, flag, list_tool, percentage, served, since, stated, warning
from ...sdk.kits import Jobs, Pause, RunJob, always
from .client import FilterClient
from .models import FilterState

SENSORS: Final[tuple[Sensor[FilterState], ...]] = (
    flag("running", "DNS server", lambda state: state.facts.answers_dns(state), "running"),
    flag("filtering", "Filtering", lambda state: state.paused.is_on),
    since("filtering_resumes", "Filtering resumes", FilterState.resumes_at),
    served("queries", "Queries", lambda state: state.facts.queries(state), "mdi:dns"),
    percentage("blocked_share", "Queries blocked", FilterState.blocked_share, "mdi:shield-off"),
    count("lists_outdated", "Outdated lists", lambda state: len(state.outdated()), "mdi:playlist-remove"),
    served("rules", "Rules", lambda state: sum(known(one.rules) for one in state.active_lists())),
    percentage("dhcp_share", "DHCP addresses leased", lambda state: state.facts.dhcp_share(state)),
)
CHECKS: Final[tuple[Check[Any], ...]] = (
    critical("dns_down", "DNS server down", FilterState.dns_down),
    warning("filtering_off", "DNS filtering off", FilterState.filtering_off),
    warning("lists_outdated", "Filter lists outdated", FilterState.lists_outdated),
    warning("dhcp_full", "DHCP pool nearly full", FilterState.dhcp_full),
)


@list_tool("status", "Status", "DNS, filtering and DHCP.")
async def _status(client: FilterClient[Any], gaps: Gaps, _: Call) -> list[str]:
    state: FilterState = await client.poll(gaps)
    facts = {
        "DNS server": lambda: state.dns_down() or "It runs",
        "Filtering": lambda: state.filtering_off() or ("on" if state.paused.is_on else "paused"),
        "DHCP addresses": lambda: f"{known(state.facts.dhcp_share(state)):g} % leased",
    }
    return [f"{name}: {worded(fact)}" for name, fact in facts.items()]


@list_tool("lists", "Filter lists", "The lists, those with problems first.")
async def _lists(client: FilterClient[Any], gaps: Gaps, _: Call) -> list[str]:
    state: FilterState = await client.poll(gaps)
    return stated(
        state.facts.lists(state),
        lambda one: f"{brief(one.title, 80)}, {one.rules} rules",
        lambda one: one.problem(state.now),
        lambda one: "fine" if one.enabled else "off",
    )


_PAUSE: Final = Pause[FilterClient[Any]](
    read=lambda client, _: client.read_paused(),
    pause=lambda client, seconds: client.pause(seconds),
    resume=lambda client: client.resume(),
    label=t"Filtering",
    note=t"The program itself turns filtering on again.",
)
ACTIONS: Final[tuple[Action[FilterClient[Any]], ...]] = (
    _PAUSE.pause_action(
        key="pause_filtering",
        description="Answers all names for some minutes, then filters again.",
        risk=Risk.LOW,
        blast_radius="Advertisements and blocked sites are reachable for everybody meanwhile",
    ),
    _PAUSE.resume_action(
        key="resume_filtering", name="Turn filtering on", description="Filters again at once.", risk=Risk.LOW
    ),
    RunJob[FilterClient[Any]](
        start=FilterClient.update_lists,
        jobs=Jobs(read=lambda client, call, _: client.last_update(call), newest=FilterClient.last_update),
        changes=always(t"Lists", t"as they are", t"downloaded again"),
    ).action(
        key="update_lists",
        description="Downloads all filter lists again.",
        risk=Risk.LOW,
        button=True,
    ),
)


_ON: Final = Control.switch(
    "filtering", "Filtering", "filtering", on="resume_filtering", off="pause_filtering"
)


def filter_service[C: FilterClient[Any], S: FilterState](described: Service[C, S]) -> Service[C, S]:
    """Return the service with what both programs have."""
    return described.extended(
        sensors=SENSORS,
        checks=CHECKS,
        tools=(_status, _lists),
        actions=ACTIONS,
        controls=(_ON,),
    )
