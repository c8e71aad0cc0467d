"""Reads rows of a spreadsheet out of text somebody pasted. Knows no database."""

import csv
import re
import unicodedata
from typing import NamedTuple

# The first one a row has separates its values; the wide ones are typed in Chinese.
SEPARATORS = "\t;；,，"
# What spreadsheets and web pages put around a number or a code without showing it.
INVISIBLE = "\ufeff\u200b"


class Row(NamedTuple):
    number: int
    text: str
    cells: list


def read_rows(text):
    """Return the rows of a text that say something, numbered as they stand in it."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = split_cells(line)
        if any(cells):
            rows.append(Row(number, line, cells))
    return rows


def split_cells(line):
    """Return the values of a row; quotes hold together what a separator is part of."""
    separator = next((char for char in SEPARATORS if char in line), "\t")
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        cells = line.split(separator)
    cells = [cell.strip(INVISIBLE).strip() for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def find_columns(cells, names):
    """Return where a header has which column, or None if the cells are no header.

    A header is a row with at least two names of columns, or one beside a blank rest; the
    code has the first column that is nothing else if it has no name of its own.

    :param list cells: values of the first row
    :param dict names: known names, in lower case, by column
    :rtype: dict[str, int] | None
    """
    columns = {}
    for index, cell in enumerate(cells):
        for column, known in names.items():
            if cell.casefold() in known and column not in columns:
                columns[column] = index
                break
    if "quantity" not in columns and "price" not in columns:
        return None
    others = [i for i in range(len(cells)) if i not in columns.values()]
    if "code" not in columns and others:
        columns["code"] = others[0]
    return columns if "code" in columns else None


def parse_number(text, decimal_point, thousands_sep):
    """Return the number a text is, written with these separators, or None.

    Neither guesses at other separators nor takes what only Python calls a number.
    """
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    groups = re.escape("".join({" ", *unicodedata.normalize("NFKC", thousands_sep)}))
    whole = rf"[0-9]{{1,3}}(?:[{groups}][0-9]{{3}})+|[0-9]*"
    pattern = rf"([+-]?)({whole})(?:{re.escape(decimal_point)}([0-9]*))?"
    match = re.fullmatch(pattern, text)
    if not match:
        return None
    sign, whole, decimals = match.groups(default="")
    whole = re.sub(r"[^0-9]", "", whole)
    return float(f"{sign}{whole or 0}.{decimals or 0}") if whole or decimals else None
