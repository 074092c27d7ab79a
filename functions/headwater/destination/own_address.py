"""The settings of a destination at an address of the site owner's own: where it is, and inside what."""

from pydantic import SecretStr, ValidationInfo, field_validator

from headwater.destination.address import check_url
from headwater.destination.sheet import DestinationSettings


class OwnAddress(DestinationSettings):
    """An https address; `allow_private_addresses` is for receivers inside your network, by http too."""

    allow_private_addresses: bool = False
    url: SecretStr

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: SecretStr, info: ValidationInfo) -> SecretStr:
        return check_url(url, allow_private=bool(info.data.get("allow_private_addresses")))
