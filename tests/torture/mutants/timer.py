"""Faults in the timer, in the sweep, and in what is said of them."""

from tests.torture.mutants.fault import Edit, Fault

TIMER = "repairshop/timer.py"
SERVICES = "bag/services.py"

SURVIVES = "7 The timer survives everything"
WHERE = "8 The timer is where it belongs"
ONE = "9 Several timers are one"

ROUNDS = "repairshop/tests/test_timer.py"
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
            "            close_old_connections()\n            if count",
            "            if count",
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
            'errors.append(f"{job.__name__}: {type(failure).__name__}: {words}")',
            'errors.append(f"{job.__name__}: {type(failure).__name__}: {words}")\n'
            "            break",
        ),
    ),
    Fault(
        "a heartbeat that fails ends the thread",
        SURVIVES,
        ROUNDS,
        Edit(
            TIMER,
            "    except Exception:\n        # Whatever it was, the thread must live to try again.",
            "    except ValueError:\n        # Whatever it was, the thread must live to try again.",
        ),
    ),
    Fault(
        "the heartbeat says fine",
        SURVIVES,
        ROUNDS,
        Edit(TIMER, "beat.failing = bool(last.error)", "beat.failing = False"),
    ),
    Fault(
        "a silent timer is well",
        SURVIVES,
        SEEN,
        Edit("repairshop/models.py", "ROUNDS_MISSED = 3", "ROUNDS_MISSED = 30"),
    ),
    Fault(
        "started in ready()",
        WHERE,
        RUNNING,
        Edit(
            "repairshop/apps.py",
            '    verbose_name = _("Running the shop")',
            '    verbose_name = _("Running the shop")\n\n'
            "    def ready(self) -> None:\n"
            "        from repairshop import timer\n\n"
            "        timer.start()",
        ),
    ),
    Fault(
        "none after a fork",
        WHERE,
        RUNNING,
        Edit(
            "gunicorn.conf.py",
            "    from repairshop import timer\n\n    timer.start()",
            "    pass",
        ),
    ),
    Fault(
        "a second thread in one process",
        WHERE,
        ROUNDS,
        Edit(
            TIMER,
            "if settings.TIMER and not (_thread and _thread.is_alive()):",
            "if settings.TIMER:",
        ),
    ),
    Fault(
        "the sweep takes no lock",
        ONE,
        "tests/test_lapse_race.py",
        Edit(SERVICES, SWEEP_LOCK, "        pass\n"),
    ),
    Fault(
        "the sweep waits for others",
        ONE,
        "tests/test_lapse_race.py",
        Edit(SERVICES, SWEEP_LOCK, "        lapsed = lapsed.select_for_update()\n"),
    ),
    Fault(
        "the sweep does not ask again",
        ONE,
        "tests/test_lapse_race.py",
        Edit(SERVICES, SWEEP_LOCK, "        pass\n"),
        Edit(
            SERVICES,
            "pieces = Piece.objects.lapsed().filter(pk__in=chosen)",
            "pieces = Piece.objects.filter(pk__in=chosen)",
        ),
    ),
    Fault(
        "the sweep tidies a thousand only",
        ONE,
        "bag/tests/test_hold_pieces.py",
        Edit(
            SERVICES,
            "while released := release_some_lapsed_holds():",
            "if released := release_some_lapsed_holds():",
        ),
    ),
    Fault(
        "the sweep tidies every hold",
        ONE,
        "bag/tests/test_hold_pieces.py",
        Edit(
            SERVICES,
            "lapsed = Piece.objects.lapsed().order_by",
            "lapsed = Piece.objects.exclude(held_by=None).order_by",
        ),
        Edit(
            SERVICES,
            "pieces = Piece.objects.lapsed().filter(pk__in=chosen)",
            "pieces = Piece.objects.filter(pk__in=chosen)",
        ),
    ),
]
