"""The client of a Kubernetes API server: lists of several pages, changes, and what the token may do."""

from collections.abc import Iterable, Mapping
from typing import Final

from ...errors import PreconditionFailed, ServiceError, ServiceMalformed, ServiceNotFound
from ...sdk.answers import Unknown, at, parse
from ...sdk.client import MOST_PAGES, Parameter, Rest, bearer
from ...sdk.description import Call, Gaps, Right
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from .models import Listed, Meta, Review

PAGE: Final = 250
"""Items of a list that one request asks for."""

REVIEW: Final = "apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
TOKEN: Final = secret_field(
    "token", "Token", "Of a service account that may get, list and watch. Actions need more rights."
)
SETTINGS: Final = (url_field("https://192.168.1.20:6443"), TOKEN, *TLS_SETTINGS)


class KubeClient(Rest):
    """One API server. ``patch_type`` is the kind of patch that :meth:`patch` sends."""

    patch_type = "application/merge-patch+json"

    auth = bearer(TOKEN)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return an object, or a list with the items of all its pages. Raises as Rest.get does."""
        rows: list[object] = []
        page = query
        for _ in range(MOST_PAGES):
            answer = await super().get(path, **page)
            found = parse(Listed, answer, path)
            if not found.metadata.more:
                return (
                    {"metadata": at(answer, "metadata"), "items": [*rows, *found.items]} if rows else answer
                )
            rows += found.items
            page = {**query, "continue": found.metadata.more}
        raise ServiceMalformed(t"{path}: more than {MOST_PAGES} pages")

    async def found[T](self, kind: type[T], path: str, call: Call) -> T:
        """Return the target. Raises PreconditionFailed when it is not there any more."""
        try:
            return await self.one(kind, path)
        except ServiceNotFound as err:
            raise PreconditionFailed(t"There is no {call.target.name} any more") from err

    async def patch(
        self, path: str, meta: Meta, *, annotations: Mapping[str, str | None] | None = None, **change: object
    ) -> None:
        """Change the object that was read with ``meta``; one that was changed since is refused."""
        own = {"annotations": annotations} if annotations else {}
        await self.send(
            "PATCH", path, {**change, "metadata": {**own, "resourceVersion": meta.resource_version}}
        )

    async def review(self, gaps: Gaps, namespace: str = "default") -> Review | Unknown:
        """Return what the token may do in a namespace; a role for all namespaces counts in each."""
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview"}
        try:
            answer = await self.read(REVIEW, {**body, "spec": {"namespace": namespace}})
            return parse(Review, at(answer, "status"), "rights")
        except ServiceError as err:
            gaps.add("rights", str(err))
            return Unknown(str(err))


def rights(**needed: Iterable[str]) -> tuple[Right, ...]:
    """Return rights by what needs them; each is a verb and a resource, as ``kubectl auth can-i`` takes."""
    return tuple(
        Right(key=one, name=one, needed_for=what.replace("_", " "))
        for what, of in needed.items()
        for one in of
    )
