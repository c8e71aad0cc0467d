"""When the addon comes to a company that works already."""


def pre_init_hook(env):
    """Put the orders there are to the departments of today, all at once."""
    env.cr.execute(
        """
        ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS o2c_department_id INTEGER
        """
    )
    env.cr.execute(
        """
        UPDATE sale_order sale
           SET o2c_department_id = version.department_id
          FROM hr_employee employee
          JOIN hr_version version ON version.id = employee.current_version_id
         WHERE employee.user_id = sale.user_id
           AND employee.company_id = sale.company_id
           AND employee.active
           AND version.department_id IS NOT NULL
        """
    )
