"""The texts of why a cell may do no more, and of what its next level needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel

from ..texts import Texts, english, said_in, spoken

# Counts stand behind a colon, so that no language needs a plural.
OWNER_ONLY: Final = english("This version did harm twice: only an owner may approve it.")
LOOP_UNKNOWN: Final = english("It is not known how often this was done lately.")
SAME_STATE: Final = english("Done from the same state without lasting success: {count} times.")
RECENT: Final = english("Repairs of this target in four hours: {count}. Something else may be wrong.")
NOT_REPEATABLE: Final = english("It cannot be undone, and doing it twice is not the same as once.")
DRIFT: Final = english("It fails more often than before.")
RUNS_MISSING: Final = english("Its runs do not prove enough yet: {value} of {needed}.")
CHOICES_MISSING: Final = english("People have not chosen its first option often enough yet.")
TARGET_PINNED: Final = english("It failed on this target. Good runs since then: {count} of {needed}.")
TARGET_NEEDS_OWNER: Final = english("It failed on this target, and its level was not raised since then.")
TARGET_NEW: Final = english("Good runs on this target: {count} of {needed}.")
HIGH_RISK: Final = english("Its risk is high: it is always announced first.")
IRREVERSIBLE: Final = english("It cannot be undone: it is always announced first.")
BLIND: Final = english("Its target cannot be read now.")
UNKNOWN_RESULTS: Final = english(
    "Unknown results in its last 10 runs: {count}. At most {needed} are allowed."
)
CIRCUMSTANCE_NEW: Final = english("Approved runs in a situation like this: {count} of {needed}.")
UNDO_MISSING: Final = english("Its undo is not proven enough yet: {value} of {needed}.")
SAMPLE: Final = english("One of ten automatic runs is announced first. This is one.")
NEEDS_RUNS: Final = english("Good runs in a row that are missing: {count}.")
NEEDS_SAME: Final = english("Times that people do the same themselves and that are missing: {count}.")
NEEDS_CHOICES: Final = english("Choices of its first option that are missing: {count}.")
NEEDS_UNDOS: Final = english("Undos that work and are missing: {count}.")
NEVER_HIGHER: Final = english("It never gets a higher level. {reason}")

AT_LEVEL: Final = MappingProxyType(
    {
        AutonomyLevel.OBSERVE: english("It is only observed until a person allows it to ask."),
        AutonomyLevel.ASK: english("A person approves each run."),
        AutonomyLevel.VETO: english("It is announced, and done unless somebody stops it."),
        AutonomyLevel.AUTO: english("It is done at once, and reported."),
    }
)
"""What happens at a level that nothing limits."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A text in English with its values. A text that was said before has none."""

    text: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def say(self, texts: Texts) -> str:
        """Return the text in a language."""
        shown = {key: _shown(value, texts) for key, value in self.values.items()}
        return texts(self.text, **shown) if shown else texts(said_in(self.text, texts))


def _shown(value: object, texts: Texts) -> object:
    match value:
        case Reason():
            return value.say(texts)
        case float():
            return texts.number(value)
        case _:
            return value


def say_all(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the texts, which can also be said in other languages until they are stored."""
    return tuple(spoken(one.say) for one in reasons)
