@echo off
rem Monthly check on Windows. Create the task once, in a command prompt:
rem   schtasks /Create /TN "crmclean check" /TR "C:\crm\check.cmd" /SC MONTHLY /D 1 /ST 08:30
rem Where the path has spaces: /TR "\"C:\my crm\check.cmd\"". Chinese folder names need no more than that.
rem The folder of this script holds crmclean.yaml and the files; last.json is the last accepted month.
rem The task's Last Run Result is the exit code; what was said opens in Notepad. A Desktop in OneDrive
rem stands elsewhere: change DESK below. Keep this file plain ASCII: cmd reads it before chcp.
setlocal
pushd "%~dp0" || exit /b 2
chcp 65001 >nul
set PYTHONUTF8=1
set "DESK=%USERPROFILE%\Desktop"
set BASELINE=
if exist last.json set BASELINE=--baseline last.json

call crmclean check --lang zh %BASELINE% --summary this.json --report json=check.json > check.txt 2> check.err
set CODE=%ERRORLEVEL%

if %CODE%==0 move /y this.json last.json >nul
if not %CODE%==0 if exist "%DESK%\" copy /y /b check.txt+check.err "%DESK%\crmclean-check.txt" >nul
exit /b %CODE%
