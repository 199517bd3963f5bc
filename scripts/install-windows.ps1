<#
.SYNOPSIS
    Installs Escala on Windows 10 or 11, without WSL: Python, Pango (for the PDFs), the locked packages, shortcuts, firewall.

.DESCRIPTION
    NOT TRIED ON WINDOWS YET. The script was written from the documentation of its parts (winget, MSYS2, WeasyPrint 70,
    New-NetFirewallRule) on a machine without Windows and without PowerShell. What was tried elsewhere: that all locked
    packages exist as wheels for Windows, or are plain Python, and that Escala makes its documents in processes that are
    started as Windows starts them. If a step fails, please report its message.

    Run it in PowerShell, in Escala's folder, as the user who will use Escala (not as administrator):

        powershell -ExecutionPolicy Bypass -File scripts\install-windows.ps1

    Running it again does only what is missing. Windows asks for permission once for the firewall. Data are kept in the
    folder "instance" of Escala's folder.

.PARAMETER Port
    The port that Escala listens on, and that the firewall lets in from private networks.

.PARAMETER Locale
    Language and country of Escala's messages, such as es-CO or en-US; else that of Windows.

.PARAMETER NoFirewall
    Leaves the firewall as it is.

.PARAMETER NoShortcuts
    Makes no shortcuts on the desktop and in the Start menu.
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 65535)][int]$Port = 8000,
    [ValidatePattern('^(|(es|en)(-[A-Z]{2})?)$')][string]$Locale = '',
    [switch]$NoFirewall,
    [switch]$NoShortcuts
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2.0

$Root = Split-Path -Parent $PSScriptRoot
$Venv = Join-Path $Root '.venv'
$VenvPython = Join-Path $Venv 'Scripts\python.exe'
$Escala = Join-Path $Venv 'Scripts\escala.exe'
$Msys = 'C:\msys64'
$PangoLibrary = Join-Path $Msys 'ucrt64\bin\libpango-1.0-0.dll'
$PangoPackage = 'mingw-w64-ucrt-x86_64-pango'
$PythonVersions = '3.14', '3.13', '3.12', '3.11'
$PythonPackage = 'Python.Python.3.13'
$RuleName = 'Escala'

$IsSpanish = (Get-UICulture).TwoLetterISOLanguageName -eq 'es'
if ($Locale) { $IsSpanish = $Locale.StartsWith('es') }
if (-not $Locale) { if ($IsSpanish) { $Locale = 'es' } else { $Locale = 'en' } }

function Say([string]$English, [string]$Spanish) {
    if ($IsSpanish) { Write-Host "Escala: $Spanish" } else { Write-Host "Escala: $English" }
}

function Stop-With([string]$English, [string]$Spanish) {
    Say $English $Spanish
    exit 1
}

function Invoke-Checked([string]$Program, [string[]]$Arguments) {
    # A program's own messages pass through; a code other than 0 ends the script.
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) {
        Stop-With "$Program failed (code $LASTEXITCODE): see its message above." `
            "$Program falló (código $LASTEXITCODE): vea su mensaje arriba."
    }
}

function Install-WithWinget([string]$Id, [string[]]$More) {
    if (-not (Get-Command winget -ErrorAction SilentlyContinue)) {
        Stop-With "winget is missing. Install 'App Installer' from the Microsoft Store, then run this again." `
            "Falta winget. Instale 'Instalador de aplicación' desde Microsoft Store y ejecute esto otra vez."
    }
    $given = @('install', '--id', $Id, '--exact', '--source', 'winget', '--silent',
        '--accept-package-agreements', '--accept-source-agreements') + $More
    & winget @given
    # winget has codes of its own for what is there already; whether it worked is looked for afterwards.
}

function Find-Python {
    # Never "python": without an installed one, Windows opens its store instead.
    foreach ($version in $PythonVersions) {
        $short = $version.Replace('.', '')
        $places = @(
            (Join-Path $env:LOCALAPPDATA "Programs\Python\Python$short\python.exe"),
            (Join-Path $env:ProgramFiles "Python$short\python.exe")
        )
        foreach ($place in $places) {
            if (Test-Path $place) { return $place }
        }
    }
    return $null
}

if (-not [Environment]::Is64BitOperatingSystem) {
    Stop-With 'Windows of 64 bits is needed.' 'Se necesita un Windows de 64 bits.'
}

# --- Python ----------------------------------------------------------------------------------------------------------

