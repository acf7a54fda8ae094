"""A stand-in for a language model: it calls the tool a question is about, and says what that told."""

from lab.model_script import Said, Script, ScriptedCall, Turn
from lab.wire import JsonObject, dumps, loads


class Reader(Script):
    """Reads with the first tool whose key the question names; then repeats the reading's title."""

    def answer(self, said: Said) -> Turn:
        """Call a tool at first, and answer from what it told."""
        role, text = said.last
        if role == "tool":
            return Turn(pieces=_pieces(f"I have just looked. {_title(text)}"))
        asked = text.casefold()
        for tool in said.tools:
            name = str(tool.get("name", ""))
            if name.rpartition("_")[2] in asked:
                return Turn(calls=(ScriptedCall(name=name),))
        if "evidence" in asked:
            return Turn(pieces=(dumps(_explanation()),))
        return Turn(pieces=_pieces("I am a scripted model and know nothing else."))


def _title(text: str) -> str:
    result = loads(text)
    return str(result.get("title", "")) if isinstance(result, dict) else ""


def _pieces(text: str) -> tuple[str, ...]:
    """Words, as a model streams them."""
    words = text.split(" ")
    return tuple(word if number == 0 else f" {word}" for number, word in enumerate(words))


def _explanation() -> JsonObject:
    return {
        "text": "The container has too little memory for what Radarr does.",
        "nothing_wrong": False,
        "claims": [{"text": "Nearly all of its memory is used.", "evidence": ["e1"]}],
    }
