"""Files into rows: workbooks and CSV, with the row numbers the user sees."""

import csv
import io
import warnings
from dataclasses import dataclass, field

from .columns import SHEETS, normalize
from .files import find_fault
from .problems import Problem, suggest
from .values import Unreadable

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
EXPLANATION = "Explanation"
UNCALCULATED = Unreadable(
    "The formula has no value: open the file in your spreadsheet program and save it "
    "there, or write the value."
)


@dataclass
class Row:
    """A row that is not empty; ``cells`` by the name of the column."""

    table: "Table"
    number: int
    cells: dict

    def problem(self, column, text):
        """Return a problem of this row."""
        return self.table.problem(self.number, column, text)


@dataclass
class Table:
    """The rows of one sheet or CSV file, and what is wrong with it as a whole."""

    file: str
    sheet: str
    kind: str = ""
    comma_file: bool = False
    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    @property
    def layout(self):
        return SHEETS[self.kind]

    def problem(self, row, column, text):
        """Return a problem of this table."""
        return Problem(self.file, self.sheet, row, column, text)


class Reader:
    """Reads files; what cannot be read becomes problems, never an exception."""

    def __init__(self, kind=None):
        """:param str kind: what CSV files hold; None to tell by their headers"""
        self.kind = kind
        self.tables = []
        self.problems = []
        self.notes = []

    def read(self, path):
        """Read a file."""
        fault = find_fault(path)
        if fault:
            self._fail(path, fault)
        elif path.suffix.lower() == ".csv":
            self._read_csv(path)
        else:
            self._read_workbook(path)

    def _fail(self, path, text, sheet="", row=0):
        self.problems.append(Problem(path.name, sheet, row, "", text))

    # === CSV === #

    def _read_csv(self, path):
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            return self._fail(
                path,
                "The file is not text in UTF-8. Save it again as “CSV UTF-8”, or as "
                ".xlsx.",
            )
        delimiter = _find_delimiter(text)
        reader = csv.reader(
            io.StringIO(text, newline=""), strict=True, delimiter=delimiter
        )
        lines = []
        try:
            for line in reader:
                lines.append(line)
        except csv.Error as error:
            return self._fail(
                path,
                f'The quotation marks do not match ({error}): a text with “"” in it is '
                'written as "6"" pipe".',
                row=len(lines) + 1,
            )
        table = Table(path.name, "", comma_file=delimiter == ";")
        self._take(table, lines, self.kind)

    # === WORKBOOKS === #

    def _read_workbook(self, path):
        from openpyxl import load_workbook  # noqa: PLC0415

        with warnings.catch_warnings():
            # Of decorations openpyxl cannot keep, which matters to nobody who reads.
            warnings.simplefilter("ignore")
            try:
                sheets = {
                    data_only: load_workbook(
                        path, read_only=True, data_only=data_only
                    ).worksheets
                    for data_only in (True, False)
                }
                grids = [
                    (values.title, _read_grid(values, formulas))
                    for values, formulas in zip(
                        sheets[True], sheets[False], strict=True
                    )
                ]
            except Exception:  # noqa: BLE001 -- a damaged zip raises nearly anything
                return self._fail(
                    path,
                    "The file is not a workbook: it is damaged, protected by a password "
                    "or of another format. Save it again as .xlsx.",
                )
        known = len(self.tables)
        for title, lines in grids:
            if normalize(title) == normalize(EXPLANATION):
                continue
            kind = next((k for k in SHEETS if normalize(title) == normalize(k)), None)
            if not any(_is_filled(line) for line in lines) and not kind:
                continue
            self._take(Table(path.name, title), lines, kind, optional=True)
        if len(self.tables) == known and not self.problems:
            titles = ", ".join(sheet.title for sheet in SHEETS.values())
            self._fail(path, f"The workbook holds none of the sheets {titles}.")

    # === TABLES === #

    def _take(self, table, lines, kind, optional=False):
        """Make a table of lines of cells, of which the first filled one is headers."""
        numbered = [
            (number, line) for number, line in enumerate(lines, 1) if _is_filled(line)
        ]
        if not numbered:
            if not optional:
                self.problems.append(table.problem(0, "", "The file is empty."))
            return
        (number, header), *rest = numbered
        header = [str(cell or "").strip() for cell in header]
        table.kind = kind or _guess_kind(header)
        if not table.kind:
            return self._leave_out(table, number, optional)
        columns = self._read_header(table, number, header)
        table.columns = [column.name for column in columns.values()]
        for row_number, line in rest:
            self._read_row(table, columns, header, row_number, line)
        self.tables.append(table)

    def _leave_out(self, table, number, optional):
        if not optional:
            return self.problems.append(
                table.problem(
                    number,
                    "",
                    "The headers do not tell whether these are customers, products or "
                    "orders: say --kind customers, --kind products or --kind orders.",
                )
            )
        near = suggest(table.sheet, [sheet.title for sheet in SHEETS.values()])
        if near:
            return self.problems.append(
                table.problem(number, "", f"The sheet is not known.{near} Rename it.")
            )
        return self.notes.append(f"{table.file}: the sheet {table.sheet} is left out.")

    def _read_header(self, table, number, header):
        """Return the columns by their position."""
        columns = {}
        for position, text in enumerate(header):
            column = table.layout.find(text) if text else None
            if column and column in columns.values():
                table.problems.append(
                    table.problem(number, text, "The column is there twice.")
                )
            elif column:
                columns[position] = column
            elif text:
                names = [each.name for each in table.layout.columns]
                table.problems.append(
                    table.problem(
                        number,
                        text,
                        f"There is no such column of {table.kind}."
                        f"{suggest(text, names)} Rename or delete it.",
                    )
                )
        table.problems += [
            table.problem(number, column.name, "The column is required and missing.")
            for column in table.layout.columns
            if column.required and column not in columns.values()
        ]
        return columns

    def _read_row(self, table, columns, header, number, line):
        cells = {
            column.name: line[position]
            for position, column in columns.items()
            if position < len(line) and _has_value(line[position])
        }
        stray = [
            cell
            for position, cell in enumerate(line)
            if _has_value(cell) and (position >= len(header) or not header[position])
        ]
        if stray:
            table.problems.append(
                table.problem(
                    number,
                    "",
                    f"“{stray[0]}” is in a column without header: give it one, or delete "
                    "the cell. In a CSV file, a text with the delimiter in it needs "
                    "quotation marks.",
                )
            )
        if cells:
            table.rows.append(Row(table, number, cells))


