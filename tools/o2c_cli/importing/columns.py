"""The one table of what a file may hold.

Reading, checking, loading, the template and docs/IMPORT.md all follow it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    ``kind`` says how a cell is read: text, yesno, type, amount (0 or more), quantity
    (more than 0), percent (0 to 100), date, name or names (of records in ``catalog``),
    reference (to another row, by its key, in the sheet ``catalog``). ``field`` is the
    column Odoo's ``load()`` knows it by, ``precision`` Odoo's name of how many decimals
    it keeps.
    """

    name: str
    what: str
    example: str = ""
    kind: str = "text"
    field: str = ""
    required: bool = False
    catalog: str = ""
    precision: str = ""
    company_only: bool = False
    of_order: bool = False


@dataclass(frozen=True)
class Sheet:
    """A kind of record: its sheet, and its columns, of which ``key`` names a record."""

    kind: str
    one: str
    key: str
    columns: tuple[Column, ...]

    @property
    def title(self):
        return self.kind.title()

    def find(self, header):
        """Return the column that a header means, or None."""
        wanted = normalize(header)
        for column in self.columns:
            if normalize(column.name) == wanted:
                return column
        return None

    def find_by_field(self, field):
        """Return the column that Odoo's field is filled from, or None."""
        for column in self.columns:
            if field and column.field.split("/")[0] == field:
                return column
        return None

    def __getitem__(self, name):
        return next(column for column in self.columns if column.name == name)


def normalize(header):
    """Return what counts in a header: its letters and digits."""
    return re.sub(r"[\W_]+", "", str(header)).casefold()


def _title(name, what, example, field):
    return Column(name, what, example, field=field, company_only=True)


EXAMPLE = "EXAMPLE"

CUSTOMERS = Sheet(
    "customers",
    "customer",
    "Reference",
    (
        Column(
            "Reference",
            "Your number of the customer. Orders name the customer by it; a customer "
            "who is there already is updated.",
            EXAMPLE,
            field="ref",
            required=True,
        ),
        Column("Name", "", "Nordwind GmbH", field="name", required=True),
        Column(
            "Company",
            "Yes for a company, no for a person. Empty: yes, and no for a contact.",
            "yes",
            "yesno",
            "is_company",
        ),
        Column(
            "Contact Of",
            "For a person of a company: the company's Reference. Address, level, terms "
            "and invoice title are then the company's; leave them empty.",
            "",
            "reference",
            "parent_id/.id",
            catalog="customers",
        ),
        Column("E-mail", "", "office@example.com", field="email"),
        Column("Phone", "", "+49 40 1234567", field="phone"),
        Column("Street", "", "13 Market Street", field="street", company_only=True),
        Column("Street 2", "", "", field="street2", company_only=True),
        Column("City", "", "Hamburg", field="city", company_only=True),
        Column("ZIP", "", "20095", field="zip", company_only=True),
        Column(
            "Country",
            "Its name or its code of two letters.",
            "Germany",
            "name",
            "country_id/.id",
            catalog="countries",
            company_only=True,
        ),
        Column("Tax ID", "", "DE136695976", field="vat", company_only=True),
        Column(
            "Customer Level",
            "A level of Order to Cash > Configuration > Customer Levels.",
            "Key",
            "name",
            "o2c_level_id/.id",
            catalog="levels",
            company_only=True,
        ),
        Column(
            "Payment Terms",
            "The name of payment terms in Odoo.",
            "30 Days",
            "name",
            "property_payment_term_id/.id",
            catalog="terms",
            company_only=True,
        ),
        Column(
            "Salesperson",
            "The login of who looks after the customer.",
            "",
            "name",
            "user_id/.id",
            catalog="salespeople",
        ),
        _title(
            "Invoice Legal Name",
            "The name to print on tax invoices. Empty: Name, when one of the next five "
            "is filled. The six make the customer's default invoice title.",
            "Nordwind Möbel GmbH",
            "name",
        ),
        _title("Invoice Tax ID", "", "DE136695976", "tax_id"),
        _title("Invoice Address", "The registered address.", "", "registered_address"),
        _title("Invoice Phone", "The registered phone.", "", "registered_phone"),
        _title("Invoice Bank", "", "First Trade Bank", "bank_name"),
        _title("Invoice Account", "The number of the account.", "", "account_number"),
    ),
)

