"""What is measured and how: CPU-seconds of a process, and times of requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PER_CPU = "per CPU-s"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `floor` is the same unit's least cost in the same run, where there is one."""

    value: float
    unit: str
    floor: float | None = None
    target: float | None = None

    def document(self) -> dict[str, float | str | None]:
        return {"value": round(self.value, 2), "unit": self.unit, "target": self.target, "floor": self.floor}


def cpu_of(process: psutil.Process) -> float:
    """CPU-seconds that a process and its children have used."""
    return sum(one.cpu_times().user + one.cpu_times().system for one in (process, *process.children(recursive=True)))


def peak_of(process: psutil.Process) -> float:
    """Megabytes that a process has held at most, as Linux keeps it."""
    [line] = [line for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e6


async def at_once(jobs: Sequence[Callable[[], Awaitable[None]]], concurrency: int) -> list[float]:
    """Run the jobs, so many at a time; the seconds that each took, sorted."""
    waiting, took = iter(jobs), []

    async def work() -> None:
        for job in waiting:
            began = time.perf_counter()
            await job()
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(work() for _ in range(concurrency)))
    return sorted(took)


def percentile(took: Sequence[float], share: float) -> float:
    """Milliseconds below which `share` of the sorted seconds lie."""
    return took[min(len(took) - 1, int(len(took) * share))] * 1000
