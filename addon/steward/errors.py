"""Errors of the app, one class for each way to handle them."""

from .texts import Text, spoken_text, translate


class StewardError(Exception):
    """Base class of the app's errors. The text is in the household's language."""

    def __init__(self, text: Text = "") -> None:
        """Keep the text; a template string is translated."""
        super().__init__(spoken_text(text))

    @property
    def said(self) -> str:
        """The text, which ``texts.said_in`` says in other languages if it was a template string."""
        text = self.args[0] if len(self.args) == 1 else None
        return text if isinstance(text, str) else str(self)


class ServiceError(StewardError):
    """A service could not be asked, or did not do what it was asked for."""


class ServiceUnreachable(ServiceError):
    """No answer: refused, reset, timed out, host gone. For a read, ask again later."""


class CertificateNotTrusted(ServiceUnreachable):
    """The service's certificate is not trusted: a person may confirm its fingerprint."""

    def __init__(self, text: Text, host: str, port: int) -> None:
        """Keep where the certificate can be seen."""
        super().__init__(text)
        self.host = host
        self.port = port


class ServiceUnauthorized(ServiceError):
    """The service refused the credentials: a person must give new ones."""


class ServiceForbidden(ServiceUnauthorized):
    """The credentials are right but lack the rights for this call (403)."""


class ServiceMalformed(ServiceError):
    """The service answered something its API does not know (HTML, broken JSON)."""


class ServiceRefused(ServiceError):
    """The service understood and said no; nothing was changed."""


class ServiceNotFound(ServiceRefused):
    """The service has nothing under this path (404)."""


class EffectUnknown(ServiceError):
    """A change was sent and its answer did not come: it may or may not have happened."""


class PreconditionFailed(ServiceError):
    """The service is not in the state that the action needs; nothing was changed."""


class Fenced(PreconditionFailed):
    """A fence forbids it: nothing was sent."""


class TemporaryFailure(PreconditionFailed):
    """It failed for a reason that passes, such as a full disk; nothing was changed, or all is as before."""


class LeadershipLost(StewardError):
    """Another process is the leader now: this one must stop, and touch nothing more."""

    def __init__(self) -> None:
        """Take no details: every part handles it in the same way."""
        super().__init__("Another process of the steward has taken over")


class InvalidSetting(StewardError):
    """A setting is missing or wrong; the text names its key."""

    def __init__(self, key: str, reason: Text) -> None:
        """Store the key and the reason; the text contains both."""
        self.key = key
        self.reason = translate(reason)
        super().__init__(f"{key}: {self.reason}")


class InvalidArgument(StewardError):
    """An argument of an action or a tool is missing or wrong; the text names its key."""

    def __init__(self, key: str, reason: Text) -> None:
        """Store the key and the reason; the text contains both."""
        self.key = key
        self.reason = translate(reason)
        super().__init__(f"{key}: {self.reason}")


def describe_error(error: BaseException) -> str:
    """Return an error as a text for people; the text of a defect may hold anything and is left out."""
    if isinstance(error, StewardError):
        return str(error)
    return "no answer in time" if isinstance(error, TimeoutError) else f"a defect ({type(error).__name__})"
