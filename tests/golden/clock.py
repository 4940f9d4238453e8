"""A clock that stands: the product reads one moment from it, whenever the tests run.

The business day can be set (``TODAY``), the time cannot; and some figures ask what nobody has touched for so many days
before this moment.
"""
from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, tzinfo
from unittest.mock import patch

PRODUCT = "mediation"


class _Alike(type):
    """Every ``datetime`` is one of the standing clock's too, so that checks of kind hold."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


@contextmanager
def standing(moment: datetime) -> Iterator[None]:
    """``datetime.now`` gives ``moment`` (with its zone) in every module of the product that is loaded."""

    class Standing(datetime, metaclass=_Alike):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    modules = [module for name, module in list(sys.modules.items())
               if name.partition(".")[0] == PRODUCT and vars(module).get("datetime") is datetime]
    with ExitStack() as stack:
        for module in modules:
            stack.enter_context(patch.object(module, "datetime", Standing))
        yield
