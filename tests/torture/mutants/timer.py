"""Faults in the timer, in the sweep, and in what is said of them."""

from tests.torture.mutants.fault import Edit, Fault

TIMER = "repairshop/timer.py"
SERVICES = "bag/services.py"

SURVIVES = "7 The timer survives everything"
ONE = "9 Several timers are one"

ROUNDS = "repairshop/tests/test_rounds.py"
RUNNING = "tests/test_running.py"
SEEN = "repairshop/tests/test_healthz.py"

SWEEP_LOCK = "        lapsed = lapsed.select_for_update(skip_locked=True)\n"

FAULTS = [
    Fault(
        "no close_old_connections()",
        SURVIVES,
        RUNNING,
        Edit(
            TIMER,
            "        close_old_connections()\n        if count",
            "        if count",
        ),
        Edit(
            TIMER,
            "        close_old_connections()\n        if beat.pk is None:",
            "        if beat.pk is None:",
        ),
    ),
    Fault(
        "a failing job ends the round",
        SURVIVES,
        ROUNDS,
        Edit(
            TIMER,
            "errors.append(error)",
            "errors.append(error)\n            break",
        ),
    ),
    Fault(
        "a silent timer is well",
        SURVIVES,
        SEEN,
        Edit("repairshop/models.py", "ROUNDS_MISSED = 3", "ROUNDS_MISSED = 30"),
    ),
    Fault(
        "the sweep takes no lock",
        ONE,
        "tests/test_lapse_race.py",
        Edit(SERVICES, SWEEP_LOCK, "        pass\n"),
    ),
]
