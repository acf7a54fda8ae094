"""Errors of language models, and what a caller can do about them."""

from ..errors import StewardError
from ..texts import Text
from .messages import Finish


class ModelError(StewardError):
    """A model gave no answer. The text contains neither the question nor a key.

    ``text`` is what it was made of, for people who speak another language than the household.
    """

    def __init__(self, text: Text = "") -> None:
        """Keep the text."""
        super().__init__(text)
        self.text = text


class NoModelAllowed(ModelError):
    """No available deployment may read the request; nothing was sent. The text is shown to people."""


class TooCostly(ModelError):
    """The request would cost more than a person allowed; nothing was sent.

    ``cost`` is the estimate, in the currency of the prices.
    """

    def __init__(self, deployment: str, cost: float) -> None:
        """``deployment`` is the id of the one that would be asked."""
        super().__init__(f"{deployment}: the request would cost about {cost:.2g}")
        self.deployment = deployment
        self.cost = cost


class ModelFailed(ModelError):
    """The deployment gave no usable answer to this request; another one may. It can be asked again."""


class RequestRejected(ModelFailed):
    """The deployment cannot process this request, for example because it does not have the model now."""


class ParameterRejected(RequestRejected):
    """The deployment does not accept some parameters of the request; without them it may answer."""

    def __init__(self, message: Text, parameters: frozenset[str]) -> None:
        """``message`` never quotes the server."""
        super().__init__(message)
        self.parameters = parameters


class RequestTooLong(RequestRejected):
    """The request does not fit into the context of the deployment; a larger context may hold it."""


class InvalidAnswer(ModelFailed):
    """The server sent something that is not an answer."""


class EmptyAnswer(ModelFailed):
    """The answer ended without text and without a tool call; ``finish`` is the reason it ended."""

    def __init__(self, message: Text, finish: Finish) -> None:
        """``message`` never quotes the server."""
        super().__init__(message)
        self.finish = finish


class ModelUnavailable(ModelFailed):
    """The deployment cannot answer any request now: a transport fault, or a limit of the provider.

    ``retry_after`` is in seconds, None when unknown.
    """

    def __init__(self, message: Text, *, retry_after: float | None = None) -> None:
        """``message`` never quotes the server."""
        super().__init__(message)
        self.retry_after = retry_after


class ModelStalled(ModelUnavailable):
    """The deployment did not start or continue its answer in time."""


class ModelSlow(ModelFailed):
    """The answer was arriving and did not end in the time of its request; the next one may be shorter."""


class ModelRefused(ModelUnavailable):
    """The deployment refuses every request: wrong key, or not paid."""
