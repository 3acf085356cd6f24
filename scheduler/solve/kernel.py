"""
How the kernels are compiled: without the interpreter's lock, cached on disk, without counting
references to arrays.

Kernels neither allocate nor keep arrays, so there is nothing to count; counting would cost more
than most of what they do, and make threads wait for each other.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit
from numba.core import config as _config

Function = TypeVar("Function", bound=Callable[..., Any])

HERE = Path(__file__).parent


def _cache() -> Path:
    """
    Where compiled kernels are kept: a directory of their own for each state of the sources.

    Numba sees when a kernel's own file changes, but not when a kernel that it calls does.
    """
    digest = hashlib.sha256()
    for path in (*sorted(HERE.glob("*.py")), HERE.parent / "problem.py"):
        digest.update(path.read_bytes())
    name = f"kernels-{digest.hexdigest()[:16]}"
    beside = HERE / "__pycache__" / name
    try:
        beside.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / f"hemplan-{name}"
    return beside


CACHE = _cache()


def _compiled(function: Function, **options: Any) -> Function:
    options |= {"cache": True, "nogil": True, "_nrt": False}
    # Numba makes its settings at run time, so no type checker knows them.
    config: Any = _config
    elsewhere = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        made: Function = njit(**options)(function)
    finally:
        config.CACHE_DIR = elsewhere
    return made


def kernel(function: Function) -> Function:
    """Compile `function` on its first call."""
    return _compiled(function)


def inlined(function: Function) -> Function:
    """As `kernel`, for small ones: always compiled into their callers."""
    return _compiled(function, forceinline=True)
