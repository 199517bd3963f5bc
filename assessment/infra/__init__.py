"""What touches the outside, without the web: settings, files, languages and formats."""
