"""What Prometheus, Alertmanager and Grafana share: labels of alerts, rules, path prefix and tenant."""
