"""Why an assessment is not taken."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class AnswerRefused(CasesRefusal):
    """An answer does not fit its field; ``field`` names it and ``problem`` says in which way."""

    status = 422

    def __init__(self, problem: str, field: str, label: str, most: int) -> None:
        super().__init__(label=label, most=most)
        self.code = f"answer_{problem}"
        self.problem, self.field = problem, field


class FormSuperseded(CasesRefusal):
    """The form was replaced by another version while somebody filled it in."""

    code = "form_superseded"


class FormChangedSilently(CasesRefusal):
    """A form has another content than before under the same version."""

    code = "form_changed_silently"


class CorrectionReasonMissing(CasesRefusal):
    """A new version of an assessment says why it replaces the one before."""

    code = "correction_reason_missing"
    status = 422
