"""One lane a destination: its slowness takes its own threads and its own time, nobody else's."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor

THREADS_PER_LANE = 4

# Makes a pool of so many threads, of that name.
type Pools = Callable[[int, str], Executor]


def by_lane[T, K: Hashable](things: Iterable[T], lane: Callable[[T], K]) -> Mapping[K, list[T]]:
    """Group the things, in order, by the lane they belong to."""
    lanes: dict[K, list[T]] = defaultdict(list)
    for thing in things:
        lanes[lane(thing)].append(thing)
    return lanes


def run[T, R](
    lanes: Mapping[str, list[T]],
    work: Callable[[T], R],
    *,
    threads: int = THREADS_PER_LANE,
    pools: Pools = ThreadPoolExecutor,
) -> list[R]:
    """Run every lane beside the others, a few things of one lane at a time.

    Returns when all are done: `work` keeps its own deadline, for a thread cannot be stopped. What
    `work` raises is raised here, after every other thing was done.
    """
    opened: list[Executor] = []
    futures: list[Future[R]] = []
    try:
        for name, things in lanes.items():
            if not things:
                continue
            pool = pools(min(threads, len(things)), f"lane-{name}")
            opened.append(pool)
            futures += [pool.submit(work, thing) for thing in things]
    finally:
        for pool in opened:
            pool.shutdown(wait=True)
    return [future.result() for future in futures]
