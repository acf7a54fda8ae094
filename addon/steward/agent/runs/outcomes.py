"""The English texts of the outcomes of runs."""

from typing import Final

from homelab_steward.contract.incidents import Outcome

from ...texts import english

OUTCOME_TEXTS: Final = {
    Outcome.FIXED: english("it helped"),
    Outcome.NOT_FIXED: english("it did not help"),
    Outcome.WORSE: english("it made things worse"),
    Outcome.UNKNOWN: english("it is not known whether it helped"),
    Outcome.RELAPSED: english("it helped for a short time only"),
}
