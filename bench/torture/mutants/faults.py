from bench.torture.mutants import fair_use, holds, line, timer, workshop

FAULTS = [*holds.FAULTS, *fair_use.FAULTS, *line.FAULTS, *timer.FAULTS, *workshop.FAULTS]
