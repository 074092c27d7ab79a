"""Languages and time zones, written one way."""

import pytest
from headwater.enrichments.locale import locale

from tests.examples import a_received, a_stored_track, enriched_by


def found(**context: object) -> object:
    event = enriched_by(locale, a_stored_track(context=context), a_received())
    return event.enrichment.get("locale")


@pytest.mark.parametrize(
    ("said", "tag", "language", "region"),
    [
        ("en-US", "en-US", "en", "US"),
        ("en-US@posix", "en-US", "en", "US"),
        ("pt_BR.UTF-8", "pt-BR", "pt", "BR"),
        ("zh-hant-tw", "zh-Hant-TW", "zh", "TW"),
        ("ES-419", "es-419", "es", "419"),
        ("de", "de", "de", None),
        (" fil-PH ", "fil-PH", "fil", "PH"),
    ],
)
def test_a_language_is_a_tag(said: str, tag: str, language: str, region: str | None) -> None:
    expected = {"tag": tag, "language": language, "region": region}

    assert found(locale=said) == {name: value for name, value in expected.items() if value}


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Europe/Amsterdam", "Europe/Amsterdam"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("GMT+0000", "UTC"),
        ("GMT+0530", "+05:30"),
        ("UTC-8", "-08:00"),
        ("+09:00", "+09:00"),
    ],
)
def test_a_zone_is_a_name_or_an_offset(said: str, zone: str) -> None:
    assert found(timezone=said) == {"timezone": zone}


@pytest.mark.parametrize(
    "said",
    ["", "C", "english", "x" * 5_000, "GMT+9900", "../../etc/passwd", "a b", 5, None, ["en"]],
)
def test_anything_else_is_nothing(said: object) -> None:
    assert found(locale=said, timezone=said if said != "C" and said != "english" else None) in (
        None,
        {},
    )
