"""The libraries' objects; imports nothing of ours."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, SQLColumnExpression, Table
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
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
        if bind is not None:
            return bind
        engines: Mapping[str | None, Engine] = self._db.engines
        return engines.get(READING, engines[None]) if self.info.get(READING) else engines[None]


db = SQLAlchemy(model_class=Base, session_options={"class_": TwoEngines})
if TYPE_CHECKING:
    Model = Base  # of which Flask-SQLAlchemy makes db.Model at run time, where no type checker sees it
else:
    Model = db.Model
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()


def read_only() -> None:
    """From here on the session only reads, and holds up no writer; what it changed and did not commit is dropped."""
    db.session.rollback()
    db.session.info[READING] = True


def read_and_write() -> None:
    """From here on the session may write again, beginning with a fresh look at the rows."""
    db.session.rollback()
    db.session.info.pop(READING, None)


def reading_engine() -> Engine:
    """The engine to read from beside the session."""
    return db.engines.get(READING, db.engine)


def close_engines() -> None:
    """Close the connections that are kept; before a fork, a copy or a change of the file beneath."""
    for engine in db.engines.values():
        engine.dispose()
