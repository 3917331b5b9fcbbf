@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem rst-record.cmd: a capture, and what the Windows firewall dropped in the meantime, for the plugin rst.
rem Not run by its authors yet: read it before you use it. Needs an administrator and Windows 10 2004, Server 2022 or later.
setlocal EnableExtensions DisableDelayedExpansion

if "%~1"=="/?" goto usage
if "%~1"=="" goto usage
if /i "%~1"=="--restore" goto restore
set "NAME=%~1"
set "SECONDS=%~2"
if exist "%NAME%.pcapng" echo rst-record: %NAME%.pcapng already exists& exit /b 2
net session >nul 2>&1
if errorlevel 1 echo rst-record: needs an administrator's command prompt& exit /b 1
where pktmon >nul 2>&1
if errorlevel 1 echo rst-record: this Windows has no pktmon& exit /b 1

rem The whole audit policy as it is, so that it can be put back. Subcategories by number: their names are translated.
set "AUDIT=%NAME%.auditpol.csv"
auditpol /backup /file:"%AUDIT%" >nul
if errorlevel 1 echo rst-record: the audit policy cannot be saved, so nothing was changed& exit /b 1
for /f "usebackq delims=" %%t in (`powershell -NoProfile -Command "(Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ')"`) do set "BEGIN=%%t"
rem Filtering Platform Packet Drop, Filtering Platform Connection, Other Policy Change Events (names of filters).
auditpol /set /subcategory:{0CCE9225-69AE-11D9-BED3-505054503030} /success:enable /failure:enable >nul
if errorlevel 1 goto failed
auditpol /set /subcategory:{0CCE9226-69AE-11D9-BED3-505054503030} /success:enable /failure:enable >nul
if errorlevel 1 goto failed
auditpol /set /subcategory:{0CCE9234-69AE-11D9-BED3-505054503030} /success:enable >nul

pktmon start --capture --pkt-size 256 --file-name "%NAME%.etl" >nul
if errorlevel 1 goto failed
if "%SECONDS%"=="" (
    echo Recording. Do not press Ctrl-C, which would leave the audit policy changed.
    echo Reproduce the problem, then press any key here.
    pause >nul
) else (
    echo Recording for %SECONDS% s.
    timeout /t %SECONDS% /nobreak >nul
)
pktmon stop >nul
auditpol /restore /file:"%AUDIT%" >nul
if errorlevel 1 echo rst-record: THE AUDIT POLICY IS STILL CHANGED: rst-record --restore "%AUDIT%"

pktmon etl2pcap "%NAME%.etl" --out "%NAME%.pcapng" >nul
netsh wfp show state file="%NAME%.wfpstate.xml" >nul
wevtutil qe Security /f:xml /e:Events /q:"*[System[(EventID=5031 or (EventID>=5150 and EventID<=5159) or EventID=5441 or EventID=5447) and TimeCreated[@SystemTime>='%BEGIN%']]]" >"%NAME%.security.xml"
echo.
echo Copy these files to the machine with Wireshark: %NAME%.pcapng %NAME%.security.xml %NAME%.wfpstate.xml
echo open:  wireshark -o "uat:rst_witness:\"%NAME%.security.xml\",\"\",\"\"" -o "uat:rst_witness:\"%NAME%.wfpstate.xml\",\"\",\"\"" -r "%NAME%.pcapng"
exit /b 0

:failed
auditpol /restore /file:"%AUDIT%" >nul
echo rst-record: the recording did not start; the audit policy is as it was
exit /b 1

:restore
auditpol /restore /file:"%~2"
exit /b %errorlevel%

:usage
echo Usage: rst-record.cmd NAME [SECONDS]
echo        rst-record.cmd --restore NAME.auditpol.csv
echo.
echo Captures TCP on all interfaces and exports what the Windows firewall dropped in the meantime, until a key is pressed
echo or for SECONDS. The audit policy is changed for that time and then put back; --restore does that by hand.
echo Files: NAME.pcapng, NAME.security.xml, NAME.wfpstate.xml, NAME.etl, NAME.auditpol.csv.
exit /b 2
