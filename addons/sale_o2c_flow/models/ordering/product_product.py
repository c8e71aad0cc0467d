from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

# How a code and a product belong together; the less, the surer.
EXACT_CODE, OTHER_CASE, EXACT_NAME = range(3)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _o2c_why_not_ordered(self, company):
        """Return why products cannot be put on an order line of a company.

        :return: ``other_company``, ``archived``, ``not_sold`` or ``combo`` by product;
            products that can are not in it
        :rtype: dict
        """
        shared = self.filtered_domain(self._check_company_domain(company))
        reasons = {}
        for product in self:
            if product not in shared:
                reasons[product] = "other_company"
            elif not product.active:
                reasons[product] = "archived"
            elif not product.sale_ok:
                reasons[product] = "not_sold"
            elif product.type == "combo":
                reasons[product] = "combo"
        return reasons

    def _o2c_has_options(self):
        """Whether something has to be chosen that makes no variant of its own."""
        self.ensure_one()
        return any(
            line.attribute_id.create_variant == "no_variant" and line._is_configurable()
            for line in self.product_tmpl_id.attribute_line_ids
        )

    @api.model
    def _o2c_find_by_codes(self, codes, company):
        """Return the products people mean by codes: internal references or barcodes,
        whatever their case; where there are none, the exact name.

        One query for all codes, over the products the user may read, archived ones too.

        :return: products by code and by how they belong together
        :rtype: dict[str, dict[int, product.product]]
        """
        products = self.with_context(active_test=False)
        templates = products.product_tmpl_id
        products.flush_model(["default_code", "barcode", "product_tmpl_id"])
        templates.flush_model(["name"])
        readable = products._search(self._check_company_domain(company))
        rows = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (SELECT UNNEST(%(codes)s) AS code),
                found AS (
                    SELECT wanted.code, product.id,
                           CASE WHEN product.default_code = wanted.code
                                THEN %(exact)s ELSE %(other_case)s END AS rank
                      FROM wanted
                      JOIN product_product product
                        ON LOWER(product.default_code) = LOWER(wanted.code)
                 UNION ALL
                    SELECT wanted.code, product.id,
                           CASE WHEN product.barcode = wanted.code
                                THEN %(exact)s ELSE %(other_case)s END
                      FROM wanted
                      JOIN product_product product
                        ON LOWER(product.barcode) = LOWER(wanted.code)
                 UNION ALL
                    SELECT wanted.code, product.id, %(name)s
                      FROM wanted
                      JOIN product_template template
                        ON COALESCE(template.name ->> %(lang)s, template.name ->> 'en_US')
                           = wanted.code
                      JOIN product_product product
                        ON product.product_tmpl_id = template.id
                )
                SELECT code, id, MIN(rank) AS rank
                  FROM found
                 WHERE id IN %(readable)s
              GROUP BY code, id
              ORDER BY code, rank, id
                """,
                codes=list(codes),
                exact=EXACT_CODE,
                other_case=OTHER_CASE,
                name=EXACT_NAME,
                lang=self.env.lang or "en_US",
                readable=readable.subselect(),
            )
        )
        found = defaultdict(lambda: defaultdict(list))
        for code, product_id, rank in rows:
            found[code][rank].append(product_id)
        everything = products.browse({product_id for _code, product_id, _rank in rows})
        return {
            code: {
                rank: products.browse(ids).with_prefetch(everything.ids)
                for rank, ids in ranks.items()
            }
            for code, ranks in found.items()
        }
