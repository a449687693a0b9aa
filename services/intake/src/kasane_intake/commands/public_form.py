"""The inputs about the public form and what arrives through it."""

from dataclasses import dataclass

from kasane_intake.domain.public_form import ContactWay, PublicForm, Sender


@dataclass(frozen=True)
class SetPublicForm:
    """Set what the town's form says, and whether it is open."""

    form: PublicForm


@dataclass(frozen=True)
class SendWebMessage:
    """What somebody without an account wrote.

    ``seconds`` is how long the form was open, ``trap`` the field that only a machine fills in.
    """

    form_id: str
    seconds: float
    trap: str
    address: str
    sender: Sender
    story: str
    contact_way: ContactWay
    commissioner_word: str = ""
    name: str = ""
    kana: str = ""
    brought_by: str = ""
    hidden: bool = False
    contact: str = ""
    do_not_contact: str = ""


@dataclass(frozen=True)
class OpenReceipt:
    """Show a receipt number and its word; ``addition`` is what the sender adds, once for each opened form."""

    number: str
    word: str
    address: str
    addition: str = ""
    form_id: str = ""


@dataclass(frozen=True)
class ConfirmWebMessage:
    """Take a message up as a consultation of a desk."""

    message_id: str
    version: int
    consultation_id: str
    desk: str
    categories: tuple[str, ...] = ()
    main_category: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class SeeAdditions:
    """Somebody read what was added up to a version."""

    message_id: str
    version: int


@dataclass(frozen=True)
class SortWebMessage:
    """Set a message aside with a reason, or bring it back when there is none."""

    message_id: str
    version: int
    reason: str = ""
