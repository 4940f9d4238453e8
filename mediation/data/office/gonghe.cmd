@echo off
rem Starts the server; closing the window stops it. Other computers: set MEDIATION_HOST and MEDIATION_PLAIN_HTTP before.
cd /d "%~dp0"
py app.py init && py app.py serve
pause
