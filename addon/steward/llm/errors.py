"""Errors of language models, and what a caller can do about them."""

from ..errors import StewardError


class ModelError(StewardError):
    """A model gave no answer. The text contains neither the question nor a key."""


class NoModelAllowed(ModelError):
    """No available deployment may read the request; nothing was sent. The text is shown to people."""


class ModelUnavailable(ModelError):
    """The deployment cannot answer now. ``retry_after`` is in seconds, None when unknown."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """``message`` never quotes the server."""
        super().__init__(message)
        self.retry_after = retry_after


class ModelStalled(ModelUnavailable):
    """The deployment did not start or continue its answer in time."""


class ModelRefused(ModelUnavailable):
    """The deployment rejected the request: invalid, wrong key or not paid. Another one may answer."""
