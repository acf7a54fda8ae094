"""What the fixtures of the DNS servers share."""

from datetime import datetime, timedelta

from lab.replay import ReplayState


def ago(state: ReplayState, **span: float) -> datetime:
    """Return a time of the past."""
    return state.now() - timedelta(**span)
