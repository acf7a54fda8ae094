"""The sections of the lab's page as JSON."""

from collections.abc import Callable

from lab.faults import ArmedFault, FaultKind
from lab.fixtures import Served
from lab.guest import GuestView
from lab.lab import Lab
from lab.phone import Notification
from lab.telegram import GENERAL, GROUP_ID, Forum, Message, User
from lab.telegram.rows import keyboard_rows
from lab.telegram.topics import ICONS
from lab.wire import Json, JsonObject
from lab.world import NodeView

_SHOWN_EFFECTS = 100
_SHOWN_ANSWERS = 20


def phone_view(lab: Lab) -> JsonObject:
    """Return the phone's notifications, newest first."""
    rows: list[Json] = [_notification_row(n) for n in reversed(lab.phone.notifications)]
    return {
        "name": lab.phone.name,
        "platform": lab.phone.platform,
        "is_registered": lab.phone.webhook_id is not None,
        "notifications": rows,
        "time": lab.world.wall() // 60 * 60,
    }


def telegram_view(lab: Lab) -> JsonObject:
    """Return topics with messages, users, and answers to presses."""
    forum = lab.telegram.forum
    topics: list[Json] = [_topic_row(forum, None, GENERAL, 0x3390EC, None)]
    for topic in forum.topics:
        icon = ICONS.get(topic.icon_custom_emoji_id or "")
        row = _topic_row(forum, topic.thread_id, topic.name, topic.icon_color, icon)
        topics.append({**row, "is_closed": topic.is_closed})
    answers: list[Json] = [
        {
            "query_id": a.query_id,
            "user": a.user.first_name,
            "text": a.text,
            "is_alert": a.is_alert,
            "at": a.at,
        }
        for a in forum.answers[-_SHOWN_ANSWERS:]
    ]
    return {
        "title": forum.title,
        "has_bot": lab.telegram.updates.is_polled or bool(lab.telegram.updates.webhook.url),
        "users": {name: _user_row(user) for name, user in forum.users.items()},
        "topics": topics,
        "messages": [_message_row(message) for message in forum.messages if message.chat_id == GROUP_ID],
        "answers": answers,
    }


def services_view(lab: Lab) -> Json:
    """Every simulator with the faults that are switched on."""
    simulators = [(key, _name(key, served), served.url) for key, served in lab.served.items()]
    simulators += [
        (lab.telegram.service, "Telegram Bot API", lab.telegram.url),
        (lab.phone.service, "Phone push", lab.phone.url),
    ]
    rows: list[Json] = []
    for service, name, url in simulators:
        faults: list[Json] = [_fault_row(armed) for armed in lab.faults.armed(service)]
        rows.append({"service": service, "name": name, "url": url, "faults": faults})
    return {"kinds": [str(kind) for kind in FaultKind], "rows": rows}


def _name(key: str, served: Served) -> str:
    kind = getattr(served, "kind", None)
    name = key.replace("_", " ").capitalize()
    return f"{name} ({kind})" if kind else name


def world_view(lab: Lab) -> JsonObject:
    """Return nodes with their guests, and the active alerts."""
    guests = lab.world.guests()
    nodes: list[Json] = [
        _node_row(node, [guest for guest in guests if guest.node == node.name]) for node in lab.world.nodes()
    ]
    alerts: list[Json] = [
        {
            "name": alert.rule.name,
            "about": alert.labels.get("name") or alert.labels.get("id") or alert.labels.get("instance", ""),
            "summary": alert.annotations.get("summary", ""),
            "severity": alert.labels.get("severity", ""),
            "is_firing": alert.is_firing,
        }
        for alert in lab.prometheus.rules.active()
    ]
    return {"nodes": nodes, "alerts": alerts, "is_connected": lab.is_connected}


def effects_view(lab: Lab) -> Json:
    """Return the effective writes, newest first."""
    return [
        {
            "at": effect.at,
            "service": effect.service,
            "method": effect.method,
            "path": effect.path,
            "body": dict(effect.body),
        }
        for effect in reversed(lab.world.effects[-_SHOWN_EFFECTS:])
    ]


SECTIONS: dict[str, Callable[[Lab], Json]] = {
    "phone": phone_view,
    "telegram": telegram_view,
    "services": services_view,
    "world": world_view,
    "effects": effects_view,
}


def _notification_row(notification: Notification) -> JsonObject:
    return {
        "number": notification.number,
        "title": notification.title,
        "message": notification.message,
        "tag": notification.tag,
        "at": notification.at,
        "revision": notification.revision,
        "actions": [
            {"key": action.key, "title": action.title, "is_destructive": action.is_destructive}
            for action in notification.actions
        ],
    }


def _topic_row(forum: Forum, thread_id: int | None, name: str, color: int, icon: str | None) -> JsonObject:
    messages = [m for m in forum.messages if m.thread_id == thread_id and m.chat_id == GROUP_ID]
    return {
        "thread_id": thread_id,
        "name": name,
        "color": f"#{color:06x}",
        "icon": icon,
        "is_closed": False,
        "count": len(messages),
        "last": messages[-1].text.splitlines()[0] if messages else "",
    }


def _message_row(message: Message) -> JsonObject:
    return {
        "message_id": message.message_id,
        "thread_id": message.thread_id,
        "sender": message.sender.first_name,
        "is_bot": message.sender.is_bot,
        "text": message.text,
        "entities": [entity.row() for entity in message.entities],
        "keyboard": keyboard_rows(message.keyboard),
        "date": message.date,
        "edits": message.edits,
        "is_pinned": message.is_pinned,
    }


def _user_row(user: User) -> JsonObject:
    return {"name": user.first_name, "status": user.status}


def _fault_row(armed: ArmedFault) -> JsonObject:
    fault = armed.fault
    return {
        "number": armed.number,
        "kind": str(fault.kind),
        "path_prefix": fault.path_prefix,
        "left": None if fault.times is None else fault.times - armed.hits,
        "hits": armed.hits,
    }


def _node_row(node: NodeView, guests: list[GuestView]) -> JsonObject:
    return {
        "name": node.name,
        "is_online": node.is_online,
        "memory": node.memory,
        "memory_limit": node.memory_limit,
        "guests": [_guest_row(guest) for guest in guests],
    }


def _guest_row(guest: GuestView) -> JsonObject:
    return {
        "vmid": guest.vmid,
        "name": guest.name,
        "kind": str(guest.kind),
        "is_running": guest.is_running,
        "lock": guest.lock,
        "memory": guest.memory,
        "memory_limit": guest.memory_limit,
        "share": round(guest.share, 4),
        "cores": guest.cores,
    }
