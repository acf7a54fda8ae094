"""Docker in tests: a small engine on a unix socket."""
