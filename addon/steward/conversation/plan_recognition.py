"""Recognises requests for several targets: several names, all of a kind or a category, and goals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from ..language.words import WORD, masked, words_of
from .given_names import is_stack, stack_target
from .meanings import (
    AmbiguousName,
    Goal,
    GoalRequest,
    Meaning,
    NoTarget,
    OpenQuestion,
    PersonRequest,
    PlanRequest,
    UnsupportedRequest,
)
from .mentions import Mention, NamedTarget, marked
from .move_recognition import recognise_move
from .request_parts import PartKind, RequestPart, clauses, unexplained_part, unsupported_part
from .request_recognition import is_clear, parse_requests
from .request_verbs import requested_verbs
from .said_kinds import Named, of_said_kinds, without_kinds
from .said_text import Known, SaidText, locative_start

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_ALONE: Final = 2
"""Names of which the last one can still be a target of its own."""

LONGEST_GROUP: Final = 4
"""Words of the name of a group."""

_GOALS: Final = {"FixDown": Goal.DOWN, "FreeSpace": Goal.FREE_SPACE, "PowerCut": Goal.POWER_CUT}
_KINDS: Final = {"guest": ("container", "vm")}
_JOINING: Final = " ,&+"


def recognise_plan(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the request for several targets that a text is, None if it is none."""
    goal = recognise_move(said, matcher) or _goal(said, matcher) or _several_stacks(said, matcher)
    if goal is not None:
        return goal
    excepted = _excepted(said, matcher)
    if excepted is None:
        return _planned(said, matcher)
    text, targets = excepted
    found = _planned(replace(said, text=text, mentions=said.known.index.find(text)), matcher)
    if isinstance(found, AmbiguousName):
        return None  # The question would leave out the exception.
    return replace(found, excepted=targets) if isinstance(found, PlanRequest) else found


