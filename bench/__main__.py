"""Run the benchmarks on prepared databases and write the results.

Called by ``./o2c bench``, which makes the databases.
"""

import argparse
import logging
from pathlib import Path

from odoo.tools import config

from . import idle_gate, order_discount, results


def main():
    """Run every case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--plain", required=True, help="database without the addon")
    parser.add_argument("--addon", required=True, help="database with the addon")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    config.parse_config(["-c", options.config, "--log-level=warn"], setup_logging=True)
    logging.getLogger("odoo").setLevel(logging.ERROR)
    tables = [
        case.run(options.plain, options.addon) for case in (idle_gate, order_discount)
    ]
    options.output.write_text(results.render(tables))


if __name__ == "__main__":
    main()
