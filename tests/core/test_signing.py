import stat
import subprocess
import sys
import threading
from pathlib import Path

import core.config
from core import signing
from core.signing import Keys
from tests.servers import ROOT


def test_the_first_start_makes_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    config = core.config.read({"DATELINE_DATA": str(tmp_path)})
    core.config.activate(config)
    folder = tmp_path / "receipt-keys"
    signer = signing.keys().signer()
    assert {path.name for path in folder.iterdir()} == {"private.pem", f"{signer.id}.pem"}
    assert stat.S_IMODE((folder / "private.pem").stat().st_mode) == 0o600
    core.config.activate(config)
    assert signing.keys().signer().id == signer.id
    assert list(signing.keys().public()) == [signer.id]


def test_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    barrier, found = threading.Barrier(8), []

    def start() -> None:
        keys = Keys(tmp_path)
        barrier.wait()
        keys.make_first()
        found.append(keys.signer().id)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {Keys(tmp_path).signer().id}
    assert {path.name for path in tmp_path.iterdir()} == {"private.pem", f"{found[0]}.pem"}


def test_a_new_key_leaves_the_old_public_one_and_no_old_private_one(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.make_first()
    old, private = keys.signer(), (tmp_path / "private.pem").read_bytes()
    signature = old.sign(b"a receipt")
    new = keys.rotate()
    assert keys.signer().id == new != old.id
    assert list(keys.public()) == [old.id, new]
    assert signing.is_signed(keys.public()[old.id], signature, b"a receipt")
    assert not signing.is_signed(keys.public()[new], signature, b"a receipt")
    assert not signing.is_signed(keys.public()[old.id], signature, b"another")
    assert private not in [path.read_bytes() for path in tmp_path.iterdir()]
    assert stat.S_IMODE((tmp_path / "private.pem").stat().st_mode) == 0o600


def test_a_server_whose_private_key_was_lost_makes_one_and_keeps_the_public_ones(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.make_first()
    old = keys.signer().id
    (tmp_path / "private.pem").unlink()
    keys.make_first()
    assert list(keys.public()) == [old, keys.signer().id]


def test_the_command_rotates_and_lists(tmp_path: Path) -> None:
    def keys(act: str) -> str:
        command = [sys.executable, "-m", "cli", "keys", act]
        environ = {"DATELINE_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    (first, _, _) = keys("list").split()
    said = keys("rotate")
    second = Keys(tmp_path / "receipt-keys").signer().id
    assert said == f"Receipts are signed with the new key {second}. The old private key is gone.\n"
    assert keys("list") == f"{first} checks old receipts\n{second} signs now\n"
