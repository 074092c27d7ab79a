"""One container of the stitcher as a process of its own, which may be killed at any moment."""

from multiprocessing.connection import Connection

from headwater.identity.lines import Record
from headwater.identity.store import IdentityStore
from headwater.stitch import stitch

from tests.e2e.dynamodb.server import identity_table
from tests.fakes import MemoryStore
from tests.identity.tables import NOW, NoQueue


def serve(work: Connection, address: str, max_users: int) -> None:
    """Stitch each batch that comes; answer with where it must be delivered again, if anywhere."""
    store = IdentityStore(identity_table(address), max_users_per_device=max_users)
    while True:
        batch: list[tuple[str, bytes]] = work.recv()
        stitched = stitch(
            [Record(f"shardId-000000000000:{number}", number, data) for number, data in batch],
            store=store,
            configured=(),
            queue=NoQueue(),
            objects=MemoryStore(),
            now=NOW,
        )
        assert stitched.set_aside == 0
        work.send(stitched.failed_from)
