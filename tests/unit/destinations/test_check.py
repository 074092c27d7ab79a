"""A workspace's destinations are checked before anything starts, without reading a secret."""

from hashlib import sha256
from typing import Any

import pytest
from headwater.destinations import check
from headwater.errors import DependencyError, WorkspaceError
from headwater.workspace import Workspace, load

from tests.examples import a_stored_track
from tests.fakes import MemorySecrets


def a_workspace(*destinations: dict[str, Any]) -> Workspace:
    source = {"id": "shop-web", "kind": "browser", "write_keys": ["browser-key-1"]}
    return Workspace.model_validate(
        {"name": "shop", "sources": [source], "destinations": destinations}
    )


def a_webhook(**settings: Any) -> dict[str, Any]:
    return {
        "id": "crm",
        "type": "webhook",
        "settings": {"url": "https://hooks.example.com/in", **settings},
    }


def test_the_demo_workspace_is_in_order() -> None:
    checked = check(load("demo"))

    assert [(one.id, one.sheet.slug, one.events) for one in checked] == [
        ("crm-webhook", "webhook", ("track", "page", "screen", "identify", "group", "alias")),
        ("second-pipeline", "segment_relay", ("track", "identify")),
    ]


FAULTS = {
    "an unknown type": (
        {"id": "crm", "type": "fax"},
        "destination 'crm': there is no type 'fax'; use one of",
    ),
    "a setting that is missing": (
        {"id": "crm", "type": "webhook"},
        "destination 'crm': settings.url: Field required (settings: allow_private_addresses,",
    ),
    "a setting nobody knows": (
        a_webhook(uri="x"),
        "destination 'crm': settings.uri: Extra inputs are not permitted (settings: ",
    ),
    "a secret nobody knows": (
        a_webhook(uri="secret:x"),
        "destination 'crm': settings.uri: Extra inputs are not permitted (settings: ",
    ),
    "a secret where a switch belongs": (
        a_webhook(allow_private_addresses="secret:x"),
        "destination 'crm': settings.allow_private_addresses: Input should be a valid boolean",
    ),
    "plain http": (
        a_webhook(url="http://hooks.example.com/hunter2"),
        "settings.url: Value error, must start with https:// (http only with",
    ),
    "a password in the address": (
        a_webhook(url="https://me:hunter2@hooks.example.com/"),
        "settings.url: Value error, must not hold a user name or password; use a header",
    ),
    "no address": (a_webhook(url="hunter2"), "settings.url: Value error, is not an absolute URL"),
    "half an address": (a_webhook(url="https://[::1"), "settings.url: Value error, is not a URL"),
    "a filter that is none": (
        {**a_webhook(), "filter": "event = = 'x'"},
        "destination 'crm': filter, at character 9: expected a field, a value or a function, found =",
    ),
    "a path from nowhere": (
        {**a_webhook(), "drop_properties": ["email"]},
        "destination 'crm': 'email' is no path of a property; write it from its root",
    ),
    "a fragment": (a_webhook(url="https://a.example/#hunter2"), "must not hold a fragment (#)"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_remedy_and_without_its_value(fault: str) -> None:
    entry, message = FAULTS[fault]

    with pytest.raises(WorkspaceError) as error:
        check(a_workspace(entry))

    assert message in str(error.value)
    assert "hunter2" not in str(error.value)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(WorkspaceError) as error:
        check(a_workspace({"id": "one", "type": "fax"}, {"id": "two", "type": "webhook"}))

    assert "destination 'one'" in str(error.value)
    assert "destination 'two'" in str(error.value)


def test_what_the_entry_does_not_say_the_type_says() -> None:
    (checked,) = check(a_workspace(a_webhook()))

    assert (checked.integration, checked.consent, checked.advertising) == ("Webhooks", (), False)


def test_the_entry_has_the_last_word() -> None:
    (checked,) = check(
        a_workspace(
            {
                **a_webhook(),
                "integration": "CRM",
                "consent": ["Marketing"],
                "advertising": True,
                "events": ["alias", "track"],
            }
        )
    )

    assert (checked.integration, checked.consent, checked.advertising, checked.events) == (
        "CRM",
        ("Marketing",),
        True,
        ("track", "alias"),
    )


def test_filter_sample_and_shape_are_compiled_once() -> None:
    (plain,) = check(a_workspace(a_webhook()))
    assert (plain.filter, plain.sampled, plain.shape) == (None, None, None)

    (checked,) = check(
        a_workspace(
            {
                **a_webhook(),
                "filter": 'event = "Boots Tried"',
                "sample": 0.000001,
                "allow_properties": ["properties.size", "properties.color"],
                "drop_properties": ["context.page"],
                "hash_properties": ["properties.size"],
                "rename": {"Boots Tried": "Tried"},
                "rename_properties": {"properties.size": "fit"},
            }
        )
    )

    assert checked.filter
    assert checked.sampled
    assert checked.shape
    assert checked.filter(a_stored_track())
    assert not checked.sampled(a_stored_track())
    shaped = checked.shape(a_stored_track())
    assert (shaped.event, shaped.context) == ("Tried", {})
    assert shaped.properties == {"fit": sha256(b"42").hexdigest()}


def test_secrets_are_put_in_wherever_they_are_named() -> None:
    (checked,) = check(
        a_workspace(a_webhook(url="secret:shop/url", headers={"Authorization": "secret:shop/key"}))
    )

    settings: Any = checked.resolve(
        MemorySecrets({"shop/url": "https://hooks.example.com/x", "shop/key": "Bearer hunter2"})
    )

    assert settings.url.get_secret_value() == "https://hooks.example.com/x"
    assert settings.headers["Authorization"].get_secret_value() == "Bearer hunter2"
    assert "hunter2" not in f"{settings!r} {checked!r}"


def test_a_secret_of_no_use_is_named_without_its_value() -> None:
    (checked,) = check(a_workspace(a_webhook(url="secret:shop/url")))

    with pytest.raises(WorkspaceError) as error:
        checked.resolve(MemorySecrets({"shop/url": "ftp://hunter2"}))

    assert str(error.value).startswith("destination 'crm': settings.url: Value error, must start")
    assert "hunter2" not in str(error.value)


def test_a_secret_that_cannot_be_read_is_a_dependency_error() -> None:
    (checked,) = check(a_workspace(a_webhook(url="secret:shop/url")))

    with pytest.raises(DependencyError):
        checked.resolve(MemorySecrets())
