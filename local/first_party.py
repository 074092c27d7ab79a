"""Puts the collector under the site's own host: `make first-party STAGE=production SITE=origin.shop.example`.

    python -m local.first_party --stage production --site origin.shop.example

Deploys first-party.yaml beside the stage's stack, with a secret by which the collector knows its own
distribution. In this order nobody is ever refused: the collector learns the new secret beside the old,
the distribution begins to send it, the collector forgets the old. Run again, it changes nothing; with
`--rotate` it makes a new secret. The canary, which the API refuses from then on, calls the distribution.
"""

import argparse
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import ClientError
from headwater import workspace

from local.places import ROOT, SAM
from local.progress import say
from local.stack import told
from local.stages import StageError, stack_name

# boto3's clients, of which only a few calls are used.
CloudFormation = Any
SecretsManager = Any

TEMPLATE = "first-party.yaml"
_PARAMETER = "OriginSecretSha256"
_PUBLICATION = "Publication"
_CANARY_URL = "CanaryUrl"


class FirstPartyError(Exception):
    """Something that stands in the way; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OriginSecret:
    """The secret's name and version, and its digest; the value itself stays where it is."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Stack:
    """What the stage's stack says of itself."""

    name: str
    api_domain: str
    prefix: str
    digests: tuple[str, ...]


def main() -> None:
    """Deploy the distribution, or say in one line why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stage", required=True, help="a section of samconfig.toml")
    parser.add_argument("--site", required=True, help="the host that serves the site today")
    parser.add_argument("--domain", default="", help="the site's public name")
    parser.add_argument("--certificate", default="", help="its certificate's ARN, in us-east-1")
    parser.add_argument("--web-acl", default="", help="a WAF web ACL's ARN, in us-east-1")
    parser.add_argument("--rotate", action="store_true", help="make a new origin secret")
    arguments = parser.parse_args()
    try:
        with told():
            stack = _put_before(arguments)
    except (FirstPartyError, StageError) as error:
        raise SystemExit(f"first-party: {error}") from None
    say(f"\n{stack.name} answers its distribution only. Point the site's name at it, then:")
    say(f"   make doctor URL=https://{arguments.domain or '<the distribution>'}")


def _put_before(arguments: argparse.Namespace) -> Stack:
    cloudformation, keeper = boto3.client("cloudformation"), boto3.client("secretsmanager")
    stack = read_stack(cloudformation, stack_name(arguments.stage))
    secret = origin_secret(keeper, f"{stack.name}/origin-secret", rotate=arguments.rotate)
    learn(cloudformation, stack, digests=beside(stack.digests, secret.digest))
    _deploy(
        distribution_stack(stack),
        ApiDomain=stack.api_domain,
        Prefix=stack.prefix,
        SiteOriginDomain=arguments.site,
        SiteDomain=arguments.domain,
        CertificateArn=arguments.certificate,
        WebAclArn=arguments.web_acl,
        OriginSecretName=secret.name,
        OriginSecretVersion=secret.version,
    )
    learn(
        cloudformation,
        stack,
        digests=(secret.digest,),
        canary_url=distribution_url(cloudformation, stack),
    )
    return stack


def read_stack(client: CloudFormation, name: str) -> Stack:
    """Ask CloudFormation for the stage's API, prefix and secret digests."""
    try:
        found = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError:
        raise FirstPartyError(f"{name} is not deployed: `make deploy` comes first") from None
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    given = {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}
    digests = given.get(_PARAMETER, "none")
    return Stack(
        name,
        urlsplit(outputs["ApiEndpoint"]).netloc,
        workspace.load(given["Workspace"]).prefix,
        () if digests == "none" else tuple(digests.split(",")),
    )


def origin_secret(client: SecretsManager, name: str, *, rotate: bool) -> OriginSecret:
    """Return the secret, made when it is not there, and made anew when it is to be rotated."""
    fresh = secrets.token_urlsafe(32)
    try:
        client.create_secret(Name=name, SecretString=fresh)
    except client.exceptions.ResourceExistsException:
        if rotate:
            client.put_secret_value(SecretId=name, SecretString=fresh)
    kept = client.get_secret_value(SecretId=name)
    digest = sha256(kept["SecretString"].encode()).hexdigest()
    return OriginSecret(name, kept["VersionId"], digest)


def beside(digests: Sequence[str], new: str) -> tuple[str, ...]:
    """Return what the collector takes while both secrets are under way; it knows two at most.

    A collector that knows none yet stays as it is: it would refuse everybody until the distribution
    sends the secret.
    """
    if not digests or new in digests:
        return tuple(digests)
    return (digests[-1], new)


def distribution_stack(stack: Stack) -> str:
    """Return what the distribution's own stack is called."""
    return f"{stack.name}-first-party"


def distribution_url(client: CloudFormation, stack: Stack) -> str:
    """Return where the distribution takes events under its own name, whoever the site's points at."""
    found = client.describe_stacks(StackName=distribution_stack(stack))["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    return f"https://{outputs['DistributionDomain']}{stack.prefix}"


def learn(
    client: CloudFormation, stack: Stack, *, digests: Sequence[str], canary_url: str = ""
) -> bool:
    """Tell the stage's collector which secrets to take; whether anything changed.

    `canary_url` is where the canary calls from then on, unless the stage names a place of its own.
    """
    found = client.describe_stacks(StackName=stack.name)["Stacks"][0]
    value = ",".join(digests) or "none"
    given = {each["ParameterKey"]: each.get("ParameterValue") for each in found["Parameters"]}
    changed = {_PARAMETER: value} if given.get(_PARAMETER, "none") != value else {}
    if canary_url and not given.get(_CANARY_URL):
        changed[_CANARY_URL] = canary_url
    if not changed:
        return False
    if not {_PARAMETER, _PUBLICATION, *changed} <= given.keys():
        raise FirstPartyError(f"{stack.name} is older than this command: `make deploy` comes first")
    # Without it the functions' aliases would go on with what they knew (docs/adr/0015).
    knew = " ".join((str(given[_PUBLICATION]), *changed.values()))
    changed[_PUBLICATION] = sha256(knew.encode()).hexdigest()
    client.update_stack(
        StackName=stack.name,
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": each, "ParameterValue": changed[each]}
            if each in changed
            else {"ParameterKey": each, "UsePreviousValue": True}
            for each in given
        ],
    )
    client.get_waiter("stack_update_complete").wait(StackName=stack.name)
    return True


def _deploy(name: str, **parameters: str) -> None:
    say(f"▸ sam deploy {name} (a distribution takes some minutes)")
    given = [f"{key}={value}" for key, value in parameters.items() if value]
    command = [
        str(SAM / "bin" / "sam"),
        "deploy",
        *("--template-file", TEMPLATE, "--stack-name", name, "--no-fail-on-empty-changeset"),
        *("--parameter-overrides", *given),
    ]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        raise FirstPartyError("sam deploy failed: see above")


if __name__ == "__main__":
    main()
