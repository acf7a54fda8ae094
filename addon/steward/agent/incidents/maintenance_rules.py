"""Checks a new maintenance window. Pure."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from probatio import Invalid

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.maintenance import (
    EARLIEST_NOTICE,
    LONGEST_ONCE,
    LONGEST_WEEKLY,
    SUNDAY,
    AddMaintenance,
    Occurrence,
    WeeklyTimes,
)
from homelab_steward.contract.plain_text import one_line

from ...settings.checks import time_of_day
from ...settings.checks import zone as zone_name
from ...store.storable_text import storable
from ...texts import translate

LONGEST_TITLE: Final = 100
LONGEST_ID: Final = 64
MOST_PLACES: Final = 100
UNTITLED: Final = "Maintenance"


def checked(
    request: AddMaintenance, now: datetime, zone: str, instance_ids: Collection[str]
) -> AddMaintenance:
    """Return the request with a title and a time zone. Raises ContractError INVALID_ARGUMENT.

    ``instance_ids`` are the known instances, ``zone`` is used when the request names none.
    """
    title = one_line(storable(request.title, LONGEST_TITLE)) or UNTITLED
    if (request.once is None) == (request.weekly is None):
        raise _invalid("once", translate(t"Give either one time span or the times of every week."))
    if not {*request.instance_ids} <= {*instance_ids}:
        raise _invalid("instance_ids", translate(t"There is no such instance."))
    if len(request.categories) > MOST_PLACES or any(
        not one or len(one) > LONGEST_ID for one in request.categories
    ):
        raise _invalid("categories", translate(t"This is not a category."))
    if request.notify_minutes is not None and not 0 < request.notify_minutes <= EARLIEST_NOTICE:
        raise _invalid(
            "notify_minutes", translate(t"People can be notified 1 to {EARLIEST_NOTICE} minutes before it.")
        )
    if request.once is not None:
        _check_once(request.once, now)
    weekly = None if request.weekly is None else _checked_weekly(request.weekly, zone)
    return replace(
        request,
        title=title,
        instance_ids=tuple(dict.fromkeys(request.instance_ids)),
        categories=tuple(dict.fromkeys(request.categories)),
        weekly=weekly,
    )


def _check_once(once: Occurrence, now: datetime) -> None:
    if once.ends_at <= max(now, once.starts_at):
        raise _invalid("once", translate(t"The time is over."))
    if once.ends_at - once.starts_at > LONGEST_ONCE:
        raise _invalid("once", translate(t"A maintenance window lasts at most {LONGEST_ONCE.days} days."))


def _checked_weekly(weekly: WeeklyTimes, zone: str) -> WeeklyTimes:
    days = tuple(sorted({*weekly.weekdays}))
    if not days or not all(0 <= one <= SUNDAY for one in days):
        raise _invalid("weekdays", translate(t"Select at least one day of the week."))
    if not 0 < weekly.minutes <= LONGEST_WEEKLY:
        raise _invalid("minutes", translate(t"It lasts 1 to {LONGEST_WEEKLY} minutes."))
    try:
        begin = time_of_day(weekly.begin)
        name = zone_name(weekly.zone or zone)
    except Invalid as err:
        raise _invalid("begin", translate(t"The time {err.error_message}.")) from err
    return WeeklyTimes(weekdays=days, begin=begin, minutes=weekly.minutes, zone=ZoneInfo(name).key)


def _invalid(key: str, message: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_ARGUMENT, message, {"key": key})
