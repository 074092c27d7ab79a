"""How visitors become people, and what proves who somebody is."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from headwater.workspace.part import Part

# Athena takes 262,144 bytes a statement (its service quotas), and a view names the list ten times.
_MAX_BLOCKED_BYTES = 24_000


class Signing(Part):
    """Signed identify: whether a page must prove who is signed in on it.

    `observe` marks user ids that came with a good token as proven; `enforce` also puts aside those
    that did not. `secrets`: the keys' names in Secrets Manager, two while they are rotated.
    """

    mode: Literal["off", "observe", "enforce"] = "off"
    secrets: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^secret:.+$")], ...], Field(max_length=2)
    ] = ()

    @model_validator(mode="after")
    def _modes_that_look_have_keys(self) -> Self:
        if self.mode != "off" and not self.secrets:
            raise ValueError('signed identify needs a key: secrets = ["secret:NAME"]')
        return self

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names alone."""
        return tuple(reference.removeprefix("secret:") for reference in self.secrets)


class IdentityPolicy(Part):
    """How visitors become people; the defaults are the rule set of design 7.

    `blocked_ids`: ids of yours that stand for nobody, such as a test account's; they link nothing. Some
    hundreds at most: they are written into a view, and Athena's statements are short.
    `require_proof`: of what browsers send, only proven user ids link.
    """

    max_users_per_device: Annotated[int, Field(ge=1, le=100)] = 5
    blocked_ids: frozenset[str] = frozenset()
    require_proof: bool = False
    signing: Signing = Signing()

    @model_validator(mode="after")
    def _blocked_ids_fit_into_a_view(self) -> Self:
        written = sum(len(id_.replace("'", "''").encode()) + 4 for id_ in self.blocked_ids)
        if written > _MAX_BLOCKED_BYTES:
            raise ValueError(
                f"blocked_ids: {len(self.blocked_ids)} ids with {written} bytes, and there is room "
                f"for {_MAX_BLOCKED_BYTES}: Athena takes no longer views"
            )
        return self

    @model_validator(mode="after")
    def _proof_can_be_given(self) -> Self:
        if self.require_proof and self.signing.mode == "off":
            raise ValueError(
                "require_proof without signing would link nobody: see identity.signing"
            )
        return self
