"""Recognises requests to move applications of a Git repository to a VLAN."""

import re
from typing import TYPE_CHECKING, Final

from ..language.words import words_of
from .meanings import AmbiguousRequest, Meaning, OpenText, PersonRequest
from .said_text import SaidText

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

INTENT: Final = "MoveToVlan"
ACTION: Final = "change_vlan"
VLAN: Final = "vlan"
LOWEST: Final = 1
HIGHEST: Final = 4094
NETWORK: Final = "network"
"""The category of the services whose devices have VLANs of their own."""


def recognise_move(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the request to move applications to a VLAN that a text is, None if it is none.

    The VLAN of a network device is no value of a repository: it is refused.
    """
    if VLAN not in said.text.casefold():
        return None
    found = next((one for one in matcher.plans(said.text, said.lists) if one.intent == INTENT), None)
    number = found.texts.get("tail", "").strip(" .!") if found else ""
    if found is None or not re.fullmatch(r"\d{1,4}", number) or not LOWEST <= int(number) <= HIGHEST:
        return None
    devices = said.known.categories.get(NETWORK, frozenset())
    named = [one for mention in said.mentions for one in mention.targets]
    device = next((one for one in named if one.service in devices), None)
    if device is not None:
        return OpenText(text=said.text, lacks_action=device)
    applications = _applications(found.texts.get("rest", ""), matcher)
    requests = tuple(
        PersonRequest(
            named_target=target, action=action, arguments={"applications": applications, VLAN: int(number)}
        )
        for target in said.known.among
        for action in said.known.offers.get(target.service, ())
        if action.key == ACTION and action.scope == target.scope
    )
    if not applications or not requests:
        return OpenText(text=said.text, lacks_target=True)
    return requests[0] if len(requests) == 1 else AmbiguousRequest(requests)


def _applications(said: str, matcher: LanguageMatcher) -> str:
    """Return the names of applications, or of their folder, without words such as "the" and "services"."""
    left_out = matcher.phrases("filler") | matcher.phrases("noun") | matcher.phrases("move_noun")
    joining = matcher.phrases("move_and")
    names: list[list[str]] = [[]]
    for part in said.split(","):
        for word in words_of(part.replace("-", " ")):
            if word in joining:
                names.append([])
            elif word not in left_out:
                names[-1].append(word)
        names.append([])
    return ", ".join("-".join(one) for one in names if one)
