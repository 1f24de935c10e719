"""The operators' guide goes there and back: its own lines for an upgrade and for one that failed, run by a shell."""

import os
import re
import subprocess
from pathlib import Path

from tests.core.test_backup import rows

ROOT = Path(__file__).parents[2]


def lines_of(section: str) -> list[str]:
    """The lines of a section that a shell runs."""
    text = (ROOT / "docs/operators.md").read_text()
    body = text[text.index(f"## {section}\n") :]
    body = body[: body.index("\n## ", 1)]
    return [line.strip() for line in re.findall(r"^(?: {4}| {7})(\S.*)$", body, re.MULTILINE)]


def test_an_upgrade_that_failed_is_gone_back_from(tmp_path: Path) -> None:
    data, backups, settings = tmp_path / "srv", tmp_path / "backups", tmp_path / "dateline.env"
    backups.mkdir()
    settings.write_text(
        f"# as systemd reads it\nDATELINE_DATA={data}\nDATELINE_SMTP=smtp://a:b&c@127.0.0.1:1\n"
    )
    with settings.open("a") as file:
        file.write("DATELINE_MAIL_FROM=a@example.org\n")

    def shell(*lines: str) -> str:
        """Run lines of the guide with these folders, as whoever runs the test; the service and git stay as they are."""
        script = "set -eu\n" + "\n".join(
            line for line in lines if "systemctl" not in line and " git " not in line
        )
        for theirs, ours in (
            ("/etc/dateline.env", settings),
            ("/opt/dateline", ROOT),
            ("/srv/dateline", data),
            ("/var/backups/dateline", backups),
            ("runuser -u dateline -- ", ""),
            (" -o dateline", ""),
            ("TIME", "*"),
        ):
            script = script.replace(theirs, str(ours))
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        ended = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    upgrade = lines_of("Upgrade")
    back = upgrade.index("as_dateline git checkout THE-NOTED-COMMIT")
    start = upgrade[: upgrade.index("systemctl stop dateline")]
    assert len(start) == 2
    shell(*start, "as_dateline ./dateline venue load demo/sbm2022.toml")
    before, keys = rows(f"sqlite:///{data}/dateline.db"), (data / "secret.key").read_bytes()
    assert len(before["venues"]) == 1
    shell(*upgrade[:back])
    (kept,) = backups.glob("dateline-*.tar")
    (data / "dateline.db").write_bytes(b"what a broken upgrade left")
    shell(*start, *upgrade[back:])
    assert rows(f"sqlite:///{data}/dateline.db") == before
    assert (data / "secret.key").read_bytes() == keys
    assert (tmp_path / "srv-after" / "dateline.db").read_bytes() == b"what a broken upgrade left"
    assert kept.exists()
