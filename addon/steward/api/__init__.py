"""The app's own door: websocket for faces, webhooks for monitors, health and figures."""
