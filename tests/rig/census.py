"""What a process keeps: objects by type, entries of caches, long containers, and allocations by place."""

import _tracemalloc
import gc
import json
import sys
import tracemalloc
from collections import Counter, deque
from collections.abc import Iterator
from ctypes import CDLL, Structure, c_size_t
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any, Final

LONG: Final = 200
"""Entries from which a container is listed."""

PLACES: Final = 4_000
FRAMES: Final = 8


class _MallocInfo(Structure):
    """mallinfo2 of glibc: bytes."""

    _fields_ = tuple(
        (name, c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks",
            "keepcost",
        )
    )  # fmt: skip


def types() -> Counter[str]:
    """Return the number of objects of each type, without garbage and what was frozen."""
    gc.collect()
    return _types(gc.get_objects())


def take() -> dict[str, Any]:
    """Return counts by name, in sections; the objects that were frozen are counted too."""
    gc.collect()
    is_frozen = gc.get_freeze_count() > 0
    gc.unfreeze()
    garbage = gc.collect()
    objects = gc.get_objects()
    found = {
        "types": _types(objects),
        "caches": _caches(objects),
        "containers": _containers(objects),
        "frozen garbage": {"objects": garbage},
        "malloc": _malloc(),
        "places": _places() if tracemalloc.is_tracing() else {},
        "pymalloc": {"blocks": sys.getallocatedblocks(), "interned": sys.getunicodeinternedsize()},
    }
    if is_frozen:
        gc.freeze()
    return found


def _types(objects: list[Any]) -> Counter[str]:
    kinds = Counter(map(type, objects))
    found: Counter[str] = Counter()
    for kind, count in kinds.items():
        found[f"{kind.__module__}.{kind.__qualname__}"] += count
    return found


def write(path: Path, frames: int) -> None:
    """Write a census as JSON, whole or not at all. The first one begins to trace, if there are ``frames``."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(take()))
    new.replace(path)
    if frames and not tracemalloc.is_tracing():
        tracemalloc.start(frames)


def _caches(objects: list[Any]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in objects:
        if isinstance(one, _lru_cache_wrapper):
            found[repr(one.__wrapped__).partition(" at ")[0]] += one.cache_info().currsize
    return found


def _containers(objects: list[Any]) -> dict[str, int]:
    """Return the lengths of long containers, each named by what holds it."""
    found: Counter[str] = Counter()
    long = [one for one in objects if isinstance(one, (list, dict, set, deque)) and len(one) >= LONG]
    # Asking each object for its attributes would make a dict for it, which stays.
    holders = gc.get_referrers(*long) if long else []
    names = {id(value): name for one in holders if one is not long for name, value in _attributes(one)}
    for one in long:
        if one is not objects:
            found[names.get(id(one), f"{type(one).__name__} of nothing known")] += len(one)
    return found


def _attributes(holder: object) -> Iterator[tuple[str, object]]:
    """Yield the attributes of an object that is no module and no container, with names."""
    kind = type(holder)
    if kind.__module__ != "builtins":
        for name in {*getattr(holder, "__dict__", ()), *_slots(kind)}:
            yield f"{kind.__module__}.{kind.__qualname__}.{name}", getattr(holder, name, None)


def _slots(kind: type) -> Iterator[str]:
    for one in kind.__mro__:
        slots = one.__dict__.get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else slots


def _malloc() -> dict[str, int]:
    info = CDLL(None).mallinfo2
    info.restype = _MallocInfo
    one = info()
    return {"arena": one.arena, "mapped": one.hblkhd, "used": one.uordblks, "free": one.fordblks}


def _places() -> dict[str, int]:
    """Return the bytes of the places that hold the most, each with its callers."""
    sizes: Counter[tuple[tuple[str, int], ...]] = Counter()
    # A snapshot would make several objects of each trace, and there are a million.
    for _, size, frames, *_ in _tracemalloc._get_traces():
        sizes[tuple(frames)] += size
    return {
        " < ".join(f"{'/'.join(name.rsplit('/', 3)[1:])}:{line}" for name, line in frames): size
        for frames, size in sizes.most_common(PLACES)
    }
