"""Finds updates by their target and by their wave, among thousands."""

from collections import defaultdict
from collections.abc import Sequence

from homelab_steward.contract.changes import Change
from homelab_steward.contract.state import TargetRef

from ..settings.changes import ChangeGroup
from .policy import LEFT, wave_key, waves

type Waves = tuple[tuple[Change, ...], ...]


class RowIndex:
    """Updates as they were read once; nothing in it changes."""

    def __init__(self, rows: Sequence[Change]) -> None:
        """Take all updates that are considered."""
        self.rows = rows
        self._by_target: defaultdict[tuple[str, str, str], list[Change]] = defaultdict(list)
        self._by_wave: defaultdict[tuple[object, ...], list[Change]] = defaultdict(list)
        self._waves: dict[tuple[object, ...], Waves] = {}
        for one in rows:
            self._by_target[one.target.key].append(one)
            if one.group and one.status not in LEFT:
                self._by_wave[wave_key(one)].append(one)

    def of_target(self, target: TargetRef) -> Sequence[Change]:
        """Return the updates of a target."""
        return self._by_target.get(target.key, ())

    def waves(self, row: Change, group: ChangeGroup | None) -> Waves:
        """Return the waves of the group of an update, only itself without a group."""
        if not row.group:
            return ((row,),)
        key = wave_key(row)
        if key not in self._waves:
            self._waves[key] = waves(self._by_wave.get(key, ()), group)
        return self._waves[key]
