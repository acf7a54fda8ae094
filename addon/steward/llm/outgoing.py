"""Makes a request fit to be read by one deployment, or says that it never will be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .messages import ChatRequest, Tier
from .privacy import Classified, PrivacyClass, classify, mask, most_private
from .request_texts import rewritten, texts_of
from .settings import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request as it leaves: ``originals`` are the private parts that come back into the answer.

    Secrets do not: their placeholders stay, also in what the model says.
    """

    request: ChatRequest
    masked: int
    originals: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How private a whole request is."""

    privacy: PrivacyClass
    is_pinned: bool


def judge(texts: Iterable[str], names: frozenset[str], at_least: PrivacyClass | None = None) -> Verdict:
    """Return the strictest class of the texts; ``at_least`` (but public) pins the whole."""
    found: list[Classified] = [classify(text, names) for text in dict.fromkeys(texts)]
    least = at_least or PrivacyClass.PUBLIC
    return Verdict(
        privacy=most_private([least, *(one.cls for one in found)]),
        is_pinned=least is not PrivacyClass.PUBLIC or any(one.is_pinned for one in found),
    )


def prepare(
    request: ChatRequest, deployment: Deployment, names: frozenset[str], clean: Callable[[str], str]
) -> Outgoing | None:
    """Return ``request`` for ``deployment``, None when it must not have it.

    Secrets are taken out for every model. A model outside the house gets public text:
    what was private is masked where it takes that, and looked at once more afterwards.
    """
    cleaned = rewritten(request, cache(clean))  # the tools say the same words over and over
    open_ones = mask(texts_of(cleaned), secrets_only=True)
    safe = _with_texts(cleaned, open_ones.texts) if open_ones.count else cleaned
    if deployment.tier is Tier.LOCAL:
        return Outgoing(request=safe, masked=open_ones.count, originals=MappingProxyType({}))
    verdict = judge(texts_of(request), names, request.privacy)
    if verdict.is_pinned or verdict.privacy is PrivacyClass.SECRET or open_ones.count:
        return None
    if verdict.privacy is PrivacyClass.PUBLIC:
        return Outgoing(request=safe, masked=0, originals=MappingProxyType({}))
    if not deployment.takes_masked:
        return None
    masked = mask(texts_of(safe), names)
    if judge(masked.texts, names).privacy is not PrivacyClass.PUBLIC:
        return None
    return Outgoing(request=_with_texts(safe, masked.texts), masked=masked.count, originals=masked.originals)


def _with_texts(request: ChatRequest, texts: Iterable[str]) -> ChatRequest:
    following = iter(texts)
    return rewritten(request, lambda _: next(following))
