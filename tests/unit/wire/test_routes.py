"""Every path that real clients call, and what is no path of ours."""

import pytest
from headwater.events import MESSAGE_TYPES
from headwater.outcomes import RefuseCode, Refused
from headwater.wire.routes import (
    Canary,
    ClientMetrics,
    Health,
    Pixel,
    Preflight,
    Route,
    SettingsDocument,
    SourceConfig,
    TagJs,
    Upload,
    route,
)

_ROUTES: list[tuple[str, str, Route]] = [
    *[("POST", f"/v1/{type_}", Upload(type_)) for type_ in MESSAGE_TYPES],
    *[("POST", f"/v1/{type_[0]}", Upload(type_)) for type_ in MESSAGE_TYPES],
    *[("POST", f"/api/s/{type_}", Upload(type_)) for type_ in MESSAGE_TYPES],
    *[("POST", f"/api/s/s2s/{type_}", Upload(type_)) for type_ in MESSAGE_TYPES],
    *[("GET", f"/v1/pixel/{type_}", Pixel(type_)) for type_ in MESSAGE_TYPES],
    *[("GET", f"/api/px/{type_}", Pixel(type_)) for type_ in MESSAGE_TYPES],
    *[
        ("POST", path, Upload(None))
        for path in (
            "/v1/batch",
            "/v1/b",
            "/v1/import",
            "/beacon/v1/batch",
            "/api/s/s2s/batch",
            "/v1/batch/b",
            "/b",
            "/batch",
            "/batch/b",
        )
    ],
    ("GET", "/pixel/v1/page", Pixel("page")),
    ("GET", "/sourceConfig", SourceConfig()),
    ("GET", "/v1/projects/KEY/settings", SettingsDocument("KEY")),
    ("GET", "/v1/projects/projects/KEY/settings", SettingsDocument("KEY")),
    ("GET", "/projects/KEY/settings", SettingsDocument("KEY")),
    ("GET", "/projects/projects/KEY/settings", SettingsDocument("KEY")),
    ("GET", "/v1/projects", SettingsDocument(None)),
    ("GET", "/projects", SettingsDocument(None)),
    ("GET", "/tag.js", TagJs(None)),
    ("GET", "/tag.0123456789abcdef.js", TagJs("0123456789abcdef")),
    ("GET", "/px.gif", Canary()),
    ("POST", "/v1/m", ClientMetrics()),
    ("GET", "/v1/health", Health()),
]


@pytest.mark.parametrize(("method", "path", "asked"), _ROUTES)
def test_every_path_works_with_and_without_prefix_and_trailing_slash(
    method: str, path: str, asked: Route
) -> None:
    found = [route(method, p, "/ev") for p in (path, path + "/", "/ev" + path, f"/ev{path}/")]

    assert found == [asked] * 4


def test_a_workspace_without_a_prefix_answers_at_the_root_only() -> None:
    assert route("POST", "/v1/t", "") == Upload("track")
    assert isinstance(route("POST", "/ev/v1/t", ""), Refused)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/ev",
        "/ev/ev/v1/t",
        "/v1/teleport",
        "/v1/track/extra/deep",
        "/v1/track//",
        "/v1/%74rack",
        "/v1/..%2f..%2fadmin",
        "/V1/TRACK",
        "/v1/projects//settings",
        "/v1/projects/a/b/settings",
        "/v1/projects/" + "k" * 201 + "/settings",
        "/v1/" + "a" * 4_000,
    ],
)
def test_what_is_no_path_of_ours_is_not_found(path: str) -> None:
    assert isinstance(found := route("POST", path, "/ev"), Refused)
    assert found.code is RefuseCode.NOT_FOUND


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/track"),
        ("PATCH", "/v1/track"),
        ("HEAD", "/v1/b"),
        ("HEAD", "/v1/pixel/track"),  # its GET is an event; looking at it must not be one
        ("POST", "/v1/pixel/track"),
        ("POST", "/v1/projects/KEY/settings"),
    ],
)
def test_another_method_is_refused(method: str, path: str) -> None:
    assert isinstance(found := route(method, path, "/ev"), Refused)
    assert found.code is RefuseCode.METHOD_NOT_ALLOWED


def test_any_path_may_be_asked_about() -> None:
    assert route("OPTIONS", "/v1/t", "/ev") == Preflight()
    assert route("OPTIONS", "/anything/at/all", "/ev") == Preflight()


def test_a_head_asks_what_a_get_would_answer() -> None:
    assert route("HEAD", "/v1/health", "/ev") == Health()
    assert route("HEAD", "/ev/v1/projects/KEY/settings", "/ev") == SettingsDocument("KEY")
