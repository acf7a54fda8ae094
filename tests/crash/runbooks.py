"""The runbooks of the scenarios."""

from typing import Final

RUNBOOK: Final = """---
id: {id}
version: 1
title: {alert}
match: {{alerts: [{alert}], targets: [box]}}
recipes:
  - id: grow
    label: Change it
    steps: [{steps}]
    verify:
      - {{name: Memory below 85 %, reading: share, below: 85}}
      - {{name: It runs, reading: running, equals: true}}
    settle: 0.1
    within: 0.2
---
# {alert}
"""
MEMORY: Final = "{action: toy.set_memory, arguments: {memory: 3072}}"
CPU: Final = "{action: toy.set_cpu, arguments: {cpu: 4}}"
RESTART: Final = "{action: toy.restart}"
RUNBOOKS: Final = (
    RUNBOOK.format(id="toy-memory", alert="ToyMemoryHigh", steps=MEMORY),
    RUNBOOK.format(id="toy-two", alert="ToyTwo", steps=f"{CPU}, {MEMORY}"),
    RUNBOOK.format(id="toy-restart", alert="ToyRestart", steps=f"{RESTART}, {MEMORY}"),
)
