"""The libraries' objects, and how the session is used."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, SQLColumnExpression, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from mediation import postgresql
from mediation.rules.house import failures
from mediation.rules.language import Text

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
TIMES = 3  # that what may be done twice is tried
REPLICA = "replica"  # key of the engine of a copy that follows; there are few, and most installations have none
GIVEN = "given"  # connection on which alone a session works, in a transaction that it does not end
READING = "reading"  # key of the engine that cannot write; where there is none, one engine does both


Expression = SQLColumnExpression[Any]  # a column of a table or a model, or what is reckoned from some in SQL
AnyModel = type[Any]  # a model of whose columns some are asked for that not every model has


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    if TYPE_CHECKING:
        __table__: ClassVar[Table]  # every model of ours has one of its own


class TwoEngines(Session):
    """A session that asks the reading engine while it promises only to read (``read_only``)."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Engine | Connection | None = None,
                 **kwargs: Any) -> Engine | Connection:
        if bind is None:
            bind = self.info.get(GIVEN)
        if bind is not None:
            return bind
        engines: Mapping[str | None, Engine] = self._db.engines
        return engines.get(self.info.get(READING), engines.get(READING, engines[None])) if self.info.get(
            READING) else engines[None]


db = SQLAlchemy(model_class=Base, session_options={"class_": TwoEngines})
if TYPE_CHECKING:
    Model = Base  # of which Flask-SQLAlchemy makes db.Model at run time, where no type checker sees it
else:
    Model = db.Model
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()


def _drop_changes() -> None:
    """Roll back; where the connection is lost there is nothing to roll back."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session().invalidate()


def read_only(engine: str = READING) -> None:
    """From here on the session only reads, and holds up no writer; what it changed and did not commit is dropped."""
    _drop_changes()
    db.session.info[READING] = engine


def read_and_write() -> None:
    """From here on the session may write again, beginning with a fresh look at the rows."""
    _drop_changes()
    db.session.info.pop(READING, None)


@contextmanager
def within(connection: Connection) -> Iterator[None]:
    """In here the session works in the transaction of a connection, which alone commits: all of it or nothing."""
    db.session.remove()
    db.session.info[GIVEN] = connection
    try:
        yield
        db.session.commit()
    finally:
        db.session.remove()


def let_go() -> None:
    """At the end of a request: nobody asks its objects any more, and a rollback would expire each attribute of each."""
    db.session.expunge_all()
    read_and_write()


def see_one_moment() -> None:
    """From here to its end the transaction sees one moment: what is counted in it and kept belongs together.

    A writer alone under the lock of SQLite sees no other. Elsewhere a row that somebody changed meanwhile cannot be
    written; the request is then answered once more.
    """
    _drop_changes()
    if db.engine.dialect.name != "sqlite":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def reading_engine() -> Engine:
    """The engine to read from beside the session."""
    return db.engines.get(READING, db.engine)


def begin_anew() -> None:
    """Let go of the session and of every connection: the next one is made to a server that answers."""
    db.session.remove()
    close_engines()


def close_engines() -> None:
    """Close the connections that are kept; before a fork, a copy or a change of the file beneath."""
    for engine in db.engines.values():
        engine.dispose()


def cause(error: DBAPIError) -> Text | None:
    """What kept the database from answering, with what to do; None for a fault of the program."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return failures.of_database(str(error.orig), state, is_cut=not state and postgresql.is_passing(error))


def later(app: Flask, act: Callable[[], None]) -> None:
    """Something to be written after the answer has left, in a context and a transaction of its own."""
    with app.app_context():
        insist(act)


def insist(act: Callable[[], None]) -> None:
    """Do something that is no harm done twice, and commit it; again where the database failed in a way that passes."""
    for left in reversed(range(TIMES)):
        try:
            act()
            db.session.commit()
            return
        except DBAPIError as error:
            _drop_changes()
            if not left or not postgresql.is_passing(error):
                raise
