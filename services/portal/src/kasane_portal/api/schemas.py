"""The shapes of the portal's API."""

from marshmallow import RAISE, Schema, fields, validate

from kasane_portal.domain.account import LONGEST_DISPLAY_NAME, LONGEST_PASSWORD


class Asked(Schema):
    """What a program sends: nothing beside the known fields."""

    class Meta:
        unknown = RAISE


class CredentialsSchema(Asked):
    """A login name and its password."""

    login_name = fields.String(required=True, validate=validate.Length(1, 64))
    password = fields.String(
        required=True, load_only=True, validate=validate.Length(1, LONGEST_PASSWORD)
    )


class LogoutTokenSchema(Asked):
    """What a sign-in provider sends when a session is over there."""

    logout_token = fields.String(required=True, validate=validate.Length(1, 16 * 1024))


class TokenSchema(Schema):
    """A session for a program: send it as ``Authorization: Bearer …``."""

    token = fields.String(required=True)
    expires_in = fields.Integer(
        required=True,
        metadata={"description": "seconds without use after which it ends; each use prolongs it"},
    )


class NewAccountSchema(Asked):
    """An account to make."""

    login_name = fields.String(required=True, validate=validate.Length(1, 64))
    display_name = fields.String(required=True, validate=validate.Length(1, LONGEST_DISPLAY_NAME))
    password = fields.String(
        required=True, load_only=True, validate=validate.Length(1, LONGEST_PASSWORD)
    )
    roles = fields.List(
        fields.String(validate=validate.Length(1, 60)),
        required=True,
        validate=validate.Length(1, 20),
    )
    office = fields.String(load_default="", validate=validate.Length(0, 60))


class ChangedAccountSchema(Asked):
    """What an account is to be from now on."""

    display_name = fields.String(required=True, validate=validate.Length(1, LONGEST_DISPLAY_NAME))
    roles = fields.List(
        fields.String(validate=validate.Length(1, 60)),
        required=True,
        validate=validate.Length(1, 20),
    )
    office = fields.String(required=True, validate=validate.Length(0, 60))
    active = fields.Boolean(required=True)


class AccountSchema(Schema):
    """An account; its revision is the ETag."""

    id = fields.String(required=True)
    login_name = fields.String(required=True)
    display_name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    functions = fields.List(fields.String(), required=True)
    office = fields.String(required=True)
    active = fields.Boolean(required=True)
    revision = fields.Integer(required=True)


class AccountPageSchema(Schema):
    """One page of accounts and the cursor of the next, empty at the end."""

    items = fields.List(fields.Nested(AccountSchema), required=True)
    next_cursor = fields.String(required=True)


class TaskSchema(Schema):
    """One thing to do; no person's data."""

    kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    standing = fields.String(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    urgent = fields.Boolean(required=True)
    consultation_id = fields.String(required=True)
    case_id = fields.String(required=True)
    number = fields.String(required=True)


class TaskListSchema(Schema):
    """My tasks, the most pressing first."""

    items = fields.List(fields.Nested(TaskSchema), required=True)


class CellSchema(Schema):
    """A number, or null when it is from 1 to 9; through which month it was told, empty when it was not yet."""

    value = fields.Integer(required=True, allow_none=True)
    hidden = fields.Boolean(required=True)
    through = fields.String(required=True)


class TownCountsSchema(Schema):
    """The counts of one town by kind."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    plugins = fields.List(fields.String(), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(CellSchema), required=True)


class TotalSchema(Schema):
    """The sum over the towns, or the least it can be when a number in it is hidden."""

    at_least = fields.Integer(required=True)
    exact = fields.Boolean(required=True)


class OverviewSchema(Schema):
    """The prefecture's table of one fiscal year."""

    year = fields.Integer(required=True)
    towns = fields.List(fields.Nested(TownCountsSchema), required=True)
    totals = fields.Dict(keys=fields.String(), values=fields.Nested(TotalSchema), required=True)
    unreadable = fields.List(fields.String(), required=True)


class OverviewQuerySchema(Schema):
    """Which fiscal year; the present one unless told."""

    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2999))
