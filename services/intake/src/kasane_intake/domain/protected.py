"""What is hidden of a person whose address is protected (I-10)."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar

ADDRESS, PHONE = "address", "phone"


class _Reached(Protocol):
    """Anything that says where somebody lives and how to call them."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def phone(self) -> str:
        """How to call them."""
        ...


_One = TypeVar("_One", bound=_Reached)


@dataclass(frozen=True)
class WithheldAddress:
    """The address, and the telephone where it was asked for."""

    phone_too: bool

    def withhold(self, one: _One) -> _One:
        """The same without what is hidden."""
        return replace(one, address="", phone="" if self.phone_too else one.phone)

    def said(self, reason: str) -> bool:
        """Whether a reason of resemblance may be said: one about what is hidden may not."""
        about = reason.partition(".")[0]
        return about != ADDRESS and not (self.phone_too and about == PHONE)
