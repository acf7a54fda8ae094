"""Charts are valid PNG with the values in the right place; courses are bounded."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Catalogue, SensorOffer, ServiceOffer
from homelab_steward.contract.state import Instance, Origin, Resource, Snapshot, TargetRef
from steward.sdk.categories import BUILT_IN
from steward.trends.canvas import BLACK, GRID, PALETTE, SERIES, WHITE, Canvas, drawn, text_width
from steward.trends.charts import HEIGHT, WIDTH, bars, course, scale_of
from steward.trends.courses import MOST_COURSES, MOST_POINTS, Trends

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

TARGET = TargetRef(instance_id="pve", kind="lxc", id="105", name="radarr")
CATALOGUE = Catalogue(
    digest="",
    categories=BUILT_IN,
    services=(
        ServiceOffer(
            key="proxmox",
            name="Proxmox VE",
            category="infrastructure",
            settings=(),
            actions=(),
            sensors=(
                SensorOffer(key="memory", name="Memory usage", scope="lxc", unit="%"),
                SensorOffer(key="cpu", name="CPU usage", scope="lxc", unit="%"),
                SensorOffer(key="disk", name="Disk size", scope="lxc", unit="GiB"),
                SensorOffer(key="load", name="Load", unit="%"),
            ),
        ),
    ),
)
PVE = Instance(id="pve", service="proxmox", name="PVE", origin=Origin.FILE)


def pixels(png: bytes) -> list[bytes]:
    """Return the rows of a PNG; check its structure."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(kind + content)
        chunks[kind] = content
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    assert len(chunks[b"PLTE"]) == 3 * len(PALETTE)
    data = zlib.decompress(chunks[b"IDAT"])
    rows = [data[y * (width + 1) : (y + 1) * (width + 1)] for y in range(height)]
    assert all(row[0] == 0 and len(row) == width + 1 for row in rows)
    return [row[1:] for row in rows]


