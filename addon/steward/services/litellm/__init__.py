"""LiteLLM's proxy: its deployments and their last health check, its database, and the requests in it."""

from typing import Final

from ...errors import ServiceForbidden, ServiceRefused, ServiceUnauthorized
from ...sdk.answers import Item, NotKnown, known, many, one, worded
from ...sdk.client import Parameter, bearer
from ...sdk.description import MODELS, Call, Gaps, ResourceKind, Right, Service, Versions, Work
from ...sdk.display import Text, brief, list_tool, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.sensors import choice, count, duration, flag, served, shows
from .._models.client import RESPONSE_TIME, ModelServer, ModelState

TOKEN: Final = secret_field(
    "token", "Key", "Master key, or a virtual key. With a virtual key, only its models are seen."
)
DETAILS: Final = "health/readiness/details"
LATEST: Final = "health/latest"
ACCESS: Final = "access"
ADMIN: Final = Right(key="admin", name="Master key, or key of an admin", needed_for="health checks")
CONNECTED: Final = "connected"
NO_DATABASE: Final = "Not connected"
"""What the proxy says when it was set up without a database."""

NO_OTHER_KEYS: Final = "No connected db"
"""What it says then of any key but the master key."""


class Readiness(Item, rename=None):
    """The proxy itself."""

    litellm_version: str
    db: str | None = None


class Access(Item, rename=None):
    """What the key may do."""

    health: bool | None = None


class Backlog(Item, rename=None):
    """The requests in the proxy now."""

    in_flight_requests: int | None = None


class Info(Item, rename=None):
    """What identifies a deployment."""

    id: str


class Deployment(Item, rename=None):
    """One model of one provider; several may have one name. Its parameters are not read: they hold keys."""

    model_name: str
    model_info: Info


class Health(Item, rename=None):
    """The last health check of a deployment, which the proxy runs in the background."""

    status: str | None = None
    error_message: str = ""
    response_time_ms: float | None = None


class Checked:
    """A deployment and its last health check. Raises NotKnown when it was not checked."""

    def __init__(self, deployment: Deployment, state: LiteLlmState) -> None:
        self.id, self.name = deployment.model_info.id, deployment.model_name
        self._state = state

    @property
    def health(self) -> Health:
        """Its last check. Raises NotKnown when there is none."""
        return known(self._state.checks.get(self.id))

    def problem(self) -> Text | None:
        """Return that it is unhealthy. Raises NotKnown."""
        reason = brief(self.health.error_message, 200) or "no reason given"
        return None if known(self.health.status) == "healthy" else t"Its health check fails: {reason}"

    def __str__(self) -> str:
        return f"{self.name}: {worded(lambda: self.problem() or 'healthy')}"


class LiteLlmState(ModelState):
    """Everything that one poll reads."""

    readiness = one(DETAILS, Readiness)
    deployments = many("model/info", Deployment, below="data")
    backlog = one("health/backlog", Backlog, optional=True)
    checks = one(LATEST, dict[str, Health], below="latest_health_checks", optional=True)
    access = one(ACCESS, Access, optional=True)

    def granted(self) -> frozenset[str]:
        """Return the rights of the key. Raises NotKnown without a database, where nothing says them."""
        return frozenset({ADMIN.key}) if known(self.access.health) else frozenset()

    def checked(self) -> tuple[Checked, ...]:
        """Return the deployments."""
        return tuple(Checked(deployment, self) for deployment in self.deployments)

    @property
    def failing(self) -> int:
        """How many deployments are unhealthy. Raises NotKnown."""
        return sum(deployment.problem() is not None for deployment in self.checked())

    @property
    def is_database_connected(self) -> bool:
        """Whether the proxy reaches its database. Raises NotKnown when it was set up without one."""
        found = known(self.readiness.db)
        if found == NO_DATABASE:
            raise NotKnown(t"The proxy was set up without a database")
        return found == CONNECTED

    def database_lost(self) -> Text | None:
        """Return that the proxy does not reach its database. Raises NotKnown."""
        if self.readiness.db == NO_DATABASE:
            return None
        return (
            None if self.is_database_connected else t"The database is {brief(known(self.readiness.db), 40)}"
        )


class LiteLlmClient(ModelServer):
    """One proxy."""

    timed = DETAILS

    auth = bearer(TOKEN)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET; without a database there are no health checks."""
        if path == ACCESS:
            return {"health": await self._sees_health()}
        if path == LATEST and (await self.one(Readiness, DETAILS)).db == NO_DATABASE:
            return {"latest_health_checks": {}}
        try:
            return await super().get(path, **query)
        except ServiceRefused as err:
            # Only a database has other keys than the master key.
            if NO_OTHER_KEYS in str(err):
                raise ServiceUnauthorized(
                    t"It is not the master key, and without a database there are no others"
                ) from err
            raise

    async def _sees_health(self) -> bool | None:
        """Return whether the key may read the health checks, None when there are none."""
        if (await self.one(Readiness, DETAILS)).db == NO_DATABASE:
            return None
        try:
            await super().get(LATEST)
        except ServiceForbidden:
            return False
        return True


@list_tool(
    "deployments", "Deployments", "Which models the proxy serves, and which fail.", capability="status"
)
async def _deployments(client: LiteLlmClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await LiteLlmState.poll(client, gaps)).checked()
    return [str(deployment) for deployment in worst_first(found, lambda one: one.problem() is not None)]


SERVICE: Final = Service[LiteLlmClient, LiteLlmState](
    key="litellm",
    name="LiteLLM",
    category=MODELS,
    manufacturer="BerriAI",
    icon="mdi:transit-connection-variant",
    settings=(url_field("http://litellm.example.org:4000"), TOKEN, *TLS_SETTINGS),
    connect=LiteLlmClient,
    poll=LiteLlmState.poll,
    version=lambda state: state.readiness.litellm_version,
    rights=(ADMIN,),
    granted=LiteLlmState.granted,
    package="PyPI:litellm",
    understood=Versions("1.106"),
    tested="LiteLLM 1.108.7",
    sensors=(
        served("models", "Deployments", lambda state: len(state.deployments), "mdi:brain"),
        count("models_failing", "Deployments failing", lambda state: state.failing, "mdi:brain"),
        shows(
            Work.ANSWERING,
            count("requests_running", "Requests running", lambda s: s.backlog.in_flight_requests, "mdi:play"),
        ),
        flag(
            "database_connected",
            "Database connected",
            lambda state: state.is_database_connected,
            "connectivity",
            diagnostic=True,
        ),
        RESPONSE_TIME,
    ),
    resources=(
        ResourceKind[LiteLlmState, Checked](
            key="deployment",
            items=LiteLlmState.checked,
            id=lambda deployment: deployment.id,
            title=lambda deployment: deployment.name,
            labels=lambda deployment: {"model": deployment.name},
            icon="mdi:brain",
            sensors=(
                choice(
                    "health",
                    "Health",
                    lambda deployment: deployment.health.status,
                    ("healthy", "unhealthy", "unknown"),
                ),
                duration(
                    "response_time",
                    "Response time",
                    lambda deployment: deployment.health.response_time_ms,
                    "ms",
                    enabled=False,
                ),
            ),
        ),
    ),
    checks=(
        warning("database_lost", "Database lost", LiteLlmState.database_lost),
        warning("deployment_failing", "Deployment failing", Checked.problem, scope="deployment"),
    ),
    tools=(_deployments,),
)
