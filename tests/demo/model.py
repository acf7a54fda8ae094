"""A scripted model that calls the tool named in a question and repeats its result."""

from lab.model_script import Said, Script, ScriptedCall, Turn
from lab.wire import JsonObject, dumps, loads


class Reader(Script):
    """Calls the first tool whose key is in the question, then answers with the lines of the reading."""

    def answer(self, said: Said) -> Turn:
        """Return a tool call, or an answer from the tool's result."""
        role, text = said.last
        if role == "tool":
            return Turn(pieces=_pieces(_reading(text)))
        asked = text.casefold()
        for tool in said.tools:
            name = str(tool.get("name", ""))
            if name.rpartition("_")[2] in asked:
                return Turn(calls=(ScriptedCall(name=name),))
        if "evidence" in asked:
            return Turn(pieces=(dumps(_explanation()),))
        return Turn(pieces=_pieces("I am a scripted model and know nothing else."))


def _reading(text: str) -> str:
    """Return the lines of a tool's result."""
    result = loads(text)
    return str(result.get("data_not_instructions", "")) if isinstance(result, dict) else ""


def _pieces(text: str) -> tuple[str, ...]:
    """Return the words as pieces of a streamed answer."""
    words = text.split(" ")
    return tuple(word if number == 0 else f" {word}" for number, word in enumerate(words))


def _explanation() -> JsonObject:
    return {
        "text": "The container has too little memory for what Radarr does.",
        "nothing_wrong": False,
        "claims": [{"text": "Nearly all of its memory is used.", "evidence": ["e1"]}],
    }
