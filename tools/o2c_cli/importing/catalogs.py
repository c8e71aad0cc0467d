"""What the company has: the records that cells may name.

Plain data, so that checking needs no database; :func:`read_catalogs` fills it in Odoo.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import quote

from .problems import suggest

# Orders get an external id of this module, by their number.
MODULE = "o2c_import"


class Names:
    """Records of one kind, found by name."""

    def __init__(self, one, pairs, hint=""):
        """:param str one: what a record is called in a sentence
        :param pairs: names and ids; a record may have several names
        :param str hint: what to do when there is no such record
        """
        self.one = one
        self.hint = hint
        self.ids = defaultdict(set)
        self.spelled = {}
        for name, record_id in pairs:
            if name:
                self.ids[name.strip().casefold()].add(record_id)
                self.spelled.setdefault(name.strip().casefold(), name.strip())

    def find(self, name):
        """Return the id of the record with this name.

        :raise ValueError: if there is none, or more than one
        """
        ids = self.ids.get(name.casefold(), ())
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            raise ValueError(
                f"There are {len(ids)} records “{name}” ({self.one}): rename them in "
                "Odoo so that one is meant."
            )
        known = sorted(self.spelled.values())
        near = suggest(name, known)
        if not near and 0 < len(known) <= 8:
            near = f" There are: {', '.join(known)}."
        raise ValueError(f"There is no {self.one} “{name}”.{near}{self.hint}")


@dataclass(frozen=True)
class Existing:
    """A record found by its Reference; ``fault`` says why it cannot be used."""

    id: int
    fault: str = ""
    is_contact: bool = False


@dataclass
class Catalogs:
    """All that checking has to know of the company."""

    company: str = ""
    names: dict = field(default_factory=dict)
    references: dict = field(default_factory=lambda: {"customers": {}, "products": {}})
    digits: dict = field(default_factory=dict)
    orders: set = field(default_factory=set)
    order_customers: dict = field(default_factory=dict)


def get_order_xmlid(number):
    """Return the external id of an imported order, without the module."""
    # Odoo's external ids hold no spaces.
    return f"order_{quote(number, safe='')}"


def read_catalogs(env, wanted):
    """Return what the company has.

    :param wanted: the references in the files, a set each for ``customers``,
        ``products`` and ``orders``
    """
    result = Catalogs(env.company.display_name)
    for catalog, (one, model, fields, domain, hint) in _get_sources(env).items():
        result.names[catalog] = Names(
            one, _read_names(env[model], fields, domain), hint
        )
    result.references = {
        "customers": _read_customers(env, wanted["customers"]),
        "products": _read_products(env, wanted["products"]),
    }
    for precision in ("Product Unit", "Discount"):
        result.digits[precision] = env["decimal.precision"].precision_get(precision)
    result.orders, result.order_customers = _read_orders(env, wanted["orders"])
    return result


def _get_sources(env):
    sales_group = env.ref("sales_team.group_sale_salesman").id
    of_company = [("company_ids", "in", env.company.ids)]
    return {
        "countries": ("country", "res.country", ("name", "code"), [], ""),
        "levels": (
            "customer level",
            "o2c.customer.level",
            ("name",),
            [],
            " Make it in Order to Cash > Configuration > Customer Levels, if it is new.",
        ),
        "terms": ("payment term", "account.payment.term", ("name",), [], ""),
        "salespeople": (
            "salesperson with the login",
            "res.users",
            ("login",),
            [("all_group_ids", "in", sales_group), ("share", "=", False), *of_company],
            " Make the user and give them the role in Settings > Users, if they are new.",
        ),
        "categories": ("category", "product.category", ("complete_name",), [], ""),
        "units": ("unit", "uom.uom", ("name",), [], ""),
        "taxes": (
            "sales tax",
            "account.tax",
            ("name",),
            [("type_tax_use", "=", "sale")],
            "",
        ),
        "teams": ("sales team", "crm.team", ("name",), [], ""),
        "pricelists": ("pricelist", "product.pricelist", ("name",), [], ""),
    }


def _read_names(model, fields, domain):
    """Return names and ids, names in every language that is installed."""
    domain = [*domain, *_get_company_domain(model)]
    pairs = []
    for code, _name in model.env["res.lang"].get_installed():
        for values in model.with_context(lang=code).search_read(domain, list(fields)):
            pairs += [(values[name], values["id"]) for name in fields]
    return pairs


def _get_company_domain(model):
    if "company_id" not in model._fields:
        return []
    return model._check_company_domain(model.env.company)


def _read_customers(env, references):
    result = {}
    partners = _search_references(env["res.partner"], "ref", references)
    for reference, records in partners.items():
        partner, fault = _choose("customer", reference, records)
        result[reference] = Existing(partner.id, fault, bool(partner.parent_id))
    return result


def _read_products(env, references):
    result = {}
    products = _search_references(env["product.product"], "default_code", references)
    for reference, records in products.items():
        product, fault = _choose("product", reference, records)
        if not fault and product.product_tmpl_id.product_variant_count > 1:
            fault = (
                f"The product {reference} has variants: change it in Odoo, and leave its "
                "row out."
            )
        result[reference] = Existing(product.id, fault)
    return result


def _search_references(model, field, references):
    """Return the records by their reference; archived ones too."""
    domain = [(field, "in", list(references)), *_get_company_domain(model)]
    found = defaultdict(list)
    for record in model.with_context(active_test=False).search(domain, order="id"):
        found[record[field]].append(record)
    return found


def _choose(one, reference, records):
    """Return the record a reference means, and why it cannot be used, if so."""
    active = [record for record in records if record.active]
    if len(active) == 1:
        return active[0], ""
    if not active:
        return records[0], (
            f"The {one} {reference} is archived in Odoo: unarchive it there, or use "
            "another Reference."
        )
    names = ", ".join(record.display_name for record in active)
    return active[0], (
        f"Odoo has {len(active)} with the Reference {reference} ({names}): leave it to "
        "one of them."
    )


def _read_orders(env, numbers):
    """Return the numbers imported before, and the customers of hand-made orders."""
    xmlids = {get_order_xmlid(number): number for number in numbers}
    data = env["ir.model.data"].search(
        [
            ("module", "=", MODULE),
            ("model", "=", "sale.order"),
            ("name", "in", list(xmlids)),
        ]
    )
    there = set(env["sale.order"].browse(data.mapped("res_id")).exists().ids)
    imported = {xmlids[each.name] for each in data if each.res_id in there}
    customers = defaultdict(set)
    for order in env["sale.order"].search(
        [
            ("client_order_ref", "in", list(numbers)),
            ("company_id", "=", env.company.id),
            ("state", "!=", "cancel"),
        ]
    ):
        customers[order.client_order_ref].add(order.partner_id.id)
    return imported, dict(customers)
