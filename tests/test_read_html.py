"""Web pages: the article, and what the page tells about it and where."""

import gzip
import logging

import pytest

from dateline.read import read
from dateline.records import Failure

ARTICLE = """<article><h1>Activists block a bridge</h1>
<p>About 130 activists blocked a bridge in the French port of Calais on Saturday, police said, before officers cleared it.</p>
<p>The group said that it wanted to stop migrants. The mayor, José Müller, called the action irresponsible and thanked the officers.</p>
</article>"""
HEAD = """<title>Activists block a bridge | The Example</title><meta property="og:site_name" content="The Example">
<link rel="canonical" href="https://example.org/calais">"""


def page(head=HEAD, body=ARTICLE, before="<!DOCTYPE html>"):
    return f"{before}<html lang='en'><head>{head}</head><body><nav><a href='/'>Home</a></nav>{body}</body></html>"


def read_page(tmp_path, source, encoding="utf-8"):
    path = tmp_path / "a"
    path.write_bytes(source if isinstance(source, bytes) else source.encode(encoding))
    [result] = read([str(path)])
    return result


def test_the_article_without_what_is_around_it(tmp_path):
    comments = (
        '<div id="comments" class="comments"><h2>Comments</h2><p>John Doe: I was there and it was all quite different from this.</p></div>'
    )
    report = read_page(tmp_path, page(body=ARTICLE + comments + "<footer>© 2014 The Example. All rights reserved.</footer>"))
    assert "130 activists" in report.text
    assert "José Müller" in report.text
    assert not any(word in report.text for word in ("Home", "John Doe", "rights", "<p>"))
    assert [s.kind for s in report.sections] == ["headline", "body"]


COMMENTS = """<section id="comments" class="comments-area"><h3>3 Comments</h3><ol class="comment-list">
<li class="comment" id="comment-1"><article class="comment-body" id="div-comment-1"><footer class="comment-meta"><b class="fn">Janis Doe</b>
<span class="says">says:</span> <a href="#">May 4</a></footer><div class="comment-content"><p>They should be <i>sacked</i>, all of them.</p>
<p>My cousin saw police shoot two men at the gate.</p></div><div class="reply"><a>Reply</a></div></article></li>
<li class="comment byuser comment-author-kostas even"><article class="comment-body">
<footer class="comment-meta"><b class="fn">Kostas</b></footer>
<div class="comment-content"><p>Maria: nobody asked the people of the town.</p></div></article></li></ol></section>"""
FIGURES = """<figure><img src="x"><figcaption>Activists on the bridge. Photo: Z. Kor</figcaption></figure>
<div class="wp-caption alignright"><img><p class="wp-caption-text">A police van stands across the road.</p></div>"""


def test_sections_are_those_of_the_markup(tmp_path):
    body = '<header><h1 class="logo">The Example</h1></header>' + ARTICLE.replace("</p>", "</p>" + FIGURES, 1) + COMMENTS
    report = read_page(tmp_path, page(body=body))
    assert [s.kind for s in report.sections] == ["headline", "body", "caption", "comment"]
    headline, text, caption, comment = (report.text[s.start : s.end].strip() for s in report.sections)
    assert headline == "Activists block a bridge"
    assert text.startswith("About 130 activists")
    assert text.endswith("thanked the officers.")
    assert caption.split("\n\n") == ["Activists on the bridge. Photo: Z. Kor", "A police van stands across the road."]
    assert comment.startswith("They should be sacked, all of them.\nMy cousin saw")
    assert report.text.endswith("nobody asked the people of the town.")


def test_who_comments_appears_nowhere(tmp_path):
    report = read_page(tmp_path, page(body=ARTICLE + COMMENTS))
    assert not any(name in report.text for name in ("Janis", "Doe", "Kostas", "Maria", "Reply", "May 4"))


def test_a_page_whose_body_has_the_class_of_comments_is_read(tmp_path):
    body = f'<div class="comments-wrapper"><div class="comment-content">{ARTICLE}</div></div>'
    assert "130 activists" in read_page(tmp_path, page(body=body)).text


def test_a_long_text_beside_a_picture_is_no_caption(tmp_path):
    long = "The activists stayed on the bridge until noon, and the cars went round by the old road. " * 10
    body = ARTICLE.replace("</article>", f'<div class="no-caption"><p>{long}</p></div></article>')
    assert "old road" in read_page(tmp_path, page(body=body)).text.partition("caption")[0]


def test_what_the_page_tells_and_where(tmp_path):
    report = read_page(tmp_path, page(HEAD + '<meta property="article:published_time" content="2016-03-12T18:00:00Z">'))
    assert (report.title, report.outlet, report.url) == ("Activists block a bridge", "The Example", "https://example.org/calais")
    assert (report.published, report.language) == ("2016-03-12", "en")
    assert report.found == {"title": "h1", "outlet": "meta", "url": "link", "published": "meta", "language": "detected"}


