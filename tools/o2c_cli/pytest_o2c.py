"""pytest plugin: tests outside an addon, and a log without warnings."""

import logging

import pytest

# What Odoo itself says on any machine, whatever we do.
ALLOWED = (
    "py.warnings",
    "odoo.tools.config",
    "odoo.addons.base.models.ir_actions_report",
)


class _Collector(logging.Handler):
    """Keeps the warnings and errors logged while a test runs."""

    def __init__(self):
        super().__init__(level=logging.WARNING)
        self.records = []

    def emit(self, record):
        if not record.name.startswith(ALLOWED):
            self.records.append(
                f"{record.levelname} {record.name}: {record.getMessage()}"
            )


_collector = _Collector()


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes longer than a few seconds")


def pytest_collection_modifyitems(items):
    """Mark browser tests as slow, so that a quick run leaves them out."""
    for item in items:
        tags = getattr(getattr(item, "cls", None), "test_tags", None) or ()
        if "o2c_browser" in tags:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule():
    """Give tests outside an addon the tags Odoo gives to those inside one."""
    from odoo.tests.common import BaseCase

    if not hasattr(BaseCase, "test_tags"):
        BaseCase.test_tags = {"standard", "post_install"}
        BaseCase.test_module = "system"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """Fail a test that leaves warnings or errors in the log."""
    logging.getLogger().addHandler(_collector)
    _collector.records.clear()
    outcome = yield
    logging.getLogger().removeHandler(_collector)
    if _collector.records and outcome.excinfo is None:
        lines = "\n".join(_collector.records)
        outcome.force_exception(
            pytest.fail.Exception(f"The log holds warnings:\n{lines}", pytrace=False)
        )
