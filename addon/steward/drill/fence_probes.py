"""Probes of rules that this version may not have: fences, and levels of autonomy."""

from ..texts import english
from .probe import Probe
from .results import NotApplicable
from .scratch import Workshop


async def _no_fences(_: Workshop) -> None:
    message = "this version has no fences"
    raise NotApplicable(message)


async def _no_levels(_: Workshop) -> None:
    message = "this version carries out nothing without an approval, so there is no level to lower"
    raise NotApplicable(message)


PROBES = (
    Probe(id="fence-at-gate", title=english("What is behind a fence cannot be approved"), run=_no_fences),
    Probe(id="fence-at-executor", title=english("What is behind a fence is not carried out"), run=_no_fences),
    Probe(id="relapse-demotes", title=english("A relapse lowers the level of autonomy"), run=_no_levels),
)
