"""Turns the statuses and errors of model servers into ModelErrors."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import orjson

from ..texts import Text
from .errors import (
    EmptyAnswer,
    InvalidAnswer,
    ModelFailed,
    ModelRefused,
    ModelUnavailable,
    ParameterRejected,
    RequestRejected,
    RequestTooLong,
)
from .messages import Finish

BUSY: Final = 60.0
"""Seconds to wait after a 429 without a wait time."""

_LEAST_UNIX_SECONDS: Final = 1_000_000_000
_LEAST_UNIX_MILLISECONDS: Final = 1_000_000_000_000
_PLAIN: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_DELAY: Final = re.compile(rb'"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"')

_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_RESET_HEADERS: Final = (
    "retry-after",
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-reset",
)
_REFUSALS: Final[Mapping[int, Callable[[str], Text]]] = {
    401: lambda name: t"{name} rejects the key (401)",
    402: lambda name: t"{name} requires payment (402)",
    403: lambda name: t"{name} denies access (403)",
}
_REJECTIONS: Final[Mapping[int, Callable[[str], Text]]] = {
    404: lambda name: t"{name} does not know the model (404)",
    410: lambda name: t"{name} does not offer the model any more (410)",
}
_TEMPORARY: Final = frozenset({408, 409, 423, 425})
_TOO_LARGE: Final = frozenset({413, 414, 431})

_TOO_LONG: Final = re.compile(
    rb"context[_ -]?(?:length|window|size)|maximum context|n_ctx|too many (?:input )?tokens|"
    rb"prompt[_ ](?:is[_ ])?too[_ ](?:long|large)|"
    rb"(?:input|request|prompt|message)s?[\w ]{0,30} (?:is|are) too (?:long|large)|"
    rb"string_above_max_length|reduce the length|context overflow|"
    rb"tokens?[\w\s(),:]{0,60}exceeds? (?:the |its )?(?:maximum|limit|model)|"
    rb"exceed_context|prompt tokens[\w\s(),:]{0,60}exceed",
    re.IGNORECASE,
)
"""How OpenAI, Anthropic, Gemini, Mistral, vLLM, llama.cpp, Ollama and LM Studio report a long request."""

_BAD_CALL: Final = re.compile(
    rb"pars(?:e|ing) (?:the )?(?:input|tool|function)|invalid (?:tool|function)[_ ]call|failed_generation",
    re.IGNORECASE,
)
"""How servers report that the model wrote a call that they cannot read."""

_FILTERED: Final = re.compile(
    rb"content_?(?:filter|policy)|responsibleaipolicy|requires moderation|prohibited_content", re.IGNORECASE
)
_NO_TOOLS: Final = re.compile(
    rb"(?:not support|no endpoints found that support)[\w\s]{0,20}\b(?:tools?|function)|"
    rb"enable-auto-tool-choice|--jinja",
    re.IGNORECASE,
)
"""How servers report that a model cannot call tools."""

_TEMPLATE: Final = re.compile(
    rb"chat[_ ]template|jinja|roles must alternate|system role not supported|raise_exception", re.IGNORECASE
)
"""How servers report messages that do not fit the chat template of the model."""

_OPTIONAL: Final = re.compile(rb"\b(max_tokens|temperature|stream_options)\b")
"""The parameters that some models or servers do not accept, and a request can do without."""

_NOT_ACCEPTED: Final = re.compile(
    rb"unsupported|(?:not|n't) (?:support|allow|permit|accept)|unrecognized|unknown|unexpected|"
    rb"extra (?:inputs|fields)|extra_forbidden|only the default",
    re.IGNORECASE,
)
"""How OpenAI, Mistral, Groq and pydantic report a parameter that they do not accept."""

_REJECTED: Final[Sequence[tuple[re.Pattern[bytes], Callable[[str], Text]]]] = (
    (_NO_TOOLS, lambda name: t"{name} does not support tools: set supports_tools to false"),
    (_TEMPLATE, lambda name: t"{name} cannot use the request with its chat template"),
)

_LIMIT_CODES: Final = re.compile(
    rb"rate_?limit|insufficient_quota|resource_exhausted|overloaded", re.IGNORECASE
)


def status_error(
    name: str, status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> ModelFailed:
    """Return the error for a status other than 200, with the wait time that the server asks for.

    The body is only searched: its text may quote the question or the key.
    """
    after = retry_after(headers or {}, body, time.time())
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ModelUnavailable(t"{name} received too many requests (429)", retry_after=after or BUSY)
    if status in _TOO_LARGE:
        return RequestTooLong(t"{name} rejects the request as too long ({status})")
    fault = None if status == HTTPStatus.SERVICE_UNAVAILABLE else _request_fault(name, body)
    if fault is not None:
        return fault
    if status in _REFUSALS:
        return ModelRefused(_REFUSALS[status](name), retry_after=after)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _TEMPORARY:
        rejection = _REJECTIONS.get(status)
        return RequestRejected(rejection(name) if rejection else t"{name} rejects the request ({status})")
    return ModelUnavailable(t"{name} cannot answer now ({status})", retry_after=after)


def _request_fault(name: str, body: bytes) -> ModelFailed | None:
    """Return the error that a body describes if it concerns one request only, None otherwise."""
    if _TOO_LONG.search(body):
        return RequestTooLong(t"{name} rejects the request as too long")
    if _FILTERED.search(body):
        return EmptyAnswer(t"{name} blocked the answer", Finish.FILTERED)
    for pattern, reason in _REJECTED:
        if pattern.search(body):
            return RequestRejected(reason(name))
    rejected = frozenset(one.decode() for one in _OPTIONAL.findall(body))
    if rejected and _NOT_ACCEPTED.search(body):
        parameters = ", ".join(sorted(rejected))
        return ParameterRejected(t"{name} does not accept {parameters}", rejected)
    if _BAD_CALL.search(body):
        return InvalidAnswer(t"{name} wrote a tool call that its server cannot read")
    return None


def fault_error(name: str, error: object) -> ModelFailed:
    """Return the error for an error that a server sent in place of an answer, after status 200."""
    body = orjson.dumps(error, default=str)
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, str) and code.isdecimal():
        code = int(code)
    if isinstance(code, int) and HTTPStatus.BAD_REQUEST <= code <= 599:  # noqa: PLR2004 - the last status
        return status_error(name, code, body=body)
    fault = _request_fault(name, body)
    if fault is not None:
        return fault
    if _LIMIT_CODES.search(body):
        return ModelUnavailable(t"{name} received too many requests", retry_after=retry_after({}, body, 0.0))
    return RequestRejected(t"{name} stopped with an error")


def retry_after(headers: Mapping[str, str], body: bytes, now: float) -> float | None:
    """Return the seconds until a server accepts the next request, None if it does not say.

    Reads Retry-After (seconds or a date), the usual x-ratelimit-reset headers (seconds,
    ``6m0s``, or a Unix time in seconds or milliseconds), and Gemini's ``retryDelay``.
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    for name in _RESET_HEADERS:
        seconds = _seconds(values.get(name, ""), now)
        if seconds is not None:
            return seconds
    delay = _DELAY.search(body)
    return float(delay[1]) if delay else None


def _seconds(text: str, now: float) -> float | None:
    """Return a header's time in seconds from ``now``, None if it is not a time."""
    if not text:
        return None
    if _PLAIN.fullmatch(text):
        number = float(text)
        if number > _LEAST_UNIX_MILLISECONDS:
            number /= 1000
        return max(number - now, 0.0) if number > _LEAST_UNIX_SECONDS else number
    duration = _DURATION.fullmatch(text)
    if duration:
        days, hours, minutes, seconds, milliseconds = (float(part or 0) for part in duration.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds + milliseconds / 1000
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except ValueError:
        return None
