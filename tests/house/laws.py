"""Read by `make laws`: the laws once more, with far more examples than a change can wait for."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "laws", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
