"""The `work` process: does what is due until told to stop. Any number may run beside each other."""

from __future__ import annotations

import argparse

from deskwright.cli import leash


def add_arguments(parser: argparse.ArgumentParser) -> None:
    leash.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    from deskwright.jobs import worker

    stop = leash.until_told()
    leash.hold(args.leash)
    worker.run(stop)
    return 0
