"""The drill: probes that try to get past the safety rules of the installed app, in a scratch copy of it."""