def snapshot(at: datetime, memory: object, **changes: object) -> Snapshot:
    values = {"memory": memory, "cpu": 5.0, "disk": 8.0}
    base = Snapshot(
        instance_id="pve",
        taken_at=at,
        values={"load": 3.0},
        resources=(Resource(kind="lxc", id="105", name="radarr", values=values),),  # type: ignore[arg-type]
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_shapes_stay_inside_of_the_canvas() -> None:
    canvas = Canvas(8, 4)
    canvas.fill(-5, -5, 3, 2, SERIES[0])
    canvas.fill(7, 3, 90, 90, SERIES[1])
    canvas.fill(5, 1, 5, 9, GRID)
    rows = pixels(canvas.png())
    assert rows[0] == rows[1] == bytes([SERIES[0]] * 3 + [WHITE] * 5)
    assert rows[3] == bytes([WHITE] * 7 + [SERIES[1]])
    canvas.line([(4, 2)], GRID, 1)
    assert pixels(canvas.png())[2][4] == GRID


def test_numbers_are_written_and_other_characters_left_blank() -> None:
    canvas = Canvas(30, 7)
    canvas.text(0, 0, "1→1", SERIES[0], 1)
    rows = pixels(canvas.png())
    assert [row[:5] for row in rows] == [row[12:17] for row in rows]
    assert all(not any(row[6:11]) for row in rows)
    assert (text_width("1→1", 2), text_width("", 2)) == (34, 0)


@given(st.lists(st.floats(-1e9, 1e9), max_size=20))
def test_a_scale_contains_its_values(values: list[float]) -> None:
    scale = scale_of(values)
    room = scale.step * 1e-6
    assert all(scale.low - room <= one <= scale.high + room for one in values)
    assert 2 <= len(scale.ticks()) <= 12


def test_a_course_rises_from_left_to_right_with_a_mark() -> None:
    points = [(NOON + timedelta(minutes=number), float(number)) for number in range(60)]
    flat = [(at, 30.0) for at, _ in points]
    rows = pixels(course([points, flat], [NOON + timedelta(minutes=30), NOON - timedelta(days=1)]))
    assert (len(rows[0]), len(rows)) == (WIDTH, HEIGHT)
    blue = {x: y for y, row in enumerate(rows) for x in range(WIDTH) if row[x] == SERIES[0]}
    assert blue[min(blue)] > blue[max(blue)]
    orange = [y for y, row in enumerate(rows) if SERIES[1] in row]
    assert max(orange) - min(orange) < 10
    mark = 130 + round(30 / 59 * (WIDTH - 130 - 40))
    assert sum(row[mark] == BLACK for row in rows) > 400
    assert pixels(course([[(NOON, 5.0)]]))


def test_bars_are_as_high_as_their_values() -> None:
    rows = pixels(bars([("21.", (2.0, 0.0)), ("22.", (4.0, 1.0))]))
    heights = [sum(row[x] == SERIES[0] for row in rows) for x in range(WIDTH)]
    high, low = max(heights), min(one for one in heights if one)
    assert abs(high - 2 * low) <= 2
    assert pixels(bars([]))


def test_courses_have_points_in_percent_that_are_a_minute_apart() -> None:
    trends = Trends(CATALOGUE, lambda: (PVE,))
    for number in range(20):
        trends.add(snapshot(NOON + timedelta(seconds=30 * number), 50.0 + number))
    trends.add(snapshot(NOON + timedelta(minutes=30), None))
    trends.add(snapshot(NOON + timedelta(minutes=31), True))
    for odd in (float("nan"), float("inf"), 10**400):
        trends.add(snapshot(NOON + timedelta(minutes=31), odd))
    trends.add(snapshot(NOON + timedelta(minutes=32), 90.0, instance_id="other"))
    memory, cpu = trends.of(TARGET, UTC)
    assert (memory.name, cpu.name) == ("Memory usage", "CPU usage")
    assert len(memory.points) == 10
    assert memory.points[1] == (NOON + timedelta(minutes=1), 52.0)
    of_instance = TargetRef(instance_id="pve", kind="instance", id="pve", name="PVE")
    assert [one.name for one in trends.of(of_instance, UTC)] == ["Load"]
    assert trends.of(replace(TARGET, id="106"), UTC) == ()
    assert trends.of(replace(TARGET, instance_id="other"), UTC) == ()


def test_courses_are_bounded() -> None:
    trends = Trends(CATALOGUE, lambda: (PVE,))
    for number in range(MOST_POINTS + 50):
        trends.add(snapshot(NOON + timedelta(minutes=number), 1.0))
    memory, _ = trends.of(TARGET, UTC)
    assert len(memory.points) == MOST_POINTS
    assert memory.points[-1][0] == NOON + timedelta(minutes=MOST_POINTS + 49)
    many = tuple(
        Resource(kind="lxc", id=str(number), name="x", values={"memory": 1.0})
        for number in range(MOST_COURSES + 10)
    )
    trends.add(snapshot(NOON, 1.0, resources=many))
    assert len(trends._courses) == MOST_COURSES


def test_a_legend_is_written_below_the_chart_in_the_colors_of_the_courses() -> None:
    points = [(NOON + timedelta(minutes=number), 50.0 + number) for number in range(5)]
    plain = pixels(course([points, points]))
    rows = pixels(course([points, points], legend=["Memory: 50 % - 54 %", "Grösse: 50 % - 54 %"]))
    assert rows[:HEIGHT] == plain
    below = b"".join(rows[HEIGHT:])
    assert set(below) >= {BLACK, SERIES[0], SERIES[1]}
    assert SERIES[2] not in below
    assert below.index(SERIES[0]) < below.index(SERIES[1])


def test_every_letter_but_o_and_digit_looks_different() -> None:
    def drawing(character: str) -> bytes:
        canvas = Canvas(6, 8)
        canvas.text(0, 0, character, BLACK, 1)
        return canvas.png()

    written = "ABCDEFGHIJKLMNPQRSTUVWXYZ0123456789.,:-/%"
    assert len({drawing(one) for one in f"{written} "}) == len(written) + 1
    assert drawing("é") == drawing("E")
    assert drawn("Größe à señor") == "GROSSE A SENOR"
    assert text_width("ß", 1) == text_width("SS", 1)
