from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from store.imports.columns import key_of

IGNORE = "ignore"
KEEP = "keep"


@dataclass(frozen=True)
class Options:
    """What somebody has said about a file. What is empty is found out, or asked."""

    # A name of `recognising.ENCODINGS` and `recognising.SEPARATORS`.
    encoding: str = ""
    separator: str = ""
    # What 45.000 and 1,250 are: the sign before decimals is a "point" or a "comma".
    decimal: str = ""
    # Whether 12/06/1979 is in June ("dmy") or in December ("mdy").
    dates: str = ""
    # By the key of an unknown column IGNORE, KEEP, or the column of ours that it is.
    columns: Mapping[str, str] = field(default_factory=dict)
    # Of all the other unknown columns.
    other_columns: str = ""
    # Of new things: whether they are shown at once, and what the file does not say of them.
    published: bool = True
    tax_scheme: str = ""
    category: str = ""
    # "hold" back what looks like another thing, or say that it is the "same" or a "new" one.
    look_alikes: str = "hold"
    pictures: bool = True

    def column(self, name: str) -> str:
        """What becomes of an unknown column; empty when nobody has said."""
        return self.columns.get(key_of(name), self.other_columns)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)
