"""Drawing with a seed: worked out by hand with nothing but SHA-256."""
import hashlib

from mediation.rules.audit import sampling

NUMBERS = ["a-2026-0001", "a-2026-0002", "a-2026-0003", "a-2026-0004"]


def test_the_order_is_the_hash_of_seed_and_number():
    """sha256 of 'dice0001', … computed apart."""
    ranked = sorted(NUMBERS, key=lambda n: hashlib.sha256(("dice" + n).encode()).hexdigest())
    chosen, population = sampling.draw("dice", 2, NUMBERS)
    assert chosen == ranked[:2]
    assert population.count == 4
    assert population.digest == hashlib.sha256(b"a-2026-0001\na-2026-0002\na-2026-0003\na-2026-0004\n").hexdigest()


def test_known_values():
    """`printf 'x1' | sha256sum` and the like."""
    assert sampling.rank("x", "1") == hashlib.sha256(b"x1").hexdigest()
    assert sampling.rank("", "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_another_seed_gives_another_order_and_the_same_the_same():
    seeds = {tuple(sampling.draw(str(n), 4, NUMBERS)[0]) for n in range(20)}
    assert len(seeds) > 5
    assert sampling.draw("7", 3, NUMBERS)[0] == sampling.draw("7", 3, iter(NUMBERS))[0]


def test_what_is_missing():
    assert [p.field for p in sampling.draw_problems("", None)] == ["seed", "size"]
    assert [p.field for p in sampling.draw_problems("a", 501)] == ["size"]
    assert sampling.draw_problems("a", 1) == []
