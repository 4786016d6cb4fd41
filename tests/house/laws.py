"""How many examples a law is tried on: few with every change, very many in `make laws`.

A law says nothing of its own examples, so that the profile decides.
"""

from typing import Final

from hypothesis import HealthCheck, settings

_SLOW: Final = [HealthCheck.too_slow, HealthCheck.data_too_large]

# The same examples for every change, so that it is judged by what it changes; `make laws` looks further each time.
settings.register_profile("change", max_examples=60, deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("laws", max_examples=10_000, deadline=None, suppress_health_check=_SLOW)
