"""Open WebUI: whether it and its database answer, and which models its connections offer."""

from collections import Counter
from typing import Final

from ...sdk.answers import Item, known, many, one
from ...sdk.client import bearer
from ...sdk.description import MODELS, Call, Gaps, Service, Versions
from ...sdk.display import Text, brief, flag, list_tool, served, warning
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from .._models.client import RESPONSE_TIME, ModelServer, ModelState

TOKEN: Final = secret_field(
    "token", "API key", "Of an account. That of an administrator sees all models; chats are never read."
)


class Version(Item):
    """The version of the program."""

    version: str


class Database(Item):
    """Whether the database answers."""

    status: bool | None = None


class Model(Item, rename=None):
    """One model that people can select; ``owned_by`` is the kind of its connection."""

    id: str
    owned_by: str = "not known"


class WebUiState(ModelState):
    """Everything that one poll reads."""

    program = one("api/version", Version)
    models = many("api/models", Model, below="data")
    database = one("health/db", Database, optional=True)

    def database_lost(self) -> Text | None:
        """Return that the database does not answer. Raises NotKnown."""
        return None if known(self.database.status) else t"The database does not answer"

    def no_models(self) -> Text | None:
        """Return that no model is offered: then no connection answers."""
        return None if self.models else t"No model is offered: no connection to a model server answers"


class WebUiClient(ModelServer):
    """One Open WebUI."""

    timed = "api/version"

    auth = bearer(TOKEN)


@list_tool(
    "models",
    "Models",
    "Which models people can select, by connection.",
    empty=t"No model is offered",
    capability="status",
)
async def _models(client: WebUiClient, gaps: Gaps, _: Call) -> list[str]:
    found = await client.many(Model, "api/models", gaps, below="data")
    owners = Counter(model.owned_by for model in found)
    summary = [f"{owner}: {number} models" for owner, number in owners.most_common()]
    return [*summary, *(f"{brief(model.id, 100)} ({model.owned_by})" for model in found)]


SERVICE: Final = Service[WebUiClient, WebUiState](
    key="open_webui",
    name="Open WebUI",
    category=MODELS,
    icon="mdi:forum",
    settings=(url_field("http://chat.example.org:8080"), TOKEN, *TLS_SETTINGS),
    connect=WebUiClient,
    poll=WebUiState.poll,
    version=lambda state: state.program.version,
    package="PyPI:open-webui",
    understood=Versions("0.6", "0.12"),
    sensors=(
        served("models", "Models", lambda state: len(state.models), "mdi:brain"),
        flag(
            "database_connected",
            "Database connected",
            lambda state: state.database.status,
            "connectivity",
            diagnostic=True,
        ),
        RESPONSE_TIME,
    ),
    checks=(
        warning("database_lost", "Database lost", WebUiState.database_lost),
        warning("no_models", "No models", WebUiState.no_models),
    ),
    tools=(_models,),
)
