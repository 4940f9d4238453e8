"""Backups: database and files in one checked archive, put back together; older ones; what is damaged or lost."""
from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from mediation import vault
from mediation.cli.house.integrity import backup, restore
from mediation.extensions import db
from mediation.models import Attachment, Case, Event
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.services.bodies import handovers
from mediation.services.house import backup as copies
from mediation.services.house import encrypting
from mediation.services.papers import files
from tests import casework, house

PDF = b"%PDF-1.7 the scan"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory) -> Path:
    first = tmp_path_factory.mktemp("house")
    house.furnish(house.make_app(first))
    return first


@pytest.fixture
def app(furnished, tmp_path) -> Flask:
    """Always on SQLite: the other database has means of its own."""
    return house.make_app(shutil.copytree(furnished, tmp_path / "instance"))


@pytest.fixture
def office(app):
    """An office with one case and one scan; its folder, the way to run a command, and the scan's path."""
    folder = Path(str(app.config["MEDIATION"]["INSTANCE"]))
    with app.app_context():
        actor = house.actor()
        row = files.add(casework.make_case(actor), "工资条.pdf", PDF, folder, actor)
        db.session.commit()
        scan = folder / files.FOLDER / row.stored_name

    def run(command, *words: str):
        return app.test_cli_runner().invoke(command, words)
    return folder, run, scan


def lying(folder: Path) -> list[str]:
    """What lies in the folder, but for the files in which SQLite keeps what is not in the database yet."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm", ".lock")))


def count_cases(app) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Case)).all())


def test_what_was_lost_comes_back_whole(app, office, tmp_path):
    """R47, R65: database and files, and the restore is on record."""
    folder, run, scan = office
    target = tmp_path / "copy.zip"
    done = run(backup, str(target))
    assert done.exit_code == 0 and "1个附件" in done.output
    assert target.stat().st_mode & 0o777 == 0o600
    with app.app_context():
        assert db.session.scalar(select(Event.kind).order_by(Event.id.desc()).limit(1)) == "backed_up"
        casework.make_case(house.actor())
        db.session.commit()
    scan.unlink()
    (folder / files.FOLDER / ("0" * 32)).write_bytes(b"later")
    done = run(restore, str(target), "--yes")
    assert done.exit_code == 0, done.output
    assert count_cases(app) == 1 and scan.read_bytes() == PDF and scan.stat().st_mode & 0o777 == 0o600
    with app.app_context():  # R47: on record, by whom and from what
        [row] = db.session.scalars(select(Event).where(Event.kind == "restored"))
        assert copies.sha256(target) in row.data and row.actor_label and digests.verify() == []
    assert not (folder / files.FOLDER / ("0" * 32)).exists()
    [kept] = folder.glob(f"{files.FOLDER}-replaced-*")
    assert (kept / ("0" * 32)).read_bytes() == b"later" and list(folder.glob("*-replaced-*.sqlite"))
    assert not [p for p in [*folder.iterdir(), *tmp_path.iterdir()] if p.name.startswith(".")]


def test_a_backup_onto_an_empty_machine(app, office, tmp_path):
    """R65: backup while writing."""
    _folder, run, scan = office
    run(backup, str(tmp_path / "copy.zip"))
    empty = tmp_path / "elsewhere"
    done = copies.put_back(f"sqlite:///{empty / 'mediation.sqlite'}", empty, tmp_path / "copy.zip",
                           vault.of_app(app))
    assert (done.kept, done.files, done.missing) == (None, 1, 0)
    assert (empty / files.FOLDER / scan.name).read_bytes() == PDF
    with closing(sqlite3.connect(empty / "mediation.sqlite")) as there:
        assert there.execute("SELECT count(*) FROM dispute").fetchone() == (1,)


def test_an_older_backup_is_the_bare_database(app, office, tmp_path):
    _folder, run, scan = office
    old = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(str(app.config["SQLALCHEMY_DATABASE_URI"]).removeprefix("sqlite:///"))) as live, closing(
            sqlite3.connect(old)) as copy:
        live.backup(copy)
    with app.app_context():
        casework.make_case(house.actor())
        db.session.commit()
    assert run(restore, str(old), "--yes").exit_code == 0
    assert count_cases(app) == 1 and scan.read_bytes() == PDF
    scan.unlink()
    done = run(restore, str(old), "--yes")
    assert done.exit_code == 1 and "1个附件不在这份备份里" in done.output


@pytest.mark.parametrize("harm", [lambda p: p.write_bytes(p.read_bytes()[:-200]),
                                  lambda p: p.write_bytes(p.read_bytes().replace(PDF, PDF[::-1])),
                                  lambda p: spoil(p, 0.5, b"\xff" * 64),
                                  lambda p: spoil(p, 0.0, b"\x07"),
                                  lambda p: spoil(p, 0.9, bytes(2000)),
                                  lambda p: rewrite(p, {"files/../../evil": b"x"}),
                                  lambda p: rewrite(p, {"files/" + "a" * 32: b"x"}),
                                  lambda p: rewrite(p, {}, without="manifest.json"),
                                  lambda p: p.write_bytes(b""),
                                  lambda p: p.write_bytes(b"not a backup at all")])
def test_a_damaged_backup_changes_nothing(app, office, tmp_path, harm):
    folder, run, scan = office
    run(backup, str(tmp_path / "copy"))
    target = opened(app, tmp_path / "copy")
    harm(target)
    before = lying(folder)
    done = run(restore, str(target), "--yes")
    assert done.exit_code == 1 and "不能用" in done.output
    assert lying(folder) == before and scan.read_bytes() == PDF and count_cases(app) == 1


@pytest.mark.parametrize("harm", [
    lambda body: body[:-1], lambda body: body[:90], lambda body: body + b"x",
    lambda body: body[:2000] + bytes([body[2000] ^ 1]) + body[2001:],
    lambda body: body[:80] + bytes([body[80] ^ 1]) + body[81:]])
def test_r65_a_copy_that_left_the_machine_is_closed_to_others_and_shows_every_change(app, office, tmp_path, harm):
    """R65: encrypted; nobody's name is read in it, and no bit of it can be changed."""
    folder, run, _scan = office
    run(backup, str(tmp_path / "copy"))
    body = (tmp_path / "copy").read_bytes()
    assert PDF not in body and b"manifest" not in body and not zipfile.is_zipfile(tmp_path / "copy")
    before = lying(folder)
    (tmp_path / "copy").write_bytes(harm(body))
    done = run(restore, str(tmp_path / "copy"), "--yes")
    assert done.exit_code == 1 and "不能用" in done.output and lying(folder) == before
    (tmp_path / "copy").write_bytes(body)
    with pytest.raises(vault.WrongKey):
        copies.put_back(f"sqlite:///{tmp_path / 'there.sqlite'}", tmp_path, tmp_path / "copy",
                        vault.make_keys(tmp_path / "others"))


