"""The results as a page people can read."""

import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from odoo.release import version


@dataclass(frozen=True)
class Table:
    """The results of one case; the first measurement is what others are held to."""

    title: str
    note: str
    measurements: list

    def render(self):
        """Return the table in Markdown."""
        base = self.measurements[0]
        lines = [
            f"## {self.title}",
            "",
            self.note,
            "",
            "| | median | middle half | ratio | queries |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
        for each in self.measurements:
            low, high = each.spread
            lines.append(
                f"| {each.name} | {each.median:.1f} ms | {low:.1f} to {high:.1f} ms "
                f"| {each.median / base.median:.2f} | {each.median_queries:.0f} |"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class PartTable(Table):
    """The results of a case that adds something to the first measurement; what the
    second one adds is what others are held to."""

    def render(self):
        """Return the table in Markdown."""
        base, *others = self.measurements
        lines = [
            f"## {self.title}",
            "",
            self.note,
            "",
            "| | median | middle half | queries | approval part | ratio "
            "| queries of it | ratio |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            f"{self._render_whole(base)} | | | | |",
        ]
        held_to = self._get_part(others[0])
        for each in others:
            part = self._get_part(each)
            time, queries = (
                mine / theirs for mine, theirs in zip(part, held_to, strict=True)
            )
            lines.append(
                f"{self._render_whole(each)} | {part[0]:.1f} ms | {time:.2f} "
                f"| {part[1]:.0f} | {queries:.2f} |"
            )
        return "\n".join(lines)

    def _render_whole(self, each):
        low, high = each.spread
        return (
            f"| {each.name} | {each.median:.1f} ms | {low:.1f} to {high:.1f} ms "
            f"| {each.median_queries:.0f}"
        )

    def _get_part(self, each):
        """Return the milliseconds and queries that come on top of the first."""
        base = self.measurements[0]
        return each.median - base.median, each.median_queries - base.median_queries


def render(tables):
    """Return the page of results in Markdown."""
    head = [
        "# Benchmark results",
        "",
        f"Made by `./o2c bench` on {date.today():%Y-%m-%d}: {_get_processor()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, Odoo {version}. "
        "Compare the ratios, which come from one run; the times belong to the machine.",
    ]
    return "\n".join([*head, *(f"\n{table.render()}" for table in tables)]) + "\n"


def _get_processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
