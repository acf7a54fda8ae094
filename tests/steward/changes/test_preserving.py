"""Which copies of data are chosen before an update, and what is said of them."""

from collections.abc import Sequence

import pytest

from homelab_steward.contract.changes import WayBack
from homelab_steward.contract.state import TargetRef
from steward.changes.preserving import Candidates, Copied, Said, Server, said, ways
from steward.sdk.description import Covers, DataPlace, Preserves
from steward.sdk.item_versions import ItemFolder


def copied(name: str, covers: Covers) -> Copied:
    how = Preserves[object](action="copy", covers=covers, by_hand="Restore it there.")
    return Copied(TargetRef(instance_id="i", kind=covers.value, id=name, name=name), how)


VOLUMES = copied("sonarr", Covers.VOLUMES)
APP, GUEST = copied("Sonarr", Covers.APPLICATION), copied("docker-host", Covers.MACHINE)
NFS, LOCAL = DataPlace(path="/mnt/tank/apps/sonarr", server="nas.lan"), DataPlace(path="/mnt/tank/media")
TANK = ("/mnt/tank", "/mnt/tank/apps", "/mnt/tank/media", "/mnt/tank/db/inner")


def server(*paths: str, name: str = "nas.lan") -> Server:
    folders = [ItemFolder(kind="dataset", id=one.removeprefix("/mnt/"), path=one) for one in paths]
    return Server(names=frozenset({name}), instance_id="nas", folders=folders)


def candidates(
    *places: DataPlace | None,
    servers: Sequence[Server] = (server(*TANK),),
    host: str = "nas.lan",
    app: Copied | None = APP,
    volumes: Copied | None = None,
    machine: Copied | None = GUEST,
    spared: str = "",
) -> Candidates:
    return Candidates(
        places=None if None in places else tuple(one for one in places if one is not None),
        host=host,
        servers=servers,
        item=lambda _, folder: copied(folder.id, Covers.FOLDERS),
        application=app,
        volumes=volumes,
        machine=machine,
        spared=spared,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # The dataset that is closest to the folder, then the program, then the machine.
        (candidates(NFS), [["tank/apps"], ["Sonarr"], ["docker-host"]]),
        (candidates(NFS, LOCAL), [["tank/apps", "tank/media"], ["Sonarr"], ["docker-host"]]),
        (
            candidates(LOCAL, DataPlace(path="/mnt/tank/media/x")),
            [["tank/media"], ["Sonarr"], ["docker-host"]],
        ),
        # One place that is on no dataset: no dataset is enough.
        (candidates(NFS, DataPlace(path="/srv/x")), [["Sonarr"], ["docker-host"]]),
        # A copy does not contain the datasets below.
        (candidates(DataPlace(path="/mnt/tank/db")), [["Sonarr"], ["docker-host"]]),
        # Another machine, no machine, and two servers with one name.
        (candidates(LOCAL, host="docker.lan"), [["Sonarr"], ["docker-host"]]),
        (candidates(LOCAL, host=""), [["Sonarr"], ["docker-host"]]),
        (candidates(NFS, servers=[server(*TANK), server(*TANK)]), [["Sonarr"], ["docker-host"]]),
        # A folder whose name only begins with that of a dataset.
        (candidates(DataPlace(path="/mnt/tank2/x")), [["Sonarr"], ["docker-host"]]),
        # A place that is no path, such as a volume of a plugin.
        (candidates(DataPlace(path="")), [["Sonarr"], ["docker-host"]]),
        # What another machine has does not go back with this one.
        (candidates(NFS, host="docker.lan"), [["tank/apps"], ["Sonarr"]]),
        (candidates(DataPlace(path="", server="sql.lan"), volumes=VOLUMES), [["Sonarr"], ["sonarr"]]),
        # The machine of Home Assistant or of the app never goes back.
        (candidates(LOCAL, host="", spared="Home Assistant runs in it"), [["Sonarr"]]),
        (candidates(LOCAL, host="", app=None, spared="Home Assistant runs in it"), []),
        (candidates(LOCAL, host="", app=None, machine=None), []),
        # Where the data is is not known: only the program knows it.
        (candidates(None), [["Sonarr"]]),
        (candidates(None, volumes=VOLUMES), [["Sonarr"], ["sonarr"]]),
        (candidates(None, volumes=VOLUMES, app=None), [["sonarr"]]),
    ],
)
def test_all_data_is_copied_by_what_brings_back_the_least(
    found: Candidates, expected: list[list[str]]
) -> None:
    assert [[one.target.name for one in way] for way in ways(found)] == expected


