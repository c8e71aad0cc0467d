"""Where things are kept: all of it under one folder that can be thrown away."""

import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("O2C_HOME") or REPO / ".o2c").absolute()
ADDONS = REPO / "addons"
REQUIREMENTS = REPO / "requirements"

VENV = HOME / "venv"
LINT_VENV = HOME / "venv-lint"
BIN = VENV / "bin"
ODOO_ROOT = HOME / "odoo"
ODOO_POINTER = HOME / "odoo-path"
DATA = HOME / "data"
LOGS = HOME / "logs"
CONFIG = HOME / "odoo.conf"
SERVER_PID = HOME / "server.pid"
SETTINGS = HOME / "settings.json"
STAMPS = HOME / "stamps"
LOGINS = REPO / "tools" / "o2c_cli" / "logins.csv"


def get_addons():
    """Return the names of the addons."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def log(name):
    """Return the path of a log file."""
    return LOGS / f"{name}.log"
