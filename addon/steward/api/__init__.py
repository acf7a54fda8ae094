"""HTTP API of the app: websocket for front ends, webhooks for monitors, health and metrics."""
