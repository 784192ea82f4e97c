from datetime import UTC, datetime

from django.utils import formats
from django.utils.safestring import SafeString

from repairshop.templatetags.list_cards import with_names

HEADERS = [{"text": '<input type="checkbox">'}, {"text": "bought “for”"}, {"text": "note"}]


def test_each_cell_has_the_name_of_its_column() -> None:
    row = [
        SafeString('<td class="action-checkbox"><input></td>'),
        SafeString("<th>€ 12</th>"),
        SafeString("<td>-</td>"),
    ]

    assert list(with_names(row, HEADERS)) == [
        '<td data-name="" data-whole class="action-checkbox"><input></td>',
        '<th data-name="Bought “for”" data-whole>€ 12</th>',
        '<td data-name="Note" data-empty data-whole>-</td>',
    ]


def test_only_short_words_are_never_broken() -> None:
    row = [SafeString(f"<td>{text}</td>") for text in ("29 November, <b>23:46</b>", "W" * 11)]

    assert [" data-whole" in cell for cell in with_names(row, HEADERS)] == [True, False]


def test_a_day_is_written_in_one_way() -> None:
    moment = datetime(2026, 4, 3, 14, 30, tzinfo=UTC)

    for short, usual in (
        ("SHORT_DATE_FORMAT", "DATE_FORMAT"),
        ("SHORT_DATETIME_FORMAT", "DATETIME_FORMAT"),
    ):
        assert formats.date_format(moment, short) == formats.date_format(moment, usual)
    assert formats.date_format(moment, "SHORT_DATETIME_FORMAT") == "3 April 2026, 14:30"
