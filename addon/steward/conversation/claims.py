"""Binds what a sentence of an answer claims to what was read: a thing, of what, a value, its unit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from homelab_steward.contract.state import TargetRef

from .answer_sentences import Number, Piece, SentenceReader, targets_of
from .answer_words import Term
from .mentions import Mention
from .read_facts import GENERIC, LIMIT, Amount, Line, equals, is_beyond

PAIR: Final = 2
_LIMIT: Final = Term(LIMIT)

type Subject = frozenset[TargetRef]


@dataclass(slots=True, kw_only=True)
class Record:
    """What can be said: the lines that were read about a thing, and the states of things from the records.

    ``is_in`` returns whether a target is in a state, None when that is not known. ``asked`` is what the
    question is about, and ``question`` its text.
    """

    lines: Callable[[Subject], Sequence[Line]]
    is_in: Callable[[TargetRef, str], bool | None]
    asked: Subject = frozenset()
    question: str = ""


class Claims:
    """Judges the sentences of one answer, in order."""

    def __init__(self, record: Record, reader: SentenceReader) -> None:
        self._record = record
        self._reader = reader
        self._subject = record.asked

    def holds(self, sentence: str) -> bool:
        """Return whether everything that a sentence claims was read."""
        pieces = self._reader.read(sentence)
        if not pieces:
            return True
        kinds = set[str]().union(*(one.kinds for one in pieces))
        if sentence.rstrip().endswith("?"):
            return not any(one.numbers or one.tokens for one in pieces)
        reply = self._reader.reply(pieces[0])
        if reply is not None and self._question_is_true() is not reply:
            return False
        if "order" in kinds and ("general" not in kinds or sum(len(one.groups) for one in pieces) >= PAIR):
            return self._compares(pieces)
        if "cause" in kinds:
            return self._is_one_line(pieces)
        return self._pieces_hold(pieces[reply is not None :])

    def _pieces_hold(self, pieces: Sequence[Piece]) -> bool:
        subject, terms, is_general = self._subject, list[Term](), False
        hints: list[Term] = []
        for piece in pieces:
            is_general = is_general or bool(piece.kinds & {"general", "condition"} and not piece.is_negative)
            is_general = is_general or ("general" in piece.kinds and not piece.terms)
            terms = piece.terms or terms
            hints += piece.names
            if not self._piece_holds(piece, subject, terms, hints, is_general=is_general):
                return False
            subject = targets_of(piece.groups[0]) if piece.groups else subject
        self._subject = subject
        return True

    def _piece_holds(
        self,
        piece: Piece,
        subject: Subject,
        terms: Sequence[Term],
        hints: Sequence[Term],
        *,
        is_general: bool,
    ) -> bool:
        """Return whether the claims of one piece hold; ``terms`` and ``hints`` include those before it."""
        if "universal" in piece.kinds and sum(map(len, piece.groups)) < PAIR and not is_general:
            return False
        if not all(self._is_token_read(one, piece, subject) for one in piece.tokens):
            return False
        if piece.numbers:
            return self._numbers_hold(piece, subject, terms, hints)
        if piece.states and "condition" not in piece.kinds:
            return self._states_hold(piece, subject, is_general=is_general) or self._is_line_read(
                _without_states(piece), subject, hints
            )
        if not piece.terms and piece.is_negative and piece.groups:
            # "Radarr runs, but Sonarr does not."
            return False
        return is_general or not piece.terms or self._is_line_read(piece, subject, hints)

    # Numbers

    def _numbers_hold(
        self, piece: Piece, subject: Subject, terms: Sequence[Term], hints: Sequence[Term]
    ) -> bool:
        if piece.is_negative:
            return False
        if piece.states and not self._states_hold(replace(piece, terms=[]), subject):
            return False
        return all(
            (
                targets is not None
                and all(self._number_holds(one, piece, target, terms, hints) for target in targets)
            )
            or self._holds_for_another(one, piece, terms, hints)
            for one, targets in _subjects_of(piece, subject)
        )

    def _holds_for_another(
        self, number: Number, piece: Piece, terms: Sequence[Term], hints: Sequence[Term]
    ) -> bool:
        """Return whether one line has the number and all things: "Radarr runs on pve2 for 12 days"."""
        groups = piece.groups if len(piece.groups) > 1 and all(len(one) == 1 for one in piece.groups) else ()
        return any(self._number_holds(number, piece, targets_of(one), terms, hints) for one in groups)

    def _number_holds(
        self, number: Number, piece: Piece, subject: Subject, terms: Sequence[Term], hints: Sequence[Term]
    ) -> bool:
        others = [one for group in piece.groups if not subject & targets_of(group) for one in group]
        if len(piece.numbers) > 1 and number is not piece.numbers[0] and not number.bound:
            # "819 MiB of 2048 MiB"
            limits = self._amounts(
                number, subject, [*terms, _LIMIT], hints, others, is_named=bool(piece.groups)
            )
            if any(equals(number.text, number.unit, one) for one in limits):
                return True
        elif len(piece.numbers) > 1:
            terms = [one for one in terms if not one.fits(_LIMIT.any_of)]
        is_named = bool(piece.groups)
        asked = terms or self._reader.asked_terms(self._record.question)
        found = self._amounts(number, subject, asked, hints, others, is_named=is_named)
        if not terms and asked and not found:
            # "Radarr uses 95 %", as it was read, does not say of what: it answers the question.
            found = self._amounts(number, subject, (), hints, others, is_named=is_named)
            found = [one for one in found if one.words <= GENERIC]
        if number.bound:
            is_over = number.bound == "over"
            return bool(found) and all(
                is_beyond(number.text, number.unit, one, over=is_over) for one in found
            )
        return any(equals(number.text, number.unit, one) for one in found)

    def _amounts(
        self,
        number: Number,
        subject: Subject,
        terms: Sequence[Term],
        hints: Sequence[Term] = (),
        others: Sequence[Mention] = (),
        *,
        is_named: bool = True,
    ) -> list[Amount]:
        """Return the amounts that a number can be: of the right thing, and of what is said.

        Those with the fewest words that were not said are meant; without a clear one, none is.
        """
        fitting: list[tuple[int, Line, Amount]] = []
        for line in self._lines(subject, is_named=is_named):
            if not all(_names(line, one) for one in others):
                continue
            for amount in line.amounts:
                own, around = amount.words | line.title, line.words - _words(line)
                if equals("0", number.unit, replace(amount, value=0.0)) and all(
                    one.fits(own) or one.fits(around) for one in terms
                ):
                    said = frozenset[str]().union(*(one.covered(amount.words) for one in terms))
                    fitting.append((len(amount.words - said - GENERIC), line, amount))
        least = min((one for one, _, _ in fitting), default=0)
        best = [(line, amount) for extra, line, amount in fitting if extra == least]
        if hints:
            covers = [sum(one.fits(line.label) for one in hints) for line, _ in best]
            best = [one for one, cover in zip(best, covers, strict=True) if cover == max(covers)]
        labels = {line.label for line, amount in best if line.label - amount.words}
        is_clear = bool(terms) or len({amount.words for _, amount in best}) == 1
        return [amount for _, amount in best] if is_clear and len(labels) <= 1 else []

    # States, and what is said without a number

    def _states_hold(self, piece: Piece, subject: Subject, *, is_general: bool = False) -> bool:
        named = [targets_of([one]) for group in piece.groups[:1] for one in group] or [subject]
        content = [] if is_general else piece.terms
        for state in piece.states:
            if content or not any(named):
                is_true = all(
                    self._is_state_read(state, content, one, is_negative=piece.is_negative) for one in named
                )
            else:
                is_true = all(self._is_in(one, state, is_negative=piece.is_negative) for one in named)
            if not is_true:
                return False
        return is_general or all(self._are_related(group, named) for group in piece.groups[1:])

    def _is_in(self, targets: Subject, state: str, *, is_negative: bool) -> bool:
        """Return whether the records say that all targets that one name means are in a state, or are not."""
        known = [one for target in targets if (one := self._record.is_in(target, state)) is not None]
        if known:
            return all(one is not is_negative for one in known)
        return self._is_state_read(state, [], targets, is_negative=is_negative)

    def _is_state_read(
        self, state: str, content: Sequence[Term], subject: Subject, *, is_negative: bool
    ) -> bool:
        """Return whether a line that has all other words says so."""
        return any(
            (state, is_negative) in self._reader.states_of(line)
            and all(one.fits(line.words | line.negative) for one in content)
            for line in self._lines(subject, is_named=True)
        )

    def _is_line_read(self, piece: Piece, subject: Subject, hints: Sequence[Term]) -> bool:
        """Return whether one line has all words of a piece, on the side of what there is or is not."""
        named = [targets_of([one]) for group in piece.groups[:1] for one in group] or [subject]
        return all(
            any(
                _says(one, piece.terms, is_negative=piece.is_negative)
                for one in self._entry_lines(each, hints, is_named=bool(piece.groups))
            )
            for each in named
        ) and all(self._are_related(group, named) for group in piece.groups[1:])

    def _entry_lines(self, subject: Subject, hints: Sequence[Term], *, is_named: bool) -> list[Line]:
        """Return the lines about a thing; if the sentence named an entry of a list, only the line of that."""
        lines = list(self._lines(subject, is_named=is_named))
        covers = [sum(one.fits(line.label) for one in hints) for line in lines]
        most = max(covers, default=0)
        return [line for line, cover in zip(lines, covers, strict=True) if cover == most]

    def _are_related(self, group: Sequence[Mention], subjects: Sequence[Subject]) -> bool:
        """Return whether a reading about each of some things names other ones too."""
        return all(
            any(_names(line, one) for line in self._lines(subject, is_named=True))
            for subject in subjects
            for one in group
        )

    def _is_one_line(self, pieces: Sequence[Piece]) -> bool:
        """Return whether one line of a reading has all of a sentence: a cause is never concluded."""
        terms = [one for piece in pieces for one in piece.terms]
        named = [one for piece in pieces for group in piece.groups for one in group]
        if not terms or any(piece.numbers or piece.tokens or piece.states for piece in pieces):
            return False
        subject = targets_of(named[:1]) or self._subject
        is_negative = any(one.is_negative for one in pieces)
        lines = self._lines(subject, is_named=bool(named))
        return any(_says(one, terms, is_negative=is_negative) for one in lines)

    # Comparisons and replies

    def _compares(self, pieces: Sequence[Piece]) -> bool:
        """Return whether the first thing has more, or less, than the others that a sentence names."""
        mentions = [one for piece in pieces for group in piece.groups for one in group]
        orders = {one for piece in pieces for one in piece.orders}
        terms = [one for piece in pieces for one in piece.terms]
        is_plain = not any(
            one.numbers
            or one.tokens
            or one.states
            or one.kinds & {"negation", "universal", "cause", "general"}
            for one in pieces
        )
        if len(mentions) < PAIR or len(orders) != 1 or not terms or not is_plain:
            return False
        found = [self._compared(targets_of([one]), terms) for one in mentions]
        unit = next((unit for unit in found[0] if all(unit in one for one in found[1:])), None)
        if unit is None:
            return False
        first, others = found[0][unit], [one[unit] for one in found[1:]]
        return all(first > one if orders == {"most"} else first < one for one in others)

    def _compared(self, subject: Subject, terms: Sequence[Term]) -> dict[str, float]:
        """Return the amounts of one thing that the terms mean, by their unit; percentages first."""
        found: dict[str, float] = {}
        lines = list(self._lines(subject, is_named=True))
        for unit in ("%", *{amount.unit for line in lines for amount in line.amounts}):
            amounts = self._amounts(Number(0, "0", unit), subject, terms)
            if len({one.value for one in amounts}) == 1:
                found.setdefault(unit, amounts[0].value)
        return found

    def _question_is_true(self) -> bool | None:
        """Return whether what the question asks about is so, None when that is not known."""
        pieces = [one for one in self._reader.read(self._record.question) if one.states or one.numbers]
        if len(pieces) != 1 or not self._record.asked:
            return None
        piece = pieces[0]
        if piece.numbers:
            return self._bound_is_true(piece)
        known = [self._is_in(self._record.asked, one, is_negative=piece.is_negative) for one in piece.states]
        denied = [
            self._is_in(self._record.asked, one, is_negative=not piece.is_negative) for one in piece.states
        ]
        return True if all(known) else False if all(denied) else None

    def _bound_is_true(self, piece: Piece) -> bool | None:
        if len(piece.numbers) != 1 or not piece.numbers[0].bound or piece.is_negative:
            return None
        number = piece.numbers[0]
        found = self._amounts(number, self._record.asked, piece.terms)
        is_over = number.bound == "over"
        beyond = {is_beyond(number.text, number.unit, one, over=is_over) for one in found}
        return beyond.pop() if len(beyond) == 1 else None

    # What was read

    def _lines(self, subject: Subject, *, is_named: bool) -> Iterator[Line]:
        """Yield the lines about a thing; general ones only when they name it, or it was not named itself."""
        for line in self._record.lines(subject):
            is_own = not subject or line.owners & subject
            if is_own or (not line.owners and (not is_named or any(line.names(one.name) for one in subject))):
                yield line

    def _is_token_read(self, token: str, piece: Piece, subject: Subject) -> bool:
        """Return whether a version, time, address, or other text with digits was read about a thing."""
        named = [targets_of([one]) for group in piece.groups for one in group] or [subject]
        is_named = bool(piece.groups)
        return any(line.names(token) for one in named for line in self._lines(one, is_named=is_named))


def _subjects_of(piece: Piece, subject: Subject) -> Iterator[tuple[Number, list[Subject] | None]]:
    """Yield the things that each number is about: the last ones named before it, else the next ones.

    None is yielded for a number that cannot be assigned.
    """
    by_group: dict[int, list[Number]] = {}
    for one in piece.numbers:
        before = [at for at, group in enumerate(piece.groups) if group[-1].end <= one.start]
        by_group.setdefault(before[-1] if before else 0, []).append(one)
    for at, numbers in by_group.items():
        group = piece.groups[at] if piece.groups else []
        for place, one in enumerate(numbers):
            if not group:
                yield one, [subject]
            elif len(group) == 1 or len(numbers) == 1:
                yield one, [targets_of([each]) for each in group]
            elif len(group) == len(numbers):
                # "Radarr and Sonarr use 40 % and 36 %": in order.
                yield one, [targets_of(group[place : place + 1])]
            else:
                yield one, None


def _without_states(piece: Piece) -> Piece:
    """Return a piece whose words for states are taken for words for readings, as far as they are some."""
    terms = [one or Term(frozenset()) for one in piece.state_terms]
    return replace(piece, states=[], terms=[*piece.terms, *terms])


def _words(line: Line) -> frozenset[str]:
    """Return the words of the amounts of a line, which say of what each of them is."""
    return frozenset[str]().union(*(one.words for one in line.amounts))


def _names(line: Line, mention: Mention) -> bool:
    """Return whether a line is about a thing, or names it."""
    named: Iterable[str] = (name for one in mention.targets for name in (one.label, one.target.name))
    return bool(line.owners & targets_of([mention])) or any(map(line.names, named))


def _says(line: Line, terms: Sequence[Term], *, is_negative: bool) -> bool:
    """Return whether a line has all of some words, on the side of what there is or is not."""
    if not is_negative:
        is_said = any(one.fits(line.plain) for one in terms)
        return is_said and not line.is_none and all(one.fits(line.words) for one in terms)
    if line.is_none:
        return all(one.fits(line.title) for one in terms)
    is_denied = any(one.fits(line.negative) for one in terms)
    return is_denied and all(one.fits(line.negative | line.title | line.label) for one in terms)
