# Runs in Odoo's shell: brings the translation files up to date with the code.
import os
from pathlib import Path

from o2c_cli import terms

folder = Path(os.environ["O2C_ADDON"])
terms.update(env, folder.name, folder)  # noqa: F821
