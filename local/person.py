"""`make person ID=…`: who somebody is on the local stack, as a picture of the graph."""

import argparse
import sys
from collections.abc import Iterator

import boto3
from headwater.adapters.dynamodb import DynamoTable
from headwater.identity.effective_time import moment
from headwater.identity.people import find_profile
from headwater.identity.profile import Profile
from headwater.workspace import load

from local.endpoints import ANY_CREDENTIAL, REGION, Endpoints, NotUpError


def main(arguments: list[str]) -> int:
    """Read the person and print the picture; 1 when nobody has the id."""
    parser = argparse.ArgumentParser(prog="make person")
    parser.add_argument("id", help="a user id or an anonymous id")
    parser.add_argument("--workspace", default="demo")
    asked = parser.parse_args(arguments)
    try:
        endpoints = Endpoints.load()
    except NotUpError as error:
        print(error, file=sys.stderr)
        return 1
    policy = load(asked.workspace).identity
    profile = find_profile(
        asked.id, _table(endpoints), max_users_per_device=policy.max_users_per_device
    )
    if profile is None:
        print(f"nobody has the id {asked.id!r} yet", file=sys.stderr)
        return 1
    print("\n".join(picture(profile)))
    return 0


def _table(endpoints: Endpoints) -> DynamoTable:
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoints.aws,
        region_name=REGION,
        aws_access_key_id=ANY_CREDENTIAL,
        aws_secret_access_key=ANY_CREDENTIAL,
    )
    return DynamoTable(client, endpoints.tables["identity"])


def picture(profile: Profile) -> Iterator[str]:
    """Draw the person as a star: users and devices around it, then what is known."""
    seen = f"  seen {profile.first_seen} … {profile.last_seen}" if profile.first_seen else ""
    yield f"● person {profile.person_id}{seen}"
    branches = [
        *(f"user   {user}" for user in profile.user_ids),
        *(f"device {device}" for device in profile.anonymous_ids),
        *(f"group  {group}" for group in sorted(profile.groups)),
    ]
    for at, branch in enumerate(branches, 1):
        yield f"{'└' if at == len(branches) else '├'}── {branch}"
    for flag in profile.flags:
        yield f"⚑ {flag}"
    if profile.traits:
        yield ""
    width = max(map(len, profile.traits), default=0)
    for name, value in sorted(profile.traits.items()):
        said = moment(profile.register[name].at)
        yield f"  {name:<{width}}  {value!r}  ({said:%Y-%m-%d %H:%M} UTC)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
