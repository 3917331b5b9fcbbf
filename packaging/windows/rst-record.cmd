@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem rst-record.cmd: a capture, and what the Windows firewall dropped in the meantime, for the plugin rst.
rem Its authors have run it only with stand-ins for the programs that it calls: read it before you use it. It needs an
rem administrator, and Windows 10 2004, Server 2022 or later.
setlocal EnableExtensions DisableDelayedExpansion

set "CODE=2"
if "%~1"=="" goto usage
set "CODE=0"
if "%~1"=="/?" goto usage
if /i "%~1"=="--help" goto usage
if /i "%~1"=="--restore" goto restore
set "NAME=%~1"
set "SECONDS=%~2"
set "AUDIT=%NAME%.auditpol.csv"
rem Outside quotation marks, these would begin another command. x and 0: "for" skips what begins with a semicolon.
for /f "tokens=1 delims=&|<>^" %%c in ("x%NAME%") do if not "%%c"=="x%NAME%" echo rst-record: "%NAME%": not without ^& ^| ^< ^> ^^& exit /b 2
for /f "delims=0123456789" %%c in ("0%SECONDS%") do echo rst-record: "%SECONDS%": not a number of seconds& exit /b 2
if exist "%NAME%.pcapng" echo rst-record: %NAME%.pcapng already exists& exit /b 2
rem What was saved there would be replaced by the changed policy.
if exist "%AUDIT%" echo rst-record: a policy was not put back yet: rst-record --restore "%AUDIT%"& exit /b 2
where pktmon >nul 2>&1
if errorlevel 1 echo rst-record: this Windows has no pktmon& exit /b 1
set "BEGIN="
for /f "usebackq delims=" %%t in (`powershell -NoProfile -Command "(Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ')"`) do set "BEGIN=%%t"
if not defined BEGIN echo rst-record: PowerShell does not tell the time& exit /b 1

rem The whole audit policy as it is, so that it can be put back. Subcategories by number: their names are translated.
auditpol /backup /file:"%AUDIT%" >nul 2>&1
if errorlevel 1 del "%AUDIT%" 2>nul& echo rst-record: the audit policy cannot be saved, and nothing was changed. Is this an administrator's command prompt?& exit /b 1
rem Filtering Platform Packet Drop, Filtering Platform Connection, Other Policy Change Events (names of filters).
auditpol /set /subcategory:{0CCE9225-69AE-11D9-BED3-505054503030} /success:enable /failure:enable >nul
if errorlevel 1 goto failed
auditpol /set /subcategory:{0CCE9226-69AE-11D9-BED3-505054503030} /success:enable /failure:enable >nul
if errorlevel 1 goto failed
auditpol /set /subcategory:{0CCE9234-69AE-11D9-BED3-505054503030} /success:enable >nul

rem At network cards only: every other layer would record each packet again, and nothing in the pcapng tells them apart.
pktmon start --capture --comp nics --pkt-size 256 --file-name "%NAME%.etl" >nul
if errorlevel 1 goto failed
if defined SECONDS goto timed
echo Recording. Do not press Ctrl-C, which would leave the audit policy changed.
echo Reproduce the problem, then press any key here.
pause >nul
goto stop
:timed
echo Recording for %SECONDS% s.
rem timeout.exe would end at once where there is no console.
powershell -NoProfile -Command "Start-Sleep -Seconds %SECONDS%"
:stop
pktmon stop >nul
call :put_back
if errorlevel 1 set "CODE=1"

pktmon etl2pcap "%NAME%.etl" --out "%NAME%.pcapng" >nul
if errorlevel 1 echo rst-record: pktmon does not convert %NAME%.etl& set "CODE=1"
netsh wfp show state file="%NAME%.wfpstate.xml" >nul
if errorlevel 1 echo rst-record: netsh does not write %NAME%.wfpstate.xml& set "CODE=1"
wevtutil qe Security /f:xml /e:Events /q:"*[System[(EventID=5031 or (EventID>=5150 and EventID<=5159) or EventID=5441 or EventID=5447) and TimeCreated[@SystemTime>='%BEGIN%']]]" >"%NAME%.security.xml"
if errorlevel 1 echo rst-record: wevtutil does not write %NAME%.security.xml& set "CODE=1"
echo.
echo Copy these files to the machine with Wireshark: %NAME%.pcapng %NAME%.security.xml %NAME%.wfpstate.xml
rem There, without a folder, whose backslashes would begin escapes.
for %%i in ("%NAME%") do set "NAME=%%~nxi"
echo open:  wireshark -o "uat:rst_witness:\"%NAME%.security.xml\",\"\",\"\"" -o "uat:rst_witness:\"%NAME%.wfpstate.xml\",\"\",\"\"" -r "%NAME%.pcapng"
exit /b %CODE%

:failed
call :put_back
if not errorlevel 1 echo rst-record: the recording did not start; the audit policy is as it was
exit /b 1

:restore
set "AUDIT=%~2"
if not exist "%AUDIT%" echo rst-record: --restore %AUDIT%: no such file& exit /b 2
call :put_back
exit /b %errorlevel%

rem The file stays until this has worked.
:put_back
auditpol /restore /file:"%AUDIT%" >nul
if errorlevel 1 echo rst-record: THE AUDIT POLICY IS STILL CHANGED: rst-record --restore "%AUDIT%"& exit /b 1
del "%AUDIT%"
exit /b 0

:usage
echo Usage: rst-record.cmd NAME [SECONDS]
echo        rst-record.cmd --restore NAME.auditpol.csv
echo.
echo Captures at all network cards and exports what the Windows firewall dropped in the meantime, until a key is pressed
echo or for SECONDS. The audit policy is changed for that time and then put back; --restore does that by hand.
echo Files: NAME.pcapng, NAME.security.xml, NAME.wfpstate.xml, NAME.etl, and NAME.auditpol.csv while it is changed.
exit /b %CODE%
