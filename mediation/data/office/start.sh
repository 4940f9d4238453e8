#!/bin/sh
# Starts the server; Ctrl+C stops it. Other computers: set MEDIATION_HOST and MEDIATION_PLAIN_HTTP before.
cd "$(dirname "$0")" || exit 1
python3 app.py init && exec python3 app.py serve
