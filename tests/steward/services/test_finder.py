"""Services in a folder are found, and a wrong one is named in the error."""

from pathlib import Path
from textwrap import dedent

import aiohttp
import pytest

from homelab_steward.contract.state import TargetRef
from steward.clock import SystemClock
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, Effect
from steward.sdk.snapshot import snapshot
from steward.sdk.validation import WrongService
from steward.services.finder import catalogue, find_services

KETTLE = """
    \"\"\"A kettle.\"\"\"

    from dataclasses import dataclass

    from homelab_steward.contract.catalogue import ControlKind, Field, Platform, Risk, SettingKind
    from homelab_steward.contract.incidents import CheckResult, Severity
    from homelab_steward.contract.step_parts import Difference
    from steward.sdk.categories import GENERAL
    from steward.sdk.description import (
        Action, Answer, Check, Control, DryRun, Effect, ResourceKind, Right, Sensor, Service, Tool, Undo
    )
    from steward.sdk.outputs import Output, OutputKind

    from .client import Kettle

    @dataclass(frozen=True)
    class State:
        degrees: float

    async def poll(client, gaps):
        return State(degrees=client.degrees)

    async def read(client, call):
        return Answer(title="Kettle", text=f"{client.degrees} °C")

    async def dry_run(client, call):
        change = Difference(field="degrees", before=f"{client.degrees}", after="100")
        return DryRun(differences=(change,), baseline={"degrees": client.degrees})

    async def precheck(client, call, baseline):
        pass

    async def execute(client, call, baseline):
        client.degrees = 100.0
        return "boiling"

    async def probe(client, call, baseline):
        return Effect.DONE if client.degrees == 100 else Effect.NOT_SEEN

    async def verify(client, call, baseline):
        return CheckResult(name="Degrees", ok=client.degrees == 100, text=f"{client.degrees}")

    async def undo_dry_run(client, call, baseline):
        if client.degrees == baseline["degrees"]:
            return ()
        return (Difference(field="degrees", before=f"{client.degrees}", after=f"{baseline['degrees']}"),)

    async def undo(client, call, baseline):
        client.degrees = baseline["degrees"]
        return "cold"

    SERVICE = Service(
        key="kettle",
        name="Kettle",
        category=GENERAL,
        settings=(Field(key="url", kind=SettingKind.URL, name="Address"),),
        connect=Kettle,
        poll=poll,
        version=lambda state: None,
        sensors=(
            Sensor(key="degrees", name="Degrees", value=lambda state: state.degrees, unit="°C"),
            Sensor(
                key="hot",
                name="Hot",
                value=lambda state: state.degrees > 60,
                platform=Platform.BINARY_SENSOR,
            ),
        ),
        resources=(
            ResourceKind(
                key="plate",
                name="Plate",
                items=lambda state: ["left"],
                id=str,
                title=str,
                labels=lambda plate: {"plate": plate},
                sensors=(Sensor(key="side", name="Side", value=str),),
            ),
        ),
        tools=(Tool(key="look", name="Look", description="How hot it is.", read=read),),
        actions=(
            Action(
                key="boil",
                name="Boil",
                description="Boils.",
                risk=Risk.LOW,
                dry_run=dry_run,
                precheck=precheck,
                execute=execute,
                probe=probe,
                verify=verify,
                undo=Undo(dry_run=undo_dry_run, execute=undo),
                button=True,
                needs=("boil",),
            ),
        ),
        checks=(Check(key="dry", name="Dry", severity=Severity.INFO, problem=lambda state: None),),
        controls=(Control(key="boiling", name="Boil", kind=ControlKind.BUTTON, action="boil"),),
        rights=(Right(key="boil", name="Boil water", needed_for="boiling"),),
        granted=lambda state: frozenset({"boil"}),
    )
    """
CLIENT = """
    \"\"\"The kettle's client.\"\"\"

    from .._kitchen import COLD

    class Kettle:
        def __init__(self, access):
            self.degrees = COLD

        async def close(self):
            pass
    """