def test_volumes_without_the_database_beside_them_do_not_go_back_alone() -> None:
    how = Preserves[object](action="copy", covers=Covers.VOLUMES, back="restore", by_hand="Restore both.")
    claims = Copied(TargetRef(instance_id="i", kind="workload", id="docs", name="docs"), how)
    before = Said(WayBack.IMAGE, "Image only: its database is elsewhere")
    assert said(before, (claims,), {}).way_back is WayBack.SNAPSHOT
    assert said(before, (claims,), {}, has_database=True) == Said(
        WayBack.IMAGE,
        "Image only: its database is elsewhere. Snapshots of the volumes of docs are made first. "
        "Restore both.",
    )


PROWLARR = copied("Prowlarr", Covers.APPLICATION)
REVERT = Said(WayBack.REVERT, "Another pull request reverts it.")
IMAGE = Said(WayBack.IMAGE, "Image only: /config is a bind mount")


@pytest.mark.parametrize(
    ("copies", "refused", "spared", "way", "text"),
    [
        (
            (copied("tank/apps", Covers.FOLDERS),),
            {},
            "",
            WayBack.SNAPSHOT,
            "Can be taken back with its data: snapshot of tank/apps. You are asked before.",
        ),
        (
            (GUEST,),
            {"tank/apps": "it is full"},
            "",
            WayBack.SNAPSHOT,
            (
                "Can be taken back with its data: snapshot of docker-host. You are asked before, because "
                "everything in docker-host goes back."
            ),
        ),
        (
            (APP,),
            {},
            "",
            WayBack.IMAGE,
            "Image only: /config is a bind mount. Sonarr makes its own backup first. Restore it there.",
        ),
        ((), {}, "", WayBack.IMAGE, "Image only: /config is a bind mount"),
        (
            (),
            {"docker-host": "a disk has no snapshots."},
            "ha is not rolled back.",
            WayBack.IMAGE,
            (
                "Image only: /config is a bind mount. No copy of the rest is possible: "
                "docker-host: a disk has no snapshots; ha is not rolled back."
            ),
        ),
    ],
)
def test_what_can_be_taken_back_is_said_in_a_sentence(
    copies: tuple[Copied, ...], refused: dict[str, str], spared: str, way: WayBack, text: str
) -> None:
    assert said(IMAGE, copies, refused, spared) == Said(way, text)


@pytest.mark.parametrize(
    ("before", "copies", "refused", "text"),
    [
        (REVERT, (), {}, "Another pull request reverts it."),
        (
            REVERT,
            (APP, PROWLARR, VOLUMES),
            {},
            (
                "Another pull request reverts it. Sonarr and Prowlarr make their own backups first. "
                "Restore it there. Snapshots of the volumes of sonarr are made first. Restore it there."
            ),
        ),
        (
            REVERT,
            (),
            {"sonarr": "it has no volume claim"},
            "Another pull request reverts it. Not copied before: sonarr: it has no volume claim.",
        ),
        (
            IMAGE,
            (VOLUMES,),
            {"Sonarr": "it does not answer"},
            (
                "Image only: /config is a bind mount. Snapshots of the volumes of sonarr are made first. "
                "Restore it there."
            ),
        ),
        (Said(WayBack.IMAGE, ""), (APP,), {}, "Sonarr makes its own backup first. Restore it there."),
    ],
)
def test_what_a_person_brings_back_changes_no_way_back(
    before: Said, copies: tuple[Copied, ...], refused: dict[str, str], text: str
) -> None:
    assert said(before, copies, refused) == Said(before.way_back, text)
