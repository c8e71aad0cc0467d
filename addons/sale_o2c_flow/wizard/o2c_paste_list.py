from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ..models.ordering import pasted_list
from ..models.ordering.product_product import EXACT_CODE, EXACT_NAME, OTHER_CASE
from ..models.ordering.sale_order import MAX_QUANTITY

MAX_ROWS = 2_000
MAX_CHARACTERS = 400_000
MAX_PRICE = 999_999_999_999.0
DEFAULT_COLUMNS = {"code": 0, "quantity": 1, "price": 2}


@dataclass
class CheckedRow:
    """A pasted row and what it means."""

    number: int
    text: str
    code: str = ""
    product: models.BaseModel = None
    quantity: float | None = None
    price: float | None = None
    problems: list = field(default_factory=list)
    note: str = ""


class O2cPasteList(models.TransientModel):
    """Makes lines of a quotation out of rows copied from a spreadsheet.

    Each row has a code, a quantity and, where it is agreed, a price. The rows are checked
    while they are typed; nothing of what was typed is lost.
    """

    _name = "o2c.paste.list"
    _description = "Paste a List"

    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    text = fields.Text(string="List")
    rows = fields.Json(compute="_compute_rows", export_string_translation=False)
    message = fields.Char(compute="_compute_rows")
    good_count = fields.Integer(string="Good Rows", compute="_compute_rows")
    problem_count = fields.Integer(string="Rows with Problems", compute="_compute_rows")

    @api.depends("text", "order_id")
    @api.depends_context("lang")
    def _compute_rows(self):
        for wizard in self:
            wizard.message = wizard._get_size_problem()
            rows = [] if wizard.message else wizard._check_rows()
            wizard.rows = [wizard._show_row(row) for row in rows]
            wizard.problem_count = sum(bool(row.problems) for row in rows)
            wizard.good_count = len(rows) - wizard.problem_count

    def _get_size_problem(self):
        """Return what is wrong with a list that is too long to look at, or False."""
        text = self.text or ""
        count = sum(bool(line.strip()) for line in text.splitlines())
        if count <= MAX_ROWS and len(text) <= MAX_CHARACTERS:
            return False
        return self.env._(
            "The list has %(count)s rows and %(size)s characters; at most %(rows)s rows "
            "and %(characters)s characters go at once. Paste it in parts.",
            count=count,
            size=len(text),
            rows=MAX_ROWS,
            characters=MAX_CHARACTERS,
        )

    def _show_row(self, row):
        """Return a row as it is shown."""
        return {
            "number": row.number,
            "code": row.code,
            "product": row.product.display_name if row.product else "",
            "quantity": ""
            if row.quantity is None
            else formatLang(self.env, row.quantity, dp="Product Unit"),
            "price": ""
            if row.price is None
            else formatLang(self.env, row.price, dp="Product Price"),
            "problem": " ".join(row.problems),
            "note": row.note,
        }

    # === READING === #

    def _read_list(self):
        """Return the header, if there is one, and the other rows of the text."""
        rows = pasted_list.read_rows((self.text or "").replace("\x00", ""))
        if rows and pasted_list.find_columns(rows[0].cells, self._get_column_names()):
            return rows[0], rows[1:]
        return None, rows

    def _get_column_names(self):
        """Return how columns may be called in a header, in English and as the user
        calls them."""
        names = {
            "code": self.env._(
                "code, reference, internal reference, item, item code, item number, "
                "article, article number, sku, barcode, ean, product, product code"
            ),
            "quantity": self.env._("quantity, qty, pieces, pcs, amount ordered"),
            "price": self.env._("price, unit price, net price, price per unit"),
        }
        english = {
            "code": "code, reference, sku, barcode, product",
            "quantity": "quantity, qty",
            "price": "price, unit price",
        }
        return {
            column: {
                name.strip().casefold()
                for name in f"{words},{english[column]}".replace("，", ",").split(",")
            }
            for column, words in names.items()
        }

    def _check_rows(self):
        """Return the rows of the list with what each means or what is wrong with it."""
        self.ensure_one()
        header, rows = self._read_list()
        columns = DEFAULT_COLUMNS
        if header:
            columns = pasted_list.find_columns(header.cells, self._get_column_names())
        checked = [self._check_numbers(row, columns, bool(header)) for row in rows]
        self._find_products(checked)
        self._note_duplicates(checked)
        return checked

    # === NUMBERS === #

    def _check_numbers(self, row, columns, has_header):
        cells = {
            column: row.cells[index] if index < len(row.cells) else ""
            for column, index in columns.items()
        }
        checked = CheckedRow(row.number, row.text, code=cells["code"])
        if not has_header and len(row.cells) > len(DEFAULT_COLUMNS):
            checked.problems.append(
                self.env._(
                    "There are %s values: code, quantity and price are expected. Where "
                    "commas separate them, a number must have none.",
                    len(row.cells),
                )
            )
            return checked
        checked.quantity, problem = self._read_quantity(cells.get("quantity", ""))
        if problem:
            checked.problems.append(problem)
        checked.price, problem = self._read_price(cells.get("price", ""))
        if problem:
            checked.problems.append(problem)
        return checked

    def _parse_number(self, text):
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return pasted_list.parse_number(
            text, lang.decimal_point or ".", lang.thousands_sep or ""
        )

    def _explain_number(self, text):
        return self.env._(
            "“%(text)s” is not a number as you write them (%(example)s).",
            text=text,
            example=formatLang(self.env, 1234.5, digits=1),
        )

    def _read_quantity(self, text):
        """Return the quantity a text is, or None, and what is wrong with it."""
        if not text:
            return None, self.env._("The quantity is missing.")
        quantity = self._parse_number(text)
        if quantity is None:
            return None, self._explain_number(text)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if quantity < 0.0:
            return None, self.env._("The quantity “%s” is below zero.", text)
        if not quantity:
            return None, self.env._("The quantity is zero.")
        if quantity > MAX_QUANTITY:
            return None, self.env._("The quantity “%s” is too large.", text)
        rounded = round(quantity, digits)
        if float_compare(quantity, rounded, precision_digits=digits + 6):
            return None, self.env._(
                "The quantity “%(text)s” has more than %(digits)s decimals.",
                text=text,
                digits=digits,
            )
        return rounded, None

    def _read_price(self, text):
        """Return the price a text is, or None, and what is wrong with it."""
        currency = self.order_id.currency_id
        number = text
        for sign in (currency.symbol, currency.name):
            number = number.replace(sign or "", "")
        if not number.strip():
            return None, None
        price = self._parse_number(number)
        if price is None:
            return None, self._explain_number(text)
        if price < 0.0:
            return None, self.env._("The price “%s” is below zero.", text)
        if price > MAX_PRICE:
            return None, self.env._("The price “%s” is too high.", text)
        return price, None

    # === PRODUCTS === #

    def _find_products(self, checked):
        codes = {row.code for row in checked if row.code}
        if not codes:
            found = {}
        else:
            found = self.env["product.product"]._o2c_find_by_codes(
                codes, self.order_id.company_id
            )
        choices = {code: self._choose(code, found.get(code, {})) for code in codes}
        for row in checked:
            if not row.code:
                row.problems.insert(0, self.env._("The code is missing."))
                continue
            row.product, problem = choices[row.code]
            if problem:
                row.problems.insert(0, problem)

    def _choose(self, code, candidates):
        """Return the product a code means, or None, and what is wrong with it.

        :param dict candidates: see ``_o2c_find_by_codes``
        """
        refused = {}
        for rank in (EXACT_CODE, OTHER_CASE, EXACT_NAME):
            products = candidates.get(rank)
            if not products:
                continue
            reasons = products._o2c_why_not_ordered(self.order_id.company_id)
            # A list: what is filtered would be read one by one.
            fit = [product for product in products if product not in reasons]
            if len(fit) == 1:
                return self._check_options(fit[0])
            if fit:
                return None, self._explain_several(code, fit[0].concat(*fit[1:]))
            refused = refused or reasons
        for product, reason in refused.items():
            return product, self._explain_refusal(product, reason)
        return None, self.env._(
            "No product has the code “%s”: look it up in the catalog.", code
        )

    def _check_options(self, product):
        if product._o2c_has_options():
            return product, self.env._(
                "%s has options to choose: add it on the quotation itself.",
                product.display_name,
            )
        return product, None

    def _explain_several(self, code, products):
        if len(products.product_tmpl_id) == 1:
            return self.env._(
                "“%(code)s” has %(count)s variants: write the code of the one wanted.",
                code=code,
                count=len(products),
            )
        return self.env._(
            "“%(code)s” is %(count)s products (%(products)s): write a code that only "
            "the one wanted has.",
            code=code,
            count=len(products),
            products=products[:3].mapped("display_name"),
        )

    def _explain_refusal(self, product, reason):
        name = product.display_name
        if reason == "combo":
            return self.env._(
                "%s is a combo: choose its parts on the quotation itself.", name
            )
        if reason == "archived":
            return self.env._("%s is archived.", name)
        return self.env._("%s is not for sale.", name)

    def _note_duplicates(self, checked):
        """Say of each row whose product is in another one what becomes of the two."""
        first = {}
        for row in checked:
            if row.problems or not row.product:
                continue
            other = first.setdefault(row.product, row)
            if other is row:
                continue
            if other.price == row.price:
                row.note = self.env._("Also in row %s: the two add up.", other.number)
            else:
                row.note = self.env._(
                    "Also in row %s, at another price: a line of its own.", other.number
                )

    # === BUTTONS === #

    def _get_open_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Paste a list into %s", self.order_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_add(self):
        """Add all rows to the quotation.

        :raise UserError: naming every row that has a problem; nothing is added then
        """
        self.ensure_one()
        rows = self._get_rows_to_add()
        wrong = [row for row in rows if row.problems]
        if wrong:
            raise UserError(
                "\n".join(
                    self.env._(
                        "Row %(number)s: %(problem)s",
                        number=row.number,
                        problem=" ".join(row.problems),
                    )
                    for row in wrong
                )
            )
        self._add_rows(rows)
        return {"type": "ir.actions.act_window_close"}

    def action_add_good(self):
        """Add the rows without problems to the quotation; the others stay in the box.

        :raise UserError: if there is none without problems
        """
        self.ensure_one()
        rows = self._get_rows_to_add()
        good = [row for row in rows if not row.problems]
        if not good:
            raise UserError(
                self.env._("Every row has a problem: correct one of them first.")
            )
        self._add_rows(good)
        header, _rows = self._read_list()
        rest = [row.text for row in rows if row.problems]
        if not rest:
            return {"type": "ir.actions.act_window_close"}
        self.text = "\n".join([header.text, *rest] if header else rest)
        return self._get_open_action()

    def _get_rows_to_add(self):
        self.order_id._o2c_check_open()
        if problem := self._get_size_problem():
            raise UserError(problem)
        rows = self._check_rows()
        if not rows:
            raise UserError(
                self.env._(
                    "The list is empty: paste rows of a spreadsheet, each with a code "
                    "and a quantity."
                )
            )
        return rows

    def _add_rows(self, rows):
        quantities = {}
        for row in rows:
            key = (row.product, row.price)
            quantities[key] = quantities.get(key, 0.0) + row.quantity
        vals_list = [
            {
                "product_id": product.id,
                "product_uom_id": product.uom_id.id,
                "product_uom_qty": quantity,
            }
            for (product, _price), quantity in quantities.items()
        ]
        self._write_prices(vals_list, list(quantities))
        self.order_id._o2c_add_lines(vals_list)

    def _write_prices(self, vals_list, keys):
        """Put the prices given into the values of the lines, as if typed there: what
        the pricelist says is known beside, so that a later quantity keeps them."""
        priced = [
            (vals, product, price)
            for vals, (product, price) in zip(vals_list, keys, strict=True)
            if price is not None
        ]
        prices = self.order_id._o2c_get_net_prices(
            [
                (
                    product,
                    product.uom_id,
                    vals["product_uom_qty"],
                    self.env["product.template.attribute.value"],
                )
                for vals, product, _price in priced
            ]
        )
        for (vals, _product, price), list_price in zip(priced, prices, strict=True):
            vals.update(price_unit=price, technical_price_unit=list_price, discount=0.0)
