"""Errors of the app, one class for each way to handle them."""


class StewardError(Exception):
    """Base class of the app's errors."""


class ServiceError(StewardError):
    """A service could not be asked or did not do what it was told."""


class ServiceUnreachable(ServiceError):
    """No answer: refused, reset, timed out, host gone. For a read, ask again later."""


class ServiceUnauthorized(ServiceError):
    """The service refused the credentials: a person must give new ones."""


class ServiceMalformed(ServiceError):
    """The service answered something its API does not know (HTML, broken JSON)."""


class ServiceRefused(ServiceError):
    """The service understood and said no; nothing was changed."""


class EffectUnknown(ServiceError):
    """A change was sent but its answer never came: it may or may not have happened."""


class PreconditionFailed(ServiceError):
    """The world is not as the plan needs it; nothing was changed."""


class InvalidSetting(StewardError):
    """A setting is missing or wrong; the text names its key."""

    def __init__(self, key: str, reason: str) -> None:
        """Store the key and the reason; the text contains both."""
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


class InvalidArgument(StewardError):
    """An argument of an action or a tool is missing or wrong; the text names its key."""

    def __init__(self, key: str, reason: str) -> None:
        """Store the key and the reason; the text contains both."""
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


def in_words(error: BaseException) -> str:
    """Return an error in words for people; a defect's own text may hold anything."""
    if isinstance(error, StewardError):
        return str(error)
    return "no answer in time" if isinstance(error, TimeoutError) else f"a defect ({type(error).__name__})"
