"""The size budget: `python -m tools.budget [ROOT]` prints every function, file and template over its limit; exit 1.

Percentiles are taken over the package: one long function may exist, a habit of them may not. Generated files do not
count.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_MOST = 8, 25, 60
FILE_P90, FILE_MOST = 250, 400
TEMPLATE_MOST = 120
PACKAGE = "src/deskwright"
CHECKED = (PACKAGE, "tests", "bench", "tools")
GENERATED = {"migrations", "locale", "__pycache__", "results"}


class Piece(NamedTuple):
    where: str
    lines: int


def main(root: Path) -> int:
    functions, files, templates = measure(root)
    problems = list(excesses(functions, files, templates))
    print("\n".join(problems) or _summary(functions, files))
    return 1 if problems else 0


def measure(root: Path) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """Functions, files (Python, SQL, JavaScript) and templates under `root`, with their lines."""
    sources = [path for top in CHECKED for path in _files(root / top, ".py", ".sql", ".js")]
    files = [Piece(str(path.relative_to(root)), _lines(path)) for path in sources]
    functions = [piece for path in sources if path.suffix == ".py" for piece in _functions(root, path)]
    pages = _files(root / PACKAGE, ".html")
    return functions, files, [Piece(str(path.relative_to(root)), _lines(path)) for path in pages]


def excesses(functions: list[Piece], files: list[Piece], templates: list[Piece]) -> Iterator[str]:
    """One sentence per broken limit."""
    for pieces, most in ((functions, FUNCTION_MOST), (files, FILE_MOST), (templates, TEMPLATE_MOST)):
        yield from (f"{piece.where}: {piece.lines} lines, at most {most}" for piece in pieces if piece.lines > most)
    own_functions, own_files = _of_package(functions), _of_package(files)
    for what, pieces, share, limit in (
        ("functions' median", own_functions, 0.5, FUNCTION_MEDIAN),
        ("functions' 90th percentile", own_functions, 0.9, FUNCTION_P90),
        ("files' 90th percentile", own_files, 0.9, FILE_P90),
    ):
        found = percentile([piece.lines for piece in pieces], share)
        if found > limit:
            yield f"{PACKAGE}: the {what} is {found} lines, at most {limit}"


def percentile(values: Sequence[int], share: float) -> int:
    """The smallest value that at least `share` of the values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] if ordered else 0


def _functions(root: Path, path: Path) -> Iterator[Piece]:
    """A function's lines run from its `def` to its end, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring(node)
            yield Piece(f"{path.relative_to(root)}:{node.lineno} {node.name}", lines)


def _docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _files(top: Path, *suffixes: str) -> list[Path]:
    found = (path for path in top.rglob("*") if path.suffix in suffixes)
    return sorted(path for path in found if not GENERATED & set(path.relative_to(top).parts))


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _of_package(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.where.startswith(PACKAGE)]


def _summary(functions: list[Piece], files: list[Piece]) -> str:
    lines, sizes = [one.lines for one in _of_package(functions)], [one.lines for one in _of_package(files)]
    function = "/".join(str(percentile(lines, share)) for share in (0.5, 0.9, 1.0))
    file = "/".join(str(percentile(sizes, share)) for share in (0.5, 0.9, 1.0))
    return f"{len(lines)} functions of {function} lines, {len(sizes)} files of {file} lines (median/p90/most)"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
