"""Torture runs: what the rows of docs/promises.md hold under, measured from outside.

`make torture` takes some minutes, `make torture-night` plays every figure in full. Both start
a PostgreSQL of their own and real gunicorn workers, and end with one table: promise, figure,
held or broken. `python -m tests.torture --only row1,row4 --seed 7` plays some rows.

To add a row, write a module with a generator and name it in `rows.ROWS`:

    def play(run: Run) -> Iterator[Result]:
        with shop(run) as site:
            ... run.rounds times, with run.dice for everything random ...
        yield Result("9 Several timers are one", "100,000 holds, each tidied once", held=...)
        with shop(run, control="sweeping.without_skip_locked") as site:
            ...
        yield Result("9 Several timers are one", "...", held=..., control=True)

`run.rounds` comes from the table in `rows.py`, which has a number for `make test`, `make torture`
and `make torture-night`. A result with `control=True` is of a shop with the protection taken out
(a function in `controls.py` or in the row's own module, which the workers call at their start);
it must not have held. In a row Django's models are ready and on the shop's database. After each
promise the invariants are checked and put into the table as well; after each row the shop is
emptied. `tests/test_torture.py` plays rows in their smallest size, but for those of which shorter
tests show the same.
"""
