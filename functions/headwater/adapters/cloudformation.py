"""The answer a custom resource owes CloudFormation."""

from collections.abc import Mapping
from typing import Any

import orjson
import urllib3

from headwater.errors import DependencyError

# CloudFormation refuses an answer over 4 KB; a reason is cut well below.
_REASON_CHARACTERS = 1024


def answer(request: Mapping[str, Any], *, physical_id: str, failure: str | None = None) -> None:
    """Tell CloudFormation how the request ended: without this it waits for an hour.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html, read
    2026-11-23.
    """
    body = {
        "Status": "SUCCESS" if failure is None else "FAILED",
        "Reason": (failure or "")[:_REASON_CHARACTERS],
        "PhysicalResourceId": physical_id,
        "StackId": request["StackId"],
        "RequestId": request["RequestId"],
        "LogicalResourceId": request["LogicalResourceId"],
    }
    try:
        response = urllib3.request(
            "PUT",
            request["ResponseURL"],
            body=orjson.dumps(body),
            headers={"Content-Type": ""},  # the URL is signed without one
            timeout=10.0,
            retries=urllib3.Retry(3, backoff_factor=0.5, status_forcelist=(500, 502, 503, 504)),
        )
    except urllib3.exceptions.HTTPError as error:
        raise DependencyError(f"CloudFormation took no answer: {type(error).__name__}") from error
    if response.status >= 300:  # anything but a success
        raise DependencyError(f"CloudFormation refused the answer: {response.status}")
