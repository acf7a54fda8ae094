"""What Alertmanager and the Alertmanager inside Grafana share: alerts by webhook and poll, and silences."""
