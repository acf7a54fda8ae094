"""Simulates Alertmanager's v2 API and webhooks, for machines without the real program.

Follows Alertmanager's api/v2/openapi.yaml.
"""

from collections.abc import Iterable, Sequence

from aiohttp import web

from lab.alertmanager_dispatch import RECEIVER, Dispatcher, Timing
from lab.alertmanager_store import AlertStore, InvalidError, SilenceStore, StoredAlert, as_json, matches_all
from lab.faults import Fault, Faults
from lab.server import Simulator
from lab.wire import Json, JsonObject, json_response, loads, rfc3339
from lab.world import World

_API = "/api/v2"


class AlertmanagerSimulator(Simulator):
    """Groups by alertname and instance and sends to one webhook, resolved alerts too.

    `started_at` is when it started, as it reports it: wall time.
    """

    service = "alertmanager"
    kind = "simulator"

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        port: int = 0,
        webhook_url: str = "",
        webhook_token: str = "",
        group_by: tuple[str, ...] = ("alertname", "instance"),
        timing: Timing | None = None,
    ) -> None:
        super().__init__(world, faults, port=port)
        self.started_at = world.wall()
        self._alerts = AlertStore()
        self._silences = SilenceStore()
        self._dispatcher = Dispatcher(
            self._alerts,
            self._silences,
            world.wall,
            group_by=group_by,
            timing=timing or Timing(),
            external_url=lambda: self.url,
        )
        self._dispatcher.webhook_url = webhook_url
        self._dispatcher.webhook_token = webhook_token

    async def start(self) -> None:
        await self._dispatcher.start()
        await super().start()

    async def close(self) -> None:
        await self._dispatcher.close()
        await super().close()

    async def set_webhook(self, url: str, token: str) -> None:
        """Send webhooks to this URL."""
        self._dispatcher.webhook_url = url
        self._dispatcher.webhook_token = token

    async def post_alerts(self, alerts: Sequence[JsonObject]) -> None:
        """Add alerts in the format of POST /api/v2/alerts. Raises ValueError for invalid alerts."""
        for row in alerts:
            self._dispatcher.dispatch(self._alerts.put(row, self.world.wall()))

    async def restart(self) -> None:
        """Forget all alerts. Silences and what was sent stay, as the real program keeps them on disk."""
        await self._dispatcher.stop_groups()
        self._alerts.alerts.clear()
        self.started_at = self.world.wall()

    def failure(self, fault: Fault) -> web.Response:
        return json_response("internal server error", status=fault.status)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [
            web.get(f"{_API}/status", self._status),
            web.get(f"{_API}/receivers", self._receivers),
            web.get(f"{_API}/alerts", self._get_alerts),
            web.post(f"{_API}/alerts", self._post_alerts),
            web.get(f"{_API}/alerts/groups", self._get_groups),
            web.get(f"{_API}/silences", self._get_silences),
            web.post(f"{_API}/silences", self._post_silence),
            web.get(f"{_API}/silence/{{id}}", self._get_silence),
            web.delete(f"{_API}/silence/{{id}}", self._delete_silence),
            web.get("/-/healthy", self._ok),
            web.get("/-/ready", self._ok),
        ]

    async def _ok(self, _: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def _status(self, _: web.Request) -> web.Response:
        return json_response(
            {
                "cluster": {"peers": [], "status": "disabled"},
                "config": {"original": "route:\n  receiver: steward\nreceivers:\n- name: steward\n"},
                "uptime": rfc3339(self.started_at),
                "versionInfo": {
                    "branch": "debian/sid",
                    "buildDate": "20260809-09:50:43",
                    "buildUser": "lab@loopback",
                    "goVersion": "go1.26.1",
                    "revision": "0.33.1",
                    "version": "0.33.1",
                },
            }
        )

    async def _receivers(self, _: web.Request) -> web.Response:
        return json_response([{"name": RECEIVER}])

    async def _get_alerts(self, request: web.Request) -> web.Response:
        try:
            rows: list[Json] = [
                self._row(a) for a in self._alerts.firing(self.world.wall()) if self._wanted(a, request)
            ]
        except InvalidError as err:
            return json_response(str(err), status=400)
        return json_response(rows)

    async def _get_groups(self, request: web.Request) -> web.Response:
        groups: list[Json] = []
        for labels, alerts in self._dispatcher.groups().items():
            rows: list[Json] = [self._row(a) for a in alerts if self._wanted(a, request)]
            if rows:
                groups.append(
                    {
                        "alerts": rows,
                        "labels": as_json(labels),
                        "routeLabels": {},
                        "receiver": {"name": RECEIVER},
                    }
                )
        return json_response(groups)

    async def _post_alerts(self, request: web.Request) -> web.Response:
        try:
            body = loads(await request.read())
            if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
                raise InvalidError("alerts in body must be an array of objects")
            await self.post_alerts([row for row in body if isinstance(row, dict)])
        except ValueError as err:
            return json_response(str(err), status=400)
        return web.Response()

    async def _get_silences(self, request: web.Request) -> web.Response:
        wall, filters = self.world.wall(), request.query.getall("filter", [])
        hidden = {state for state in ("active", "pending", "expired") if request.query.get(state) == "false"}
        rows: list[Json] = []
        for silence in self._silences.silences.values():
            named = tuple((matcher.name, matcher.value) for matcher in silence.matchers)
            if silence.state(wall) not in hidden and matches_all(filters, named):
                rows.append(silence.row(wall))
        return json_response(rows)

    async def _post_silence(self, request: web.Request) -> web.Response:
        try:
            body = loads(await request.read())
            if not isinstance(body, dict):
                raise InvalidError("silence in body must be an object")
            silence = self._silences.put(body, self.world.wall())
        except ValueError as err:
            return json_response(str(err), status=400)
        except LookupError:
            return json_response("silence not found", status=404)
        self.world.record(self.service, "POST", request.path, body)
        return json_response({"silenceID": silence.number})

    async def _get_silence(self, request: web.Request) -> web.Response:
        silence = self._silences.silences.get(request.match_info["id"])
        if silence is None:
            return web.Response(status=404)
        return json_response(silence.row(self.world.wall()))

    async def _delete_silence(self, request: web.Request) -> web.Response:
        try:
            self._silences.expire(request.match_info["id"], self.world.wall())
        except LookupError:
            return web.Response(status=404)
        except InvalidError as err:
            return json_response(str(err), status=500)
        self.world.record(self.service, "DELETE", request.path, {})
        return web.Response()

    def _wanted(self, alert: StoredAlert, request: web.Request) -> bool:
        silenced = bool(self._silences.covering(alert.labels, self.world.wall()))
        if request.query.get("silenced" if silenced else "active") == "false":
            return False
        return matches_all(request.query.getall("filter", []), alert.labels)

    def _row(self, alert: StoredAlert) -> JsonObject:
        silenced_by: list[Json] = [*self._silences.covering(alert.labels, self.world.wall())]
        return {
            "annotations": as_json(alert.annotations),
            "endsAt": rfc3339(alert.ends_at),
            "fingerprint": alert.fingerprint,
            "receivers": [{"name": RECEIVER}],
            "startsAt": rfc3339(alert.starts_at),
            "status": {
                "inhibitedBy": [],
                "mutedBy": [],
                "silencedBy": silenced_by,
                "state": "suppressed" if silenced_by else "active",
            },
            "updatedAt": rfc3339(alert.updated_at),
            "generatorURL": alert.generator_url,
            "labels": as_json(alert.labels),
        }
