"""What a cell says, as the text Odoo's ``load()`` takes.

A cell is what the spreadsheet holds (text, number, date, truth) or the text of a CSV
file. What cannot be read raises ValueError with a sentence for the user.
"""

import datetime
import math
import re

YES = {"yes", "y", "true", "1", "x", "是"}
NO = {"no", "n", "false", "0", "否"}
TYPES = {
    "goods": "consu",
    "good": "consu",
    "consu": "consu",
    "product": "consu",
    "service": "service",
    "services": "service",
}

_DATE = re.compile(
    r"(?:(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4}))"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
)
_NUMBER = re.compile(r"[-+]?(\d[\d.,]*|[.,]\d+)")
_AMBIGUOUS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")


class Unreadable(str):
    """A cell the spreadsheet itself has no value for; the text says why."""

    __slots__ = ()


def read_text(cell):
    """Return a cell as text: 1001.0 is 1001, as the spreadsheet shows it."""
    if cell is None:
        return ""
    if isinstance(cell, Unreadable):
        raise ValueError(str(cell))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    return str(cell).strip()


def read_yesno(cell):
    """Return "1" for yes and "0" for no."""
    text = read_text(cell).casefold()
    if text in YES:
        return "1"
    if text in NO:
        return "0"
    raise ValueError(f"“{read_text(cell)}” is neither yes nor no.")


def read_type(cell):
    """Return Odoo's product type."""
    text = read_text(cell)
    if text.casefold() not in TYPES:
        raise ValueError(f"“{text}” is not a type: write goods or service.")
    return TYPES[text.casefold()]


def read_number(cell, comma_file=False):
    """Return a number.

    In text, the last of comma and point is the decimal sign. What could be a thousand
    as well as one (1,234) is refused: a price must not be a thousand times wrong.

    :param bool comma_file: from a file where the comma is likely the decimal sign, so
        that a point may stand for thousands
    """
    if isinstance(cell, bool) or isinstance(cell, datetime.date | datetime.time):
        raise ValueError(f"“{read_text(cell)}” is not a number.")
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise ValueError(f"“{cell}” is not a number.")
        return float(cell)
    text = re.sub(r"[\s'’]", "", read_text(cell))
    if not _NUMBER.fullmatch(text):
        raise ValueError(
            f"“{read_text(cell)}” is not a number: write it like 1234.50, without "
            "currency or unit."
        )
    if _AMBIGUOUS.fullmatch(text) and ("," in text or comma_file):
        digits, point = re.sub("[.,]", "", text), text.replace(",", ".")
        raise ValueError(
            f"“{text}” can be read as {digits} or as {point}: write {digits} or {point}0."
        )
    return float(_drop_thousands(text))


def _drop_thousands(text):
    """Return the text of a number with a decimal point and no other sign."""
    signs = [sign for sign in ",." if sign in text]
    decimal = max(signs, key=text.rfind, default="")
    if len(signs) == 1 and text.count(decimal) > 1:
        decimal = ""
    whole, fraction = text, ""
    if decimal:
        whole, _sign, fraction = text.partition(decimal)
    first, *groups = re.split("[.,]", whole)
    well_grouped = not groups or (
        len(first.lstrip("+-")) <= 3 and all(len(group) == 3 for group in groups)
    )
    if not well_grouped or re.search("[.,]", fraction):
        raise ValueError(
            f"“{text}” is not a number: its thousands are not in groups of three."
        )
    return f"{first}{''.join(groups)}.{fraction}0"


def read_amount(cell, comma_file=False):
    """Return a number that is 0 or more."""
    number = read_number(cell, comma_file)
    if number < 0:
        raise ValueError(f"{read_text(cell)} is less than 0.")
    return repr(number)


def read_quantity(cell, comma_file=False):
    """Return a number that is more than 0."""
    number = read_number(cell, comma_file)
    if number <= 0:
        raise ValueError(
            f"{read_text(cell)} is not more than 0: returns and corrections are made "
            "in Odoo."
        )
    return repr(number)


def read_percent(cell, comma_file=False):
    """Return a percentage from 0 to 100; “5 %” is 5."""
    if isinstance(cell, str) and not isinstance(cell, Unreadable):
        cell = cell.strip().removesuffix("%")
    number = read_number(cell, comma_file)
    if not 0 <= number <= 100:
        raise ValueError(f"{read_text(cell)} is not a discount from 0 to 100.")
    return repr(number)


def read_date(cell):
    """Return a moment in UTC, as Odoo writes it; a day without time is at ten.

    Ten, so that it is the same day from Hawaii to New Zealand.
    """
    if isinstance(cell, datetime.datetime):
        moment = cell
    elif isinstance(cell, datetime.date):
        moment = datetime.datetime.combine(cell, datetime.time())
    else:
        moment = _parse_date(cell)
    if not 1990 <= moment.year <= 2100:
        raise ValueError(f"{moment:%Y-%m-%d} is not a likely date of an order.")
    if moment.time() == datetime.time():
        moment = moment.replace(hour=10)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _parse_date(cell):
    text = read_text(cell)
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(
            f"“{text}” is not a date: write it like 2026-03-14, or format the cell as "
            "a date."
        )
    part = {name: int(value) for name, value in match.groupdict("0").items()}
    try:
        return datetime.datetime(
            part["y"] or part["y2"],
            part["m"] or part["m2"],
            part["d"] or part["d2"],
            part["hour"],
            part["minute"],
            part["second"],
        )
    except ValueError:
        raise ValueError(f"“{text}” is not a day of the calendar.") from None
