@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem rst.cmd: a copy beside each program, rst-report.cmd beside rst-report, has Python for Windows run it.
setlocal EnableExtensions DisableDelayedExpansion
where py >nul 2>&1
if errorlevel 1 goto python
py -3 "%~dpn0" %*
exit /b %errorlevel%
:python
python "%~dpn0" %*
exit /b %errorlevel%
