"""Names the columns of the portal's tables; never leaves repository and queries."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

account = Table(
    "portal_account",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("login_name", String(64), nullable=False, unique=True),
    Column("display_name", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("functions", JSON, nullable=False),
    Column("office", String(60), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("password_hash", Text, nullable=False),
)
sign_in_failure = Table(
    "portal_sign_in_failure",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("address", String(100), nullable=False),
)
spent_answer = Table(
    "portal_spent_answer",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
)
task = Table(
    "portal_task_copy",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("subject_id", String(64), primary_key=True),
    Column("consultation_id", String(64), nullable=False),
    Column("case_id", String(64), nullable=False),
    Column("due_on", Date),
    Column("urgent", Boolean, nullable=False),
    Column("opened_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("person_id", String(64), nullable=False, server_default=""),
)
task_target = Table(
    "portal_task_target",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("subject_id", String(64), primary_key=True),
    Column("target", String(100), primary_key=True),
    Column("when_overdue", Boolean, primary_key=True),
)
number = Table(
    "portal_number_copy",
    metadata,
    Column("subject_id", String(64), primary_key=True),
    Column("number", String(40), nullable=False),
)
counted_fact = Table(
    "portal_counted_fact",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("subject_id", String(64), primary_key=True),
    Column("month", String(7), nullable=False),
)
told_count = Table(
    "portal_told_count",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), primary_key=True),
    Column("value", Integer),
    Column("through", String(7), nullable=False),
    Column("looked_at", String(7), nullable=False),
)
gap_count = Table(
    "portal_gap_count",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("counted_on", Date, nullable=False),
)
audit_copy = Table(
    "portal_audit_copy",
    metadata,
    Column("entry_id", String(64), primary_key=True),
    Column("service", String(32), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("action", String(120), nullable=False),
    Column("object_kind", String(60), nullable=False),
    Column("object_id", String(128), nullable=False),
    Column("basis", String(200), nullable=False),
    Column("correlation_id", String(64), nullable=False),
    Column("causation_id", String(64), nullable=False),
)
support_visit = Table(
    "portal_support_visit",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("prefecture", String(6), nullable=False),
    Column("municipality", String(6), nullable=False),
    Column("visited_on", Date, nullable=False),
    Column("duty", String(60), nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("void_reason", Text, nullable=False),
)
measured_fact = Table(
    "portal_measured_fact",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("fact_id", String(100), primary_key=True),
    Column("day", Date, nullable=False),
    Column("until", Date),
    Column("quantity", Integer, nullable=False),
)
measured_mark = Table(
    "portal_measured_mark",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("fact_id", String(100), primary_key=True),
    Column("mark", String(20), primary_key=True),
    Column("value", String(100), primary_key=True),
)
same_person = Table(
    "portal_same_person",
    metadata,
    Column("merge_id", String(64), primary_key=True),
    Column("one_id", String(64), nullable=False),
    Column("other_id", String(64), nullable=False),
    Column("undone", Boolean, nullable=False),
)
stated_figure = Table(
    "portal_stated_figure",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("metric", String(60), nullable=False),
    Column("period", String(20), nullable=False),
    Column("value", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("stated_by", String(200), nullable=False),
    Column("stated_at", DateTime(timezone=True), nullable=False),
)
seat = Table(
    "portal_seat",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", String(60), nullable=False),
    Column("kind", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("officer", String(60), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("extension_reason", Text, nullable=False),
)
evaluation_entry = Table(
    "portal_evaluation_entry",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("framework", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("item", String(60), nullable=False),
    Column("result", String(60), nullable=False),
    Column("words", Text, nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
)
reported_step = Table(
    "portal_reported_step",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("year", Integer, nullable=False),
    Column("body", String(60), nullable=False),
    Column("version_id", String(64), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("members", Integer, nullable=False),
    Column("present", Integer, nullable=False),
    Column("opinion", Text, nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
)
plugin_trial = Table(
    "portal_plugin_trial",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("seen", Integer, nullable=False),
    Column("plugins", JSON, nullable=False),
    Column("settings", Text, nullable=False),
    Column("preview", JSON, nullable=False),
    Column("tried_by", String(64), nullable=False),
    Column("tried_at", DateTime(timezone=True), nullable=False),
)
plugin_set = Table(
    "portal_plugin_set",
    metadata,
    Column("revision", Integer, primary_key=True),
    Column("plugins", JSON, nullable=False),
    Column("settings", Text, nullable=False),
    Column("preview", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("back_to", Integer),
    Column("chosen_by", String(200), nullable=False),
    Column("chosen_at", DateTime(timezone=True), nullable=False),
    Column("chosen_on", Date, nullable=False),
)
report_version = Table(
    "portal_report_version",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("period", String(20), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("content", JSON, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("frozen_by", String(200), nullable=False),
    Column("frozen_at", DateTime(timezone=True), nullable=False),
)
late_fact = Table(
    "portal_late_fact",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("fact_id", String(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("change", String(20), nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False),
)
agency_remark = Table(
    "portal_agency_remark",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("framework", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("item", String(60), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("words", Text, nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
)
action_entry = Table(
    "portal_action_entry",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("action_id", String(64), nullable=False),
    Column("year", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("plan", Text, nullable=False),
    Column("done", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
)
