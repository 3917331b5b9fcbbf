@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem rst-setup.cmd: installs the Wireshark plugin rst and the profile "TCP Resets" for this user, and removes them.
rem Run under Wine only, not yet on Windows: read it before you use it.
rem Paths are expanded between quotes and outside parentheses only, because a user's name may contain & or ).
setlocal EnableExtensions DisableDelayedExpansion
set "HERE=%~dp0"
set "VERSIONS=4.4 4.6"
set "NAME=TCP Resets"
set "FILES=preferences colorfilters dfilter_buttons"
set "ACTION=install"
set "ONLY="
set "FAILED="
set "ANSWER=%TEMP%\rst-check.txt"
if not "%~1"=="" goto option
rem Started by a double-click, the window would close before anybody has read it.
call :folders
set "STATUS=%errorlevel%"
pause
exit /b %STATUS%

:option
if "%~1"=="" goto folders
if /i "%~1"=="/remove" set "ACTION=remove"& goto next
if /i "%~1"=="/check" set "ACTION=check"& goto next
for %%v in (%VERSIONS%) do if "%~1"=="%%v" set "ONLY=%%v"& goto next
if not "%~1"=="/?" echo rst-setup: unknown argument, or no plugin here for that version of Wireshark
goto usage
:next
shift /1
goto option

rem In the order in which Wireshark asks for them (wsutil/filesystem.c).
:folders
set "CONFIG=%APPDATA%\Wireshark"
if defined WIRESHARK_APPDATA set "CONFIG=%WIRESHARK_APPDATA%"
if defined WIRESHARK_CONFIG_DIR set "CONFIG=%WIRESHARK_CONFIG_DIR%"
if "%CONFIG%"=="\Wireshark" echo rst-setup: there is no %%APPDATA%%, so this user's folder is unknown& exit /b 1
set "PROFILE=%CONFIG%\profiles\%NAME%"
set "TSHARK=%ProgramFiles%\Wireshark\tshark.exe"
if defined RST_TSHARK set "TSHARK=%RST_TSHARK%"
if "%ACTION%"=="check" goto check
if "%ACTION%"=="remove" goto plugins
rem Explorer shows the inside of a zip like a folder, and takes only the file out that is started there.
set "FOUND="
for %%v in (%VERSIONS%) do if exist "%HERE%%%v\rst.dll" set "FOUND=yes"
if not defined FOUND echo rst-setup: the plugin is not beside this file. Extract the whole zip first.& exit /b 1
:plugins
for %%v in (%VERSIONS%) do call :plugin %%v
set "CHANGED="
for %%f in (%FILES%) do call :compare %%f
if "%ACTION%"=="remove" goto remove_profile

if defined CHANGED echo Profile kept, because it was changed: "%PROFILE%"& goto loaded
if not exist "%PROFILE%\" mkdir "%PROFILE%"
for %%f in (%FILES%) do call :place %%f
rem Widths and panes belong to Wireshark once they are there.
if not exist "%PROFILE%\recent" copy /b /y "%HERE%profile\%NAME%\recent" "%PROFILE%\recent" >nul
if not defined FAILED echo Profile: "%PROFILE%"

:loaded
if defined FAILED exit /b 1
if not exist "%TSHARK%" goto look
"%TSHARK%" -G plugins 2>nul | findstr /b /l /c:"rst.dll" >nul
if errorlevel 1 goto not_loaded
echo Wireshark loads it. To see that it works: rst-setup.cmd /check
exit /b 0
:look
echo Start Wireshark: Help - About Wireshark - Plugins must list rst.dll.
exit /b 0
:not_loaded
echo rst-setup: "%TSHARK%" does not load rst.dll. Which version of Wireshark is it, and what does it say?
"%TSHARK%" -v 2>nul | findstr /b /i "tshark"
"%TSHARK%" -G plugins 2>&1 | findstr /i "rst"
exit /b 1

:remove_profile
if not exist "%PROFILE%\" exit /b 0
for %%f in (%FILES%) do call :take %%f
if exist "%PROFILE%\recent" del "%PROFILE%\recent"
rd "%PROFILE%" 2>nul
if exist "%PROFILE%\" echo Kept, because it was changed: "%PROFILE%"
if not exist "%PROFILE%\" echo Removed: "%PROFILE%"
exit /b 0

