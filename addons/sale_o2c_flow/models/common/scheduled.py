"""Work of scheduled actions on many records, each on its own."""

import logging

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


def do_each(records, work):
    """Do some work on each record and commit it, as long as there is time.

    What one of them meets with is no matter of the others. It is tried again the next
    time, also where somebody works on the record right now.

    :param work: function of one record
    """
    cron = records.env["ir.cron"]
    cron._commit_progress(remaining=len(records))
    for record in records:
        try:
            with records.env.cr.savepoint():
                work(record)
        except (UserError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY) as error:
            _logger.info("%s waits for the next time: %s", record, error)
        except Exception:
            _logger.exception("Scheduled work on %s failed", record)
        if not cron._commit_progress(1):
            break
