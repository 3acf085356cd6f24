"""A real identity provider, started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.access import oidc_provider


@pytest.fixture(scope="session")
def oidc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running OpenID Connect provider."""
    with oidc_provider.running(tmp_path_factory.mktemp("oidc")) as address:
        yield address
