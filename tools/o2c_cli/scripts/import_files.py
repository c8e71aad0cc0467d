# Runs in Odoo's shell: loads the files of a job, or nothing of them.
import json
import os
from functools import partial
from pathlib import Path

from o2c_cli.importing import job

from odoo.service.model import retrying

task = json.loads(os.environ["O2C_IMPORT"])
outcome = retrying(
    partial(
        job.run,
        env,  # noqa: F821
        [Path(name) for name in task["files"]],
        kind=task["kind"],
        check_only=task["check"],
    ),
    env,  # noqa: F821
)
Path(task["outcome"]).write_text(json.dumps(outcome))
