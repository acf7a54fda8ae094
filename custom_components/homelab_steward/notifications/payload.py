"""Converts views into notifications of the companion apps for Android and Apple."""

import html
from dataclasses import dataclass
from typing import Any, Final

from ..const import PANEL_PATH
from ..contract.catalogue import Risk
from ..phrases import Phrases
from .views import Choice, View

PREFIX: Final = "HS"
IGNORE: Final = "ignore"
REJECT: Final = "reject"
CANCEL: Final = "cancel"
COMMENT: Final = "comment"
STOP: Final = "stop"
"""The text of the button that rejects what the steward is about to do by itself."""

DO_NOW: Final = "do_now"
DETAILS: Final = "details"
FALSE_ALARM: Final = "false_alarm"
SAME_DEVICE: Final = "same_device"
OTHER_DEVICE: Final = "other_device"
MATCHES: Final = {SAME_DEVICE: True, OTHER_DEVICE: False}
"""The buttons of a question about two things, and whether they say that it is one device."""

CLEAR: Final = "clear_notification"

ANDROID_ACTIONS: Final = 3

GROUP: Final = "homelab_steward"
ICON: Final = "mdi:server-network"
ALARM_CHANNEL: Final = "alarm_stream"
"""Android: plays the sound of the alarm, also on a phone that is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One call of a phone's notify action."""

    message: str
    data: dict[str, Any]
    title: str | None = None

    def as_service_data(self) -> dict[str, Any]:
        """Return the data of the action."""
        plain: dict[str, Any] = {"message": self.message, "data": self.data}
        return plain if self.title is None else {**plain, "title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a push depends on besides its view: the phone, its secret, whether it plays a sound.

    ``is_critical``: the sound breaks through a phone that is silent.
    """

    approval_id: str
    nonce: str
    is_apple: bool
    is_loud: bool
    phrases: Phrases
    is_critical: bool = False


def card(view: View, form: Form, image: str | None) -> Push:
    """Return the notification of a request; it replaces the one before.

    ``image`` is the path of the picture of the trend, None without one.
    """
    data = _frame(form.approval_id, form) | _opens_panel(f"request/{form.approval_id}", form)
    if view.is_asking:
        data["actions"] = _card_actions(view, form)
        data |= _picture(image, form)
        if not form.is_apple:
            data["confirmation"] = True
    elif view.can_cancel:
        data["actions"] = [_plain(CANCEL, form)]
        if not form.is_apple:
            data["confirmation"] = True
    return Push(title=_text(view.title, form), message=_text(view.message, form), data=data)


def details(view: View, message: str, form: Form, image: str | None) -> Push:
    """Return the second notification: evidence, plans, and the buttons that the first has no space for."""
    data = _frame(details_tag(form.approval_id), form) | _opens_panel(f"request/{form.approval_id}", form)
    data["actions"] = _details_actions(view, form)
    data |= _picture(image, form)
    return Push(title=_text(view.title, form), message=_text(message, form), data=data)


def answer(title: str, message: str, form: Form) -> Push:
    """Return the answer to a press that had no effect."""
    data = _frame(f"{form.approval_id}-answer", form)
    return Push(title=_text(title, form), message=_text(message, form), data=data)


def clear(tag: str) -> Push:
    """Return the push that removes a notification."""
    return Push(message=CLEAR, data={"tag": tag})


def details_tag(approval_id: str) -> str:
    """Return the tag of the second notification of a request."""
    return f"{approval_id}-details"


def _card_actions(view: View, form: Form) -> list[dict[str, Any]]:
    """Return the buttons that fit: all on Apple, three on Android, with Details as the last."""
    numbered = _numbered(view, form)
    refuse, more = _refuse(view, form), _plain(DETAILS, form)
    beside = [more, *_false_alarm(view, form), _comment(form)] if form.is_apple else [more]
    if view.acts_alone:
        # To stop it is the decision that has no time: it comes first.
        return [refuse, *numbered, *beside]
    if form.is_apple:
        return [*numbered, refuse, *beside]
    if len(numbered) + 2 <= ANDROID_ACTIONS:
        return [*numbered, refuse, more]
    return [*numbered[: ANDROID_ACTIONS - 1], more]


def _details_actions(view: View, form: Form) -> list[dict[str, Any]]:
    """Return the buttons that the card has no space for."""
    numbered = _numbered(view, form)
    if form.is_apple:
        return []
    if len(numbered) + 2 <= ANDROID_ACTIONS:
        return [*_false_alarm(view, form), _comment(form)]
    left_out = numbered[ANDROID_ACTIONS - 1 :]
    return [*left_out, _refuse(view, form), *_false_alarm(view, form), _comment(form)][:ANDROID_ACTIONS]


def _false_alarm(view: View, form: Form) -> list[dict[str, Any]]:
    """Return the button that says that it was a false alarm, nothing where nobody may say so."""
    return [_plain(FALSE_ALARM, form)] if view.can_be_false else []


def _refuse(view: View, form: Form) -> dict[str, Any]:
    """Return the button to do nothing; a version that is rejected is not offered again."""
    if view.acts_alone:
        return {**_plain(REJECT, form), "title": form.phrases(f"button_{STOP}")}
    return _plain(REJECT if view.is_update else IGNORE, form)


def _numbered(view: View, form: Form) -> list[dict[str, Any]]:
    """Return the buttons of the options; the only one that is carried out anyway says that it is done now."""
    buttons = [_choice(one, form) for one in view.choices]
    if view.acts_alone:
        return [{**one, "title": form.phrases(f"button_{DO_NOW}")} for one in buttons]
    return buttons


def _choice(choice: Choice, form: Form) -> dict[str, Any]:
    action: dict[str, Any] = {
        "action": action_id(str(choice.number), form.approval_id, form.nonce),
        "title": f"{choice.number} {choice.label}",
    }
    if choice.needs_unlock:
        # The phone must be unlocked before it sends the press.
        action["authenticationRequired"] = True
    if choice.risk is Risk.HIGH:
        action["destructive"] = True
    return action


def _plain(what: str, form: Form) -> dict[str, Any]:
    return {
        "action": action_id(what, form.approval_id, form.nonce),
        "title": form.phrases(f"button_{what}"),
    }


def _comment(form: Form) -> dict[str, Any]:
    """Return the button with a field for a text, which the phone sends with the press."""
    return {
        **_plain(COMMENT, form),
        "behavior": "textInput",
        "textInputButtonTitle": form.phrases("button_send"),
        "textInputPlaceholder": form.phrases("comment_placeholder"),
    }


def action_id(what: str, approval_id: str, nonce: str) -> str:
    """Return the action that a phone sends when the button is pressed."""
    return f"{PREFIX}|{what}|{approval_id}|{nonce}"


def progress(tag: str, title: str, message: str, done: int, total: int, form: Form) -> Push:
    """Return how far a run is: a live update on Android, a Live Activity on Apple.

    Other phones show a silent notification. ``clear`` ends it.
    """
    data = _frame(tag, form)
    data |= {"live_update": True, "progress": done, "progress_max": total}
    if form.is_apple:
        data["notification_icon"] = ICON
    else:
        data |= {"channel": form.phrases("channel_progress"), "sticky": True}
    return Push(title=_text(title, form), message=_text(message, form), data=data)


def announcement(tag: str, title: str, message: str, form: Form, *, page: str | None = None) -> Push:
    """Return a notification that asks nothing; a tap opens ``page`` of the panel."""
    data = _frame(tag, form) | (_opens_panel(page, form) if page else {})
    return Push(title=_text(title, form), message=_text(message, form), data=data)


def match_question(tag: str, title: str, message: str, form: Form) -> Push:
    """Return the question whether two things are the same device, with a button for each answer."""
    asked = announcement(tag, title, message, form, page="monitors")
    data = {**asked.data, "actions": [_plain(one, form) for one in MATCHES]}
    return Push(title=asked.title, message=asked.message, data=data)


def _frame(tag: str, form: Form) -> dict[str, Any]:
    if form.is_apple:
        return {"tag": tag, "group": GROUP, "push": _apple_sound(form)}
    frame: dict[str, Any] = {
        "tag": tag,
        "group": GROUP,
        "notification_icon": ICON,
        # A locked phone shows the content only if its owner has chosen that.
        "visibility": "private",
    }
    if form.is_loud:
        channel = ALARM_CHANNEL if form.is_critical else form.phrases("channel_requests")
        return {**frame, "channel": channel, "importance": "high", "ttl": 0, "priority": "high"}
    return {**frame, "channel": form.phrases("channel_quiet"), "importance": "low", "alert_once": True}


def _apple_sound(form: Form) -> dict[str, Any]:
    if not form.is_loud:
        return {"interruption-level": "passive", "sound": "none"}
    if not form.is_critical:
        return {"interruption-level": "time-sensitive", "sound": "default"}
    return {
        "interruption-level": "critical",
        "sound": {"name": "default", "critical": 1, "volume": 1.0},
    }


def _opens_panel(page: str, form: Form) -> dict[str, Any]:
    """Return what a tap on the notification opens: a page of the panel."""
    return {"url" if form.is_apple else "clickAction": f"/{PANEL_PATH}/{page}"}


def _picture(image: str | None, form: Form) -> dict[str, Any]:
    """Return the picture, which the phone downloads from Home Assistant; nothing without one."""
    if image is None:
        return {}
    if form.is_apple:
        # Apple reads the kind of a file from the end of its path, which the signature covers.
        return {"attachment": {"url": image, "content-type": "png"}}
    return {"image": image}


def _text(text: str, form: Form) -> str:
    r"""Return a title or message escaped.

    Android interprets tags and ``\n`` in both, but not in the titles of buttons.
    """
    return text if form.is_apple else html.escape(text, quote=False).replace("\\", "&#92;")
