"""Items told apart by their raw bytes: what is known is not read again, all else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Stopped
from pipeline.watch import feeds, splitting
from tests.eval.feeds import OWN, judge, one_more

URL = "https://paper.example/feed"
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)


def rss(*items: str, head: str = "<title>Gazette</title>", root: str = NAMESPACES) -> bytes:
    inner = "\n".join(f"<item>{i}</item>" for i in items)
    return f'<rss version="2.0" {root}><channel>{head}{inner}</channel></rss>'.encode()


def story(number: int, words: str = "Good.") -> str:
    return (f"<title>Story {number}</title><link>/{number}</link>"
            f"<description>{words}</description>")  # fmt: skip


@pytest.mark.parametrize("path", sorted(OWN.glob("*.[xjh]*")), ids=lambda p: p.name)
def test_a_part_of_each_of_our_feeds_reads_as_the_whole(path) -> None:  # type: ignore[no-untyped-def]
    complaints: list[str] = []
    judge(path.read_bytes(), path.name, say=complaints.append)
    judge(one_more(path.read_bytes()), f"{path.name} and one more", say=complaints.append)
    assert complaints == []


# Pieces that leave something behind in a parser that counts: bases, depths, open contexts.
PIECES = [
    "<title>One &amp; two</title>", "<title>A</title><media:title>B</media:title>",
    "<link>/a</link>", '<link xml:base="https://other.example/x/">b</link>',
    "<guid isPermaLink='true'>c</guid>", "<guid>https://paper.example/d</guid>",
    "<description>x &lt;a href='rel'>y&lt;/a></description>",
    "<description><div>literal <a href='rel'>z</a></div></description>",
    "<description>first</description><description>second</description>",
    "<content:encoded><![CDATA[<p>Body <item>not one</item></p>]]></content:encoded>",
    "<image><url>/i.png</url><title>Picture</title></image>",
    "<textInput><title>T</title></textInput>",
    "<source url='https://s.example/'>S</source>", "<author>ada@paper.example (Ada)</author>",
    "<dc:creator>Ben</dc:creator>", "<category>care</category>", "<language>cy</language>",
    "<body xmlns='http://www.w3.org/1999/xhtml'><div><p>Hello</p><svg><title>s</title></svg></div></body>",
    "<pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate>", "<dc:date>2026-11-02</dc:date>",
    "<x:y xmlns:x='urn:x'>odd</x:y>", "<media:group><media:title>G</media:title></media:group>",
    "<content type='html' xml:base='/deep/'>&lt;a href='q'>r&lt;/a></content>",
    "<summary>s</summary><content>t</content>", "<item><title>inner</title></item>", "&nbsp;",
    "<b>", "<dc:title xmlns:dc='urn:else'>E</dc:title>", "<!-- <item> -->", "<?pi <item> ?>",
]  # fmt: skip


# What is left out before the feed parser sees it, and what looks like it.
NEEDLESS = [
    "<category>care</category>", "<category domain='d'><![CDATA[a > b]]></category>",
    "<media:content url='/p.jpg' medium='image'/>",
    "<media:content url='a>b'>loose</media:content>",
    "<media:content url='/p.jpg'><media:title>P</media:title></media:content>",
    "<media:thumbnail url='/t.jpg'/>", "<media:thumbnail>/t.jpg</media:thumbnail>",
    "<enclosure url='/e.mp3' type='audio/mpeg'/>", "<enclosure>words</enclosure>",
    "<comments>/1#comments</comments>", "<dc:subject xml:lang='cy'>gofal</dc:subject>",
    "<category xmlns='urn:else'>c</category>", "<category>a<b>c</b></category>",
    "<media:credit role='photo' xml:base='/x/'>Jo</media:credit>", "<svg/>", "<content src='/c'/>",
    "<post-id xmlns='com-wordpress:feed-additions:1'>7</post-id>", "<category/>", "<category />",
    "<description><![CDATA[</item><item>]]></description>", "</item >\n<item>",
]  # fmt: skip
# Some of them leave something behind for the first item.
HEADS = [
    "<title>Gazette</title>", "<link>/home</link>", "<link href='/x' rel='self'/>",
    "<description>News &lt;b>daily&lt;/b></description>",
    "<description><title>T</title></description>",
    "<image><url>/i.png</url><title>I</title><link>/</link></image>", "<image/>",
    "<textInput><title>T</title></textInput>", "<content>c</content>",
    "<content:encoded>c</content:encoded>",
    "<source url='/s'>S</source>", "<language>cy</language>",
    "<author><name>Ada</name></author>", "<managingEditor>a@b.example (Ada)</managingEditor>",
    "<dc:creator>Ben</dc:creator>", "<dc:title>D</dc:title>", "<lastBuildDate>now</lastBuildDate>",
    "<a:link xmlns:a='http://www.w3.org/2005/Atom' href='/f' rel='self'/>",
    "<x:y xmlns:x='urn:x'/>",
    "<title xml:base='https://other.example/'>B</title>", "<category>c</category>", "<id>i</id>",
    "<title xmlns:media='http://purl.org/dc/elements/1.1/'>M</title>",
    "<!-- <item> -->", "<items/>",
    "<body xmlns='http://www.w3.org/1999/xhtml'><div><svg><title>s</title></svg></div></body>",
]  # fmt: skip
ITEMS = st.lists(st.lists(st.sampled_from(PIECES + NEEDLESS), max_size=5).map("".join), max_size=5)


@given(ITEMS, st.lists(st.sampled_from(HEADS), max_size=4).map("".join))
def test_whatever_a_feed_holds_a_part_reads_as_the_whole(items: list[str], head: str) -> None:
    complaints: list[str] = []
    for body in (rss(*items, head=head), one_more(rss(*items, head=head))):
        judge(body, "made-up", say=complaints.append)
    assert complaints == []


def digests(body: bytes, **more: str) -> tuple[bytes, ...]:
    return feeds.read(body, url=URL, **more).items  # type: ignore[arg-type]


def test_a_digest_changes_with_the_item_and_with_what_it_stands_in() -> None:
    plain = digests(rss(story(1), story(2)))
    assert digests(rss(story(1), story(2), head="<lastBuildDate>now</lastBuildDate>")) == plain
    assert digests(rss(story(0), story(1), story(2)))[1:] == plain
    changed = digests(rss(story(1, "Changed."), story(2)))
    assert (changed[0] != plain[0], changed[1]) == (True, plain[1])
    rebased = rss(story(1), story(2), root=f'{NAMESPACES} xml:base="https://b.example/"')
    assert not set(digests(rebased)) & set(plain)
    assert not set(digests(rss(story(1), story(2)), base="https://moved.example/feed")) & set(plain)


def test_a_digest_does_not_hang_on_the_encoding_that_carries_the_words() -> None:
    text = rss(story(1, "Café")).decode()
    utf8 = f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()
    latin = f'<?xml version="1.0" encoding="iso-8859-1"?>{text}'.encode("latin-1")
    utf16 = f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16")
    assert digests(utf8) == digests(latin) == digests(utf16)


def test_where_all_is_known_nothing_is_read_and_the_hints_still_come() -> None:
    body = rss(story(1), story(2), head="<title>T</title><ttl>30</ttl>")
    first = feeds.read(body, url=URL)
    again = feeds.read(body, url=URL, known=frozenset(first.items))
    assert (again.entries, again.unchanged, again.items) == ((), 2, first.items)
    assert again.hints == first.hints != feeds.Hints()


@pytest.mark.parametrize(
    "body",
    [
        rss(story(1)).replace(b"<rss", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss'),
        rss(story(1) + "<item>inside</item>"),
        rss(story(1) + "&nbsp;"),
        rss(story(1))[:-9],
        rss(story(1) + "<media:item/>"),
        b'<feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry></a:entry></feed>',
        rss("").replace(b"<item></item>", b"<item rdf='a>b'/>"),
        rss("<description xml:base='/x/'><div>a</div></description>"),
    ],
)
def test_what_is_not_plain_is_not_taken_apart(body: bytes) -> None:
    assert splitting.split(body, context="") is None


def test_a_long_feed_is_read_in_pieces_and_a_stop_need_not_wait_for_its_end() -> None:
    body = rss(*(story(n) for n in range(250)), head="<title>Long</title><ttl>9</ttl>")
    feed = feeds.read(body, url=URL)
    assert [e.headline for e in feed.entries] == [f"Story {n}" for n in range(250)]
    assert feed.title == "Long"
    turns = iter([True, True, False])
    with pytest.raises(Stopped):
        feeds.read(body, url=URL, going=lambda: next(turns))


def test_of_a_known_feed_the_parser_gets_the_new_item_and_of_that_what_entries_are_made_from() -> (
    None
):
    extra = "<category>care</category><media:thumbnail url='a>b'/><enclosure url='/e.mp3'/>"
    body = rss(story(1) + extra, story(2) + extra, head="<title>T</title><ttl>9</ttl><category/>")
    first = splitting.split(body, context="")
    assert first is not None
    again = splitting.split(body, context="", known={first.items[0].digest})
    assert again is not None
    left = f'<rss version="2.0" {NAMESPACES}><channel><item>{story(2)}</item></channel></rss>'
    assert again.only([1], bare=True).decode() == left
    assert b"<ttl>9</ttl>" in again.only([1])


@pytest.mark.parametrize(
    "inside",
    [
        "<description><![CDATA[</item><item>]]></description>",
        "<description><![CDATA[</item>\n<item>]]></description><category>x</category>",
        "<!-- </item><item> -->",
        "<?pi </item> <item> ?>",
        "</item><!-- <item>x</item> --><item>",
        "</item >\n<item\n>",
        "<items>i</items>",
        "<item-no>7</item-no>",
        "<link xml:base='https://b.example/'>/1</link>",
    ],
)
def test_what_looks_like_the_end_of_an_item_ends_none(inside: str) -> None:
    """Whichever items are known, the same are found, at the same places."""
    body = rss(story(1), story(2) + inside + story(3), story(4))
    plain = splitting.split(body, context="")
    assert plain is not None
    for known in [plain.items, plain.items[:1], plain.items[1:]]:
        found = splitting.split(body, context="", known={item.digest for item in known})
        assert found is not None
        assert [i[:3] for i in found.items] == [i[:3] for i in plain.items]
        assert found.outside() == plain.outside()


@pytest.mark.slow
def test_items_at_every_depth_cost_no_more_than_items_in_a_row() -> None:
    depth = 30_000
    found = splitting.split(b"<a><item><b/></item>" * depth + b"</a>" * depth, context="")
    assert found is not None
    assert len({item.digest for item in found.items}) == depth
