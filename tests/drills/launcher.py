"""The server again and again from a program that is loaded once: for each line that comes in, a process of its own serves
on a free port until it is killed. What it says comes out, its process number first."""
from __future__ import annotations

import os
import signal
import sys

from app import app
from mediation.cli.house.setup import run_server

signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who was killed is not waited for here
for _line in sys.stdin:
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        print(os.getpid(), flush=True)
        try:
            with app.app_context():
                run_server(app, "127.0.0.1", 0)
        except BaseException as error:
            print(repr(error), flush=True)
        os._exit(1)
