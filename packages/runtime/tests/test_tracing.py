"""One consultation is one trace across the bus, without a word of a person; off, nothing is imported."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from werkzeug.test import Client

from kasane_contracts.envelope import Envelope
from kasane_kit.bus import MessageCodes
from kasane_kit.bus.messages import read_message, write_message
from kasane_kit.config import Settings, SettingsError
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing
from kasane_kit.service import Job
from kasane_kit.traces import Origin
from kasane_runtime import compose as composing
from kasane_runtime.compose import compose, load_services, make_app
from kasane_runtime.databases import migrate_sqlite
from kasane_runtime.demo import create_account
from kasane_runtime.jobs import run_jobs
from kasane_runtime.processes import settle
from kasane_runtime.tracing import TracesOfHouse, span_of, trace_of

TOWN = "292095"
TOWN_FILES = Path(__file__).parents[3] / "deploy/towns"
CANARY = "かなりあ"
PASSWORD = "canary password of the desk"
STRANGER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CONSULTATION = {
    "desk": "livelihood_support",
    "channel": "telephone",
    "story": f"{CANARY}の話を聞いた。",
    "categories": ["withdrawal_truancy", "nursing_care", "income"],
    "main_category": "withdrawal_truancy",
    "contact": {"name": "", "relation": f"{CANARY}委員", "phone": "000-0000-0002"},
    "persons": [
        {
            "name": f"{CANARY} とし",
            "kana": "かなりあ とし",
            "birth_date": "1951-09-20",
            "relation": "母",
            "address": f"{CANARY}町2",
            "given_consent": True,
        }
    ],
    "screening": {"single_agency_enough": False, "ordinary_cooperation_enough": False},
}


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traces(exporter: InMemorySpanExporter) -> TracesOfHouse:
    return TracesOfHouse(SimpleSpanProcessor(exporter))


@pytest.fixture
def house(tmp_path: Path, traces: TracesOfHouse, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "towns").mkdir()
    (file,) = TOWN_FILES.glob(f"{TOWN}-*.toml")
    shutil.copy(file, tmp_path / "towns")
    monkeypatch.setattr(composing, "_traces", lambda _settings: traces)
    composition = compose(Settings(var=tmp_path / "var", towns=tmp_path / "towns"))
    yield composition
    composition.house.databases.dispose()


@pytest.mark.slow
def test_a_consultation_is_one_trace_across_the_bus_and_no_word_of_it_is_told(house, exporter):
    migrate_sqlite(house)
    account = create_account(
        *(house, TOWN, "canary-desk", f"窓口 {CANARY}", PASSWORD),
        roles=("contact", "receiver", "coordinator"),
        office="livelihood_support",
    )
    settle(house)
    client = Client(make_app(house, "all"))
    session = client.post(
        f"/portal/{TOWN}/api/v1/sessions",
        json={"login_name": "canary-desk", "password": PASSWORD},
    )
    told_before = len(exporter.get_finished_spans())

    answer = client.post(
        f"/intake/{TOWN}/api/v1/consultations",
        json=CONSULTATION,
        headers={"Authorization": f"Bearer {session.json['token']}", "traceparent": STRANGER},
    )
    settle(house)

    assert answer.status_code == 201, answer.get_data(as_text=True)
    everything = exporter.get_finished_spans()
    spans = everything[told_before:]
    request = next(span for span in spans if span.kind is SpanKind.SERVER)
    trace_id = trace_of(answer.headers["X-Request-Id"])
    assert request.context.trace_id == trace_id
    assert request.parent is None
    assert [f"{link.context.trace_id:032x}" for link in request.links] == [STRANGER[3:35]]
    assert request.attributes["kasane.town"] == TOWN
    assert request.attributes["http.response.status_code"] == 201
    assert request.attributes["kasane.endpoint"] in request.name

    mine = {span.context.span_id: span for span in spans if span.context.trace_id == trace_id}
    chains = [chain_of(span, mine) for span in mine.values()]
    chain = max(chains, key=len)
    assert [(name.split()[0], service) for name, service in chain] == [
        *(("POST", "intake"), ("say", "intake"), ("hear", "cases")),
    ], chains
    assert chain[1][0].removeprefix("say ") == chain[2][0].removeprefix("hear ")
    assert any(link.context.trace_id == trace_id for one in spans for link in relays(one))

    authorized = {"Authorization": f"Bearer {session.json['token']}"}
    person = answer.json["persons"][0]["person_id"]
    opened = client.post(
        f"/cases/{TOWN}/api/v1/cases",
        json={
            "consultation_id": answer.json["id"],
            "consent_confirmed": [person],
            "support_decided": True,
            "support_reason": f"{CANARY}のため",
        },
        headers=authorized,
    )
    assert opened.status_code == 201, opened.get_data(as_text=True)
    settle(house)
    need = client.post(
        f"/cases/{TOWN}/api/v1/cases/{opened.json['id']}/needs",
        json={"person_id": person, "category": "taxes_utilities", "description": CANARY},
        headers=authorized,
    )
    assert need.status_code == 201, need.get_data(as_text=True)
    settle(house)
    everything = exporter.get_finished_spans()
    trace_id = trace_of(need.headers["X-Request-Id"])
    mine = {span.context.span_id: span for span in everything if span.context.trace_id == trace_id}
    there_and_back = max((chain_of(span, mine) for span in mine.values()), key=len)
    assert [(name.split()[0], service) for name, service in there_and_back] == [
        *(("POST", "cases"), ("say", "cases"), ("hear", "resources")),
        *(("say", "resources"), ("hear", "cases")),
    ], there_and_back

    for span in everything:
        text = span.to_json()
        for word in (CANARY, CANARY.encode("unicode_escape").decode(), account, "000-0000-0002"):
            assert word not in text, text
        # With its hyphen: a trace's number may hold the year by chance.
        assert "1951-" not in text
        assert PASSWORD not in text


def relays(span):
    """The links of a relay's span; none of another."""
    return span.links if span.name.startswith("relay ") else ()


