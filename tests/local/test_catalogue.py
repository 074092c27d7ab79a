"""docs/destinations.md says what the data sheets say."""

from headwater.destinations import DESTINATIONS

from local.catalogue import PAGE, up_to_date


def test_the_page_is_as_the_data_sheets_say() -> None:
    page = PAGE.read_text()

    assert up_to_date(page) == page, "docs/destinations.md is stale: run make docs"


def test_a_stale_page_is_noticed() -> None:
    page = up_to_date(PAGE.read_text())
    stale = page.replace("500 items, 512 kB", "700 items, 512 kB")

    assert stale != page
    assert up_to_date(stale) == page


def test_what_is_written_by_hand_stays() -> None:
    page = PAGE.read_text().replace("# Destinations\n", "# Our destinations\n", 1)

    assert up_to_date(page).startswith("# Our destinations\n")


def test_every_type_has_a_row_and_a_paragraph() -> None:
    page = up_to_date(PAGE.read_text())

    assert all(f"| [`{slug}`](#{slug}) |" in page for slug in DESTINATIONS)
    assert all(f"\n### {slug}\n" in page for slug in DESTINATIONS)
