"""Calls something whenever a day begins in Home Assistant's time zone."""

from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util


@callback
def each_day(hass: HomeAssistant, call: CALLBACK_TYPE) -> CALLBACK_TYPE:
    """Call ``call`` when the next local day begins, and each day after it; returns how to stop."""
    stop: CALLBACK_TYPE

    @callback
    def begins(_now: datetime) -> None:
        wait()
        call()

    @callback
    def wait() -> None:
        nonlocal stop
        tomorrow = dt_util.start_of_local_day(dt_util.now().date() + timedelta(days=1))
        job = HassJob(begins, "homelab_steward day", cancel_on_shutdown=True)
        stop = async_track_point_in_utc_time(hass, job, tomorrow)

    @callback
    def cancel() -> None:
        stop()

    wait()
    return cancel
