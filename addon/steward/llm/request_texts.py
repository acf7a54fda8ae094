"""Every text of a request: read them all, or put others in their places."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from homelab_steward.contract.base import Value

from .messages import ChatMessage, ChatRequest, ToolCall

type Rewrite = Callable[[str], str]


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
