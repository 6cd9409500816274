"""The text of HTML that others wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.l10n.plain import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<div>c</div>&lt;script&gt;", "a\nb\nc\n<script>"),
        ("<head><style>p{}</style></head><p>It is <b>the</b>&nbsp;one.</p><script>alert(1)</script>", "It is the one."),
        ("<table><tr><td>5</td><td>cups</td></tr></table>", "5 cups"),
        ("<pre>two\nlines</pre>", "two\nlines"),
        ("<div style='white-space: pre-wrap'>two\nlines</div>", "two\nlines"),
        ("<p>one\nline</p>", "one line"),
        ("سلام\0<p>س</p>", "سلام\nس"),
        ("", ""),
        ("<div>" * 5_000 + "deep", "deep"),
    ],
)
def test_html_is_read_as_its_reader_sees_it(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize("piece", ["<a ", "<!--", "</a", '<a b="', "<![CDATA["])
def test_unfinished_html_of_any_length_is_read_to_its_end(piece: str) -> None:
    assert text_of(f"before <p>{piece * 100_000}").startswith("before")


@given(st.text(alphabet=st.sampled_from("<>/abp !-\"'=&;\n"), max_size=200))
def test_whatever_is_written_is_read(html: str) -> None:
    assert "\0" not in text_of(html)