def write_folder(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(exist_ok=True)
    for file, text in files.items():
        (folder / name / f"{file}.py").write_text(dedent(text))


def kettle(folder: Path, wrong: str = "", right: str = "") -> Path:
    """Write the kettle's folder, with one part of its text replaced."""
    assert wrong in KETTLE, "the replaced text does not exist"
    write_folder(folder, "_kitchen", __init__='"""What kitchens share."""\n\nCOLD = 20.0\n')
    write_folder(folder, "kettle", __init__=KETTLE.replace(wrong, right) if wrong else KETTLE, client=CLIENT)
    return folder


async def test_a_new_folder_is_a_service(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    before = find_services()
    services = find_services(extra=[kettle(tmp_path)])
    assert set(services) == {*before, "kettle"}, "folders beginning with _ are no services"

    service = services["kettle"]
    client = service.connect(Access(settings={}, session=session, clock=SystemClock()))
    gaps = Gaps()
    result = snapshot(service, "k1", await service.poll(client, gaps), gaps, SystemClock().now())
    assert result.values == {"degrees": 20.0, "hot": False, "version": None}
    assert [(one.kind, one.id, one.values) for one in result.resources] == [
        ("plate", "left", {"side": "left"})
    ]

    call = Call(target=TargetRef(instance_id="k1", kind="instance", id="k1", name="Kettle"))
    assert (await service.tools[0].read(client, call)).text == "20.0 °C"
    action = service.actions[0]
    baseline = (await action.dry_run(client, call)).baseline
    await action.execute(client, call, baseline)
    assert await action.probe(client, call, baseline) is Effect.DONE
    assert action.undo is not None
    assert await action.undo.dry_run(client, call, baseline)
    await action.undo.execute(client, call, baseline)
    assert client.degrees == 20
    assert await action.undo.dry_run(client, call, baseline) == ()

    offer = catalogue(services).service("kettle")
    assert offer is not None
    assert [sensor.key for sensor in offer.sensors] == ["degrees", "hot", "version", "side"]
    assert [(one.key, one.reversible, one.button) for one in offer.actions] == [("boil", True, True)]


def test_a_changed_text_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = catalogue(find_services(extra=[kettle(tmp_path / "a")]))
    again = catalogue(find_services(extra=[kettle(tmp_path / "a")]))
    other = catalogue(find_services(extra=[kettle(tmp_path / "b", "How hot it is.", "How hot it is!")]))
    assert first.digest == again.digest != other.digest


def wrong_service(folder: Path) -> WrongService:
    with pytest.raises(WrongService) as caught:
        find_services(extra=[folder])
    assert folder.joinpath(caught.value.folder.name) == caught.value.folder
    assert caught.value.folder.name in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"__init__": "import nowhere_to_be_found\n"}, "cannot be imported"),
        ({"__init__": "SERVICE = 1 / 0\n"}, "ZeroDivisionError"),
        ({"__init__": "def broken(:\n"}, "SyntaxError"),
        ({"__init__": '"""Empty."""\n'}, "no SERVICE"),
        ({"__init__": "SERVICE = {'key': 'toaster'}\n"}, "no SERVICE"),
        ({"client": "class Client: pass\n"}, "no __init__.py"),
    ],
)
def test_a_folder_without_a_service_is_named(tmp_path: Path, files: dict[str, str], said: str) -> None:
    write_folder(tmp_path, "toaster", **files)
    error = wrong_service(tmp_path)
    assert error.folder.name == "toaster"
    assert said in str(error)


def test_a_second_service_with_the_same_key_is_named(tmp_path: Path) -> None:
    write_folder(tmp_path, "radarr", __init__="from steward.services.radarr import SERVICE\n")
    assert "another service has this key" in str(wrong_service(tmp_path))


def test_an_extra_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongService, match="Service folder nowhere: it does not exist"):
        find_services(extra=[tmp_path / "nowhere"])


@pytest.mark.parametrize("code", ["1 / 0", "raise SystemExit(3)", "raise KeyboardInterrupt"])
def test_a_folder_that_cannot_be_used_can_be_skipped(tmp_path: Path, code: str) -> None:
    write_folder(kettle(tmp_path), "toaster", __init__=code)
    write_folder(tmp_path, "radarr", __init__="from steward.services.radarr import SERVICE\n")
    skipped: list[WrongService] = []
    services = find_services(extra=[tmp_path, tmp_path / "nowhere"], skip=skipped.append)
    assert [one.folder.name for one in skipped] == ["radarr", "toaster", "nowhere"]
    assert services["radarr"] is find_services()["radarr"]
    assert "kettle" in services


