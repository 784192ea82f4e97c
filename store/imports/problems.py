"""What may be wrong with a cell, and what may be asked about it."""


class BadCell(Exception):
    """The message says what is wrong with the cell, without naming its column."""


class Unclear(BadCell):
    """A cell that reads in two ways; `question` is the field of `Options` that decides."""

    def __init__(self, message: str, question: str, text: str) -> None:
        super().__init__(message)
        self.question = question
        self.text = text


def short(text: str) -> str:
    """Enough of a cell to recognise it in a message."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
