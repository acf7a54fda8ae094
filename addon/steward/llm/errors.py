"""Why a model gave no answer, and what a caller can do about it."""

from ..errors import StewardError


class ModelError(StewardError):
    """A model gave no answer. The text holds neither the question nor a key."""


class NoModelAllowed(ModelError):
    """Nothing was sent: no model that may read this is there. The text is for a person."""

    def __init__(self, reason: str) -> None:
        """``reason`` says what was private and which tier is missing."""
        super().__init__(reason)
        self.reason = reason


class ModelUnavailable(ModelError):
    """It could not be asked now. ``retry_after`` is seconds until it may be again, None unknown."""

    def __init__(self, words: str, *, retry_after: float | None = None) -> None:
        """``words`` are our own."""
        super().__init__(words)
        self.retry_after = retry_after


class ModelStalled(ModelUnavailable):
    """It began to answer, or took the question, and then said nothing more in time."""


class ModelRefused(ModelUnavailable):
    """It understood and said no: wrong request, wrong key, not paid. Another one may answer."""
