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
from numba import types as _types
from numba.core import config as _config

# Numba makes its settings at run time and annotates little, so type checkers are told nothing.
config: Any = _config
types: Any = _types

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
    elsewhere = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        made: Function = njit(**options)(function)
    finally:
        config.CACHE_DIR = elsewhere
    # With NUMBA_DISABLE_JIT it is the function itself.
    if made is not function:
        _compile_once(made)
    return made


def _compile_once(dispatcher: Any) -> None:
    """
    Let calls from other kernels share one compilation, whatever integers they pass.

    Numba would compile a kernel anew for each mixture of 32 and 64 bits and of constants.
    """
    template = dispatcher.get_call_template

    def wide(args: Any, kws: Any) -> Any:
        return template(tuple(map(_wide, args)), {name: _wide(kws[name]) for name in kws})

    dispatcher.get_call_template = wide


def _wide(kind: Any) -> Any:
    """The type as which an argument is passed on: integers of any kind as 64 bits."""
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) else kind


def kernel(function: Function) -> Function:
    """Compile `function` on its first call."""
    return _compiled(function)


def inlined(function: Function) -> Function:
    """As `kernel`, for small ones: always compiled into their callers."""
    return _compiled(function, forceinline=True)


def pasted(function: Function) -> Function:
    """As `kernel`, for parts of one caller: compiled with it and never by itself."""
    return _compiled(function, inline="always")
