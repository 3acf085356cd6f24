"""Faults of the whole service, in numbers: ``python -m tests.faults`` (docs/faults.md)."""
