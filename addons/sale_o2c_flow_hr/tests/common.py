from odoo.addons.sale_o2c_flow.tests.common import O2cCommon


class EmployeeCommon(O2cCommon):
    """The small company as employees: above the salesperson are the leader, somebody
    without a user, and the director."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north, cls.south = cls.env["hr.department"].create(
            [{"name": "North"}, {"name": "South"}]
        )
        cls.top = cls._hire("Director", cls.director)
        cls.middle = cls._hire("Without a user", parent_id=cls.top.id)
        cls.lead = cls._hire("Leader", cls.leader, parent_id=cls.middle.id)
        cls.employee = cls._hire(
            "Salesperson",
            cls.salesperson,
            parent_id=cls.lead.id,
            department_id=cls.north.id,
        )

    @classmethod
    def _hire(cls, name, user=None, **values):
        return cls.env["hr.employee"].create(
            {
                "name": name,
                "user_id": user.id if user else False,
                "company_id": cls.company.id,
                **values,
            }
        )
