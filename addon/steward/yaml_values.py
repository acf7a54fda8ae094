"""Values of YAML, whose aliases may make a value a part of itself."""

from collections.abc import Mapping


def contains_itself(value: object) -> bool:
    """Return whether a list or mapping is a part of itself, which no reader of it would finish."""
    finished: set[int] = set()
    above: set[int] = set()
    waiting: list[tuple[object, bool]] = [(value, False)]
    while waiting:
        one, is_finished = waiting.pop()
        if is_finished:
            above.discard(id(one))
            finished.add(id(one))
            continue
        if not isinstance(one, Mapping | list) or id(one) in finished:
            continue
        if id(one) in above:
            return True
        above.add(id(one))
        waiting.append((one, True))
        waiting.extend((part, False) for part in (one.values() if isinstance(one, Mapping) else one))
    return False
