"""A client that waits to be needed."""

from headwater.adapters.late import late


def test_a_late_client_is_built_once_and_by_its_first_call() -> None:
    built: list[list[str]] = []

    def build() -> list[str]:
        built.append(["made"])
        return built[-1]

    client = late(build)
    before = len(built)
    client.append("asked")

    assert (before, client.count("asked"), built) == (0, 1, [["made", "asked"]])
