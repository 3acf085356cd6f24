"""Settings: a default for each, and no wrong one passes unseen."""

from __future__ import annotations

import pytest

from api.server.settings import Settings, read_settings
from scheduler.care.errors import InvalidInput


def test_nothing_has_to_be_configured() -> None:
    assert read_settings({"PATH": "/bin", "HEMPLAN_BENCHMARKS": "elsewhere"}) == Settings()


def test_variables_replace_defaults() -> None:
    read = read_settings({"HEMPLAN_MUNICIPALITY": "0180", "HEMPLAN_QUEUED": "0"})
    assert (read.municipality, read.queued) == ("0180", 0)


def test_all_wrong_variables_are_told_without_their_content() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_settings({"HEMPLAN_MAX_BYTES": "0", "HEMPLAN_QUEUED": "secret", "HEMPLAN_PRICES": "p"})
    assert {finding.where for finding in refused.value.findings} == {
        "HEMPLAN_MAX_BYTES",
        "HEMPLAN_QUEUED",
    }
    assert "secret" not in str(refused.value)
