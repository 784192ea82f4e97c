"""Processes forked from this one, with connections of their own."""

from multiprocessing import get_context

from django.db import connections

FORK = get_context("fork")


def connect_anew() -> None:
    """In a fork: forget every connection that came with it, and close none of them.

    They are its parent's, and so is their end. To close its own ones before, a parent has to
    find them all: a thread in which an event loop runs, such as Playwright's, has two, and in its
    fork, where no loop runs, the other one comes to light.
    """
    for alias in connections:
        connections[alias] = connections.create_connection(alias)
