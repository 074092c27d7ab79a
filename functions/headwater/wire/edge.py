"""What the edge before the collector says of a visitor, and whether it is the edge that says it.

CloudFront writes the visitor's address and place into headers, and its own address becomes the
connection's. Whoever reaches the API directly could write the same headers, so they are believed only
beside the secret that the edge alone knows; otherwise they are taken off.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
"""

from dataclasses import replace
from hashlib import sha256
from ipaddress import ip_address

from headwater.outcomes import RefuseCode, Refused
from headwater.wire.request import Request
from headwater.workspace import Edge

SECRET_HEADER = "x-origin-secret"  # noqa: S105 - the header's name, not what is in it
_CLOUDFRONT = "cloudfront-"


def admitted(request: Request, edge: Edge) -> Request | Refused:
    """Return the request as it may be believed, or refuse one that went around the edge."""
    headers = {name: value for name, value in request.headers.items() if name != SECRET_HEADER}
    if not edge.secret_sha256:
        believed = {
            name: value for name, value in headers.items() if not name.startswith(_CLOUDFRONT)
        }
        return replace(request, headers=believed)
    presented = request.headers.get(SECRET_HEADER, "")
    if sha256(presented.encode("utf-8", "surrogatepass")).hexdigest() not in edge.secret_sha256:
        return Refused(RefuseCode.NOT_FROM_EDGE, "this address answers through the site only")
    viewer = _address(headers.get("cloudfront-viewer-address", ""))
    return replace(request, headers=headers, address=viewer or request.address)


def _address(viewer: str) -> str | None:
    """Read `address:port`; CloudFront writes an IPv6 address without brackets."""
    try:
        return str(ip_address(viewer.rpartition(":")[0].strip("[]")))
    except ValueError:
        return None
