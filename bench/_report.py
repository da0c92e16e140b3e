"""How a benchmark speaks: one table on the screen, one JSON file under bench/results/."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any, Final

RESULTS: Final = Path(__file__).resolve().parent / "results"
RUNS: Final = 5


def parser(description: str | None) -> argparse.ArgumentParser:
    """`--quick`: one short run of each figure, to see that it works; its figures mean nothing."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--quick", action="store_true", help="a smoke run")
    made.add_argument("--results", type=Path, default=RESULTS, help="where the figures are kept")
    return made


def options(description: str | None) -> argparse.Namespace:
    """What is asked of a benchmark that takes no more than these."""
    return parser(description).parse_args()


def runs(quick: bool) -> int:
    return 1 if quick else RUNS


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that at least `share` of them do not exceed (nearest rank)."""
    return sorted(values)[max(1, ceil(share * len(values))) - 1]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    texts = [[shown(cell) for cell in row] for row in rows]
    widths = [max(len(line[place]) for line in [list(head), *texts]) for place in range(len(head))]
    print(f"\n{title}")
    for line in [list(head), ["-" * width for width in widths], *texts]:
        cells = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  " + "  ".join(cells))


def shown(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def keep(name: str, figures: dict[str, Any], asked: argparse.Namespace) -> None:
    """Write the figures with what they were measured on."""
    asked.results.mkdir(exist_ok=True)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    path = asked.results / f"{name}.json"
    path.write_text(json.dumps({"quick": asked.quick, "machine": machine, **figures}, indent=2), encoding="utf-8")
    print(f"  kept in {path.parent.name}/{path.name}")


def middle(values: Sequence[float]) -> float:
    return float(median(values))
