"""All that is wrong with the rows, at once; and what to load when nothing is.

Needs no database: what the company has is in the catalogs.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from . import values as cell_values
from .columns import EXAMPLE, ORDER_DISCOUNTS, TITLE_COLUMNS
from .problems import suggest
from .reading import Row
from .values import read_text

NUMBER_READERS = {
    "amount": cell_values.read_amount,
    "quantity": cell_values.read_quantity,
    "percent": cell_values.read_percent,
}
READERS = {
    "text": read_text,
    "reference": read_text,
    "yesno": cell_values.read_yesno,
    "type": cell_values.read_type,
    "date": cell_values.read_date,
}


@dataclass
class Entry:
    """A record to load: texts for Odoo's ``load()``, by the name of the column.

    References to other rows stay references until loading. An order's lines are
    entries of their own; ``sources`` says which row gave what the order has as a whole.
    """

    row: Row
    key: str
    values: dict
    lines: list = field(default_factory=list)
    sources: dict = field(default_factory=dict)


@dataclass
class Plan:
    """What is to be loaded, what is wrong, and what the user should know."""

    entries: dict = field(
        default_factory=lambda: {"customers": [], "products": [], "orders": []}
    )
    problems: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    skipped_orders: list = field(default_factory=list)


def get_wanted(tables):
    """Return the references in the files, by kind: what catalogs have to look up."""
    wanted = {"customers": set(), "products": set(), "orders": set()}
    for table in tables:
        for column in table.layout.columns:
            is_key = column.name == table.layout.key
            kind = table.kind if is_key else column.catalog
            if is_key or column.kind == "reference":
                wanted[kind] |= {_peek(row, column.name) for row in table.rows} - {""}
    return wanted


def check(tables, catalogs):
    """Return the plan for some tables.

    :param tables: as read by :class:`.reading.Reader`
    :param catalogs: what the company has
    :rtype: Plan
    """
    return _Checker(tables, catalogs).check()


class _Checker:
    def __init__(self, tables, catalogs):
        self.tables = tables
        self.catalogs = catalogs
        self.plan = Plan()
        # Keys of rows with problems count as there: one problem must not make others.
        self.rows_by_key = {kind: defaultdict(list) for kind in self.plan.entries}

    def check(self):
        for table in self.tables:
            self.plan.problems += table.problems
            self._drop_examples(table)
            for row in table.rows:
                key = _peek(row, table.layout.key)
                if key:
                    self.rows_by_key[table.kind][key].append(row)
        self._skip_known_orders()
        for table in self.tables:
            entries = [self._read_row(row) for row in table.rows]
            self.plan.entries[table.kind] += [entry for entry in entries if entry]
        self._check_customers()
        self._check_products()
        self._group_orders()
        self.plan.problems.sort(key=self._get_place)
        return self.plan

    def _get_place(self, problem):
        places = [(table.file, table.sheet) for table in self.tables]
        return places.index((problem.file, problem.sheet)), problem.row

    def _report(self, row, column, text):
        self.plan.problems.append(row.problem(column, text))

    def _drop_examples(self, table):
        """Leave out what the template shows as an example."""
        kept = [row for row in table.rows if _peek(row, table.layout.key) != EXAMPLE]
        if len(kept) < len(table.rows):
            place = f"{table.file}, {table.sheet}" if table.sheet else table.file
            self.plan.notes.append(
                f"{place}: the row of the template's example ({EXAMPLE}) is left out."
            )
        table.rows = kept

    def _skip_known_orders(self):
        """Leave out orders that are in Odoo: they may have gone further there."""
        customers = self.catalogs.references["customers"]
        for number, rows in self.rows_by_key["orders"].items():
            known = {
                customers[reference].id
                for reference in (_peek(row, "Customer") for row in rows)
                if reference in customers
            }
            by_hand = self.catalogs.order_customers.get(number, set())
            if number in self.catalogs.orders or known & by_hand:
                self.plan.skipped_orders.append(number)
        skipped = set(self.plan.skipped_orders)
        for table in self.tables:
            if table.kind == "orders":
                table.rows = [r for r in table.rows if _peek(r, "Order") not in skipped]

    # === CELLS === #

    def _read_row(self, row):
        """Return the entry of a row, without what cannot be read."""
        layout = row.table.layout
        values = {}
        for column in layout.columns:
            if column.name in row.cells:
                try:
                    values[column.name] = self._read_cell(row, column)
                except ValueError as error:
                    self._report(row, column.name, str(error))
            elif self._is_missing(row, column):
                self._report(row, column.name, "The cell is empty, and is required.")
        key = values.get(layout.key)
        return Entry(row, key, values) if key else None

    def _is_missing(self, row, column):
        # An order's own columns may be filled on one of its rows only.
        is_spread = column.of_order and column.name != row.table.layout.key
        return column.required and column.name in row.table.columns and not is_spread

    def _read_cell(self, row, column):
        cell = row.cells[column.name]
        if column.kind in NUMBER_READERS:
            text = NUMBER_READERS[column.kind](cell, row.table.comma_file)
            self._check_decimals(float(text), column)
            return text
        if column.kind in READERS:
            return READERS[column.kind](cell)
        return getattr(self, f"_read_{column.kind}")(read_text(cell), column)

    def _check_decimals(self, number, column):
        digits = self.catalogs.digits.get(column.precision)
        if digits is not None and round(number, digits) != number:
            raise ValueError(
                f"{number:.12g} has more than {digits} decimals: round it. Odoo would, "
                "and other amounts would come out."
            )

    def _read_name(self, text, column):
        return str(self.catalogs.names[column.catalog].find(text))

    def _read_names(self, text, column):
        """Return the ids behind names, with commas between them."""
        if text.casefold() == "none":
            return ""
        names = self.catalogs.names[column.catalog]
        try:
            return str(names.find(text))
        except ValueError:
            parts = [part.strip() for part in text.split(";") if part.strip()]
            return ",".join(str(names.find(part)) for part in parts)

    def _read_category(self, text, _column):
        steps = [step.strip() for step in text.split("/")]
        if not all(steps):
            raise ValueError(f"“{text}” has an empty step: write Furniture / Desks.")
        return " / ".join(steps)

    # === RECORDS === #

    def _check_unique(self, kind):
        for key, rows in self.rows_by_key[kind].items():
            first, *others = rows
            for row in others:
                self._report(
                    row,
                    row.table.layout.key,
                    f"{key} is there already, in {_describe(first, row)}: keep one.",
                )
            fault = self._get_fault(kind, key)
            if fault:
                self._report(first, first.table.layout.key, fault)

    def _get_fault(self, kind, reference):
        existing = self.catalogs.references[kind].get(reference)
        return existing.fault if existing else ""

    def _check_reference(self, entry, column):
        """Check that the record a cell names is in the files or in Odoo."""
        reference = entry.values.get(column.name)
        if not reference or reference in self.rows_by_key[column.catalog]:
            return
        fault = self._get_fault(column.catalog, reference)
        if not fault and reference not in self.catalogs.references[column.catalog]:
            near = suggest(reference, self.rows_by_key[column.catalog])
            one = column.catalog.removesuffix("s")
            fault = (
                f"There is no {one} with the Reference {reference}, neither in the files "
                f"nor in Odoo.{near}"
            )
        if fault:
            self._report(entry.row, column.name, fault)

    def _check_customers(self):
        self._check_unique("customers")
        for entry in self.plan.entries["customers"]:
            if entry.values.get("Contact Of"):
                self._check_contact(entry)
            elif "Company" not in entry.values and not self._is_known(entry):
                entry.values["Company"] = "1"
            titles = [c.name for c in TITLE_COLUMNS if entry.values.get(c.name)]
            if titles and not entry.values.get("Invoice Legal Name"):
                entry.values["Invoice Legal Name"] = entry.values.get("Name")

    def _is_known(self, entry):
        return entry.key in self.catalogs.references["customers"]

    def _check_contact(self, entry):
        layout, row = entry.row.table.layout, entry.row
        reference = entry.values["Contact Of"]
        self._check_reference(entry, layout["Contact Of"])
        if reference == entry.key:
            self._report(row, "Contact Of", "This is the row's own Reference.")
        elif self._is_contact(reference):
            self._report(
                row,
                "Contact Of",
                f"{reference} is a contact itself: name the company it belongs to.",
            )
        if entry.values.get("Company") == "1":
            self._report(row, "Company", "A contact is not a company: write no.")
        for column in layout.columns:
            if column.company_only and column.name in entry.values:
                self._report(
                    row,
                    column.name,
                    f"A contact has it from its company: leave it empty, or put it on "
                    f"{reference}.",
                )

    def _is_contact(self, reference):
        rows = self.rows_by_key["customers"].get(reference, ())
        existing = self.catalogs.references["customers"].get(reference)
        if rows:
            return any(_peek(row, "Contact Of") for row in rows)
        return bool(existing and existing.is_contact)

    def _check_products(self):
        self._check_unique("products")
        barcodes = {}
        for entry in self.plan.entries["products"]:
            barcode = entry.values.get("Barcode")
            if barcode and barcode in barcodes:
                place = _describe(barcodes[barcode], entry.row)
                self._report(
                    entry.row, "Barcode", f"{barcode} is there already, in {place}."
                )
            elif barcode:
                barcodes[barcode] = entry.row
            if entry.values.get("Type") == "service" and float(
                entry.values.get("Stock on Hand", 0)
            ):
                self._report(entry.row, "Stock on Hand", "A service has no stock.")

    # === ORDERS === #

    def _group_orders(self):
        """Make one entry of an order's rows."""
        orders = {}
        for line in self.plan.entries["orders"]:
            order = orders.setdefault(line.key, Entry(line.row, line.key, {}))
            order.lines.append(line)
        self.plan.entries["orders"] = list(orders.values())
        for order in self.plan.entries["orders"]:
            self._merge_order(order)
            for line in order.lines:
                self._check_line(line)

    def _merge_order(self, order):
        layout = order.row.table.layout
        sources = order.sources
        for column in (column for column in layout.columns if column.of_order):
            for line in order.lines:
                value = line.values.pop(column.name, None)
                if value is None:
                    continue
                if order.values.setdefault(column.name, value) == value:
                    sources.setdefault(column.name, line.row)
                    continue
                first = sources[column.name]
                self._report(
                    line.row,
                    column.name,
                    f"Order {order.key} has “{read_text(first.cells[column.name])}” in "
                    f"{_describe(first, line.row)}: all rows of an order say the same.",
                )
        has_cell = any("Customer" in line.row.cells for line in order.lines)
        if not has_cell and "Customer" in order.row.table.columns:
            self._report(
                order.row, "Customer", f"Order {order.key} has no customer on any row."
            )
        if "Customer" in order.values:
            merged = Entry(sources["Customer"], order.key, order.values)
            self._check_reference(merged, layout["Customer"])
        self._check_order_discount(order)

    def _check_order_discount(self, order):
        """Check that an order has one discount on the whole; 0 % is none."""
        if not float(order.values.get("Order Discount %", 0)):
            order.values.pop("Order Discount %", None)
        given = [name for name in ORDER_DISCOUNTS if name in order.values]
        if len(given) > 1:
            first, second = given
            self._report(
                order.sources[second],
                second,
                f"Order {order.key} has “{first}” too: an order has one of the two.",
            )

    def _check_line(self, line):
        self._check_reference(line, line.row.table.layout["Product"])
        # The pricelist's discount is meant for the pricelist's price.
        if "Unit Price" in line.values:
            line.values.setdefault("Discount %", "0")


def _peek(row, column):
    """Return a cell as text, nothing when it cannot be read."""
    try:
        return read_text(row.cells.get(column))
    except ValueError:
        return ""


def _describe(row, seen_from):
    """Return where a row is, as short as the reader of another row needs it."""
    place = f"row {row.number}"
    if row.table is seen_from.table:
        return place
    sheet = f", {row.table.sheet}" if row.table.sheet else ""
    return f"{place} of {row.table.file}{sheet}"