def _has_value(cell):
    return cell is not None and str(cell).strip() != ""


def _is_filled(line):
    return any(_has_value(cell) for cell in line)


def _find_delimiter(text):
    """Return the delimiter that makes most known headers of the first line."""
    first = next((line for line in text.splitlines() if line.strip(",;\t ")), "")

    def count(delimiter):
        line = next(csv.reader([first], delimiter=delimiter), [])
        known = [
            sum(1 for text in line if sheet.find(text)) for sheet in SHEETS.values()
        ]
        return max(known), len(line)

    return max(DELIMITERS, key=count)


def _guess_kind(header):
    """Return the kind whose columns these are, or None when several may be."""
    known = {
        kind: sum(1 for text in header if text and sheet.find(text))
        for kind, sheet in SHEETS.items()
    }
    best = max(known.values())
    kinds = [kind for kind, count in known.items() if count == best]
    return kinds[0] if best > 1 and len(kinds) == 1 else None


def _read_grid(values, formulas):
    """Return the cells of a sheet: values, with percentages and formulas made plain."""
    values.reset_dimensions()
    formulas.reset_dimensions()
    grid, uncalculated, calculated = [], [], False
    for line, formula_line in zip(
        values.iter_rows(), formulas.iter_rows(), strict=True
    ):
        grid.append([_read_cell(cell) for cell in line])
        for position, cell in enumerate(formula_line):
            if cell.data_type == "f":
                if line[position].value is None:
                    uncalculated.append((len(grid) - 1, position))
                else:
                    calculated = True
    # A file a program wrote has no values at all; otherwise a formula gave no text.
    for number, position in [] if calculated else uncalculated:
        grid[number][position] = UNCALCULATED
    return grid


def _read_cell(cell):
    value = cell.value
    if cell.data_type == "e":
        return Unreadable(f"The cell holds the error {value}: write the value.")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and "%" in (cell.number_format or ""):
        return f"{value * 100:.12g}%"
    return value
