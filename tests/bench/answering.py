"""Our application without its jobs, so that what an answer costs is told apart from what it leads to."""

from app.kernel.refusal import Refusal
from app.main import Web, build
from app.wiring import open_instance, read_settings


def application() -> Web:
    """uvicorn calls this."""
    settings = read_settings()
    instance = settings if isinstance(settings, Refusal) else open_instance(settings)
    if isinstance(instance, Refusal):
        raise TypeError(instance.because)
    return build(instance, with_worker=False)
