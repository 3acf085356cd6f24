"""
A typed client of the HTTP service, with the service's own models (docs/api.md).

:mod:`api.client.operations` is written from the OpenAPI description by ``make client``; a test
fails when it is not as the description says.
"""

from api.client.calling import Versioned
from api.client.client import Client, TookTooLong
from api.client.refused import Unexpected

__all__ = ["Client", "TookTooLong", "Unexpected", "Versioned"]
