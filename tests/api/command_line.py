"""`hemplan` as tests call it."""

from __future__ import annotations

import pytest

from api.cli import main


def run(*arguments: object) -> int:
    """The exit code of the command line."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    assert isinstance(code, int)
    return code
