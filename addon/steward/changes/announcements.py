"""What sentences of release notes say of themselves: it breaks, it is for later, it is for others. Pure."""

import re
from typing import Final

_ANNOUNCED: Final = re.compile(
    r"\bwill (?:in the future|be (?:removed|dropped|retired))\b"
    r"|\bplan(?:ning|s)? to (?:\w+ and )?(?:remove|drop|retire)\b",
    re.IGNORECASE,
)
_ABOUT_IT: Final = re.compile(r"(?:if|please|use|until then|it|they)\b", re.IGNORECASE)
"""How a sentence begins that is about the one before."""

_ALREADY: Final = re.compile(r"\b(?:now|no longer|must|have to|has to)\b", re.IGNORECASE)
"""What a sentence says about this release."""

_OTHERS: Final = re.compile(
    r"\W*(?:important )?note (?:for|to) (?:[\w-]+ ){0,2}"
    r"(?:packagers?|distributors?|porters?|maintainers?|developers?|contributors?|authors?)\b",
    re.IGNORECASE,
)

_BREAKS: Final = re.compile(
    r"(?:\b(?:is|are|has|contains?|introduces?|brings|includes?|warning)\b\W+"
    r"(?:(?:an?|some|several|major|minor|the) )*"
    r"(?:breaking change|backwards?[- ]incompatib|incompatible change)|\bnot backwards?[- ]compatible\b"
    r"|\b(?:may|might|could|can) break (?:your|existing|current|old)\b|^breaking because\b)",
    re.IGNORECASE,
)
_DENIES: Final = re.compile(
    r"\b(?:no|none|fix\w*|unintended|undo\w*|revert\w*|will|next|future|upcoming|previous|last|earlier"
    r"|should|coming|on the way)\b",
    re.IGNORECASE,
)
"""What stands before it when it is denied, or about another release."""


def says_it_breaks(text: str) -> bool:
    """Return whether a text calls its own change a breaking one."""
    found = _BREAKS.search(text)
    return found is not None and _DENIES.search(text[: found.start()]) is None


def is_about_later(text: str, *, after: bool) -> bool:
    """Return whether a sentence is about a later release only; ``after`` says whether the one before was."""
    if _ALREADY.search(text) is not None:
        return False
    return _ANNOUNCED.search(text) is not None or (after and _ABOUT_IT.match(text) is not None)


def is_for_others(text: str) -> bool:
    """Return whether a sentence is for people who build or extend the program."""
    return _OTHERS.match(text) is not None
