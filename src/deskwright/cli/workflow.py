"""`deskwright check FILE` and `deskwright explain FILE TICKET.json`: a workflow on its own, no desk, no database.

Exit codes: 0 fine, 1 problems or failing tests (with --strict also lints), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deskwright.cli.failures import Refused
from deskwright.desk import clock
from deskwright.desk.holidays import public_holidays
from deskwright.engine.describing import described
from deskwright.engine.explaining import Explanation
from deskwright.engine.explaining import explain as explanation_of
from deskwright.engine.fixing import fix
from deskwright.engine.linting import lint
from deskwright.engine.loading import load
from deskwright.engine.problems import Problem, WorkflowError
from deskwright.engine.testing import Result, run_tests
from deskwright.engine.workflow import Workflow


def read(path: str) -> str:
    """A file's text; `-` is standard input. Raises Refused."""
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise Refused(f"{path} is not UTF-8 text (byte {trouble.start}).") from None
    except OSError as trouble:
        raise Refused(f"{path} cannot be read: {trouble.strerror}.") from None


def loaded(path: str) -> Workflow:
    """The workflow of a file. Raises Refused, and WorkflowError with every problem."""
    return load(read(path), holidays=public_holidays)


def tell_problems(path: str, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        print(f"{path}:{problem.line}:{problem.column}: {said(problem)}", file=sys.stderr)
    number = len(problems)
    print(f"{number} {'problem' if number == 1 else 'problems'}; nothing was changed.", file=sys.stderr)


def said(problem: Problem) -> str:
    hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
    where = f" ({problem.path})" if problem.path else ""
    return f"{problem.message}{hint}{where}"


# check


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the workflow; - reads standard input")
    parser.add_argument("--json", action="store_true", help="tell everything as one JSON document")
    parser.add_argument("--strict", action="store_true", help="fail on lints too")
    parser.add_argument("--fix", action="store_true", help="mend what is mechanical in FILE, and say what was done")


def check(args: argparse.Namespace) -> int:
    """Returns 0 when the workflow loads and its tests pass, else 1."""
    problems: tuple[Problem, ...] = ()
    lints: tuple[Problem, ...] = ()
    results: tuple[Result, ...] = ()
    if args.fix:
        mend(args.file)
    try:
        workflow = loaded(args.file)
    except WorkflowError as error:
        problems = error.problems
    else:
        lints, results = lint(workflow), run_tests(workflow)
    fine = not problems and all(result.passed for result in results) and not (args.strict and lints)
    if args.json:
        print(json.dumps(report(args.file, problems, lints, results, fine), indent=2, ensure_ascii=False))
    else:
        tell(args.file, problems, lints, results)
    return 0 if fine else 1


def mend(path: str) -> None:
    """Write the file again if anything in it was mechanical, and tell it on standard error. Raises Refused."""
    if path == "-":
        raise Refused("--fix needs a file it can write; standard input is none.")
    fixed = fix(read(path), public_holidays)
    if fixed.done:
        try:
            Path(path).write_bytes(fixed.text.encode())
        except OSError as trouble:
            raise Refused(f"{path} cannot be written: {trouble.strerror}.") from None
    for sentence in fixed.done:
        print(f"{path}: fixed: {sentence}", file=sys.stderr)


def report(
    path: str, problems: tuple[Problem, ...], lints: tuple[Problem, ...], results: tuple[Result, ...], fine: bool
) -> dict[str, Any]:
    return {
        "file": path,
        "ok": fine,
        "problems": [problem.as_json() for problem in problems],
        "lints": [problem.as_json() for problem in lints],
        "tests": [
            {"name": one.name, "line": one.line, "passed": one.passed, "faults": list(one.faults)} for one in results
        ],
    }


def tell(path: str, problems: tuple[Problem, ...], lints: tuple[Problem, ...], results: tuple[Result, ...]) -> None:
    for problem in problems:
        print(f"{path}:{problem.line}:{problem.column}: {said(problem)}")
    for one in lints:
        place = f"{path}:{one.line}:{one.column}" if one.line else path
        print(f"{place}: lint: {said(one)}")
    for result in results:
        for fault in result.faults:
            print(f"{path}:{result.line}: {result.name} fails: {fault}")
    print(summary(problems, lints, results))


def summary(problems: tuple[Problem, ...], lints: tuple[Problem, ...], results: tuple[Result, ...]) -> str:
    if problems:
        return f"{counted(len(problems), 'problem')}: this workflow does not load."
    failed = sum(not result.passed for result in results)
    tests = f"{counted(len(results), 'test')}, {failed} failed" if failed else f"{counted(len(results), 'test')} passed"
    return f"It loads. {tests}; {counted(len(lints), 'lint')}."


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


# explain


def add_explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the workflow; - reads standard input")
    parser.add_argument("ticket", metavar="TICKET.json", help='the ticket, such as {"priority": "high", "text": "..."}')
    parser.add_argument("--at", metavar="TIME", help="when it opens, such as 2026-11-23T10:00 (default: now)")
    parser.add_argument("--json", action="store_true", help="tell everything as one JSON document")


def explain(args: argparse.Namespace) -> int:
    """Returns 0 when the decision was told, 1 when the workflow does not load. Raises Refused."""
    if args.file == args.ticket == "-":
        raise Refused("Only one of the two files can be standard input.")
    try:
        workflow = loaded(args.file)
    except WorkflowError as error:
        tell_problems(args.file, error.problems)
        return 1
    found = explained(workflow, args.ticket, args.at)
    print(json.dumps(found.as_json(), indent=2, ensure_ascii=False, default=str) if args.json else found.text)
    return 0


def explained(workflow: Workflow, ticket: str, at: str | None) -> Explanation:
    try:
        given = described(workflow, json.loads(read(ticket)))
    except json.JSONDecodeError as trouble:
        raise Refused(f"{ticket} is not JSON: {trouble.msg} (line {trouble.lineno}, column {trouble.colno}).") from None
    except ValueError as trouble:
        raise Refused(
            f"{ticket} describes no ticket of this workflow:\n  " + "\n  ".join(str(trouble).split("\n"))
        ) from None
    return explanation_of(workflow, given, instant(workflow, at))


def instant(workflow: Workflow, text: str | None) -> datetime:
    """The moment meant: without an offset it is read in the zone of the desk's default calendar. Raises Refused."""
    if text is None:
        return clock.now()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--at {text!r} is no moment; write it like 2026-11-23T10:00 or 2026-11-23T10:00Z.") from None
    calendar = workflow.calendars.get(workflow.sla.calendar or "")
    zone = ZoneInfo((calendar and calendar.timezone) or "UTC")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