$Python = Find-Python
if (-not $Python) {
    Say 'Installing Python ...' 'Instalando Python ...'
    Install-WithWinget $PythonPackage @('--scope', 'user', '--architecture', 'x64')
    $Python = Find-Python
}
if (-not $Python) {
    Stop-With 'Python could not be installed. Get version 3.13 (64 bits) from python.org, then run this again.' `
        'No se pudo instalar Python. Bájelo de python.org (versión 3.13, 64 bits) y ejecute esto otra vez.'
}

# --- Pango, as WeasyPrint's documentation says: by MSYS2. WeasyPrint looks in C:\msys64\ucrt64\bin by itself. ----------

if (-not (Test-Path $PangoLibrary)) {
    $Bash = Join-Path $Msys 'usr\bin\bash.exe'
    if (-not (Test-Path $Bash)) {
        Say 'Installing MSYS2, which brings Pango for the PDFs ...' 'Instalando MSYS2, que trae Pango para los PDF ...'
        Install-WithWinget 'MSYS2.MSYS2' @()
    }
    if (-not (Test-Path $Bash)) {
        Stop-With 'MSYS2 is not in C:\msys64. Install it there from msys2.org, then run this again.' `
            'MSYS2 no está en C:\msys64. Instálelo ahí desde msys2.org y ejecute esto otra vez.'
    }
    Say 'Installing Pango ...' 'Instalando Pango ...'
    Invoke-Checked $Bash @('-lc', "pacman -Sy --noconfirm --needed $PangoPackage")
}
if (-not (Test-Path $PangoLibrary)) {
    Stop-With 'Pango could not be installed (see above).' 'No se pudo instalar Pango (vea arriba).'
}

# --- The locked packages, and Escala itself ----------------------------------------------------------------------------

Push-Location $Root
try {
    if (-not (Test-Path $VenvPython)) {
        Say 'Making .venv ...' 'Creando .venv ...'
        Invoke-Checked $Python @('-m', 'venv', $Venv)
    }
    Say 'Installing the locked packages (a few minutes the first time) ...' `
        'Instalando los paquetes fijados (unos minutos la primera vez) ...'
    $Pip = @('-m', 'pip', '--disable-pip-version-check', '--no-input', 'install')
    Invoke-Checked $VenvPython ($Pip + @('--require-hashes',
            '--requirement', 'requirements\build.txt', '--requirement', 'requirements\runtime.txt'))
    Invoke-Checked $VenvPython ($Pip + @('--no-deps', '--no-build-isolation', '--editable', '.'))
    Invoke-Checked $VenvPython @('-c', 'import weasyprint')
}
finally {
    Pop-Location
}

# --- Shortcuts ---------------------------------------------------------------------------------------------------------

if (-not $NoShortcuts) {
    $Shell = New-Object -ComObject WScript.Shell
    $Places = [Environment]::GetFolderPath('Desktop'), [Environment]::GetFolderPath('Programs')
    $Kinds = @(
        @('Escala', "--locale $Locale serve --port $Port"),
        @($(if ($IsSpanish) { 'Escala para teléfonos' } else { 'Escala for phones' }),
            "--locale $Locale serve --lan --port $Port")
    )
    foreach ($place in $Places) {
        foreach ($kind in $Kinds) {
            $Link = $Shell.CreateShortcut((Join-Path $place "$($kind[0]).lnk"))
            # By cmd /k, so that the window stays and shows the address, and why it ended if it does.
            $Link.TargetPath = $env:ComSpec
            $Link.Arguments = "/k `"`"$Escala`" $($kind[1])`""
            $Link.WorkingDirectory = $Root
            $Link.Save()
        }
    }
}

# --- Firewall: private networks only -----------------------------------------------------------------------------------

if (-not $NoFirewall) {
    # By port, since the program that listens is the Python behind .venv, which other programs use as well.
    $Rules = @(
        @{ Name = $RuleName; Protocol = 'TCP'; Port = $Port },
        @{ Name = "$RuleName (mDNS)"; Protocol = 'UDP'; Port = 5353 }
    )
    $Missing = @($Rules | Where-Object {
            $known = Get-NetFirewallRule -DisplayName $_.Name -ErrorAction SilentlyContinue
            -not $known -or -not (@($known | Get-NetFirewallPortFilter | ForEach-Object { $_.LocalPort }) -contains "$($_.Port)")
        })
    if ($Missing.Count -gt 0) {
        Say 'Windows asks for permission now: the firewall is to let phones of private networks in.' `
            'Windows pide permiso ahora: el cortafuegos debe dejar entrar a los teléfonos de redes privadas.'
        $Lines = foreach ($rule in $Missing) {
            "New-NetFirewallRule -DisplayName '$($rule.Name)' -Direction Inbound -Action Allow -Profile Private " +
            "-Protocol $($rule.Protocol) -LocalPort $($rule.Port) | Out-Null"
        }
        $Encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($Lines -join "`n"))
        try {
            Start-Process powershell -Verb RunAs -Wait -ArgumentList '-NoProfile', '-EncodedCommand', $Encoded
        }
        catch {
            Say 'It was not allowed: phones will not get through. Run this again to allow it.' `
                'No se permitió: los teléfonos no podrán entrar. Ejecute esto otra vez para permitirlo.'
        }
    }
    $Public = @(Get-NetConnectionProfile | Where-Object { $_.NetworkCategory -eq 'Public' })
    if ($Public.Count -gt 0) {
        Say ("This network is public for Windows, so phones stay out: $($Public.Name -join ', '). In Settings, " +
            'Network and internet, choose it and mark it as private, if you trust it.') `
        ("Para Windows esta red es pública, así que los teléfonos quedan fuera: $($Public.Name -join ', '). En " +
            'Configuración, Red e Internet, elíjala y márquela como privada, si confía en ella.')
    }
}

Say "Done. Open 'Escala' on the desktop; the browser's address is http://127.0.0.1:$Port" `
    "Listo. Abra 'Escala' en el escritorio; la dirección del navegador es http://127.0.0.1:$Port"
