"""Redacts requests for a deployment and restores the private parts in its answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Final

from homelab_steward.contract.base import Value

from .messages import ChatMessage, ChatRequest, Delta, Tier, ToolCall
from .privacy import Classified, PrivacyClass, classify, mask, most_private, unmask
from .settings import Deployment

type Rewrite = Callable[[str], str]

LONGEST_PLACEHOLDER: Final = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """A request as it leaves: ``originals`` are the private parts that come back into the answer.

    Secrets do not: their placeholders stay, also in what the model says.
    """

    request: ChatRequest
    masked: int
    originals: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPrivacy:
    """How private a whole request is."""

    privacy: PrivacyClass
    is_pinned: bool


def classify_request(
    texts: Iterable[str], names: frozenset[str], at_least: PrivacyClass | None = None
) -> RequestPrivacy:
    """Return the strictest class of the texts; ``at_least`` (but public) pins the whole."""
    found: list[Classified] = [classify(text, names) for text in dict.fromkeys(texts)]
    least = at_least or PrivacyClass.PUBLIC
    return RequestPrivacy(
        privacy=most_private([least, *(one.cls for one in found)]),
        is_pinned=least is not PrivacyClass.PUBLIC or any(one.is_pinned for one in found),
    )


def prepare(
    request: ChatRequest, deployment: Deployment, names: frozenset[str], clean: Callable[[str], str]
) -> OutgoingRequest | None:
    """Return ``request`` for ``deployment``, None when it must not have it.

    Secrets are taken out for every model. A model outside the house gets public text:
    what was private is masked where it takes that, and looked at once more afterwards.
    """
    cleaned = rewritten(request, cache(clean))  # the tools say the same words over and over
    open_ones = mask(texts_of(cleaned), secrets_only=True)
    safe = _with_texts(cleaned, open_ones.texts) if open_ones.count else cleaned
    if deployment.tier is Tier.LOCAL:
        return OutgoingRequest(request=safe, masked=open_ones.count, originals=MappingProxyType({}))
    privacy_of_request = classify_request(texts_of(request), names, request.privacy)
    if privacy_of_request.is_pinned or privacy_of_request.privacy is PrivacyClass.SECRET or open_ones.count:
        return None
    if privacy_of_request.privacy is PrivacyClass.PUBLIC:
        return OutgoingRequest(request=safe, masked=0, originals=MappingProxyType({}))
    if not deployment.takes_masked:
        return None
    masked = mask(texts_of(safe), names)
    if classify_request(masked.texts, names).privacy is not PrivacyClass.PUBLIC:
        return None
    return OutgoingRequest(
        request=_with_texts(safe, masked.texts), masked=masked.count, originals=masked.originals
    )


def _with_texts(request: ChatRequest, texts: Iterable[str]) -> ChatRequest:
    following = iter(texts)
    return rewritten(request, lambda _: next(following))


class Restorer:
    """One answer being read."""

    def __init__(self, originals: Mapping[str, str]) -> None:
        """``originals`` are the private parts by their placeholder; none: nothing is held back."""
        self._originals = originals
        self._held = ""

    def read(self, delta: Delta) -> Iterator[Delta]:
        """Yield what can be given out now."""
        if not self._originals:
            yield delta
            return
        text = self._held + delta.text
        self._held = _open_end(text) if delta.finish is None else ""
        whole = text[: len(text) - len(self._held)]
        ready = replace(
            delta,
            text=unmask(whole, self._originals),
            calls=tuple(
                rewritten_call(one, lambda part: unmask(part, self._originals)) for one in delta.calls
            ),
        )
        if ready != Delta():
            yield ready

    def end(self) -> Iterator[Delta]:
        """Yield what is still held back."""
        if self._held:
            yield Delta(text=unmask(self._held, self._originals))
            self._held = ""


def _open_end(text: str) -> str:
    """Return the end of ``text`` that may be the beginning of a placeholder."""
    begins = text.rfind("[")
    if begins == -1 or "]" in text[begins:] or len(text) - begins > LONGEST_PLACEHOLDER:
        return ""
    return text[begins:]


def texts_of(request: ChatRequest) -> tuple[str, ...]:
    """Return every text in ``request``: messages, arguments, descriptions and schemas."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    rewritten(request, keep)
    return tuple(found)


def fresh_texts(request: ChatRequest) -> tuple[str, ...]:
    """Return what is new in ``request``: tools and schemas are the same again and again."""
    return texts_of(replace(request, tools=(), schema=None))


def rewritten(request: ChatRequest, rewrite: Rewrite) -> ChatRequest:
    """Return ``request`` with every text sent through ``rewrite``, always in the same order."""
    return replace(
        request,
        messages=tuple(_message(one, rewrite) for one in request.messages),
        tools=tuple(
            replace(one, description=rewrite(one.description), schema=_mapping(one.schema, rewrite))
            for one in request.tools
        ),
        schema=None if request.schema is None else _mapping(request.schema, rewrite),
    )


def rewritten_call(call: ToolCall, rewrite: Rewrite) -> ToolCall:
    """Return ``call`` with the texts among its arguments sent through ``rewrite``."""
    arguments: dict[str, Value] = {
        name: rewrite(value) if isinstance(value, str) else value for name, value in call.arguments.items()
    }
    return replace(call, arguments=arguments)


def _message(message: ChatMessage, rewrite: Rewrite) -> ChatMessage:
    return replace(
        message,
        text=rewrite(message.text),
        calls=tuple(rewritten_call(one, rewrite) for one in message.calls),
    )


def _mapping(value: Mapping[str, object], rewrite: Rewrite) -> Mapping[str, object]:
    return {name: _any(one, rewrite) for name, one in value.items()}


def _any(value: object, rewrite: Rewrite) -> object:
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, Mapping):
        return {rewrite(str(name)): _any(one, rewrite) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_any(one, rewrite) for one in value]
    return value
