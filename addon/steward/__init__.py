"""The app: watches services, requests approvals, carries out actions and records them."""
