"""Tables and numbers as plain text."""

from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of columns as wide as they must be; numbers to the right, the last column as it is."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in [head, *cells]) for place in range(len(head))]
    numeric = [all(row[place][:1].isdigit() or row[place] in ("?", "") for row in cells) for place in range(len(head))]
    for row in [head, *cells]:
        parts = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        yield f"  {'  '.join(parts)}".rstrip()


def counted(number: int, what: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def number_of(hours: float) -> str:
    """Hours with two digits that say something."""
    return f"{hours:,.0f}" if hours >= 10 else f"{hours:.1f}" if hours >= 0.95 else f"{hours:.2g}"


def size_of(size: float) -> str:
    """Bytes in the unit that fits."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def printable(text: str) -> str:
    """A text from a file as a terminal may have it."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
