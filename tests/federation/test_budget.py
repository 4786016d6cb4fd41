from datetime import UTC, datetime, timedelta

import pytest

from app.federation.budget import Budget
from app.federation.domains import domain_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.withstands("D10")
def test_a_budget_is_used_up_and_fills_again_little_by_little() -> None:
    budget = Budget(60, MINUTE)
    assert [budget.take("a.example", NOW) for _ in range(61)] == [True] * 60 + [False]
    assert budget.wait("a.example", NOW) == timedelta(seconds=1)
    assert budget.take("b.example", NOW)
    assert [budget.take("a.example", NOW + timedelta(seconds=2)) for _ in range(3)] == [True, True, False]


@pytest.mark.withstands("D10")
def test_the_shares_of_several_processes_are_together_no_more_than_the_whole() -> None:
    shares = [Budget(10, MINUTE).share(3) for _ in range(3)]
    assert [sum(share.take("a.example", NOW) for _ in range(10)) for share in shares] == [3, 3, 3]
    assert Budget(1, MINUTE).share(64).take("a.example", NOW)


@pytest.mark.withstands("D10")
def test_what_costs_more_than_is_left_is_owed_and_paid_back_before_anything_else() -> None:
    budget = Budget(4, timedelta(minutes=4))
    assert budget.take("a", NOW, 3)
    assert budget.take("a", NOW, 3), "one is left"
    assert not budget.take("a", NOW)
    assert budget.wait("a", NOW) == timedelta(minutes=3), "two are owed, and one more is needed"
    assert not budget.take("a", NOW + timedelta(seconds=179))
    assert budget.take("a", NOW + timedelta(minutes=3))


def test_asking_how_long_to_wait_uses_nothing() -> None:
    budget = Budget(1, MINUTE)
    assert [budget.wait("a.example", NOW) for _ in range(3)] == [timedelta(0)] * 3
    assert len(budget) == 0


@pytest.mark.withstands("D17")
def test_a_budget_forgets_who_is_full_again_and_never_knows_more_than_it_may() -> None:
    budget = Budget(10, MINUTE, most=100)
    for number in range(500):
        budget.take(f"host-{number}.example", NOW)
    assert len(budget) == 100
    budget.take("late.example", NOW + 2 * MINUTE)
    assert len(budget) == 1


@pytest.mark.withstands("D08")
@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.evil.example", "evil.example"),
        ("evil.example:8443", "evil.example"),
        ("a.b.co.uk", "b.co.uk"),
        ("one.github.io", "one.github.io"),
        ("a.xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("127.0.0.1:8001", "127.0.0.1:8001"),
        ("[::1]:8001", "[::1]:8001"),
        ("localhost:8001", "localhost:8001"),
        ("co.uk", "co.uk"),
    ],
)
def test_many_hosts_of_one_domain_are_one(host: str, domain: str) -> None:
    assert domain_of(host) == domain
