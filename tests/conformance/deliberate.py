"""Where our requests differ from the recorded ones on purpose: whose, at which paths, and why.

A difference without a line here is a fault of ours: `make conformance` names it and fails.
"""

import re

_SEGMENT_INTERNAL = "Segment's own switches of batching, which its framework leaves in the payload"
_ITS_NAME = "the name of who sends, which is not ours"
_EMPTY = "an empty text says nothing, so it is not sent"
_HAPPENED = "an event's time is when it happened, not when it was received"
_BY_AMPLITUDE = "Amplitude reads the browser from `user_agent`, as it does for its own SDK"
_ANOTHER_READER = "another library's reading of the user agent, to another precision"
_NOT_OF_THE_SPEC = "`request_ip` is RudderStack's own; Segment's spec has `context.ip`"
_ADVERTISING = "an analytics tool gets no advertising id"

# destination → (what the whole path is like, why it differs)
DELIBERATE = {
    "adjust": (
        (r"params\.tracking_enabled", "Adjust's flag is 0 or 1, not a word"),
        (r"params\.ip_address", _NOT_OF_THE_SPEC),
    ),
    "airship": ((r"json\[0\]\.body\.properties\.source", _ITS_NAME),),
    "amplitude": (
        (r".*\.(os_name|os_version|device_manufacturer|device_model)", _BY_AMPLITUDE),
        (r"form\.options", "the text `undefined` is a slip of the recorded side"),
    ),
    "appsflyer": ((r"json\.os", _EMPTY),),
    "braze": ((r"json\.(events|purchases)\[0\]\.time", _HAPPENED),),
    "discord": (
        (r"json\.(content|embeds\[0\]\.(title|description))", "what a line says is the site's own"),
    ),
    "iterable": ((r"json\.(enable_batching|batch_size)", _SEGMENT_INTERNAL),),
    "kissmetrics": ((r"params\.Page-(referrer|search|title)", _EMPTY),),
    "loops": ((r"json\.source", _ITS_NAME),),
    "microsoft_ads_capi": (
        (r"json\.data\[0\]\.dataProvider", _ITS_NAME),
        (
            r"json\.data\[0\]\.continueOnValidationError",
            "Microsoft's guide has it beside `data`, where we send it",
        ),
    ),
    "mixpanel": (
        (r"json\[0\]\.properties\.\$browser_version", _ANOTHER_READER),
        (
            r"json\[0\]\.properties\.(\$ios_ifa|advertising_id|ad_tracking_enabled)",
            _ADVERTISING,
        ),
    ),
    "moengage": (
        (
            r"json\.actions\[0\]\.user_timezone_offset",
            "a zone's name is an offset only with the zones' database",
        ),
    ),
    "optimizely": (
        (r".*\.uuid", "made of the messageId, so that a repeat is one; theirs is random"),
    ),
    "pinterest_conversions": (
        (r"json\.data\[0\]\.opt_out", "who objects is not sent; who said nothing did not opt out"),
        (r"json\.data\[0\]\.custom_data\.np", _ITS_NAME),
    ),
    "posthog": (
        (r"json\.historical_migration", "false is what PostHog takes without it"),
        (r"json\.batch\[0\]\.timestamp", _HAPPENED),
        (
            r"json\.batch\[0\]\.properties\.\$process_person_profile",
            "people have profiles, as PostHog does without it",
        ),
    ),
    "singular": ((r"params\.ip", _NOT_OF_THE_SPEC),),
    "tiktok_events": (
        (r"json\.data\[0\]\.user\.(first_name|last_name)", "ours are the person's traits, hashed"),
        (r"json\.data\[0\]\.user\.(city|state|country|zip_code)", _EMPTY),
    ),
}


def on_purpose(slug: str, path: str) -> str | None:
    """Say why the two differ at this path; None when nothing says so."""
    explained = (why for like, why in DELIBERATE.get(slug, ()) if re.fullmatch(like, path))
    return next(explained, None)
