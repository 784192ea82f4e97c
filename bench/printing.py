"""How long it takes to print an invoice, against an empty document of typst."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

ROUNDS = 60
NOTHING = b'#set document(title: "Nothing")\n'


def printing_against_empty() -> Iterator[str]:
    """In turns, each document a new one, so that nothing comes from what typst remembers.

    An empty document is made as typst's manual does it, with fonts looked for each time, and
    as we do it, with fonts that were found before.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.typ"
        file.write_bytes(NOTHING)
        works = (print_invoice, empty_alone, lambda number: empty_with_our_fonts(file, number))
        for work in works:
            work(0)
        rounds = [[timed(work, number) for work in works] for number in range(1, ROUNDS + 1)]
    ours, plain, fonts = (median(side) * 1000 for side in zip(*rounds, strict=True))
    yield (
        f"printing an invoice of 5 lines with its code: {ours:.1f} ms (≤ 60); "
        f"to an empty document: {plain:.1f} ms = {ours / plain:.2f} (≤ 2.5); "
        f"to one whose fonts are known: {fonts:.1f} ms = {ours / fonts:.1f}"
    )


def timed(work: Callable[[int], None], number: int) -> float:
    started = perf_counter()
    work(number)
    return perf_counter() - started


def print_invoice(number: int) -> None:
    from decimal import Decimal

    from invoices.documents.pdf.giro import giro_code
    from invoices.tests.pdf_samples import BANK, a_document, a_pdf

    lines = [(f"Thing {number}-{n}", "1 pc.", "€9.00", "19 %", "€9.00") for n in range(5)]
    code = giro_code(
        BANK, amount=Decimal(number + 1), currency="EUR", reference=f"2026-{number:04}"
    )
    a_pdf(a_document(heading=f"Invoice 2026-{number:04}", lines=lines, code=code))


def empty_alone(_number: int) -> None:
    import typst

    typst.compile(NOTHING, format="pdf", pdf_standards=["ua-1"])


def empty_with_our_fonts(file: Path, number: int) -> None:
    import typst

    from store.pdf import fonts

    compiler = typst.Compiler(root=str(file.parent), font_paths=fonts())
    inputs = {"data": str(number)}
    compiler.compile(str(file), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])


def main() -> None:
    import django

    django.setup()
    for text in printing_against_empty():
        print(text)


if __name__ == "__main__":
    from bench.environment import prepare

    prepare()
    main()
