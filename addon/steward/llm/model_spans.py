"""What traces say about models, by the semantic conventions of OpenTelemetry, without any text."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ..tracing import Attribute, span
from .openai_wire import JsonObject
from .settings import Deployment, DeploymentKind

PROVIDERS: Final = {
    "azure": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "cohere": "cohere",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "vertex_ai": "gcp.vertex_ai",
    "xai": "x_ai",
}
"""LiteLLM's names of providers whose name in the semantic conventions is another."""


@contextmanager
def tool_span(name: str) -> Iterator[None]:
    """Record the block as the call of a tool: neither its arguments nor its result."""
    with span(
        f"execute_tool {name}",
        attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name},
    ):
        yield


def request_attributes(deployment: Deployment, operation: str, body: JsonObject) -> dict[str, Attribute]:
    """Return what a trace says about a request to a model."""
    model = str(body.get("model", ""))
    about: dict[str, Attribute] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": _provider(deployment, model),
        "gen_ai.request.model": model,
        "steward.deployment": deployment.id,
        "steward.tier": str(deployment.tier),
    }
    longest = body.get("max_tokens")
    return about | ({"gen_ai.request.max_tokens": longest} if isinstance(longest, int) else {})


def _provider(deployment: Deployment, model: str) -> str:
    """Return the name of the provider; that of a LiteLLM deployment is the first part of its model."""
    if deployment.kind is not DeploymentKind.LITELLM:
        return str(deployment.kind)
    name, slash, _ = model.partition("/")
    return PROVIDERS.get(name, name) if slash else "litellm"
