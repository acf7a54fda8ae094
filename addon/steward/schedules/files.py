"""The files of questions: what front ends read, and how they change them."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from homelab_steward.contract.schedules import QuestionSettings

from ..errors import StewardError
from ..texts import Text
from ..whole_file import write_whole
from .question import KEYS, MOST_FILES, SUFFIXES, Question, WrongSchedule, checked_question

LONGEST_NAME: Final = 50
NEW: Final = "schedule"
OF_SHIPPED: Final = ("cron", "zone", "deliver_to")
"""What a front end may change of a question of the app."""

type Plain = dict[str, str | int | bool | list[str]]


class NotSaved(StewardError):
    """The file was not changed; ``reason`` is looked up in the reader's language."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """The file of a question; ``read_only`` says why front ends must not change it, None if they may."""

    version: str
    read_only: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question as a front end wants it, and the text of its file; None with what is wrong with it.

    ``is_usual``: it says nothing else than the app does, so it needs no file.
    """

    question: Question | None
    text: str
    is_usual: bool = False
    wrong: tuple[WrongSchedule, ...] = ()


class QuestionFiles:
    """The folder of own questions. Its methods block."""

    def __init__(self, folder: Path, shipped: Mapping[str, Question]) -> None:
        """``shipped`` are the questions of the app by id."""
        self._folder = folder
        self._shipped = shipped

    def states(self, ids: Collection[str]) -> dict[str, FileState]:
        """Return the files of questions by id; none for those that have none."""
        return {key: found for key in ids if (found := self.state(key)) is not None}

    def state(self, question_id: str) -> FileState | None:
        """Return the file of a question, None without one."""
        path = self._path(question_id)
        try:
            text = path.read_text("utf-8") if path is not None else None
        except OSError, UnicodeDecodeError:
            return FileState(version="", read_only=t"The file cannot be read.")
        if text is None:
            return None
        reason = (
            t"The file has comments, which would be lost. Change it in the folder."
            if _has_comment(text)
            else None
        )
        return FileState(version=_version(text), read_only=reason)

    def draft(self, question_id: str, wanted: QuestionSettings, current: Question | None) -> Draft:
        """Return the question that a front end wants, checked as its file would be; "" is a new one."""
        shipped = self._shipped.get(question_id)
        plain = plain_of(wanted)
        if current is not None and shipped is not None:
            kept = plain_of(settings_of(current)) | {"is_enabled": current.is_enabled}
            kept |= {key: plain[key] for key in OF_SHIPPED}
            usual = plain_of(settings_of(shipped)) | {"is_enabled": shipped.is_enabled}
            plain = {key: one for key, one in kept.items() if one != usual[key]}
        elif current is not None and not current.is_enabled:
            plain["is_enabled"] = False
        text = yaml.safe_dump(_without_usual(plain), allow_unicode=True, sort_keys=False)
        question, wrong = checked_question(f"{question_id or NEW}.yaml", text, shipped)
        return Draft(question=question, text=text, is_usual=not plain, wrong=wrong)

    def write(self, question_id: str, text: str, version: str) -> None:
        """Write the file of a question. Raises NotSaved, also when the file is another one than was read."""
        path = self._unchanged(question_id, version)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if path is None and len(list(self._paths())) >= MOST_FILES:
                raise NotSaved(t"There are {MOST_FILES} files already.")
            write_whole(path or self._folder / f"{question_id}.yaml", text)
        except OSError as err:
            reason = err.strerror or type(err).__name__
            raise NotSaved(t"The file cannot be written: {reason}") from err

    def remove(self, question_id: str, version: str) -> None:
        """Remove the file of a question. Raises NotSaved, also when it is another one than was read."""
        path = self._unchanged(question_id, version)
        try:
            if path is not None:
                path.unlink(missing_ok=True)
        except OSError as err:
            reason = err.strerror or type(err).__name__
            raise NotSaved(t"The file cannot be removed: {reason}") from err

    def new_id(self, title: str, taken: Collection[str]) -> str:
        """Return an id for a new question: its title in letters that a file name may have."""
        plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
        base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-") or NEW
        used = {*taken, *(one.stem for one in self._paths())}
        names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(used) + 2))
        return next(one for one in names if one not in used)

    def _unchanged(self, question_id: str, version: str) -> Path | None:
        state = self.state(question_id)
        if (state.version if state else "") != version:
            raise NotSaved(t"Somebody changed this schedule. Open it again.")
        if state is not None and state.read_only is not None:
            raise NotSaved(state.read_only)
        return self._path(question_id)

    def _paths(self) -> Iterator[Path]:
        return (one for one in self._folder.glob("*.y*ml") if one.suffix in SUFFIXES)

    def _path(self, question_id: str) -> Path | None:
        """Return the file that counts: the last one, as they are read in order."""
        found = (self._folder / f"{question_id}{suffix}" for suffix in reversed(SUFFIXES))
        return next((one for one in found if one.exists()), None)


def settings_of(question: Question) -> QuestionSettings:
    """Return a question as front ends get it."""
    return QuestionSettings(
        title=question.title,
        cron=question.cron,
        zone=question.zone,
        rules=question.rules,
        tools=tuple(f"{one.instance}/{one.tool}" for one in question.tools),
        prompt=question.prompt,
        models=str(question.models),
        tokens=question.tokens,
        deliver_to=tuple(map(str, question.deliver_to)),
        send=str(question.send),
    )


def plain_of(wanted: QuestionSettings) -> Plain:
    """Return all keys of a file but ``is_enabled``."""
    plain: Plain = wanted.to_dict()
    return plain


def _without_usual(plain: Plain) -> Plain:
    """Return what a file has to say: empty texts and lists are left out, where they are usual."""
    kept = {key: one for key, one in plain.items() if one != "" or key in ("title", "cron")}
    return {key: kept[key] for key in KEYS if key in kept and (kept[key] != [] or key == "deliver_to")}


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _has_comment(text: str) -> bool:
    """Return whether a YAML text has a comment, also when it is not YAML."""
    try:
        tokens = list(yaml.scan(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return "#" in text
    end = 0
    for one in tokens:
        is_block = isinstance(one, yaml.ScalarToken) and one.style in ("|", ">")
        head = text[one.start_mark.index : one.end_mark.index].partition("\n")[0] if is_block else ""
        if "#" in text[end : one.start_mark.index] or "#" in head:
            return True
        end = one.end_mark.index
    return "#" in text[end:]
