"""Run the benchmarks on prepared databases and write the results.

Called by ``./o2c bench``, which makes the databases.
"""

import argparse
import logging
from pathlib import Path

from odoo.tools import config

from . import approval_inbox, approvals, idle_gate, order_discount, results
from .harness import Databases

# Flows are in force from the approvals on.
CASES = (idle_gate, order_discount, approvals, approval_inbox)


def main():
    """Run every case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--plain", required=True, help="database without the addon")
    parser.add_argument("--addon", required=True, help="database with the addon")
    parser.add_argument("--peer", help="database with the peer; left out without it")
    parser.add_argument("--addons-path", help="where addons are, the peer's included")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    arguments = ["-c", options.config, "--log-level=warn"]
    if options.addons_path:
        arguments += ["--addons-path", options.addons_path]
    config.parse_config(arguments, setup_logging=True)
    logging.getLogger("odoo").setLevel(logging.ERROR)
    databases = Databases(options.plain, options.addon, options.peer)
    tables = [table for case in CASES for table in case.run(databases)]
    options.output.write_text(results.render(tables))


if __name__ == "__main__":
    main()
