"""The disk is full or read-only: what does not fit is refused whole, nothing breaks, and there is work again as soon as there is room."""
from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mediation.rules.house import failures
from tests.drills.office import Office


@pytest.fixture
def small_disk(tmp_path):
    """A file system in memory of 12 MB, which ``grow`` makes larger."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("making a small file system needs Linux and root: sudo python3 app.py drill tests/drills/test_full_disk.py")
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_refuses_and_loses_nothing(small_disk):
    """R61: disk full."""
    office = Office(small_disk / "instance")
    office.open()
    assert office.register() == 303
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    statuses = [office.register() for _n in range(40)]
    assert statuses[-1] >= 500, statuses
    filler.unlink()
    assert office.register() == 303
    office.close()
    office.assert_sound()


def test_a_read_only_disk_is_said_at_the_start_and_works_again(small_disk):
    """R62: read-only disk."""
    office = Office(small_disk / "instance")
    office.open()
    assert office.register() == 303
    office.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = office.run("serve", "--port", "0")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert (done.returncode, failures.READ_ONLY.zh in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
    office.open()
    assert office.register() == 303
    office.close()
    office.assert_sound()
