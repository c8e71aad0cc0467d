# Runs in Odoo's shell: imports the user's file and leaves the report for the caller.
import json
import os

report = env["o2c.import"].import_file(os.environ["O2C_IMPORT_FILE"])  # noqa: F821
if report["errors"]:
    env.cr.rollback()  # noqa: F821
else:
    env.cr.commit()  # noqa: F821
with open(os.environ["O2C_IMPORT_REPORT"], "w") as stream:
    json.dump(report, stream)