def _planned(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the request for several targets that a text without exceptions is, None if it is none."""
    pieces = list(_pieces(said, matcher))
    found = [_piece(one, said.known, matcher, is_part=len(pieces) > 1) for one in pieces]
    plans: list[PlanRequest] = []
    for one in found:
        if isinstance(one, AmbiguousName) and len(pieces) > 1:
            return None  # The question would leave out the other requests.
        if not isinstance(one, PlanRequest):
            return one
        plans.append(one)
    return PlanRequest(
        requests=tuple(request for one in plans for request in one.requests),
        not_offered=tuple(target for one in plans for target in one.not_offered),
        place=next((one.place for one in plans if one.place), None),
    )


def _goal(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return a request that says what is wanted instead of an action."""
    for match in matcher.plans(marked(said.text, said.mentions), said.lists):
        if match.intent not in _GOALS:
            continue
        number = match.slots.get("name")
        if number is not None and number not in range(len(said.mentions)):
            return NoTarget()
        place = said.mentions[number].targets[0] if number is not None else None
        rest = match.texts.get("rest", "").strip(_JOINING)
        if rest:
            hidden = unsupported_part(rest, matcher)
            return UnsupportedRequest(hidden or RequestPart(PartKind.UNKNOWN, rest))
        return GoalRequest(_GOALS[match.intent], place.target if place else None)
    return None


def _several_stacks(said: SaidText, matcher: LanguageMatcher) -> AmbiguousName | None:
    """Return that several stacks have the name of which something is requested, None otherwise."""
    for one in said.mentions:
        labels = tuple(each.label for each in one.targets if is_stack(each.target))
        hidden = masked(said.text, [each.span for each in said.mentions])
        if len(labels) > 1 and requested_verbs(hidden, said.known.offers, matcher):
            return AmbiguousName(labels, OpenQuestion(said.text[: one.start], said.text[one.end :]))
    return None


def _excepted(said: SaidText, matcher: LanguageMatcher) -> tuple[str, tuple[TargetRef, ...]] | None:
    """Return a text without what it excepts, and the targets of that: "all containers, except AdGuard".

    None when it excepts nothing, or something that has no name.
    """
    hidden = masked(said.text, [one.span for one in said.mentions])
    for word in WORD.finditer(hidden) if said.mentions else ():
        rest = hidden[word.start() :]
        length, needs_end = matcher.prefix("except", rest), False
        if not length:
            # "Only Lidarr not" excepts it, "only Lidarr" does not.
            length, needs_end = matcher.prefix("except_not", rest), True
        names = [one for one in said.mentions if one.start >= word.start() + length] if length else []
        if names and _is_exception(said.text, word.start() + length, names, matcher, needs_end=needs_end):
            targets = tuple(each.target for one in names for each in one.targets)
            begin, last = said.text[: word.start()].strip(_JOINING), _last(said.text, names)
            # "Starte alle außer Lidarr neu": the last word belongs to the verb.
            return (f"{begin} {last}" if _is_of_verb(last, matcher) else begin), targets
    return None


def _last(text: str, names: Sequence[Mention]) -> str:
    """Return what follows the last name."""
    return text[names[-1].end :].strip(f"{_JOINING}.!?")


def _is_of_verb(text: str, matcher: LanguageMatcher) -> bool:
    words = words_of(text)
    return bool(words) and matcher.phrases("verb_word").issuperset(words)


def _is_exception(
    text: str, start: int, names: Sequence[Mention], matcher: LanguageMatcher, *, needs_end: bool
) -> bool:
    """Return whether a text has nothing but names after an exception begins."""
    first, last = text[start : names[0].start].strip(_JOINING), _last(text, names)
    between = [text[one.end : two.start] for one, two in pairwise(names)]
    is_end = not needs_end and (not last or _is_of_verb(last, matcher))
    is_end = is_end or (bool(last) and matcher.prefix("except_end", last) == len(last))
    is_begun = not first or _is_noun(first, matcher)
    return is_begun and is_end and all(_is_joiner(one, matcher) for one in between)


def _pieces(said: SaidText, matcher: LanguageMatcher) -> Iterator[str]:
    """Yield the parts of a text that are requests of their own: "restart Radarr" and "stop Sonarr"."""
    hidden, begin = masked(said.text, [one.span for one in said.mentions]), 0
    for word in WORD.finditer(hidden) if said.mentions else ():
        length = matcher.prefix("joiner", hidden[word.start() :])
        after = word.start() + length
        if not length or word.start() < begin:
            continue
        is_named = any(begin <= one.start < word.start() for one in said.mentions)
        both = (hidden[begin : word.start()], hidden[after:])
        if is_named and all(requested_verbs(one.strip(), said.known.offers, matcher) for one in both):
            yield said.text[begin : word.start()].strip(_JOINING)
            begin = after
    yield said.text[begin:].strip(_JOINING)


def _piece(text: str, known: Known, matcher: LanguageMatcher, *, is_part: bool) -> Meaning | None:
    """Return the request that a part of a text is, None when it is none for several targets."""
    mentions = known.index.find(text)
    named = _named(text, mentions, known, matcher)
    text, named = _without_common_place(text, named, matcher)
    if not named or not (is_part or len(named) > 1 or named[0].is_group):
        return None
    spans = [(one.start, one.end) for one in named]
    if not requested_verbs(masked(text, spans), known.offers, matcher):
        return _with_clause(text, named, known, matcher)
    between = [(first.end, second.start) for first, second in pairwise(named)]
    joined = [one for one in between if _is_joiner(text[slice(*one)], matcher)]
    part = unsupported_part(text, matcher, [*spans, *joined])
    if part is not None:
        return UnsupportedRequest(part)
    if joined != between:
        return None
    return _plan(text, named, [*spans, *joined], known, matcher)


def _without_common_place(text: str, named: list[Named], matcher: LanguageMatcher) -> tuple[str, list[Named]]:
    """Return a text and its names without the instance after them that all of them are in."""
    place = next((one.target for one in named[-1].targets if one.scope is None), None) if named else None
    between = text[named[-2].end : named[-1].start].strip() if len(named) > MOST_ALONE else ""
    if place is None or not between or matcher.prefix("within", between) != len(between):
        return text, named
    others = [
        replace(one, targets=tuple(each for each in one.targets if _is_inside(each, place)))
        for one in named[:-1]
    ]
    if not all(one.targets for one in others):
        return text, named
    return f"{text[: named[-2].end]}{text[named[-1].end :]}", others


def _is_inside(target: NamedTarget, place: TargetRef) -> bool:
    return target.scope is not None and target.target.instance_id == place.instance_id


def _with_clause(
    text: str, named: Sequence[Named], known: Known, matcher: LanguageMatcher
) -> UnsupportedRequest | None:
    """Return the refusal of a request for a group with a clause: "all containers but not AdGuard"."""
    hidden = masked(text, [(one.start, one.end) for one in named])
    groups = [one.start for one in named if one.is_group]
    for clause in clauses(hidden, matcher) if groups else ():
        is_named = any(one in range(*clause.request.indices(len(text))) for one in groups)
        if is_named and requested_verbs(hidden[clause.request].strip(), known.offers, matcher):
            return UnsupportedRequest(RequestPart(clause.kind, text[clause.part].strip(f"{_JOINING}.!?;:")))
    return None


def _plan(
    text: str,
    named: Sequence[Named],
    spans: Sequence[tuple[int, int]],
    known: Known,
    matcher: LanguageMatcher,
) -> Meaning | None:
    verbs = requested_verbs(masked(text, [(one.start, one.end) for one in named]), known.offers, matcher)
    requests: list[PersonRequest] = []
    not_offered: list[NamedTarget] = []
    plain = without_kinds(text, known)
    for one in of_said_kinds(text, named, known, matcher):
        for targets in ((each,) for each in one.targets) if one.is_group else (one.targets,):
            mention = Mention(one.start, one.end, targets)
            found = parse_requests(plain, [mention], known.offers, matcher, verbs)
            if found and is_clear(found) and not found[0].missing:
                requests.append(found[0])
            elif found:
                return _which_one(found, mention, text)
            else:
                not_offered.append(targets[0])
    if not requests:
        return None
    first = requests[0]
    part = unexplained_part(text, first.named_target, first.action, first.arguments, matcher, spans)
    if part is not None:
        return UnsupportedRequest(part)
    place = next((one.place.target for one in named if one.place), None)
    return PlanRequest(tuple(requests), tuple(not_offered), place)


def _which_one(found: Sequence[PersonRequest], named: Mention, text: str) -> AmbiguousName | None:
    """Return the question which of the things with a name is meant, None if something else is not clear."""
    same = [one for one in found if one.rank == found[0].rank]
    labels = tuple(dict.fromkeys(one.named_target.label for one in same))
    if found[0].missing or len(labels) != len(same):
        return None
    return AmbiguousName(labels, OpenQuestion(text[: named.start], text[named.end :]))


def _is_joiner(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether nothing but commas and words for "and" stand between two names, beside kinds."""
    parts = [one.strip(_JOINING) for one in text.split(",")]
    is_kind_only = len(parts) == 1 and _is_noun(parts[0], matcher) and not any(map(text.count, "&+/"))
    return bool(text.strip()) and not is_kind_only and all(_joins(one, matcher) for one in parts)


def _joins(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a text is empty or a word for "and", with a kind before or after it."""
    first = WORD.match(text)
    if first and _is_noun(first[0], matcher):
        text = text[first.end() :].strip(_JOINING)
    rest = text[matcher.prefix("joiner", text) :].strip(f"{_JOINING}.")
    return not rest or _is_noun(rest, matcher)


def _named(text: str, mentions: Sequence[Mention], known: Known, matcher: LanguageMatcher) -> list[Named]:
    """Return the names and groups in a text in order."""
    found = [Named(one.start, one.end, one.targets) for one in mentions]
    end = 0
    for word in WORD.finditer(text):
        if word.start() < end:
            continue
        rest = text[word.start() :]
        of_all = matcher.prefix("all", rest)
        length, after = of_all or matcher.prefix("group_name", rest), word.start() + of_all
        group = _group(text, word.start(), after, found, known, matcher) if length else None
        if group is not None:
            found = [one for one in found if not (group.start <= one.start < group.end)]
            found.append(group)
            end = group.end
    return sorted((_with_members(one, text, known, matcher) for one in found), key=lambda one: one.start)


def _with_members(named: Named, text: str, known: Known, matcher: LanguageMatcher) -> Named:
    """Return a stack, or "everything in" one, as the group of its members; anything else as it is."""
    place = named.targets[0].target
    if named.is_group or len(named.targets) > 1 or not is_stack(place):
        return named
    start = locative_start(text, named.start, matcher, "all_in")
    members = {one.key for stack in known.stacks if stack_target(stack) == place for one in stack.members}
    targets = tuple(one for one in known.among if one.target.key in members)
    return replace(named, start=named.start if start is None else start, targets=targets, is_group=True)


def _group(
    text: str, start: int, after: int, names: Sequence[Named], known: Known, matcher: LanguageMatcher
) -> Named | None:
    """Return the group whose name stands after a word for "all"."""
    words = list(WORD.finditer(text, after))
    if owned := _owned_group(text, start, after, names, known, matcher):
        return owned
    if len(words) > 1 and _is_noun(words[0][0], matcher):
        # "All applications arr" in French: the noun stands first.
        own = tuple(one[0].casefold() for one in words[1:2])
        targets = _group_targets(own, known, matcher)
        if targets:
            return _placed(text, Named(start, words[1].end(), targets, is_group=True), names, matcher)
    for count in range(min(LONGEST_GROUP, len(words)), 0, -1):
        said = tuple(one[0].casefold() for one in words[:count])
        targets = _group_targets(said, known, matcher)
        if targets:
            rest, end = words[count:], words[count - 1].end()
            if rest and _is_noun(rest[0][0], matcher):
                end = rest[0].end()
            return _placed(text, Named(start, end, targets, is_group=True), names, matcher)
    return None


def _owned_group(
    text: str, start: int, after: int, names: Sequence[Named], known: Known, matcher: LanguageMatcher
) -> Named | None:
    """Return the group of a kind whose instance stands before it: "all Docker containers"."""
    owner = next((one for one in names if one.start >= after and not text[after : one.start].strip()), None)
    word = WORD.search(text, owner.end) if owner else None
    if owner is None or word is None or text[owner.end : word.start()].strip("- "):
        return None
    of_kind = {one.target for one in _group_targets((word[0].casefold(),), known, matcher)}
    places = [one.target for one in owner.targets if one.scope is None]
    inside = [one for one in known.among if any(_is_inside(one, place) for place in places)]
    said = word[0].casefold().removesuffix("s")
    targets = tuple(one for one in inside if one.target in of_kind or one.scope == said)
    return Named(start, word.end(), targets, is_group=True) if targets else None


def _is_noun(word: str, matcher: LanguageMatcher) -> bool:
    """Return whether a word only says what the members of a group are: "the media services"."""
    return word.casefold() in matcher.phrases("noun") or word.casefold() in matcher.values("kind")


def _placed(text: str, group: Named, names: Sequence[Named], matcher: LanguageMatcher) -> Named:
    """Return a group with the place that follows it: "all containers on pve"."""
    following = next((one for one in names if one.start >= group.end), None)
    if following is None:
        return group
    between = text[group.end : following.start].strip()
    if not between or matcher.prefix("within", between) != len(between):
        return group
    return Named(group.start, following.end, group.targets, is_group=True, place=following.targets[0])


def _group_targets(said: tuple[str, ...], known: Known, matcher: LanguageMatcher) -> tuple[NamedTarget, ...]:
    """Return the targets of a group: those of a kind, of a category, or of services by a pattern."""
    kinds = matcher.worded_kinds(known.kinds)
    if said in kinds and kinds[said] != "any":
        wanted = {each for one in kinds[said].split("|") for each in _KINDS.get(one, (one,))}
        is_service = "service" in wanted
        return tuple(one for one in known.among if one.scope in wanted or (is_service and one.scope is None))
    pattern = matcher.worded("group").get(said)
    services = known.categories.get(" ".join(said), frozenset())
    return tuple(
        one
        for one in known.among
        if one.scope is None and (one.service in services or (pattern and fnmatchcase(one.service, pattern)))
    )