def test_folders_without_code_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "leftover").mkdir()
    (tmp_path / "notes.md").touch()
    assert "leftover" not in find_services(extra=[tmp_path])


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('key="kettle"', 'key="pot"', "its key is 'pot'"),
        ("poll=poll,", "poll=poll, interval=0,", "interval is not above 0"),
        ('key="hot"', 'key="degrees"', "instance sensor 'degrees' is there 2 times"),
        ('key="hot"', 'key="isHot"', "sensor 'isHot' is not in snake_case"),
        ('key="plate"', 'key="Plate"', "resource kind 'Plate' is not in snake_case"),
        ('key="look"', 'key="look-at"', "tool 'look-at' is not in snake_case"),
        ("read=read", 'read=read, scope="pan"', "tool 'look' has the unknown scope 'pan'"),
        (
            "read=read",
            'read=read, is_owner_only=True, capability="status"',
            "tool 'look' is for owners only and has a capability",
        ),
        ("risk=Risk.LOW,", 'risk=Risk.LOW, scope="pan",', "action 'boil' has the unknown scope 'pan'"),
        (
            "execute=execute",
            "execute=lambda client, call, baseline: None",
            "execute is not a coroutine function",
        ),
        ("execute=undo", "execute=print", "undo is not a coroutine function"),
        ("dry_run=undo_dry_run", "dry_run=print", "undo dry run is not a coroutine function"),
        ('key="dry"', 'key="dry", scope="pan"', "check 'dry' has the unknown scope 'pan'"),
        ('needs=("boil",)', 'needs=("steam",)', "needs the unknown right 'steam'"),
        ('granted=lambda state: frozenset({"boil"}),', "", "does not say which are granted"),
        ('action="boil")', 'action="cool")', "control 'boiling' names the unknown action 'cool'"),
        ('action="boil")', 'action="boil", scope="plate")', "has another scope than its action 'boil'"),
        ("kind=ControlKind.BUTTON", "kind=ControlKind.SWITCH", "is a switch without an action for off"),
        ("kind=ControlKind.BUTTON", "kind=ControlKind.NUMBER", "needs an argument exactly when"),
        ("kind=ControlKind.BUTTON", "kind=ControlKind.UPDATE", "needs the newest version exactly when"),
        (', action="boil")', ")", "control 'boiling' needs an action unless it is an update"),
        ('action="boil")', 'action="boil", release_url="x")', "has a page about versions and is no update"),
        ('action="boil")', 'action="boil", reading="cold")', "names the unknown reading 'cold'"),
        (
            "risk=Risk.LOW,",
            "risk=Risk.LOW, arguments=(Field(key='to', kind=SettingKind.TARGET, name='To', default='x'),),",
            "has a scope and is not a target",
        ),
        (
            "button=True,",
            "arguments=(Field(key='to', kind=SettingKind.TARGET, name='To', scope='pan'),),",
            "has the unknown scope 'pan'",
        ),
        (
            "button=True,",
            "outputs=(Output(key='side', kind=OutputKind.TARGET, scope='pan'),),",
            "action 'boil' output 'side' has the unknown scope 'pan'",
        ),
        (
            "button=True,",
            "outputs=(Output(key='side', kind=OutputKind.TARGET),),",
            "action 'boil' output 'side' has a scope and is not a target",
        ),
        (
            "button=True,",
            "outputs=(Output(key='side', kind=OutputKind.NUMBER, choices=('a',)),),",
            "action 'boil' output 'side' has choices and is not a choice",
        ),
        (
            "button=True,",
            "outputs=(Output(key='argument:side', kind=OutputKind.NUMBER),),",
            "output 'argument:side' is not in snake_case",
        ),
        (
            "button=True,",
            "outputs=(Output(key='n', kind=OutputKind.NUMBER), Output(key='n', kind=OutputKind.NUMBER)),",
            "action 'boil' output 'n' is there 2 times",
        ),
        ("poll=poll", "poll=print", "poll is not a coroutine function"),
        ("read=read", "read=print", "read is not a coroutine function"),
        ('unit="°C"', 'options=("a",)', "has options without the device class enum"),
        ('name="Hot",', 'name="Hot", unit="°C",', "binary sensor 'hot' has a unit"),
        ("SettingKind.URL, name", "SettingKind.SECRET, default='x', name", "is a secret with a default"),
        (
            "SettingKind.URL, name",
            "SettingKind.NUMBER, default='x', name",
            "has a default that is not of the kind number",
        ),
        (
            "SettingKind.URL, name",
            "SettingKind.NUMBER, default=True, name",
            "has a default that is not of the kind number",
        ),
        (
            "SettingKind.URL, name",
            "SettingKind.BOOLEAN, default=1, name",
            "has a default that is not of the kind boolean",
        ),
        (
            "SettingKind.URL, name",
            "SettingKind.NUMBER, default=9, minimum=10, name",
            "has a default outside its bounds",
        ),
        (
            "SettingKind.URL, name",
            "SettingKind.NUMBER, default=9, maximum=8, name",
            "has a default outside its bounds",
        ),
        (
            "SettingKind.URL, name",
            "SettingKind.NUMBER, minimum=9, maximum=8, name",
            "has a minimum above its maximum",
        ),
        (
            "SettingKind.URL, name",
            "SettingKind.CHOICE, choices=('a', 'b'), default='c', name",
            "has a default outside its bounds",
        ),
        ("SettingKind.URL, name", "SettingKind.CHOICE, name", "has choices and is not a choice"),
        (
            "SettingKind.URL, name",
            "SettingKind.TEXT, choices=('a',), name",
            "has choices and is not a choice",
        ),
        (
            "risk=Risk.LOW,",
            "risk=Risk.LOW, arguments=(Field(key='cups', kind=SettingKind.NUMBER, name='Cups'),),",
            "is a button with arguments that nobody can give",
        ),
        ('key="url"', 'key="poll_seconds"', "setting 'poll_seconds' is there 2 times"),
        ('name="Kettle"', "name=7", "does not fit the contract"),
    ],
)
def test_a_description_that_does_not_fit_is_named(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    error = wrong_service(kettle(tmp_path, wrong, right))
    assert error.folder.name == "kettle"
    assert said in str(error)


def test_all_that_is_wrong_is_reported_at_once(tmp_path: Path) -> None:
    folder = kettle(tmp_path, 'key="hot"', 'key="isHot"')
    init = folder / "kettle" / "__init__.py"
    init.write_text(init.read_text().replace('key="look"', 'key="Look"'))
    assert len(wrong_service(folder).problems) == 2
