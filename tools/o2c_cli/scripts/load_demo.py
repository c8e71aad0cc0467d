# Runs in Odoo's shell: loads the demo company of the addon, and only that.
from odoo.modules.module import Manifest
from odoo.tools import convert_file

for path in Manifest.for_addon("sale_o2c_flow")["demo"]:
    convert_file(env, "sale_o2c_flow", path, {}, "init", noupdate=True)  # noqa: F821
env["ir.module.module"].search([("name", "=", "sale_o2c_flow")]).demo = True  # noqa: F821
env.cr.commit()  # noqa: F821
