"""What Lambda tells a function of AWS: its region, its credentials, and an endpoint if not AWS's own."""

from collections.abc import Callable, Mapping

from botocore.exceptions import NoCredentialsError, NoRegionError

from headwater.adapters.signature import Credentials


def region(environ: Mapping[str, str]) -> str:
    """Return the region, or raise botocore's `NoRegionError`."""
    found = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if not found:
        raise NoRegionError
    return found


def endpoint(environ: Mapping[str, str], service: str) -> str:
    """Return the service's address in the region, or the one that stands for it on a laptop."""
    given = environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or environ.get("AWS_ENDPOINT_URL")
    suffix = "amazonaws.com.cn" if region(environ).startswith("cn-") else "amazonaws.com"
    return given or f"https://{service}.{region(environ)}.{suffix}"


def credentials(environ: Mapping[str, str]) -> Callable[[], Credentials]:
    """Return what gives the credentials of the moment, or raise `NoCredentialsError`.

    Those in variables hold for the life of an execution environment. With SnapStart they come from a
    container's address instead and run out, so botocore's own provider renews them.
    https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html, read 2026-11-23.
    """
    access_key, secret_key = (
        environ.get(name, "") for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    )
    if access_key and secret_key:
        fixed = Credentials(access_key, secret_key, environ.get("AWS_SESSION_TOKEN") or None)
        return lambda: fixed
    return _of_container(environ)


def _of_container(environ: Mapping[str, str]) -> Callable[[], Credentials]:
    # Here, because it brings botocore along, which a start without SnapStart does not need.
    from botocore.credentials import ContainerProvider

    renewed = ContainerProvider(environ).load()
    if renewed is None:
        raise NoCredentialsError

    def current() -> Credentials:
        frozen = renewed.get_frozen_credentials()
        return Credentials(frozen.access_key or "", frozen.secret_key or "", frozen.token)

    return current
