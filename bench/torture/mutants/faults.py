from bench.torture.mutants import fair_use, holds, line, timer

FAULTS = [*holds.FAULTS, *fair_use.FAULTS, *line.FAULTS, *timer.FAULTS]
