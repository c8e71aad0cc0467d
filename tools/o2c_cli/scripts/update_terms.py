# Runs in Odoo's shell: brings the translation files up to date with the code.
import os
from pathlib import Path

from o2c_cli import terms

for folder in map(Path, os.environ["O2C_ADDONS"].split(os.pathsep)):
    terms.update(env, folder.name, folder)  # noqa: F821
