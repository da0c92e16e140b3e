"""What the costliest of many random and hostile documents takes: loading and linting, in CPU time of one core.

A document of many thousand values costs about eight microseconds for each, hostile or not.
"""

from __future__ import annotations

from contextlib import suppress
from time import process_time
from typing import Final

from bench import _report

MOST: Final = 0.1
"""Seconds of CPU one document may cost."""


def main() -> None:
    parser = _report.parser(__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="random ones, beside the hostile")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    costs = sorted(measured(100 if asked.quick else asked.documents, asked.seed), reverse=True)
    over = sum(cost > MOST for cost, _ in costs)
    rows = [(" ".join(text[:60].split()), len(text), cost * 1000) for cost, text in costs[:10]]
    _report.table(
        f"the costliest of {len(costs):,} documents; {over} over 100 ms", ("begins", "characters", "ms"), rows
    )
    _report.keep("fuzz", {"documents": len(costs), "over_100_ms": over, "most_ms": costs[0][0] * 1000}, asked)


def measured(number: int, seed: int) -> list[tuple[float, str]]:
    from deskwright.engine.linting import lint
    from deskwright.engine.loading import WorkflowError, load
    from tests.engine.hostile import documents

    load("")
    costs = []
    for text in documents(number, seed):
        began = process_time()
        with suppress(WorkflowError):
            lint(load(text))
        costs.append((process_time() - began, text))
    return costs


if __name__ == "__main__":
    main()
