@echo off
rem Monthly check on Windows. Create the task once, in a command prompt:
rem   schtasks /Create /TN "crmclean check" /TR "C:\crm\check.cmd" /SC MONTHLY /D 1 /ST 08:30
rem The folder of this script holds crmclean.yaml and the files; last.json is the last accepted month.
rem The task's Last Run Result is the exit code; check.txt opens in Notepad.
setlocal
cd /d "%~dp0"
chcp 65001 >nul
set PYTHONUTF8=1
set BASELINE=
if exist last.json set BASELINE=--baseline last.json

crmclean check --lang zh %BASELINE% --summary this.json --report json=check.json > check.txt 2> check.err
set CODE=%ERRORLEVEL%

if %CODE%==0 (
  move /y this.json last.json >nul
) else (
  copy /y check.txt "%USERPROFILE%\Desktop\crmclean-check.txt" >nul
)
exit /b %CODE%
