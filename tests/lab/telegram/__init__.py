"""Simulates Telegram: a strict Bot API server and a forum group."""

from lab.telegram.forum import GENERAL, GROUP_ID, Forum
from lab.telegram.markup import Entity
from lab.telegram.records import Answer, Button, Message, Press, Topic, User
from lab.telegram.simulator import BOT_ID, TelegramSimulator

__all__ = [
    "BOT_ID",
    "GENERAL",
    "GROUP_ID",
    "Answer",
    "Button",
    "Entity",
    "Forum",
    "Message",
    "Press",
    "TelegramSimulator",
    "Topic",
    "User",
]
