"""Amounts as people type them, and as other programs write them."""

import re
import unicodedata
from decimal import Decimal

from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from django.conf import settings
from django.utils.translation import gettext as _

from money.currency import decimals_of, plain, reader_locale, signs_of, unit_of

# No amount that fits a column is longer, with all its signs.
LONGEST = 40
MOST_DIGITS = 15
NUMBER = re.compile(r"\d[\d.,'’ʼ٬_ ]*|(?<!\w)[.,]\d+")
MARKS = re.compile(r"[^\d]")
# Thousands, and lakhs as in India: 12,34,567.
GROUPS = re.compile(r"\d{1,3}(?P<mark>[^\d])(?:\d{2,3}(?P=mark))*\d{3}")
# The dash of "45,-" stands for no cents.
NO_CENTS = re.compile(r"(?<=\d)[.,][-–—]{1,2}(?!\d)")
PLAIN_SIGNS = str.maketrans("−﹣٫", "--.")


class NotAnAmount(ValueError):
    """A text that is no amount; the message says why, in a sentence for whoever typed it."""


class OtherWord(NotAnAmount):
    """An amount beside which something else stands than its currency."""


class TooFine(NotAnAmount):
    """An amount that is divided more finely than its currency."""


class Unclear(NotAnAmount):
    """A text that may be either of two amounts: `readings`, with decimals and with thousands.

    `by_signs` is the one of them that follows from the signs of the locale.
    """

    def __init__(
        self, message: str, readings: tuple[Decimal, Decimal], *, by_signs: Decimal
    ) -> None:
        super().__init__(message)
        self.readings = readings
        self.by_signs = by_signs


def read_amount(text: str, *, currency: str | None = None, locale: str | None = None) -> Decimal:
    """Read an amount in a currency (the shop's when none is named), in its unit.

    Thousands may be apart by points, commas, spaces or apostrophes, and the currency may stand
    beside. A single point or comma before exactly three digits reads as it does in `locale`
    (that of the active language when none is named): 1,250 is 1250 in English.
    Raises NotAnAmount; of its kinds TooFine for "45.505" in euro, and Unclear for "45.000",
    which is 45 to some and 45,000 to others. With three decimals 85,500 is unclear in English,
    too; 85.500 is not, for so the shop itself writes such an amount there.
    """
    currency, locale = currency or settings.CURRENCY, locale or reader_locale()
    text = digits_of(plain(text)).strip()
    if len(text) > LONGEST:
        raise NotAnAmount(_("This is too long for an amount."))
    number, is_negative = alone(text, currency, locale)
    if len(MARKS.sub("", number)) > MOST_DIGITS:
        raise NotAnAmount(_("This is too long for an amount."))
    value = value_of(number, currency, locale)
    exact = value.quantize(unit_of(currency))
    if value != exact:
        raise TooFine(too_fine(number, currency, locale))
    return -exact if is_negative else exact


def no_amount(currency: str, locale: str) -> NotAnAmount:
    """What is said of a text that nobody would take for an amount."""
    example = like(Decimal(45), currency, locale)
    return NotAnAmount(_("Enter an amount such as %s.") % example)


def digits_of(text: str) -> str:
    """The text with the digits of all scripts as 0 to 9, and one kind of minus."""
    digits = (unicodedata.decimal(character, None) for character in text)
    changed = (
        character if digit is None else str(digit)
        for character, digit in zip(text, digits, strict=True)
    )
    return "".join(changed).translate(PLAIN_SIGNS)


def alone(text: str, currency: str, locale: str) -> tuple[str, bool]:
    """The number of an amount without currency and minus, and whether it had one."""
    text = NO_CENTS.sub("", text).removeprefix("+")
    found = NUMBER.search(text)
    if not found:
        raise no_amount(currency, locale)
    before, after = text[: found.start()], text[found.end() :]
    minus = before.count("-")
    known = signs_of(currency, locale)
    if any(sign.isdecimal() for sign in after):
        # Such as "1e9": no single word of it is wrong.
        raise no_amount(currency, locale)
    for word in f"{before.replace('-', ' ')} {after}".replace(".", "").split():
        if word.casefold() not in known:
            wrong = {"word": word, "currency": currency}
            refusal = OtherWord if word.isalpha() or len(word) == 1 else NotAnAmount
            raise refusal(_("“%(word)s” does not belong to an amount in %(currency)s.") % wrong)
    if minus > 1:
        raise no_amount(currency, locale)
    # The full stop of "45." is of a sentence.
    return found.group().strip(" '’ʼ٬_").rstrip(".,"), bool(minus)


def value_of(number: str, currency: str, locale: str) -> Decimal:
    """The value of digits with points, commas, spaces or apostrophes between them."""
    marks = MARKS.findall(number)
    last = marks[-1] if marks else ""
    if last not in {".", ","} or (len(marks) > 1 and marks.count(last) > 1):
        return whole_of(number, currency, locale)
    whole, _mark, fraction = number.rpartition(last)
    if len(marks) == 1 and GROUPS.fullmatch(number) and not whole.startswith("0"):
        return by_locale(whole, fraction, last, currency, locale)
    return whole_of(whole or "0", currency, locale) + Decimal(f"0.{fraction}")


def whole_of(number: str, currency: str, locale: str) -> Decimal:
    if not (number.isdecimal() or GROUPS.fullmatch(number)):
        raise no_amount(currency, locale)
    return Decimal(MARKS.sub("", number))


def by_locale(whole: str, three: str, mark: str, currency: str, locale: str) -> Decimal:
    """What a single point or comma before exactly three digits means."""
    thousands, decimals = Decimal(whole + three), Decimal(f"{whole}.{three}")
    is_group, has_three = mark == plain(get_group_symbol(locale)), decimals_of(currency) >= 3
    if is_group and not has_three:
        return thousands
    is_exact = decimals == decimals.quantize(unit_of(currency))
    if not is_exact or (has_three and mark == get_decimal_symbol(locale)):
        return decimals
    readings = (decimals, thousands)
    first, second = (like(reading, currency, locale) for reading in readings)
    raise Unclear(
        _("Is this %(first)s or %(second)s? Please write it so.")
        % {"first": first, "second": second},
        readings,
        by_signs=thousands if is_group else decimals,
    )


def too_fine(number: str, currency: str, locale: str) -> str:
    limit = {
        "number": number,
        "currency": currency,
        "unit": like(unit_of(currency), currency, locale),
    }
    return _("“%(number)s” is too fine: the smallest amount in %(currency)s is %(unit)s.") % limit


def like(amount: Decimal, currency: str, locale: str, *, grouped: bool = True) -> str:
    """An amount without its currency, in a way that `read_amount` reads; never rounded."""
    decimals = max(decimals_of(currency), -int(amount.normalize().as_tuple().exponent))
    whole = "#,##0" if grouped else "0"
    return format_decimal(amount, f"{whole}.{'0' * decimals}" if decimals else whole, locale)
