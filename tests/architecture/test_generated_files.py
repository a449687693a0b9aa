"""Checks that every generated file is as the code says now; ``make docs`` writes them."""

from pathlib import Path

from kasane_contracts.registry import all_events
from kasane_runtime.compose import load_services
from kasane_runtime.documents import documents, outdated_documents, write_documents

ROOT = Path(__file__).resolve().parents[2]


def test_every_generated_file_is_up_to_date() -> None:
    assert outdated_documents(ROOT, load_services()) == []


def test_there_is_one_snapshot_for_each_event_and_no_other() -> None:
    committed = {path.name for path in (ROOT / "packages" / "contracts" / "snapshots").iterdir()}

    assert committed == {f"{entry.type}.json" for entry in all_events()}


def test_an_outdated_and_a_missing_file_are_named_and_written_anew(tmp_path: Path) -> None:
    services = load_services()
    write_documents(tmp_path, services)
    (tmp_path / "GLOSSARY.md").write_text("old", "utf-8")
    (tmp_path / "docs" / "events.md").unlink()

    found = outdated_documents(tmp_path, services)
    written = write_documents(tmp_path, services)

    assert found == written == [Path("GLOSSARY.md"), Path("docs/events.md")]
    assert outdated_documents(tmp_path, services) == []
    assert len(documents(tmp_path, services)) == 5 + len(all_events())
