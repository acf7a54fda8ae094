"""Names for services: typed items of answers, the state with its endpoints, and unknown readings."""

from .parse import MOST_ITEMS, Item, Time, at, parse, parse_items, unix_time
from .readings import Busy, NotKnown, Unknown, any_known, certain, known, worded
from .state import Reader, State, many, one

__all__ = [
    "MOST_ITEMS",
    "Busy",
    "Item",
    "NotKnown",
    "Reader",
    "State",
    "Time",
    "Unknown",
    "any_known",
    "at",
    "certain",
    "known",
    "many",
    "one",
    "parse",
    "parse_items",
    "unix_time",
    "worded",
]