rem The plugin for one version of Wireshark, which reads only the folder of its own. A file rst.txt beside it says that
rem it is ours: another plugin of this name is left alone.
:plugin
if defined ONLY if not "%~1"=="%ONLY%" exit /b 0
if "%ACTION%"=="install" if not exist "%HERE%%~1\rst.dll" exit /b 0
set "TARGET=%CONFIG%\plugins\%~1\epan"
if not exist "%TARGET%\rst.dll" goto absent
if exist "%TARGET%\rst.txt" goto ours
if "%ACTION%"=="install" set "FAILED=yes"
echo Kept, because it does not come from rst-setup: "%TARGET%\rst.dll"
exit /b 0
:absent
if "%ACTION%"=="remove" goto rest
if not exist "%TARGET%\" mkdir "%TARGET%"
:ours
if "%ACTION%"=="remove" goto remove_plugin
copy /b /y "%HERE%%~1\rst.dll" "%TARGET%\rst.new" >nul
if errorlevel 1 goto not_written
rem Before the plugin, so that it is ours even if this ends in between.
>"%TARGET%\rst.txt" echo rst.dll beside this file was installed by rst-setup.cmd, which also removes it.
move /y "%TARGET%\rst.new" "%TARGET%\rst.dll" >nul 2>&1
if errorlevel 1 goto in_use
echo Installed: "%TARGET%\rst.dll"
exit /b 0
:remove_plugin
del "%TARGET%\rst.dll" 2>nul
if exist "%TARGET%\rst.dll" goto in_use
echo Removed: "%TARGET%\rst.dll"
:rest
if exist "%TARGET%\rst.txt" del "%TARGET%\rst.txt"
if exist "%TARGET%\rst.new" del "%TARGET%\rst.new"
rd "%TARGET%" 2>nul
exit /b 0
:in_use
if exist "%TARGET%\rst.new" del "%TARGET%\rst.new"
echo rst-setup: "%TARGET%\rst.dll" is in use: close Wireshark and run this again
set "FAILED=yes"
exit /b 1
:not_written
echo rst-setup: cannot write to "%TARGET%"
set "FAILED=yes"
exit /b 1

rem Sets CHANGED if a file of the profile is neither as it is here nor as it was installed.
:compare
if not exist "%PROFILE%\%1" exit /b 0
call :same %1
if errorlevel 1 set "CHANGED=yes"
exit /b 0
:same
fc /b "%PROFILE%\%1" "%HERE%profile\%NAME%\%1" >nul 2>&1
if not errorlevel 1 exit /b 0
if not exist "%PROFILE%\installed.%1" exit /b 1
fc /b "%PROFILE%\%1" "%PROFILE%\installed.%1" >nul 2>&1
exit /b %errorlevel%

rem The second copy tells the next run what was changed since. It comes last: an interrupted run is no change.
:place
copy /b /y "%HERE%profile\%NAME%\%1" "%PROFILE%\%1" >nul
if errorlevel 1 goto not_placed
copy /b /y "%HERE%profile\%NAME%\%1" "%PROFILE%\installed.%1" >nul
if not errorlevel 1 exit /b 0
:not_placed
echo rst-setup: cannot write "%PROFILE%\%1"
set "FAILED=yes"
exit /b 1
:take
if not exist "%PROFILE%\%1" goto reference
call :same %1
if not errorlevel 1 del "%PROFILE%\%1"
:reference
if exist "%PROFILE%\installed.%1" del "%PROFILE%\installed.%1"
exit /b 0

:check
if not exist "%TSHARK%" echo rst-setup: no "%TSHARK%": set RST_TSHARK to the path of tshark.exe& exit /b 1
set "FIELDS=-T fields -e frame.number -e rst.cause -e rst.sender -e rst.trigger"
"%TSHARK%" -2 -r "%HERE%tour.pcapng" -Y rst %FIELDS% >"%ANSWER%" 2>"%ANSWER%.errors"
fc "%ANSWER%" "%HERE%tour-expected.txt" >nul
if errorlevel 1 goto differs
echo The resets of tour.pcapng are explained as they should be.
exit /b 0
:differs
echo rst-setup: the verdicts on tour.pcapng differ: please send "%ANSWER%" and
echo "%ANSWER%.errors" with the output of "%TSHARK%" -v
exit /b 1

:usage
echo Usage: rst-setup.cmd [4.4 or 4.6]    installs the plugin rst and the profile "TCP Resets" for the current user
echo        rst-setup.cmd /remove         removes both; a profile that was changed is kept
echo        rst-setup.cmd /check          shows whether Wireshark explains tour.pcapng as it should
echo.
echo Without a version, it is installed for each that is here: Wireshark reads only the folder of its own version.
exit /b 2
