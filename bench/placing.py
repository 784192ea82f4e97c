"""How long placing an order takes, against bare INSERTs of the same rows."""

from collections.abc import Iterable
from time import perf_counter

from bench.checking_out import THINGS, mail_settings, order
from bench.figures import ROUNDS, Figure, figure_of
from bench.things import PLENTY
from tests.processes import Process, free_port
from tests.torture.buyers import Buyer, crowd

ORDERS = 20
# Of as many things nobody has any before.
PLACED = 2 * (ROUNDS + 1) * ORDERS


def placing_against_bare(process: Process, first: int) -> Figure:
    """In turns, one order after the other; `first` is a thing after which nobody has any."""
    [buyer] = crowd(process, 1)
    things = iter(range(first, first + PLACED))
    # The first round only warms up.
    rounds = [
        (
            per_second(order(buyer, next(things)) for _ in range(ORDERS)),
            per_second(bare_order(buyer, next(things)) for _ in range(ORDERS)),
        )
        for _ in range(ROUNDS + 1)
    ]
    return figure_of("placing an order, to bare INSERTs of its rows", 0.5, rounds[1:])


def per_second(times: Iterable[float]) -> float:
    """Of milliseconds."""
    return 1000 * ORDERS / sum(times)


def bare_order(buyer: Buyer, thing: int) -> float:
    """Milliseconds from the click to the answer."""
    started = perf_counter()
    buyer.press(f"/bare/order/{thing}/")
    if (status := buyer.heard().status) != 302:
        raise RuntimeError(f"The bare order answered {status}")
    return 1000 * (perf_counter() - started)


def main() -> None:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from bench.environment import a_server
    from bench.run import shop_of

    with (
        TemporaryDirectory() as folder,
        shop_of(THINGS, a_server(), Path(folder), **mail_settings(free_port())) as process,
    ):
        print(placing_against_bare(process, PLENTY + 1))


if __name__ == "__main__":
    import django

    from bench.environment import prepare

    prepare()
    django.setup()
    main()
