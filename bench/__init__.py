"""Benchmarks anyone can run: `make bench`, or one of them with `python -m bench.NAME`. `--quick` is a smoke run."""
