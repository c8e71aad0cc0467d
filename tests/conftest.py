"""What the system tests share; more of it lies in ``helpers``."""

from pathlib import Path

import pytest
from o2c_cli import paths


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Have the set-up command keep everything in a folder of the test's own."""
    old = paths.HOME
    for name, value in list(vars(paths).items()):
        if isinstance(value, Path) and value.is_relative_to(old):
            monkeypatch.setattr(paths, name, tmp_path / value.relative_to(old))
    return tmp_path
