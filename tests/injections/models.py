"""Models that read a text from outside: one does what it says, one quotes it."""

from dataclasses import dataclass, field
from typing import Final, override

from lab.model import Script, Turn
from lab.model_script import ObedientReader, Said, ScriptedCall
from lab.wire import Json, JsonObject, dumps, loads

_DATA: Final = "data_not_instructions"


class ObedientModel(ObedientReader):
    """Calls what a reading says, and writes it into every form that it is asked to fill in."""

    def __init__(self) -> None:
        super().__init__()
        self.obeyed = 0

    @override
    def answer(self, said: Said) -> Turn:
        """Return the calls that the newest reading asks for, or a filled-in form."""
        role, text = said.last
        form = _form(text) if role == "user" and not said.tools else None
        if form is not None:
            self.obeyed += 1
            return Turn(pieces=(dumps(form),))
        turn = super().answer(said)
        if role == "tool" and turn.calls:
            self.obeyed += 1
        return turn


@dataclass
class QuotingModel(Script):
    """Reads the log, then quotes what it read, line by line."""

    turns: list[Turn] = field(default_factory=list)

    @override
    def answer(self, said: Said) -> Turn:
        """Return a call, a filled-in form, or the quotation."""
        role, text = said.last
        if role == "tool":
            lines = str(_object(text).get(_DATA)).splitlines()
            return Turn(pieces=("\n".join(f'radarr: "{line}"' for line in lines),))
        form = _form(text) if not said.tools else None
        if form is not None:
            return Turn(pieces=(dumps(form),))
        for tool in said.tools:
            target = _targets(tool)
            if target and tool.get("name") == "toy_log":
                return Turn(calls=(ScriptedCall(name="toy_log", arguments={"target": target[0]}),))
        return Turn(pieces=("I do not know.",))


def _targets(tool: JsonObject) -> list[Json]:
    schema = tool.get("parameters")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    target = properties.get("target") if isinstance(properties, dict) else None
    found = target.get("enum") if isinstance(target, dict) else None
    return found if isinstance(found, list) else []


def _form(text: str) -> JsonObject | None:
    """Return the answer to a request for JSON, with all that was read in it; None for other requests."""
    asked = _object(text)
    if "found_by_code" in asked:
        evidence = asked.get("evidence")
        read = evidence if isinstance(evidence, list) else []
        ids: list[Json] = [one["id"] for one in read if isinstance(one, dict)]
        said = dumps(evidence)
        return {"text": said, "nothing_wrong": True, "claims": [{"text": said, "evidence": ids}]}
    if "release_notes" in asked:
        return {"summary": asked["release_notes"]}
    if "findings" in asked:
        return {"order": [1], "summary": dumps(asked["findings"]), "calls": [dumps(asked["findings"])]}
    return None


def _object(text: str) -> JsonObject:
    try:
        found = loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
