"""What a fence is about: targets, actions, what is in them, and what is not known."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.fences import ALL_ACTIONS, Fence, FenceOffer, FenceRole
from rig.inventory import ITSELF, NODE, ToyInventory, box
from rig.toy import Toy
from steward.errors import InvalidSetting
from steward.inventory.fences import (
    Place,
    Touched,
    names,
    offers,
    problem,
    refusal,
    stops,
)
from steward.sdk.description import Role
from steward.settings.fences import ConfiguredFence, read_fences

TANK = Place(
    name="tank",
    service="truenas",
    instance=frozenset({"nas1", "big nas"}),
    kind="pool",
    target=frozenset({"7", "tank"}),
    roles=frozenset({"storage"}),
)
HOST = Place(
    name="pve1",
    service="proxmox",
    instance=frozenset({"pve"}),
    kind="node",
    target=frozenset({"pve1"}),
    roles=frozenset({"host"}),
)
EVERYTHING = Fence(id="f", instance="Big NAS")
TOUCHED = Touched(place=TANK, actions=frozenset({"start_scrub", "truenas.start_scrub"}))

PARTS = st.sampled_from(["", "truenas", "nas1", "pool", "tank", "pve", "other"])
FENCES = st.builds(
    Fence,
    id=st.sampled_from("abc"),
    service=PARTS,
    instance=PARTS,
    kind=PARTS,
    target=PARTS,
    role=st.sampled_from([None, *FenceRole]),
    actions=st.lists(st.sampled_from([ALL_ACTIONS, "start_scrub", "restart"]), max_size=2).map(tuple),
    with_guests=st.booleans(),
)
TOUCHES = st.builds(
    Touched,
    place=st.sampled_from([TANK, HOST]),
    actions=st.frozensets(st.sampled_from(["start_scrub", "restart", "stop"]), min_size=1),
    around=st.lists(st.sampled_from([TANK, HOST]), max_size=2).map(tuple),
    inside=st.lists(st.sampled_from([TANK, HOST]), max_size=2).map(tuple),
    unread=st.lists(st.just(HOST), max_size=1).map(tuple),
    lost=st.frozensets(st.sampled_from("abc")),
)


@pytest.mark.parametrize(
    ("fence", "expected"),
    [
        (EVERYTHING, True),
        (Fence(id="", instance="NAS1"), True),
        (Fence(id="", instance="nas2"), False),
        (Fence(id="", service="truenas"), True),
        (Fence(id="", service="synology"), False),
        (Fence(id="", kind="Pool"), True),
        (Fence(id="", kind="disk"), False),
        (Fence(id="", target="TANK"), True),
        (Fence(id="", target="7"), True),
        (Fence(id="", target="big nas"), True),
        (Fence(id="", kind="pool", target="big nas"), False),
        (Fence(id="", target="fast"), False),
        (Fence(id="", role=FenceRole.STORAGE), True),
        (Fence(id="", role=FenceRole.FIREWALL), False),
        (Fence(id="", instance="nas1", target="fast"), False),
        (Fence(id="", instance="nas2", target="tank"), False),
        (Fence(id=""), False),
    ],
)
def test_everything_that_a_fence_says_has_to_fit(fence: Fence, expected: bool) -> None:  # noqa: FBT001
    assert names(fence, TANK) is expected


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ((ALL_ACTIONS,), True),
        ((), True),
        (("Start_Scrub",), True),
        (("truenas.start_scrub",), True),
        (("restart", "start_scrub"), True),
        (("restart",), False),
    ],
)
def test_a_fence_is_about_all_actions_or_those_it_names(actions: tuple[str, ...], expected: bool) -> None:  # noqa: FBT001
    assert stops(replace(EVERYTHING, actions=actions), TOUCHED.actions) is expected


def test_the_text_says_which_fence_and_why() -> None:
    assert refusal([EVERYTHING], TOUCHED) == "tank is fenced: nothing may change it"
    kept = replace(EVERYTHING, reason="Holds the photos.")
    assert refusal([kept], TOUCHED) == "tank is fenced: nothing may change it (Holds the photos)"
    some = replace(EVERYTHING, actions=("start_scrub",))
    assert refusal([some], TOUCHED) == "tank is fenced: this may not be done to it"
    assert refusal([replace(some, actions=("restart",))], TOUCHED) is None
    assert refusal([], TOUCHED) is None


def test_what_is_in_a_fenced_host_is_fenced_only_if_it_says_so() -> None:
    fence, guest = Fence(id="f", target="pve1"), replace(TOUCHED, around=(HOST,))
    assert refusal([fence], guest) is None
    assert refusal([replace(fence, with_guests=True)], guest) == "pve1 is fenced with what is in it"
    assert refusal([replace(fence, with_guests=True, target="pve2")], guest) is None


def test_what_may_be_in_a_fenced_host_that_was_not_read_is_not_changed() -> None:
    fence, guest = (
        Fence(id="f", instance="pve", kind="node", with_guests=True),
        replace(TOUCHED, unread=(HOST,)),
    )
    text = "what is in pve1 is fenced, and it was not read yet whether tank is in it"
    assert refusal([fence], guest) == text
    assert refusal([replace(fence, with_guests=False)], guest) is None
    assert refusal([replace(fence, instance="pve2")], guest) is None


def test_what_runs_in_a_target_is_interrupted_with_it() -> None:
    touched = Touched(place=HOST, actions=frozenset({"restart"}), inside=(TANK,))
    assert refusal([EVERYTHING], touched) == "tank is fenced and runs in pve1"
    assert refusal([replace(EVERYTHING, actions=("start_scrub",))], touched) is None


def test_a_host_is_not_interrupted_while_what_a_fence_names_is_not_found() -> None:
    fence = Fence(id="f", target="renamed")
    touched = Touched(place=HOST, actions=frozenset({"restart"}), lost=frozenset({"f"}))
    assert refusal([fence], touched) == "what a fence names is not found now, and may be in pve1"
    assert refusal([fence], replace(touched, place=TANK)) is None
    assert refusal([fence], replace(touched, lost=frozenset())) is None
    assert refusal([replace(fence, instance="nas1")], touched) is None


@settings(max_examples=50)
@given(st.lists(FENCES, max_size=3), FENCES, TOUCHES)
def test_one_more_fence_never_allows_more(fences: list[Fence], more: Fence, touched: Touched) -> None:
    if refusal(fences, touched) is not None:
        assert refusal([*fences, more], touched) is not None
        assert refusal([more, *fences], touched) is not None


@settings(max_examples=50)
@given(FENCES, TOUCHES, st.sampled_from(["tank2", "", "renamed"]))
def test_a_fence_that_names_a_target_by_its_id_survives_a_new_name(
    fence: Fence, touched: Touched, name: str
) -> None:
    by_id = replace(
        fence, service="", instance="nas1", kind="", target="7", role=None, actions=(ALL_ACTIONS,)
    )
    renamed = replace(touched, place=replace(TANK, name=name, target=frozenset({"7", name})))
    assert refusal([by_id], renamed) is not None


@settings(max_examples=50)
@given(FENCES, TOUCHES)
def test_a_fence_for_all_actions_forbids_at_least_what_one_for_some_does(
    fence: Fence, touched: Touched
) -> None:
    if refusal([fence], touched) is not None:
        assert refusal([replace(fence, actions=(ALL_ACTIONS,))], touched) is not None
        assert refusal([replace(fence, with_guests=True)], touched) is not None


async def polled() -> ToyInventory:
    inventory = ToyInventory(Toy())
    await inventory.poll_now("toy1")
    return inventory


async def test_the_inventory_says_what_belongs_together() -> None:
    inventory = await polled()
    assert inventory.fenced(box(), "restart") is None
    inventory.use_fences((Fence(id="f", kind="node", target="node1", with_guests=True),))
    assert inventory.fenced(box(), "set_memory") == "node1 is fenced with what is in it"
    assert inventory.fenced(ITSELF, "set_memory") is None
    inventory.use_fences((Fence(id="f", target="radarr"),))
    assert inventory.fenced(NODE, "restart") == "radarr is fenced and runs in node1"
    assert inventory.fenced(NODE, "set_memory") is None
    assert inventory.fenced(NODE, "no_such_action") == "radarr is fenced and runs in node1"
    assert inventory.fenced(box("sonarr"), "restart") is None


async def test_actions_are_named_by_key_service_or_capability() -> None:
    inventory = await polled()
    for action in ("restart", "toy.restart", "TOY.Restart"):
        inventory.use_fences((Fence(id="f", instance="toy1", actions=(action,)),))
        assert inventory.fenced(box(), "restart") is not None
        assert inventory.fenced(box(), "set_memory") is None


async def test_a_service_that_is_not_known_is_fenced_by_what_the_fence_says() -> None:
    inventory = await polled()
    inventory.known = False
    inventory.use_fences((Fence(id="f", target="radarr"),))
    assert inventory.fenced(box(), "restart") is not None
    strange = replace(box(), instance_id="gone")
    assert inventory.fenced(strange, "restart") is not None
    inventory.use_fences((Fence(id="f", service="toy"),))
    assert inventory.fenced(box(), "restart") is not None


async def test_the_name_that_was_planned_and_the_name_of_now_both_count() -> None:
    inventory = await polled()
    inventory.use_fences((Fence(id="f", target="radarr"),))
    assert inventory.fenced(replace(box(), name="new name"), "restart") is not None
    assert inventory.fenced(replace(box("sonarr"), name="radarr"), "restart") is not None


async def test_what_may_run_in_an_unread_host_is_not_changed() -> None:
    inventory = ToyInventory(Toy())
    inventory.service_row = replace(inventory.service_row, role=Role.HOST)
    inventory.use_fences((Fence(id="f", instance="toy1", kind="node", with_guests=True),))
    outside = replace(box(), instance_id="other", id="other", kind="instance", name="Other")
    assert inventory.fenced(outside, "restart") is not None
    await inventory.poll_now("toy1")
    assert inventory.fenced(outside, "restart") is None
    inventory.use_fences((Fence(id="f", target="not there"),))
    assert inventory.fenced(NODE, "restart") == "what a fence names is not found now, and may be in node1"
    inventory = ToyInventory(Toy())
    inventory.service_row = replace(inventory.service_row, role=Role.APPLICATION)
    inventory.use_fences((Fence(id="f", instance="toy1", kind="node", with_guests=True),))
    assert inventory.fenced(outside, "restart") is None
    inventory.service_row = replace(inventory.service_row, role=Role.HOST)
    inventory.running_in[outside.key] = NODE
    inventory.use_fences((Fence(id="f", instance="toy1", kind="switch", with_guests=True),))
    assert inventory.fenced(outside, "restart") is None


async def test_a_fence_that_fits_nothing_is_a_problem() -> None:
    inventory = ToyInventory(Toy())
    lost = Fence(id="f", target="tank")
    assert problem(lost, inventory) == ""
    await inventory.poll_now("toy1")
    assert problem(lost, inventory) == "Nothing that is known fits this fence."
    assert problem(replace(lost, target="radarr"), inventory) == ""
    wrong = replace(lost, target="radarr", actions=("restrat", "restart"))
    assert problem(wrong, inventory) == "There is no action restrat."
    assert problem(replace(wrong, actions=("restart",)), inventory) == ""
    inventory.known = False
    assert problem(wrong, inventory) == "There is no action restrat, restart."


async def test_a_nas_is_offered_until_it_is_fenced_whole_or_somebody_answered() -> None:
    inventory = await polled()
    assert offers(inventory, (), ()) == ()
    inventory.service_row = replace(inventory.service_row, essential=FenceRole.STORAGE)
    offer = FenceOffer(instance_id="toy1", name="Toy", role=FenceRole.STORAGE)
    assert offers(inventory, (), ()) == (offer,)
    assert offers(inventory, (), ("toy1",)) == ()
    assert offers(inventory, (Fence(id="f", role=FenceRole.STORAGE),), ()) == ()
    assert offers(inventory, (Fence(id="f", instance="toy1", actions=("restart",)),), ()) == (offer,)
    assert offers(inventory, (Fence(id="f", target="radarr"),), ()) == (offer,)
    inventory.known = False
    assert offers(inventory, (), ()) == ()


async def test_of_a_controller_only_its_gateway_is_offered() -> None:
    inventory = await polled()
    inventory.service_row = replace(inventory.service_row, essential=FenceRole.FIREWALL, essential_kind="box")
    offer = FenceOffer(instance_id="toy1", name="Toy (Box)", role=FenceRole.FIREWALL, kind="box")
    assert offers(inventory, (), ()) == (offer,)
    assert offers(inventory, (Fence(id="f", instance="toy1", kind="box"),), ()) == ()
    assert offers(inventory, (Fence(id="f", role=FenceRole.FIREWALL),), ()) == ()
    assert offers(inventory, (Fence(id="f", target="radarr"),), ()) == (offer,), "others are not fenced"
    inventory.use_fences((Fence(id="f", role=FenceRole.FIREWALL),))
    assert inventory.fenced(box(), "restart") is not None
    assert inventory.fenced(NODE, "restart") == "radarr is fenced and runs in node1"
    inventory.service_row = replace(inventory.service_row, essential_kind="gone")
    assert offers(inventory, (), ()) == ()
    unread = ToyInventory(Toy())
    unread.service_row = replace(unread.service_row, essential=FenceRole.FIREWALL, essential_kind="box")
    assert offers(unread, (), ()) == (), "it is not known yet whether there is one"


def test_a_fence_of_the_settings_says_what_it_is_about() -> None:
    (fence,) = read_fences([ConfiguredFence(target="tank", reason="Photos")])
    assert (fence.id, fence.target, fence.origin, fence.actions) == ("file-0", "tank", "file", (ALL_ACTIONS,))
    with pytest.raises(InvalidSetting, match=r"fences\[1\]"):
        read_fences([ConfiguredFence(role=FenceRole.STORAGE), ConfiguredFence(reason="nothing")])
