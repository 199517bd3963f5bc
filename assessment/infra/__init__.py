"""What touches the outside world, except the web: settings, files, time, e-mail, languages and formats."""
