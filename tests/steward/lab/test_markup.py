"""Texts are taken and refused as Telegram does."""

import pytest

from lab.telegram.html import parse_html
from lab.telegram.markdown import parse_markdown, parse_markdown_v2
from lab.telegram.markup import Formatted, MarkupError


def _shape(formatted: Formatted) -> tuple[str, list[tuple[str, str]]]:
    encoded = formatted.text.encode("utf-16-le")
    parts = [
        (e.kind, encoded[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le"))
        for e in formatted.entities
    ]
    return formatted.text, parts


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("plain", "plain", []),
        ("<b>bold</b> and <i>not</i>", "bold and not", [("bold", "bold"), ("italic", "not")]),
        ("<b>a <i>b</i></b>", "a b", [("bold", "a b"), ("italic", "b")]),
        ("🎬 <b>film</b>", "🎬 film", [("bold", "film")]),
        ("1 &lt; 2 &amp;&amp; &#51; &gt; 2", "1 < 2 && 3 > 2", []),
        ("a & b &copy;", "a & b &copy;", []),
        ('<a href="https://example.org/?a=1&amp;b=2">link</a>', "link", [("text_link", "link")]),
        ('<pre><code class="language-sh">ls</code></pre>', "ls", [("pre", "ls")]),
        ("<code>x</code><pre>y</pre>", "xy", [("code", "x"), ("pre", "y")]),
        ('<span class="tg-spoiler">secret</span>', "secret", [("spoiler", "secret")]),
        ("<blockquote expandable>long</blockquote>", "long", [("expandable_blockquote", "long")]),
        ("<b></b>empty", "empty", []),
        ("<b>end  </b>  ", "end", [("bold", "end")]),
    ],
)
def test_html(text: str, plain: str, entities: list[tuple[str, str]]) -> None:
    assert _shape(parse_html(text)) == (plain, entities)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("ä<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<span>x</span>", 'Unsupported start tag "span"'),
    ],
)
def test_broken_html(text: str, reason: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_html(text)
    assert str(caught.value).startswith(f"can't parse entities: {reason}")


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        (
            "*bold* _it_ __un__ ~st~",
            "bold it un st",
            [("bold", "bold"), ("italic", "it"), ("underline", "un"), ("strikethrough", "st")],
        ),
        ("||hidden|| `co*de`", "hidden co*de", [("spoiler", "hidden"), ("code", "co*de")]),
        ("```sh\nls -l\n```", "ls -l", [("pre", "ls -l")]),
        (r"1\. dot\! \- \(x\)", "1. dot! - (x)", []),
        (r"[a link](https://example.org/\))", "a link", [("text_link", "a link")]),
        (">quote\n>more\nrest", "quote\nmore\nrest", [("blockquote", "quote\nmore")]),
        ("*a _b_*", "a b", [("bold", "a b"), ("italic", "b")]),
        ("🎬 *film*", "🎬 film", [("bold", "film")]),
    ],
)
def test_markdown_v2(text: str, plain: str, entities: list[tuple[str, str]]) -> None:
    assert _shape(parse_markdown_v2(text)) == (plain, entities)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("1. x", "Character '.' is reserved"),
        ("*open", "Can't find end of Bold entity at byte offset 0"),
        ("ä _open", "Can't find end of Italic entity at byte offset 3"),
        ("`open", "Can't find end of Code entity"),
        ("[a](b", "Can't find end of a URL"),
        ("a > b", "Character '>' is reserved"),
    ],
)
def test_broken_markdown_v2(text: str, reason: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_markdown_v2(text)
    assert str(caught.value).startswith(f"can't parse entities: {reason}")


def test_the_old_markdown() -> None:
    assert _shape(parse_markdown(r"*b* _i_ `c` [l](https://e.org) \*x")) == (
        "b i c l *x",
        [("bold", "b"), ("italic", "i"), ("code", "c"), ("text_link", "l")],
    )
    with pytest.raises(MarkupError, match="Can't find end of the entity starting at byte offset 2"):
        parse_markdown("a_b".replace("a", "ä"))
