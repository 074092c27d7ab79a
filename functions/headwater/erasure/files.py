"""The lake's Parquet without a person: only the files that hold them are written anew, a date at a time."""

from dataclasses import dataclass

import duckdb

from headwater.erasure.ledger import Ledger
from headwater.erasure.lines import Whose
from headwater.erasure.mentions import distinct
from headwater.erasure.namelessness import KEPT
from headwater.erasure.outside import Outside
from headwater.erasure.person import Person
from headwater.lake.leases import acquire, release
from headwater.lake.rewriting import Nameless, Rows, connect, rewriter
from headwater.lake.rollup import finish_swaps


@dataclass(frozen=True, slots=True)
class Files:
    """The Parquet under a prefix. `counting`: whether its rows are what counts, and may stay nameless."""

    name: str
    prefix: str
    counting: bool = False

    def run(self, ledger: Ledger, whose: Whose, outside: Outside) -> bool:
        """Clean the dates that are left; False when time ended first, or another has a date."""
        listed = {entry.key.split("/")[1] for entry in outside.store.list(self.prefix)}
        days = sorted(day.removeprefix("dt=") for day in listed)
        with connect(outside.directory) as connection:
            for number, day in enumerate(days, 1):
                if day <= ledger.job.after:
                    continue
                if not outside.may_go_on():
                    return False
                outside.show(self.name, number, len(days))
                if not self._clean_date(day, ledger, whose, outside, connection):
                    return False
                # By whole dates: a roll-up may give a date's rows another file meanwhile.
                ledger.passed(day)
        return True

    def _clean_date(
        self,
        day: str,
        ledger: Ledger,
        whose: Whose,
        outside: Outside,
        connection: duckdb.DuckDBPyConnection,
    ) -> bool:
        store, now = outside.store, outside.now()
        lease = acquire(store, f"events/dt={day}", now=now, until=now + outside.lease_for)
        if lease is None:
            return False
        finish_swaps(store, day)
        # Listed now that the date is ours: nobody adds a file before the lease is released.
        keys = [entry.key for entry in store.list(f"{self.prefix}dt={day}/")]
        done = all(
            outside.may_go_on() and self._clean_file(key, ledger, whose, outside, connection)
            for key in keys
        )
        release(store, lease, now=outside.now())
        return done

    def _clean_file(
        self,
        key: str,
        ledger: Ledger,
        whose: Whose,
        outside: Outside,
        connection: duckdb.DuckDBPyConnection,
    ) -> bool:
        person = whose.person
        file = rewriter(key, outside.store, connection, outside.directory, rows_of(person))
        total, theirs, mentions = file.count()
        if theirs or mentions:
            stay = whose.counting and self.counting
            nameless = Nameless(KEPT, person.name, person.secret) if stay else None
            left = total if stay else total - theirs
            ledger.effect(
                key,
                self.name,
                {"objects": 1, "found": theirs, "mentions": mentions},
                lambda: file.swap(outside.store, nameless, left=left),
            )
        return True


def rows_of(person: Person) -> Rows:
    """Say whose rows are looked for."""
    return Rows(
        users=person.users,
        devices=tuple(sorted(person.device_set)),
        instead={id_: person.instead_of(id_) for id_ in sorted(person.ids)},
        distinct=tuple(id_ for id_ in sorted(person.ids) if distinct(id_)),
    )
