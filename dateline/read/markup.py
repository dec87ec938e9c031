"""What a page's markup tells apart from its article: headline, captions, readers' comments.

Captions and comments are taken out of the tree, so that whatever finds the article's text cannot take them for it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# What is matched are the words of an element's class, id and schema.org names: "wp-caption-text", "commentlist".
_CAPTION = re.compile(r"caption|(?:photo|image|img|picture|media)[-_]*(?:credit|source|legend)|^credits?$|^legende?$", re.IGNORECASE)
_PLACE = "area|block|box|container|content|list|loop|module|root|section|thread|wrap|wrapper"
_THREAD = re.compile(
    rf"^(?:[a-z]+[-_]+){{0,2}}comments?(?:[-_]*(?:{_PLACE}))?$|^(?:disqus|dsq-|fb-comments|livefyre|coral-)|^respond$", re.IGNORECASE
)
# One comment; its text; and what may tell who wrote it.
_COMMENT = re.compile(r"^(?:li-|div-)?comment(?:[-_]*(?:\d+|item|body|entry|post))?$|/Comment$", re.IGNORECASE)
_TEXT = re.compile(r"^(?:[a-z]+[-_]+)?(?:comment|post|reply)[-_]*(?:text|content|message|copy)$|^commentText$", re.IGNORECASE)
_WRITER = re.compile(
    r"author|user|nick|avatar|vcard|byline|handle|profile|person|persona"
    r"|(?:^|[-_])(?:by|name|from|who|fn|meta|header|head|info|footer|date|time|repl(?:y|ies)|respond|actions?|votes?|likes?|share|tools|form)(?:$|[-_])",
    re.IGNORECASE,
)
_WRITER_TAGS = frozenset("a button cite footer form h1 h2 h3 h4 h5 h6 header time".split())

_BLOCKS = frozenset("aside details div dl footer li ol section ul".split())

# What ends a line.
_LINES = ("p", "div", "br", "li", "ul", "ol", "tr", "table", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6")

# A longer text beside a picture is no label of it.
MAX_CAPTION = 600

# "John Doe: I was there" has a name that the markup does not tell from the comment; a line of fewer words is a name or a button.
_NAMED = re.compile(r"^[^\s:][^:\n]{0,38}:\s+")
_FEWEST = 4

_NAMED_ELEMENTS = "//figure | //figcaption | //*[@class or @id or @itemprop or @itemtype]"

# What shows no text of the article.
_UNSEEN = "//script | //style | //noscript | //template | //svg | //iframe | //select | //button | //nav"


@dataclass(frozen=True)
class Parts:
    """What stood beside the article, in the page's order; comments without the names of who wrote them."""

    headline: str | None
    captions: tuple[str, ...]
    comments: tuple[str, ...]


def take(page: Any, title: str | None) -> Parts:
    """The parts of a page, which loses its captions, its comments and what shows no text. `title`: what the page says that it is."""
    _drop(page.xpath(_UNSEEN))
    heading = _heading(page, title)
    around = _around(([heading] if heading is not None else []) + page.xpath("//main | //article[not(contains(@class, 'comment'))]"))
    for element in around:  # whoever looks for the article's text must not go by such a name either
        if _kinds(element) & {"thread", "comment", "text"}:
            element.attrib.clear()
    beside = _outermost(e for e in page.xpath(_NAMED_ELEMENTS) if e not in around and (_is_thread(e) or _is_caption(e)))
    comments = [text for element in beside if _is_thread(element) for text in _comments(element)]
    captions = [text for element in beside if not _is_thread(element) and (text := _text(element))]
    _drop(beside)
    return Parts(_text(heading) if heading is not None else None, tuple(dict.fromkeys(captions)), tuple(dict.fromkeys(comments)))


def _heading(page: Any, title: str | None) -> Any:
    """The heading that has most of the title's words, and more than the site's name would; None where there is none."""
    wanted = set(_words(title or ""))
    best, most = None, 0
    for element in page.xpath("//h1"):
        words = set(_words(_text(element)))
        shared = len(wanted & words)
        if shared > most and 2 * shared > min(len(wanted), len(words)):
            best, most = element, shared
    return best


def _around(elements: Iterable[Any]) -> set[Any]:
    """The elements, and all that they stand in."""
    out: set[Any] = set()
    for element in elements:
        while element is not None and element not in out:
            out.add(element)
            element = element.getparent()
    return out


def _outermost(elements: Iterable[Any]) -> list[Any]:
    """Of elements in the page's order, those that stand in no other of them."""
    out: list[Any] = []
    inside: dict[Any, bool] = {}  # what stands in one of them or is one, so that no way up is gone twice
    for element in elements:
        way, above = [], element
        while above is not None and above not in inside:
            way.append(above)
            above = above.getparent()
        within = above is not None and inside[above]
        inside.update(dict.fromkeys(way, within))
        if not within:
            inside[element] = True
            out.append(element)
    return out


def _is_thread(element: Any) -> bool:
    return element.tag in _BLOCKS and "thread" in _kinds(element)


def _is_caption(element: Any) -> bool:
    if element.tag == "figure":  # it may hold a quotation or a table too
        return element.find(".//blockquote") is None and element.find(".//table") is None and len(_text(element)) <= MAX_CAPTION
    told = element.tag == "figcaption" or (element.tag != "blockquote" and "caption" in _kinds(element))
    return told and len(_text(element)) <= MAX_CAPTION


def _comments(thread: Any) -> Iterator[str]:
    """What each comment of a thread says, as far as the markup tells it from who says it."""
    # WordPress gives the comment itself its writer's name too: "comment byuser comment-author-jane".
    _drop([e for e in thread.iterdescendants() if e.tag in _WRITER_TAGS or _kinds(e) & {"writer", "comment", "text"} == {"writer"}])
    inside = [e for e in thread.iterdescendants() if "text" in _kinds(e)] or [e for e in thread.iter() if "comment" in _kinds(e)]
    for element in _innermost(inside):
        lines = (_NAMED.sub("", line, count=1) for line in block_text(element).split("\n"))
        if said := "\n".join(line for line in lines if len(line.split()) >= _FEWEST):
            yield said


def _innermost(elements: list[Any]) -> list[Any]:
    above = _around(e.getparent() for e in elements)
    return [e for e in elements if e not in above]


def _kinds(element: Any) -> frozenset[str]:
    """Of "thread", "comment", "text", "writer", "caption", those that an element's names speak of."""
    get = element.get
    return _kinds_of(f"{get('class', '')} {get('id', '')} {get('itemprop', '')} {get('itemtype', '')}"[:400])


@functools.lru_cache(maxsize=100_000)  # a page repeats the names of its cards and menus a hundred times
def _kinds_of(names: str) -> frozenset[str]:
    words = names.split()
    patterns = {"thread": _THREAD, "comment": _COMMENT, "text": _TEXT, "writer": _WRITER, "caption": _CAPTION}
    return frozenset(kind for kind, pattern in patterns.items() if any(map(pattern.search, words)))


def block_text(element: Any) -> str:
    """The text of an element, a line for each block in it. The element is changed by this."""
    for block in element.iter(*_LINES):
        block.tail = "\n" + (block.tail or "")
        block.text = "\n" + (block.text or "")
    lines = (" ".join(line.split()) for line in element.text_content().split("\n"))
    return "\n".join(line for line in lines if line)


def _text(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _drop(elements: Iterable[Any]) -> None:
    """Take elements out; what stands behind them stays."""
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()
