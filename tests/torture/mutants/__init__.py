"""Whether the tests bite: faults that somebody tired could make, each of which a test must catch.

`python -m tests.torture.mutants` puts one fault after the other into a copy of the last commit
and runs the tests there: first those files that look most likely, then, when they are content,
all but the browser's. The same tests run once without any fault, as the control. It ends in one
table, *fault → caught by*, and fails when one is missed.

A fault is a small change of text, in a file of this package by its subject. They are few: the
strongest that we could think of for each promise. `tests/test_mutants.py` sees to it that each
still fits the code.
"""
