"""Settings: model, checks of single values, and sources (environment, YAML, options, secret files)."""
