@echo off
rem Run once as administrator, after gonghe.cmd has run once: from then on the server starts with the machine, before
rem anybody logs in. A task made by schtasks would be ended after three days and on battery, so it is not made by that.
set "GONGHE=%~dp0"
if not exist "%GONGHE%.venv\Scripts\python.exe" (
    echo Run gonghe.cmd once before.
    pause
    exit /b 1
)
powershell -NoProfile -Command "$ErrorActionPreference = 'Stop'; $action = New-ScheduledTaskAction -Execute ($env:GONGHE + '.venv\Scripts\python.exe') -Argument '-m flask --app app.py serve' -WorkingDirectory $env:GONGHE; $settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1); Register-ScheduledTask -TaskName Gonghe -Action $action -Trigger (New-ScheduledTaskTrigger -AtStartup) -Settings $settings -User SYSTEM -Force; Start-ScheduledTask -TaskName Gonghe"
if errorlevel 1 echo It was not set up: run this file as administrator.
pause
