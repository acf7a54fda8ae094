"""The world moves as the story says."""

import pytest

from lab.clock import ManualClock
from lab.guest import GIB
from lab.timeline import Timeline
from lab.world import ConfigChangedError, GuestStateError, PowerAction, UnknownGuestError, World


def test_memory_climbs_to_95_percent_of_two_gibibytes(clock: ManualClock, still_world: World) -> None:
    still_world.start_memory_pressure(climb_seconds=10)
    assert still_world.guest(105).share == pytest.approx(0.40, abs=0.001)
    assert not still_world.is_under_pressure(105)
    clock.advance(5)
    halfway = still_world.guest(105).share
    clock.advance(5)
    assert 0.40 < halfway < still_world.guest(105).share
    assert still_world.guest(105).share == pytest.approx(0.95, abs=0.001)
    assert still_world.guest(105).memory_limit == 2 * GIB
    assert still_world.is_under_pressure(105)


def test_more_memory_brings_the_share_down(clock: ManualClock, still_world: World) -> None:
    still_world.start_memory_pressure(climb_seconds=1)
    clock.advance(1)
    still_world.set_config(105, {"memory": 3072})
    assert still_world.guest(105).share == pytest.approx(0.633, abs=0.001)
    clock.advance(3600)
    assert still_world.guest(105).share == pytest.approx(0.633, abs=0.001)


def test_a_restart_frees_memory_which_then_climbs_slowly(clock: ManualClock, still_world: World) -> None:
    still_world.start_memory_pressure(climb_seconds=1)
    clock.advance(1)
    still_world.power(105, PowerAction.REBOOT)
    clock.advance(2)
    assert still_world.guest(105).share == pytest.approx(0.40, abs=0.01)
    clock.advance(3 * 3600)
    assert 0.5 < still_world.guest(105).share < 0.8
    clock.advance(6 * 3600)
    assert still_world.guest(105).share == pytest.approx(0.95, abs=0.001)


def test_a_smaller_limit_is_filled_to_the_brim(clock: ManualClock, still_world: World) -> None:
    still_world.start_memory_pressure(climb_seconds=0)
    clock.advance(1)
    still_world.set_config(105, {"memory": 1024})
    assert still_world.guest(105).share == 1.0


def test_a_reboot_passes_through_stopped(clock: ManualClock, still_world: World) -> None:
    task = still_world.power(105, PowerAction.REBOOT)
    assert task.is_running(still_world.wall())
    assert still_world.guest(105).lock == "reboot"
    clock.advance(0.5)
    assert not still_world.guest(105).is_running
    assert still_world.guest(105).memory == 0
    clock.advance(0.3)
    assert still_world.guest(105).is_running
    assert not still_world.app_is_up(105)
    clock.advance(0.6)
    assert still_world.app_is_up(105)
    assert not task.is_running(still_world.wall())
    assert still_world.guest(105).lock is None


def test_a_guest_refuses_what_its_state_does_not_allow(clock: ManualClock, still_world: World) -> None:
    with pytest.raises(GuestStateError, match="CT 105 already running"):
        still_world.power(105, PowerAction.START)
    still_world.power(105, PowerAction.STOP)
    with pytest.raises(GuestStateError, match=r"CT is locked \(stop\)"):
        still_world.power(105, PowerAction.START)
    clock.advance(2)
    with pytest.raises(GuestStateError, match="CT 105 not running"):
        still_world.power(105, PowerAction.SHUTDOWN)
    still_world.power(105, PowerAction.START)
    clock.advance(2)
    assert still_world.guest(105).is_running


def test_a_failing_task_changes_nothing(clock: ManualClock, still_world: World) -> None:
    still_world.fail_next_task("command 'lxc-stop' failed: exit code 1")
    task = still_world.power(105, PowerAction.STOP)
    clock.advance(2)
    assert task.exit_status.startswith("command 'lxc-stop' failed")
    assert still_world.guest(105).is_running
    assert still_world.power(105, PowerAction.STOP).exit_status == "OK"


def test_a_machines_memory_changes_with_its_next_boot(clock: ManualClock, still_world: World) -> None:
    still_world.set_config(200, {"memory": "8192"})
    assert still_world.guest(200).memory_limit == 4 * GIB
    still_world.power(200, PowerAction.REBOOT)
    clock.advance(2)
    assert still_world.guest(200).memory_limit == 8 * GIB


def test_the_digest_guards_a_configuration(still_world: World) -> None:
    digest = still_world.guest(105).digest
    still_world.set_config(105, {"memory": 3072}, digest)
    assert still_world.guest(105).digest != digest
    with pytest.raises(ConfigChangedError):
        still_world.set_config(105, {"memory": 4096}, digest)
    assert still_world.guest(105).memory_limit == 3 * GIB


def test_effects_are_kept_in_order_and_cannot_be_changed(clock: ManualClock, still_world: World) -> None:
    first = still_world.record("proxmox", "PUT", "/a", {"memory": 3072})
    clock.advance(1)
    second = still_world.record("radarr", "POST", "/b", {})
    assert still_world.effects == [first, second]
    assert second.at - first.at == pytest.approx(1)
    assert still_world.effects_of("proxmox", "PUT") == (first,)
    assert still_world.effects_of("proxmox", "POST") == ()
    with pytest.raises(TypeError):
        first.body["memory"] = 1  # type: ignore[index]


def test_a_node_can_be_cut_off(still_world: World) -> None:
    still_world.set_node_online("pve2", is_online=False)
    pve2 = still_world.node("pve2")
    assert pve2 is not None
    assert not pve2.is_online
    assert still_world.node("pve9") is None


def test_an_unknown_guest_is_an_error(still_world: World) -> None:
    with pytest.raises(UnknownGuestError, match="999"):
        still_world.guest(999)


def test_a_timeline_remembers() -> None:
    line = Timeline("a")
    line.set(10, "b")
    line.plan(20, "c")
    assert [line.at(moment) for moment in (0, 10, 19, 20, 99)] == ["a", "b", "b", "c", "c"]
    assert line.since(5) is None
    assert line.since(15) == 10
    line.set(15, "d")
    assert line.at(99) == "d"
    with pytest.raises(ValueError, match="after the others"):
        line.plan(1, "e")
