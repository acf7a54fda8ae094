"""Who is asked about a request, when, who may approve which risk, and how many have to."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.proposals import BACK, CHANGE, DRAFT, LEVEL
from homelab_steward.contract.state import BY_ROLE, Authority, Person, Role
from rig import records
from rig.inventory import NOW
from steward.agent.requests.asking import RANK, AskingRules, is_quiet, may_approve, who_is_asked

OWNER = records.person(Role.OWNER)
MEMBER = records.person(Role.MEMBER, "Max")
GUEST = records.person(Role.GUEST, "Vera")
REQUEST = replace(records.request(records.option(1), records.option(2, risk=Risk.HIGH)), asked=())
RISKY = replace(records.request(records.option(1, risk=Risk.HIGH)), asked=())


@pytest.mark.parametrize(
    ("person", "approves"),
    [(OWNER, {Risk.LOW, Risk.MEDIUM, Risk.HIGH}), (MEMBER, {Risk.LOW, Risk.MEDIUM}), (GUEST, set())],
)
def test_the_role_says_which_risk_a_person_may_approve(person: Person, approves: set[Risk]) -> None:
    assert {risk for risk in Risk if may_approve(person, "media", risk)} == approves


def test_a_category_can_have_another_limit() -> None:
    sam = replace(MEMBER, authority={"media": Authority.HIGH, "network": Authority.NOTHING})
    assert may_approve(sam, "media", Risk.HIGH)
    assert not may_approve(sam, "network", Risk.LOW)
    assert may_approve(sam, "storage", Risk.MEDIUM)
    assert not may_approve(sam, "storage", Risk.HIGH)
    vera = replace(GUEST, authority={"media": Authority.LOW})
    assert vera.decides
    assert not GUEST.decides
    assert may_approve(vera, "media", Risk.LOW)


@given(st.sampled_from(Role), st.dictionaries(st.sampled_from("abc"), st.sampled_from(Authority)))
def test_who_may_approve_a_risk_may_approve_each_lower_one(
    role: Role, authority: dict[str, Authority]
) -> None:
    person = Person(id="x", name="X", role=role, authority=authority)
    for category in "abcd":
        allowed = [may_approve(person, category, risk) for risk in (Risk.LOW, Risk.MEDIUM, Risk.HIGH)]
        assert allowed == sorted(allowed, reverse=True)
        assert sum(allowed) == RANK[authority.get(category, BY_ROLE[role])]


def test_who_may_approve_one_of_the_options_is_asked() -> None:
    assert who_is_asked([OWNER, MEMBER, GUEST], REQUEST, NOW) == ("olga", "max")
    assert who_is_asked([OWNER, MEMBER, GUEST], RISKY, NOW) == ("olga",)
    assert who_is_asked([GUEST], REQUEST, NOW) == ()
    assert who_is_asked([], REQUEST, NOW) == ()


@pytest.mark.parametrize(
    ("prefix", "asked"),
    [(LEVEL, ("olga",)), (DRAFT, ("olga",)), (CHANGE, ("olga", "max")), (BACK, ("olga", "max"))],
)
def test_only_owners_decide_about_levels_and_drafts_whatever_others_may_approve(
    prefix: str, asked: tuple[str, ...]
) -> None:
    trusted = replace(MEMBER, authority={REQUEST.category: Authority.HIGH})
    request = records.request(records.option(1, runbook_id=f"{prefix}x"))
    assert who_is_asked([OWNER, trusted], request, NOW) == asked
    assert who_is_asked([OWNER, trusted], replace(request, owner_only=True), NOW) == ("olga",)


def test_the_next_person_is_asked_after_some_minutes() -> None:
    later = replace(MEMBER, asked_after_minutes=10)
    at = REQUEST.created_at
    assert who_is_asked([OWNER, later], REQUEST, at + timedelta(minutes=10, microseconds=-1)) == ("olga",)
    assert who_is_asked([OWNER, later], REQUEST, at + timedelta(minutes=10)) == ("olga", "max")
    # Nobody else may decide: there is nothing to wait for.
    assert who_is_asked([later], REQUEST, at) == ("max",)
    last = replace(OWNER, asked_after_minutes=15)
    assert who_is_asked([last, later], REQUEST, at) == ("max",)
    assert who_is_asked([last, later], REQUEST, at + timedelta(minutes=5)) == ("olga", "max")


def test_who_was_asked_stays_asked() -> None:
    later = replace(MEMBER, asked_after_minutes=10)
    asked = replace(REQUEST, asked=("max",))
    assert who_is_asked([OWNER, later], asked, asked.created_at) == ("olga", "max")


def test_two_people_approve_from_a_risk_on() -> None:
    rules = AskingRules(expiry=timedelta(hours=2), people=lambda: (OWNER, MEMBER), two_from=Risk.MEDIUM)
    low = records.option(1, risk=Risk.LOW)
    proposal = replace(
        REQUEST.proposal, options=(low, replace(low, risk=Risk.MEDIUM), replace(low, risk=Risk.HIGH))
    )
    assert [one.needs_two for one in rules.marked(proposal).options] == [False, True, True]
    assert [one.needs_unlock for one in rules.marked(proposal).options] == [False, False, True]
    relaxed = replace(rules, two_from=None, unlock_from=Risk.LOW).marked(proposal)
    assert [(one.needs_two, one.needs_unlock) for one in relaxed.options] == [(False, True)] * 3
    opened = rules.opened(REQUEST)
    assert opened.expires_at == REQUEST.created_at + timedelta(hours=2)
    assert opened.asked == ("olga", "max")


def test_a_reminder_waits_while_all_who_are_asked_have_their_quiet_time() -> None:
    night, noon = time(23), time(12)
    sleeps = replace(MEMBER, quiet_from="22:00", quiet_until="06:00")
    asked = replace(REQUEST, asked=("max",))
    assert is_quiet([OWNER, sleeps], asked, night) is True
    assert is_quiet([OWNER, sleeps], asked, noon) is False
    assert is_quiet([OWNER, sleeps], replace(asked, asked=("olga", "max")), night) is False
    assert is_quiet([OWNER, sleeps], REQUEST, night) is False, "nobody is asked"
    assert is_quiet([OWNER, sleeps], replace(asked, severity=Severity.CRITICAL), night) is False
