"""Benchmarks: databases to run them on, and one process that runs them all."""

import subprocess

from . import database, paths, peer, postgres
from .console import O2cError, say, step

PLAIN = "o2c_bench_plain"
ADDON = "o2c_bench_addon"
PEER = "o2c_bench_peer"
RESULTS = paths.REPO / "bench" / "RESULTS.md"


def bench():
    """Run every benchmark and write the page of results.

    :raise O2cError: if a benchmark fails
    """
    templates = {PLAIN: database.ensure_base(), ADDON: database.ensure_addon()}
    command = [paths.BIN / "python", "-m", "bench", "--config", paths.CONFIG]
    command += ["--plain", PLAIN, "--addon", ADDON, "--output", RESULTS]
    if template := peer.ensure_peer():
        templates[PEER] = template
        command += ["--peer", PEER, "--addons-path", peer.get_addons_path()]
    with step("Benchmark databases"):
        for name, template in templates.items():
            database.copy(template, name)
    with step("Benchmarks"):
        process = subprocess.run(
            [str(part) for part in command],
            cwd=paths.REPO,
            env=postgres.get_environment(),
            stdin=subprocess.DEVNULL,
            check=False,
        )
    for name in templates:
        database.drop(name)
    if process.returncode:
        raise O2cError("A benchmark failed; what it said stands above.")
    say(RESULTS.read_text())