@pytest.mark.parametrize("size", [0, 1, 8, 9, 16, 17])
def test_files_of_every_length_come_back_from_their_blocks(tmp_path, monkeypatch, size):
    monkeypatch.setattr(encrypting, "BLOCK", 8)
    keys, body = vault.make_keys(tmp_path), bytes(range(size))
    (tmp_path / "plain").write_bytes(body)
    encrypting.encrypt(tmp_path / "plain", tmp_path / "closed", keys)
    encrypting.decrypt(tmp_path / "closed", tmp_path / "again", keys)
    assert (tmp_path / "again").read_bytes() == body
    whole = (tmp_path / "closed").read_bytes()
    if size > 8:  # its last block cut off
        (tmp_path / "closed").write_bytes(whole[:14 + 64 + 8 + 8 * ((size - 1) // 8) + 16 * ((size - 1) // 8)])
        with pytest.raises(Refused):
            encrypting.decrypt(tmp_path / "closed", tmp_path / "cut", keys)


def opened(app, path: Path) -> Path:
    """The bare archive of an encrypted backup, as older versions made them."""
    encrypting.decrypt(path, path.with_suffix(".zip"), vault.of_app(app))
    return path.with_suffix(".zip")


def test_what_this_version_cannot_read_is_not_put_back(app, office, tmp_path):
    """The database of a later version, and one that is none of ours: said before anything is replaced."""
    folder, run, _scan = office
    before = lying(folder)
    for name, told, harm in (("later", "更新版本", "UPDATE alembic_version SET version_num = '9999'"),
                             ("none", "不能用", "DROP TABLE attachment")):
        target = tmp_path / f"{name}.sqlite"
        with closing(sqlite3.connect(folder / "gonghe.sqlite")) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute(harm)
            copy.commit()
        done = run(restore, str(target), "--yes")
        assert done.exit_code == 1 and told in done.output
        assert lying(folder) == before and count_cases(app) == 1


def spoil(path: Path, where: float, body: bytes) -> None:
    """Write over the compressed database, as a bad sector does; the archive's own lists stay whole."""
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("database.sqlite")
    data = bytearray(path.read_bytes())
    begin = part.header_offset + 30 + len(part.filename) + len(part.extra)
    at = begin + int(where * part.compress_size)
    data[at:at + len(body)] = body
    path.write_bytes(data)


def rewrite(path: Path, more: dict[str, bytes], without: str = "") -> None:
    """The archive with further parts that its list names too, as somebody would who wants them unpacked; or without one."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(parts.pop("manifest.json"))
    for name, body in more.items():
        told["sha256"][name] = "0" * 64 if name.endswith("a") else copies.hashlib.sha256(body).hexdigest()
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in {**parts, **more, "manifest.json": json.dumps(told).encode()}.items():
            if name != without:
                archive.writestr(name, body)


def test_a_paper_of_a_dispute_that_waits_at_the_counter_is_in_it(app, office, tmp_path):
    folder, run, _scan = office
    with app.app_context():
        told = {"name": "萨仁", "told": "牧丰养殖", "narrative": "欠薪"}
        handovers.send(handovers.Sent("before_filing", "", "", None, told, ("函.pdf", PDF + b"2")), house.actor("liaison"),
                       folder)
        db.session.commit()
    target = tmp_path / "copy.zip"
    assert run(backup, str(target)).exit_code == 0
    shutil.rmtree(folder / files.FOLDER)
    assert run(restore, str(target), "--yes").exit_code == 0
    assert sorted(path.read_bytes() for path in (folder / files.FOLDER).iterdir()) == [PDF, PDF + b"2"]


def test_a_file_that_is_lost_on_disk_is_named_and_the_rest_is_kept(app, office, tmp_path):
    _folder, run, scan = office
    scan.write_bytes(b"changed")
    done = run(backup, str(tmp_path / "copy"))
    assert done.exit_code == 1 and scan.name in done.output
    with zipfile.ZipFile(opened(app, tmp_path / "copy")) as archive:
        assert sorted(archive.namelist()) == ["database.sqlite", "manifest.json"]
    with app.app_context():
        assert db.session.scalar(select(Attachment.stored_name)) == scan.name


def test_a_backup_replaces_no_file_and_leaves_no_trace_then(app, office, tmp_path):
    _folder, run, _scan = office
    (tmp_path / "there").write_text("mine")
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Event))
    done = run(backup, str(tmp_path / "there"))
    assert done.exit_code == 1 and "换个名字" in done.output and (tmp_path / "there").read_text() == "mine"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Event)) == before


def told(error) -> str:
    return error.value.problems[0].text.zh


def test_without_the_tools_of_postgresql_no_copy_is_pretended(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused) as refusal:
        copies.copy_to("postgresql+psycopg://there/office", tmp_path, tmp_path / "copy.zip", vault.make_keys(tmp_path))
    assert "pg_dump" in told(refusal) and [path.name for path in tmp_path.iterdir()] == [vault.FILE]


def test_a_backup_of_the_other_engine_is_refused(app, office, tmp_path):
    folder, run, _scan = office
    run(backup, str(tmp_path / "copy"))
    rewrite_as_dump(opened(app, tmp_path / "copy"))
    done = run(restore, str(tmp_path / "copy.zip"), "--yes")
    assert done.exit_code == 1 and "另一种数据库" in done.output and count_cases(app) == 1
    assert not list(folder.glob("*-replaced-*"))


def rewrite_as_dump(target: Path) -> None:
    with zipfile.ZipFile(target) as archive:
        parts = {name.replace("database.sqlite", "database.dump"): archive.read(name) for name in archive.namelist()}
    parts["manifest.json"] = parts["manifest.json"].replace(b"database.sqlite", b"database.dump")
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
