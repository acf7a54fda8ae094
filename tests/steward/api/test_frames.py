"""The catalogue is sent without defaults, and arrives as it was."""

import orjson

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.protocol import Frame, FrameKind, InitialState
from rig.incident_player import all_services
from steward.api.frames import encode_initial, short_catalogue
from steward.services.finder import catalogue

MOST = 400_000
"""Bytes of the catalogue of all services: clients decode it in one step."""


def state(offered: Catalogue) -> InitialState:
    return InitialState(
        sequence=3,
        catalogue=offered,
        instances=(),
        snapshots=(),
        incidents=(),
        approvals=(),
        statistics=(),
        people=(),
    )


def test_the_catalogue_of_all_services_arrives_as_it_was() -> None:
    sent = state(catalogue(all_services()))
    frame = Frame.from_json(encode_initial(sent))
    assert frame.kind is FrameKind.INITIAL_STATE
    assert InitialState.from_plain(frame.body) == sent


def test_the_catalogue_of_all_services_is_a_short_message() -> None:
    offered = catalogue(all_services())
    assert len(short_catalogue(offered)) < min(MOST, 0.8 * len(offered.to_json()))


def test_another_catalogue_replaces_the_one_that_was_encoded() -> None:
    both = [catalogue({key: all_services()[key]}) for key in ("radarr", "docker")]
    names = [orjson.loads(short_catalogue(one))["services"][0]["name"] for one in (*both, both[0])]
    assert names == ["Radarr", "Docker", "Radarr"]
