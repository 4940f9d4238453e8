@echo off
rem Run once as administrator: from then on the server starts with the machine, before anybody logs in.
schtasks /Create /F /TN Gonghe /SC ONSTART /RU SYSTEM /RL LIMITED /TR "\"%~dp0.venv\Scripts\python.exe\" -m flask --app \"%~dp0app.py\" serve"
schtasks /Run /TN Gonghe
pause
