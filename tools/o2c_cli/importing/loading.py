"""Rows that are right into Odoo, through its own ``load()``."""

import re
from collections import defaultdict

from .catalogs import MODULE, get_order_xmlid
from .checking import Entry
from .columns import ORDER_DISCOUNTS, TITLE_COLUMNS

# Nobody is told of each imported record; whoever looks after one follows it.
CONTEXT = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
    "tz": "UTC",
}
# What needs the record there.
LOADED_APART = {"Stock on Hand", *ORDER_DISCOUNTS}


class Loader:
    """Loads a plan; what Odoo refuses becomes problems of the rows.

    Nothing is committed and nothing taken back: that is for the caller, who looks at
    ``problems``.
    """

    def __init__(self, env, catalogs, dry=False):
        """:param bool dry: the caller takes all of it back: use up no order numbers"""
        self.env = env(context={**env.context, **CONTEXT})
        self.catalogs = catalogs
        self.dry = dry
        self.problems = []
        self.counts = {}
        self.ids = {
            kind: {
                reference: record.id
                for reference, record in catalogs.references[kind].items()
                if not record.fault
            }
            for kind in ("customers", "products")
        }

    def load(self, plan):
        """Load all records of a plan, as far as Odoo takes them."""
        self._load_customers(plan.entries["customers"])
        self._load_products(plan.entries["products"])
        # Without their customers and products, orders would only repeat the problems.
        if not self.problems:
            self._load_orders(plan.entries["orders"])

    # === CUSTOMERS === #

    def _load_customers(self, entries):
        new = [entry for entry in entries if entry.key not in self.ids["customers"]]
        companies = [entry for entry in entries if not entry.values.get("Contact Of")]
        contacts = [entry for entry in entries if entry.values.get("Contact Of")]
        # A contact takes its address from its company, which has to be there.
        for group in (companies, contacts):
            if not self.problems:
                self._load_keyed("customers", "res.partner", group)
        self._load_titles(companies)
        self._count("customers", entries, new)

    def _load_titles(self, entries):
        """Write the customers' default invoice titles."""
        entries = [e for e in entries if any(c.name in e.values for c in TITLE_COLUMNS)]
        if self.problems or not entries:
            return
        rows = []
        partners = self._get_partners(entry.key for entry in entries)
        for entry, partner in zip(entries, partners, strict=True):
            row = {
                column.field: entry.values[column.name]
                for column in TITLE_COLUMNS
                if column.name in entry.values
            }
            title = partner._o2c_get_default_title()
            if title:
                row[".id"] = str(title.id)
            else:
                row |= {"partner_id/.id": str(partner.id), "is_default": "1"}
            rows.append(row)
        self._load_rows("o2c.invoice.title", entries, rows)

    # === PRODUCTS === #

    def _load_products(self, entries):
        self._load_categories(entries)
        new = [entry for entry in entries if entry.key not in self.ids["products"]]
        for entry in new:
            # Odoo's own default is a price of 1.
            entry.values.setdefault("Sales Price", "0")
            entry.values.setdefault("Type", "consu")
        self._load_keyed("products", "product.product", entries)
        self._load_stock(new)
        self._count("products", entries, new)

    def _load_categories(self, entries):
        """Make the categories that are missing, from the top down."""
        names = self.catalogs.names["categories"]
        known = {path: next(iter(ids)) for path, ids in names.ids.items()}
        missing = {}
        for entry in entries:
            steps = entry.values.get("Category", "").split(" / ")
            for depth in range(1, len(steps) + 1):
                path = " / ".join(steps[:depth])
                if path and path.casefold() not in known:
                    missing.setdefault(path.casefold(), (depth, path, entry))
        levels = defaultdict(list)
        for depth, path, entry in missing.values():
            levels[depth].append((path, entry))
        for depth in sorted(levels):
            rows = []
            for path, _entry in levels[depth]:
                parent, _sign, name = path.rpartition(" / ")
                row = {"name": name}
                if parent:
                    row["parent_id/.id"] = str(known[parent.casefold()])
                rows.append(row)
            entries_of_level = [entry for _path, entry in levels[depth]]
            ids = self._load_rows("product.category", entries_of_level, rows)
            for (path, _entry), category_id in zip(levels[depth], ids, strict=True):
                known[path.casefold()] = category_id
        self.category_ids = known

    def _load_stock(self, entries):
        """Count the opening stock of new goods."""
        entries = [e for e in entries if float(e.values.get("Stock on Hand", 0))]
        if self.problems or not entries:
            return
        rows = [
            {
                "product_id/.id": str(self.ids["products"][entry.key]),
                "inventory_quantity": entry.values["Stock on Hand"],
            }
            for entry in entries
        ]
        ids = self._load_rows("stock.quant", entries, rows)
        if not self.problems:
            self.env["stock.quant"].browse(ids)._apply_inventory()

    # === ORDERS === #

    def _load_orders(self, entries):
        rows = []
        partners = self._get_partners(entry.values["Customer"] for entry in entries)
        for entry, partner in zip(entries, partners, strict=True):
            row = self._get_fields(entry)
            row["id"] = f"{MODULE}.{get_order_xmlid(entry.key)}"
            # Without one, Odoo would take whoever loads the order.
            user = partner.user_id or partner.commercial_partner_id.user_id
            row.setdefault("user_id/.id", str(user.id or ""))
            if self.dry:
                row["name"] = entry.key
            rows.append(row)
        ids = self._load_rows("sale.order", entries, rows)
        lines, rows = [], []
        for entry, order_id in zip(entries, ids, strict=True):
            for position, line in enumerate(entry.lines, 1):
                lines.append(line)
                rows.append(
                    {
                        **self._get_fields(line),
                        "order_id/.id": str(order_id),
                        "sequence": str(position),
                    }
                )
        if not self.problems:
            self._load_rows("sale.order.line", lines, rows)
        for name, kind in ORDER_DISCOUNTS.items():
            if not self.problems:
                self._load_order_discounts(name, kind, entries, ids)
        if not self.problems and not self.dry:
            # Made before their lines, they did not start by themselves.
            self.env["sale.order"].browse(ids)._o2c_start_flow()
        self._count("orders", entries, entries)

    def _load_order_discounts(self, name, kind, entries, ids):
        """Give the discounts on whole orders, which need their lines."""
        given, rows = [], []
        for entry, order_id in zip(entries, ids, strict=True):
            if name in entry.values:
                given.append(Entry(entry.sources[name], entry.key, entry.values))
                field = entry.row.table.layout[name].field
                rows.append(
                    {
                        ".id": str(order_id),
                        "o2c_order_discount_type": kind,
                        field: entry.values[name],
                    }
                )
        loaded = self._load_rows("sale.order", given, rows, name)
        if not self.problems:
            self._check_order_discounts(
                name, given, self.env["sale.order"].browse(loaded)
            )

    def _check_order_discounts(self, name, entries, orders):
        """Check that orders come to what is written: to whoever loads as superuser, Odoo
        refuses nothing, and it rounds amounts."""
        for entry, order in zip(entries, orders, strict=True):
            text = order.o2c_order_discount_problem
            if not text and order.o2c_agreed_total != float(
                entry.values.get("Agreed Total", 0)
            ):
                text = (
                    f"{entry.values[name]} has more decimals than "
                    f"{order.currency_id.name} has: round it."
                )
            if text:
                self.problems.append(entry.row.problem(name, text))

    def _get_partners(self, references):
        """Return customers, one for each reference."""
        ids = [self.ids["customers"][reference] for reference in references]
        # Read together, yet one for each: a recordset may hold a record twice.
        return self.env["res.partner"].browse(ids)

    # === ROWS === #

    def _count(self, kind, entries, new):
        self.counts[kind] = {"new": len(new), "updated": len(entries) - len(new)}

    def _load_keyed(self, kind, model, entries):
        """Load records with a Reference: known ones are updated, others made."""
        rows = []
        for entry in entries:
            row = self._get_fields(entry)
            if entry.key in self.ids[kind]:
                row[".id"] = str(self.ids[kind][entry.key])
            else:
                self._fill_blanks(entry, row)
            rows.append(row)
        ids = self._load_rows(model, entries, rows)
        self.ids[kind].update(zip((e.key for e in entries), ids, strict=True))

    def _fill_blanks(self, entry, row):
        """Give a new record every plain text, so that fewer rows differ in shape."""
        for column in entry.row.table.layout.columns:
            if column.kind == "text" and column not in TITLE_COLUMNS:
                row.setdefault(column.field, "")

    def _get_fields(self, entry):
        """Return an entry's values by the columns of Odoo's ``load()``."""
        layout = entry.row.table.layout
        row = {}
        for name, value in entry.values.items():
            column = layout[name]
            if column in TITLE_COLUMNS or name in LOADED_APART:
                continue
            if column.kind == "reference":
                value = str(self.ids[column.catalog].get(value, ""))
            elif column.kind == "category":
                value = str(self.category_ids[value.casefold()])
            elif column.kind == "type":
                row["is_storable"] = "1" if value == "consu" else "0"
            row[column.field] = value
        return row

    def _load_rows(self, model, entries, rows, column=""):
        """Load rows, those with the same columns in one call, and return their ids.

        What Odoo refuses without saying why of which column is the fault of ``column``.

        Rows differ in their columns because an empty cell is not given to Odoo at all:
        it leaves what is there, or takes Odoo's default.
        """
        model = self.env[model].with_context(res_partner_search_mode="customer")
        groups = defaultdict(list)
        for index, row in enumerate(rows):
            groups[tuple(sorted(row))].append(index)
        ids = [None] * len(rows)
        for fields, indices in groups.items():
            data = [[rows[index][name] for name in fields] for index in indices]
            result = model.load(list(fields), data)
            for index, record_id in zip(indices, result["ids"] or [], strict=False):
                ids[index] = record_id
            sources = [entries[index] for index in indices]
            messages = result["messages"]
            if len(messages) > 1:
                messages = self._judge_first_row(model, fields, data, messages)
            for message in messages:
                self._report(message, sources, column)
        return ids

    def _judge_first_row(self, model, fields, data, messages):
        """Return the messages with only those of the first row that are its own.

        Odoo puts what the rows met together there, before what each met by itself.
        """
        with self.env.cr.savepoint() as savepoint:
            own = model.load(list(fields), data[:1])["messages"]
            savepoint.rollback()
        others = [each for each in messages if each.get("rows", {}).get("from") != 0]
        return own + others

    def _report(self, message, sources, column_name):
        text = re.sub(r"\s+", " ", str(message["message"])).strip()
        if "rows" in message:
            row = sources[message["rows"]["from"]].row
            column = row.table.layout.find_by_field(message.get("field"))
            problem = row.problem(column.name if column else column_name, text)
        else:
            problem = sources[0].row.table.problem(0, "", text)
        if problem not in self.problems:
            self.problems.append(problem)
