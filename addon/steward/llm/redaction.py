"""Redacts requests for a deployment and restores the private parts in its answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from homelab_steward.contract.base import Value

from .messages import ChatMessage, ChatRequest, Delta, Tier, ToolCall
from .privacy import (
    Classified,
    PrivacyClass,
    classify,
    is_public_by_rules,
    mask,
    most_private,
    unmask,
)
from .settings import Deployment

type Rewrite = Callable[[str], str]

LONGEST_PLACEHOLDER: Final = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """A request as it is sent; ``originals`` has the private parts by placeholder.

    Secrets are not in ``originals``: the answer keeps their placeholders.
    """

    request: ChatRequest
    masked: int
    originals: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPrivacy:
    """The privacy class of a request."""

    privacy: PrivacyClass
    is_pinned: bool


def classify_request(
    texts: Iterable[str], names: frozenset[str], at_least: PrivacyClass | None = None
) -> RequestPrivacy:
    """Return the strictest class of the texts; an ``at_least`` above public pins the request."""
    found: list[Classified] = [classify(text, names) for text in dict.fromkeys(texts)]
    least = at_least or PrivacyClass.PUBLIC
    return RequestPrivacy(
        privacy=most_private([least, *(one.privacy_class for one in found)]),
        is_pinned=least is not PrivacyClass.PUBLIC or any(one.is_pinned for one in found),
    )


def prepare(
    request: ChatRequest, deployment: Deployment, names: frozenset[str], clean: Callable[[str], str]
) -> OutgoingRequest | None:
    """Return ``request`` as ``deployment`` may read it, None if it must not read it.

    Secrets are masked for every deployment. A deployment that is not local receives public text
    only: private parts are masked if it ``takes_masked``, and the rules check the result.
    """
    texts = texts_of(request)
    changed = {one: found for one in dict.fromkeys(texts) if (found := clean(one)) != one}
    secrets = mask([changed.get(one, one) for one in texts], secrets_only=True)
    safe = _with_texts(request, secrets.texts) if changed or secrets.count else request
    if deployment.tier is Tier.LOCAL:
        return OutgoingRequest(request=safe, masked=secrets.count, originals=MappingProxyType({}))
    request_privacy = classify_request(texts_of(request), names, request.privacy)
    if request_privacy.is_pinned or request_privacy.privacy is PrivacyClass.SECRET or secrets.count:
        return None
    if request_privacy.privacy is PrivacyClass.PUBLIC:
        return OutgoingRequest(request=safe, masked=0, originals=MappingProxyType({}))
    if not deployment.takes_masked:
        return None
    masked = mask(texts_of(safe), names)
    if not all(is_public_by_rules(text, names) for text in masked.texts):
        return None
    return OutgoingRequest(
        request=_with_texts(safe, masked.texts), masked=masked.count, originals=masked.originals
    )


def _with_texts(request: ChatRequest, texts: Iterable[str]) -> ChatRequest:
    remaining = iter(texts)
    return rewrite_texts(request, lambda _: next(remaining))


class Restorer:
    """Restores the private parts in one streamed answer."""

    def __init__(self, originals: Mapping[str, str]) -> None:
        """``originals`` has the private parts by placeholder."""
        self._originals = originals
        self._held = ""

    def read(self, delta: Delta) -> Iterator[Delta]:
        """Yield the next piece without a placeholder that may still be incomplete."""
        if not self._originals:
            yield delta
            return
        text = self._held + delta.text
        self._held = _incomplete_placeholder(text) if delta.finish is None else ""
        whole = text[: len(text) - len(self._held)]
        ready = replace(
            delta,
            text=unmask(whole, self._originals),
            calls=tuple(rewrite_call(one, lambda part: unmask(part, self._originals)) for one in delta.calls),
        )
        if ready != Delta():
            yield ready

    def end(self) -> Iterator[Delta]:
        """Yield the text that is still held back."""
        if self._held:
            yield Delta(text=unmask(self._held, self._originals))
            self._held = ""


def _incomplete_placeholder(text: str) -> str:
    """Return the end of ``text`` that may be an incomplete placeholder."""
    start = text.rfind("[")
    if start == -1 or "]" in text[start:] or len(text) - start > LONGEST_PLACEHOLDER:
        return ""
    return text[start:]


def texts_of(request: ChatRequest) -> tuple[str, ...]:
    """Return every text in ``request``: messages, arguments, descriptions and schemas.

    They are in the order in which ``rewrite_texts`` rewrites them.
    """
    found = [*message_texts(request)]
    for one in request.tools:
        found.append(one.description)
        found += _texts_in(one.schema)
    return (*found, *_texts_in(request.schema))


def message_texts(request: ChatRequest) -> tuple[str, ...]:
    """Return the texts of the messages; those of tools and schemas repeat and are cached."""
    found: list[str] = []
    for message in request.messages:
        found.append(message.text)
        for call in message.calls:
            found += [one for one in call.arguments.values() if isinstance(one, str)]
    return tuple(found)


def _texts_in(value: object) -> Iterator[str]:
    """Yield the texts of a schema; the names of its first level are its own words."""
    parts = value.values() if isinstance(value, Mapping) else ()
    for one in parts:
        yield from _texts_below(one)


def _texts_below(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield str(name)
            yield from _texts_below(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts_below(one)


def rewrite_texts(request: ChatRequest, rewrite: Rewrite) -> ChatRequest:
    """Return ``request`` with ``rewrite`` applied to every text, always in the same order."""
    return replace(
        request,
        messages=tuple(_rewrite_message(one, rewrite) for one in request.messages),
        tools=tuple(
            replace(one, description=rewrite(one.description), schema=_rewrite_mapping(one.schema, rewrite))
            for one in request.tools
        ),
        schema=None if request.schema is None else _rewrite_mapping(request.schema, rewrite),
    )


def rewrite_call(call: ToolCall, rewrite: Rewrite) -> ToolCall:
    """Return ``call`` with ``rewrite`` applied to its text arguments."""
    arguments: dict[str, Value] = {
        name: rewrite(value) if isinstance(value, str) else value for name, value in call.arguments.items()
    }
    return replace(call, arguments=arguments)


def _rewrite_message(message: ChatMessage, rewrite: Rewrite) -> ChatMessage:
    return replace(
        message,
        text=rewrite(message.text),
        calls=tuple(rewrite_call(one, rewrite) for one in message.calls),
    )


def _rewrite_mapping(value: Mapping[str, object], rewrite: Rewrite) -> Mapping[str, object]:
    return {name: _rewrite_value(one, rewrite) for name, one in value.items()}


def _rewrite_value(value: object, rewrite: Rewrite) -> object:
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, Mapping):
        return {rewrite(str(name)): _rewrite_value(one, rewrite) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rewrite_value(one, rewrite) for one in value]
    return value
