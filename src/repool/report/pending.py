"""What has no run yet, out of the way: rows of a table are folded, and whole artifacts stand in one list at the end."""

from dataclasses import replace

import pandas as pd

from repool.artifacts.table import Cell, Group, Table, numbers, plain
from repool.words.names import NOT_CONFIGURED, PENDING, QUOTED

# What the status of a row says where none of our runs stands behind it, and none failed.
NO_RUN = (PENDING, NOT_CONFIGURED, QUOTED)


def has_runs(rows: pd.DataFrame) -> bool:
    """Whether an artifact has anything of ours to show, be it that seeds failed."""
    return bool((~rows["status"].isin(NO_RUN)).any())


def folded(table: Table) -> Table:
    """The table with its pending rows folded away; as it is where nothing or everything of it is pending."""
    ran = [replace(group, rows=rows) for group in table.groups if (rows := chosen(group, pending=False))]
    rest = [replace(group, rows=rows) for group in table.groups if (rows := chosen(group, pending=True))]
    if not ran or not rest:
        return table
    count = sum(len(group.rows) for group in rest)
    further = Table(table.columns, rest, folded=table.folded, folded_title=table.folded_title)
    return replace(table, groups=ran, folded=further, folded_title=f"{count} more, not run yet")


def chosen(group: Group, pending: bool) -> list[list[Cell]]:
    """The rows of a group that are pending, or those that are not; a cell over several rows keeps them together."""
    return [row for block in blocks(group.rows) if all(map(is_pending, block)) is pending for row in block]


def blocks(rows: list[list[Cell]]) -> list[list[list[Cell]]]:
    """Rows that a cell stands beside together."""
    found, place = [], 0
    while place < len(rows):
        height = max(cell.rows for cell in rows[place])
        found.append(rows[place : place + height])
        place += height
    return found


def is_pending(row: list[Cell]) -> bool:
    """Whether a row says that it is pending and has no number of ours."""
    waiting = any(cell.missing and plain(cell.text).startswith(PENDING) for cell in row)
    return waiting and not any(number.cells for cell in row for number in numbers(cell.text))
