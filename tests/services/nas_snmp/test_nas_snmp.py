"""NAS: the disks of other vendors, sizes that do not fit, what is no volume."""

from lab.visit import visit
from services.nas_snmp import storage
from steward.services.nas_snmp.models import Disk, NasState, Storage, disk_rows


async def test_the_disks_of_western_digital_have_no_status() -> None:
    async with visit("nas_snmp") as here:
        answers = here.served.state.answers
        answers["GET /synology_disks"] = []
        answers["GET /wd_disks"] = [
            {
                "index": "1",
                "model8": "WD60EFRX",
                "serial8": "WD-HERON1",
                "temperature8": "Centigrade:36 \tF:96",
            },
        ]
        found, checks = await here.snapshot(), await here.checks()
        [disk] = [one for one in found.resources if one.kind == "disk"]
        assert (disk.id, disk.values["temperature"], disk.values["status"]) == ("WD-HERON1", 36, None)
        assert {check for check, _ in checks.unknown} == {"disk_failing"}


async def test_an_array_of_western_digital_is_neither_good_nor_bad() -> None:
    async with visit("nas_snmp") as here:
        answers = here.served.state.answers
        answers["GET /synology_raids"] = []
        answers["GET /wd_raids"] = [{"index": "1", "name8": "Volume_1", "level8": "raid1"}]
        found, checks = await here.snapshot(), await here.checks()
        [array] = [one for one in found.resources if one.kind == "pool"]
        assert (array.id, array.values["level"], array.values["status"]) == ("Volume_1", "raid1", None)
        assert "no state of a RAID" in checks.unknown["volume_degraded", ("pool", "Volume_1")]
        tool = here.tool("volumes")
        assert "Volume_1: not known" in (await tool.read(here.client, await here.call_of(tool))).text


def test_the_disks_of_qnap() -> None:
    row = {"HdDescr": "HDD1", "HdModel": "HERON", "HdStatus": -9, "HdTemperature": "41 C/105 F"}
    assert disk_rows("qnap_disks", [row]) == [
        {"id": "HDD1", "model": "HERON", "status": -9, "temperature": "41"}
    ]
    assert Disk("HDD1", "HERON", "read or write error", 41).failed()


def test_a_size_beyond_31_bits() -> None:
    found = Storage(
        index="1",
        hr_storage_type="x",
        hr_storage_descr="/volume1",
        hr_storage_allocation_units=4096,
        hr_storage_size=-1,
        hr_storage_used=-(2**31),
    )
    assert found.size == (2**32 - 1) * 4096
    assert (found.full(), found.used) == (None, 2**31 * 4096)


async def test_the_tools_show_the_worst_first() -> None:
    async with visit("nas_snmp") as here:
        await here.make_unhealthy()
        texts = {}
        for key in ("volumes", "disks"):
            tool = here.tool(key)
            texts[key] = (await tool.read(here.client, await here.call_of(tool))).text.splitlines()
        assert texts["volumes"][0] == "Volume 1: degraded"
        assert texts["volumes"][2].startswith("/volume1: 3.7 GiB of") or "(97 %)" in texts["volumes"][2]
        assert texts["disks"][0] == "Disk 1 (HERON-4T): crashed, 34 °C"


async def test_what_is_no_volume_is_left_out() -> None:
    async with visit("nas_snmp") as here:
        here.served.state.answers["GET /storage"] = [storage(1, "/share/data", 1), storage(2, "/run", 1)]
        state = await NasState.poll(here.client, (await here.poll())[1])
        assert [one.hr_storage_descr for one in state.volumes()] == ["/share/data"]