def test_what_the_page_does_not_tell_is_unknown(tmp_path):
    report = read_page(tmp_path, page("", ARTICLE.replace("h1", "h3") + "<footer>© 2014 The Example</footer>"))
    assert (report.title, report.published, report.outlet, report.url) == (None, None, None, None)
    assert report.found == {"language": "detected"}


@pytest.mark.parametrize(
    ("head", "body", "published", "found"),
    [
        ('<meta name="date" content="1987-05-04">', "", "1987-05-04", "meta"),
        ('<meta property="article:modified_time" content="2017-01-01">', "", None, None),
        (
            '<script type="application/ld+json">{"dateModified": "2017-01-01", "datePublished": "2016-03-12T10:00:00Z"}</script>',
            "",
            "2016-03-12",
            "json-ld",
        ),
        ('<link rel="canonical" href="https://example.org/2016/03/12/calais">', "", "2016-03-12", "url"),
        ("", '<time datetime="2016-03-12T18:00">Saturday</time>', "2016-03-12", "time"),
        ("", '<p class="date">Published on 12 March 2016</p>', "2016-03-12", "text"),
        (
            '<meta name="date" content="2016-03-12"><script type="application/ld+json">{"datePublished": "2015-01-01"}</script>',
            "",
            "2016-03-12",
            "meta",
        ),
        ('<meta name="event:start_date" content="2016-03-12">', "", None, None),
        ('<meta name="date" content="2999-01-01">', "", None, None),
    ],
)
def test_the_date_and_where_it_stands(tmp_path, head, body, published, found):
    report = read_page(tmp_path, page(head, body + ARTICLE))
    assert (report.published, report.found.get("published")) == (published, found)


@pytest.mark.parametrize(
    ("head", "body", "title", "found"),
    [
        ('<meta property="og:title" content="Told by meta"><title>t</title>', ARTICLE, "Told by meta", "meta"),
        ("<title>A &amp; B</title>", ARTICLE.replace("h1", "h3"), "A & B", "title"),
        ("<title>t</title>", "<h1>The Example</h1>" + ARTICLE, "Activists block a bridge", "h1"),
        ("<title> </title>", ARTICLE.replace("h1", "h3"), None, None),
    ],
)
def test_the_title_and_where_it_stands(tmp_path, head, body, title, found):
    report = read_page(tmp_path, page(head, body))
    assert (report.title, report.found.get("title")) == (title, found)


def test_the_address_that_a_browser_saved(tmp_path):
    report = read_page(tmp_path, page("", before="<!DOCTYPE html>\n<!-- saved from url=(0026)https://example.org/calais -->\n"))
    assert (report.url, report.found["url"]) == ("https://example.org/calais", "comment")


def test_a_relative_address_is_none(tmp_path):
    assert read_page(tmp_path, page('<link rel="canonical" href="/calais">')).url is None


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("iso-8859-2", "iso-8859-2"),
        ("", "cp1252"),
        ("utf-16", "utf-16"),
        ("nonsense", "utf-8"),
    ],
)
def test_encodings(tmp_path, declared, encoding):
    assert "José Müller" in read_page(tmp_path, page(f'<meta charset="{declared}">'), encoding).text


def test_one_broken_byte_in_a_utf8_page_spoils_one_character(tmp_path):
    source = page('<meta charset="utf-8">').encode().replace("ü".encode(), b"\xfc")
    assert "José M\ufffdller" in read_page(tmp_path, source).text


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\n\n",
        "<!-- a comment --> ",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">',
        "\ufeff",
    ],
)
def test_how_pages_begin(tmp_path, before):
    assert "130 activists" in read_page(tmp_path, page(before=before)).text


def test_a_fragment_and_a_compressed_page(tmp_path):
    assert "130 activists" in read_page(tmp_path, ARTICLE).text
    assert "130 activists" in read_page(tmp_path, gzip.compress(page().encode())).text


@pytest.mark.parametrize("source", ["<html></html>", "<html><body><script>render()</script></body></html>", "<html><head><title>x"])
def test_a_page_without_an_article_is_a_failure(tmp_path, source):
    failure = read_page(tmp_path, source)
    assert isinstance(failure, Failure)
    assert "no article text" in failure.error


def test_a_page_of_nothing_is_a_failure(tmp_path):
    assert "Document is empty" in read_page(tmp_path, "<!doctype html>").error


@pytest.mark.parametrize(
    "source",
    [page(body="<div>" * 3000 + ARTICLE), page(body=ARTICLE + "\0\x01\x02"), page(body=ARTICLE)[:-120], page(body="<p>" + "<a>" * 5000)],
)
def test_what_a_page_may_hold_raises_nothing(tmp_path, source):
    assert read_page(tmp_path, source)


def test_nothing_is_fetched_or_logged(tmp_path, monkeypatch, caplog):
    def refuse(*_):
        raise AssertionError("a page was fetched")

    monkeypatch.setattr("socket.socket.connect", refuse)
    with caplog.at_level(logging.WARNING):
        read_page(tmp_path, "<html><body>https://example.org/a</body></html>")
        read_page(tmp_path, page())
    assert caplog.records == []