def chain_of(span, spans):
    """Name and service of a span and of all before it, the first first."""
    found = []
    while span is not None:
        found.insert(0, (span.name, span.attributes["kasane.service"]))
        span = spans.get(span.parent.span_id) if span.parent else None
    return found


def test_an_event_from_a_frame_of_the_broker_leads_to_the_span_that_said_it(
    tmp_path, traces, exporter
):
    envelope = Envelope(
        *(new_id(), "intake", "intake.consultation.received.v1", "one"),
        *("2026-11-22T09:00:00+09:00", TOWN, "somebody"),
        correlationid=new_id(),
        epoch="e",
        sequence=1,
    )
    keys = KeyRing(tmp_path)
    keys.ensure(TOWN)
    with traces.span("POST", "server", origin=Origin(envelope.correlationid)):
        traces.said("say", Origin(envelope.correlationid, envelope.id))()
    message = write_message([envelope], MessageCodes(keys))
    ((came,), _) = read_message(message.body)
    with traces.span("hear", "consumer", origin=Origin(came.correlationid, came.id)):
        pass

    said, request, heard = exporter.get_finished_spans()
    assert said.parent.span_id == request.context.span_id
    assert heard.parent.span_id == said.context.span_id == span_of(envelope.id)
    assert heard.context.trace_id == request.context.trace_id
    assert set(came.to_dict()) == set(Envelope.from_dict(came.to_dict()).to_dict())


def test_what_a_job_says_begins_a_trace_of_its_own_that_names_the_job(traces, exporter):
    with traces.span("job"):
        traces.said("say", Origin(new_id(), new_id()))()

    said, job = exporter.get_finished_spans()
    assert said.parent is None
    assert said.context.trace_id != job.context.trace_id
    assert [link.context.span_id for link in said.links] == [job.context.span_id]


def test_what_was_never_committed_is_never_told(traces, exporter):
    traces.said("say", Origin(new_id(), new_id()))

    assert exporter.get_finished_spans() == ()


def test_an_error_leaves_its_class_and_none_of_its_words(house, exporter):
    def run(_house, _code):
        raise LookupError(f"{CANARY} is not on the shelf")

    services = load_services()
    services["intake"] = replace(services["intake"], jobs=(Job("look", 60, run),))
    run_jobs(replace(house, services=services), ["intake"], lambda _what, _error: None)

    (job,) = exporter.get_finished_spans()
    assert (job.name, job.attributes["error.type"]) == ("job look", "LookupError")
    assert job.status.status_code is StatusCode.ERROR
    assert "shelf" not in job.to_json()
    assert job.events == ()


@pytest.mark.parametrize(
    "garbage",
    [
        *("x", "00-xyz", f"ff-{STRANGER[3:]}", f"00-{'0' * 32}-b7ad6b7169203331-01"),
        *(f"00-{'a' * 32}-{'0' * 16}-01", STRANGER * 1000, f"{CANARY}-{STRANGER}"),
    ],
)
def test_a_traceparent_that_is_none_is_left_alone(traces, exporter, garbage):
    with traces.span("POST", "server", origin=Origin(new_id()), caller=garbage):
        pass

    (span,) = exporter.get_finished_spans()
    assert span.links == ()


def test_a_slow_answer_of_a_plugin_is_an_event_and_a_quick_one_is_not(traces, exporter):
    with traces.span("hear"):
        traces.answered("hook", 0.0005, plugin="ikoma", hook="roles")
        traces.answered("hook", 0.25, plugin="ikoma", hook="roles")

    (event,) = exporter.get_finished_spans()[0].events
    assert dict(event.attributes) == {
        "kasane.plugin": "ikoma",
        "kasane.hook": "roles",
        "kasane.microseconds": 250_000,
    }


def test_ids_that_are_no_uuid_make_a_trace_all_the_same():
    assert 0 < trace_of("thread of an older release") < 1 << 128
    assert trace_of("00000000-0000-0000-0000-000000000000") != 0
    assert span_of("0190a000-0000-7000-0000-000000000000") == 1


def test_a_wrong_address_of_a_collector_is_refused():
    with pytest.raises(SettingsError, match="nothing was started; set an address"):
        Settings.from_env({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"})


PROCESS = """
import sys
from kasane_kit.config import Settings, SettingsError
from kasane_runtime.compose import compose
compose(Settings())
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
sys.modules["opentelemetry"] = None
try:
    compose(Settings(traces_endpoint="http://collector:4318"))
except SettingsError as error:
    print(error)
"""


def test_off_nothing_is_imported_and_on_without_the_libraries_nothing_is_started(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROCESS], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "OTEL_EXPORTER_OTLP_ENDPOINT is set and OpenTelemetry is not installed; nothing was started; install "
        "requirements/tracing.txt, or take the address away\n"
    )