PRODUCTS = Sheet(
    "products",
    "product",
    "Reference",
    (
        Column(
            "Reference",
            "Your number of the product. Orders name the product by it; a product that "
            "is there already is updated.",
            EXAMPLE,
            field="default_code",
            required=True,
        ),
        Column("Name", "", "Standing desk", field="name", required=True),
        Column(
            "Category",
            "A path with “ / ” between its steps; made where it is missing.",
            "Furniture / Desks",
            "category",
            "categ_id/.id",
        ),
        Column(
            "Type",
            "Goods (delivered, stock is counted) or service. Empty: goods.",
            "goods",
            "type",
            "type",
        ),
        Column(
            "Unit",
            "The name of a unit in Odoo. Empty: Units.",
            "Units",
            "name",
            "uom_id/.id",
            catalog="units",
        ),
        Column(
            "Sales Price",
            "In the company's currency, as your taxes have it (mostly without tax). "
            "Empty: 0.",
            "389.00",
            "amount",
            "list_price",
        ),
        Column(
            "Cost",
            "What one unit costs you, in the company's currency.",
            "225.60",
            "amount",
            "standard_price",
        ),
        Column(
            "Sales Taxes",
            "The names of taxes in Odoo, “;” between them; none for no tax. Empty: the "
            "company's default.",
            "",
            "names",
            "taxes_id/.id",
            catalog="taxes",
        ),
        Column("Barcode", "", "4006381333931", field="barcode"),
        Column(
            "Stock on Hand",
            "The opening stock of new goods, in the company's first warehouse. The "
            "stock of products that are there already is not touched.",
            "25",
            "amount",
            "inventory_quantity",
            precision="Product Unit",
        ),
    ),
)

ORDERS = Sheet(
    "orders",
    "order",
    "Order",
    (
        Column(
            "Order",
            "Your number of the order, on each of its rows; Odoo shows it as Customer "
            "Reference. An order that is there already is left as it is.",
            EXAMPLE,
            field="client_order_ref",
            required=True,
            of_order=True,
        ),
        Column(
            "Customer",
            "The customer's Reference, of this file or in Odoo.",
            EXAMPLE,
            "reference",
            "partner_id/.id",
            required=True,
            catalog="customers",
            of_order=True,
        ),
        Column(
            "Order Date",
            "A date, or date and time. Empty: now.",
            "2026-03-14",
            "date",
            "date_order",
            of_order=True,
        ),
        Column(
            "Salesperson",
            "A login. Empty: the customer's salesperson.",
            "",
            "name",
            "user_id/.id",
            catalog="salespeople",
            of_order=True,
        ),
        Column(
            "Sales Team",
            "A name. Empty: the salesperson's team.",
            "",
            "name",
            "team_id/.id",
            catalog="teams",
            of_order=True,
        ),
        Column(
            "Pricelist",
            "A name; the order is in the pricelist's currency. Empty: the customer's, "
            "or none and the company's currency.",
            "",
            "name",
            "pricelist_id/.id",
            catalog="pricelists",
            of_order=True,
        ),
        Column(
            "Product",
            "The product's Reference, of this file or in Odoo.",
            EXAMPLE,
            "reference",
            "product_id/.id",
            required=True,
            catalog="products",
        ),
        Column(
            "Quantity",
            "In the product's unit, more than 0.",
            "4",
            "quantity",
            "product_uom_qty",
            required=True,
            precision="Product Unit",
        ),
        Column(
            "Unit Price",
            "Before discount, in the order's currency. Empty: the price of pricelist "
            "and product.",
            "",
            "amount",
            "price_unit",
        ),
        Column(
            "Discount %",
            "From 0 to 100. Empty: 0, or the pricelist's when Unit Price is empty too.",
            "5",
            "percent",
            "discount",
            precision="Discount",
        ),
        Column(
            "Description",
            "What the line says. Empty: the product's name.",
            "",
            field="name",
        ),
        Column(
            "Order Discount %",
            "A discount on the whole order, after those of its lines, from 0 to 100.",
            "",
            "percent",
            "o2c_order_discount_percent",
            precision="Discount",
            of_order=True,
        ),
        Column(
            "Agreed Total",
            "Instead of a percentage: what the whole order comes to, in its currency, "
            "with or without tax as the company's settings say.",
            "",
            "amount",
            "o2c_agreed_total",
            of_order=True,
        ),
    ),
)

SHEETS = {sheet.kind: sheet for sheet in (CUSTOMERS, PRODUCTS, ORDERS)}

TITLE_COLUMNS = tuple(
    column for column in CUSTOMERS.columns if column.name.startswith("Invoice ")
)

# Column -> the kind of discount on the whole order that it gives.
ORDER_DISCOUNTS = {"Order Discount %": "percent", "Agreed Total": "total"}


def get_markdown(sheet):
    """Return a sheet's columns as the table that docs/IMPORT.md shows."""
    lines = ["| column | required | what | example |", "| --- | --- | --- | --- |"]
    for column in sheet.columns:
        required = "yes" if column.required else ""
        lines.append(
            f"| {column.name} | {required} | {column.what} | {column.example} |"
        )
    return "\n".join(re.sub(r" {2,}", " ", line) for line in lines)
