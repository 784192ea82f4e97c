"""Rates of other member states: proposed by a table, used once the owner has confirmed them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Self

import eu_vat_rates_data

# After that the front desk asks to look at them again. They are used all the same.
LOOKED_AT_FOR = timedelta(days=366)


class DestinationRate(NamedTuple):
    """In percent. `reduced` is for things of the reduced rate; None: there is none for these."""

    country: str
    standard: Decimal
    reduced: Decimal | None
    # Who has confirmed it, when: the id of a user.
    day: date
    by: int | None = None

    @classmethod
    def of_row(cls, row: dict[str, str]) -> Self:
        reduced, by = row["reduced"], row["by"]
        return cls(
            row["country"],
            Decimal(row["standard"]),
            Decimal(reduced) if reduced else None,
            date.fromisoformat(row["day"]),
            int(by) if by else None,
        )

    @property
    def row(self) -> dict[str, str]:
        """As the profile keeps it."""
        return {
            "country": self.country,
            "standard": str(self.standard),
            "reduced": "" if self.reduced is None else str(self.reduced),
            "day": self.day.isoformat(),
            "by": str(self.by or ""),
        }


def table_day() -> date:
    """Of which day the table of the library is."""
    return date.fromisoformat(eu_vat_rates_data.data_version)


def proposed_rates(home: str) -> dict[str, Decimal]:
    """The standard rate of each member state but one's own, as the library has it.

    Reduced rates are for kinds of goods, which differ from state to state: it proposes none.
    """
    return {
        code: Decimal(str(rate["standard"]))
        for code, rate in sorted(eu_vat_rates_data.get_all_rates().items())
        if rate["eu_member"] and code != home
    }
