import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pytest

from core.files import DiskFull, DiskStore, TooLarge


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_blob_is_named_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    store, content = DiskStore(tmp_path), os.urandom(3_000_000)
    blob = store.put(io.BytesIO(content), limit=3_000_000)
    assert (blob.sha256, blob.size) == (hashlib.sha256(content).hexdigest(), 3_000_000)
    assert store.put(io.BytesIO(content), limit=3_000_000) == blob
    assert files_below(tmp_path) == [store.path(blob.sha256)]
    with store.open(blob.sha256) as file:
        assert file.read() == content


def test_what_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    with pytest.raises(TooLarge):
        store.put(io.BytesIO(b"x" * 1001), limit=1000)
    assert files_below(tmp_path) == []


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            if self.tell():
                raise ConnectionResetError("gone")
            return super().readinto(buffer[:10])

    with pytest.raises(DiskFull):
        DiskStore(tmp_path).put(Broken(b"x" * 100), limit=1000)
    assert files_below(tmp_path) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    with pytest.raises(DiskFull), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        store.put(io.BytesIO(b"paper"), limit=1000)
    assert files_below(tmp_path) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, "a" * 65, ""])
def test_only_a_hash_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        DiskStore(tmp_path).path(name)
