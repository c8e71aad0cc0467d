"""What the system tests share lies in ``helpers``."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE / "helpers", HERE.parent / "tools"):
    sys.path.insert(0, str(folder))
