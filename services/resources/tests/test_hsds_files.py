"""An HSDS archive is read only when it is packed as everybody packs, and refused in a sentence otherwise."""

import io
import tracemalloc
import zipfile

import pytest

from kasane_resources.domain.errors import FileRefused
from kasane_resources.handlers.hsds_files import as_services


def archive(content: bytes, compression: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        file.writestr("services.json", content)
    return out.getvalue()


def test_an_archive_of_services_is_read() -> None:
    assert as_services(archive(b"[]", zipfile.ZIP_DEFLATED)) == b"[]"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_could_not_be_unpacked_in_chunks_is_not_unpacked(compression: int) -> None:
    bomb = archive(b" " * (32 * 1024 * 1024), compression)
    assert len(bomb) < 64 * 1024
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused) as refused:
            as_services(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.value.code == "file_not_hsds"
    assert peak < 8 * 1024 * 1024


def test_a_locked_archive_is_refused_in_a_sentence() -> None:
    locked = bytearray(archive(b"[]", zipfile.ZIP_STORED))
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(start) + flags] |= 1

    with pytest.raises(FileRefused) as refused:
        as_services(bytes(locked))

    assert refused.value.code == "file_not_hsds"
