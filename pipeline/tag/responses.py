"""Who answered for the inspected body, in what role, and how they take it.

Nobody else's answer counts: inspectors, ministers, unions, parents are heard only so that what they
say is not given to somebody of the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pipeline.models import Answer, Judgement
from pipeline.tag import stance
from pipeline.tag.cues import cues
from pipeline.tag.people import FILE
from pipeline.tag.quotations import quotations
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.sentences import Span
from pipeline.tag.somebody import Part, Who, everybody, persons
from pipeline.tag.speech import part, said

_FIRST_PERSON = re.compile(r"(?<!\w)(?:we|our|us|my|i'm|i|i've|we're|we've)(?!\w)")
_FAR = 2  #: narrative sentences after which a quotation is no longer the last speaker's
_BEGINS = 3_000  #: code points in which a report says that it is one
_OF_A_NAME = re.compile(r" (?:of|at|for) (?:the )?[A-Z].*")
_SAME = {"boss": "chief", "head": "headteacher"}
_HELD = 20  #: people with a post, the last of whom a post without a name may mean
_SIGNED = 8  #: sentences before a signature that may be what was signed


class _Spoken(NamedTuple):
    """What somebody says in a sentence; `kind`: of who the sentence itself names, if it does."""

    sentence: Sentence
    low: str
    form: str
    kind: str | None


@dataclass(slots=True)
class _Voice:
    """Somebody who answers, as the text goes on telling of him: gathered, never handed out."""

    kind: Literal["person", "unnamed", "outside"]
    name: str | None = None
    family: str | None = None
    role: str | None = None
    own: bool | None = None
    body: str | None = None
    plural: bool = False
    called: str | None = None
    spoken: list[_Spoken] = field(default_factory=list)

    def hears(self, sentence: Sentence, low: str, form: str, kind: str | None = None) -> None:
        self.spoken.append(_Spoken(sentence, low, form, kind))


def responses(reading: Reading, judgements: tuple[Judgement, ...]) -> tuple[Answer, ...]:
    """One row a person, and one for all without a name, who answer for the inspected body.

    () for what an inspectorate itself wrote: "leaders accept this" is what it found.

    `judgements` tell whether the grade is a good one, which decides between words of pride and of
    work to be done. In the order in which they first speak.
    """
    if is_document(reading):
        return ()
    scene = _Scene(reading)
    scene.play()
    good = _is_good(judgements)
    spoke = sorted((v for v in scene.voices if v.spoken and v.own),
                   key=lambda v: v.spoken[0].sentence.start)  # fmt: skip
    found = [(v, r) for v in spoke if (r := _answer(reading, v, good))]
    named = any(r.name for _, r in found)
    taken = {r.stance for _, r in found if r.name}
    # "The school says it is proud", and then its head says so: he is the one who answers
    return tuple(
        r for v, r in found
        if not named or r.name or not (v.plural or (r.role is None and r.stance in taken))
    )  # fmt: skip


def is_document(reading: Reading) -> bool:
    """Whether a text begins as the report or the letter of an inspectorate does."""
    return cues(FILE, "documents").find(reading.low[:_BEGINS]) is not None


class _Scene:
    """The story from the first sentence to the last: who is there, who speaks now."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.quoted = quotations(reading.story.text)
        self.inspected = frozenset(b.id for b in reading.bodies)
        self.voices: list[_Voice] = []
        self.known: dict[str, _Voice] = {}  # by family name
        self.officials: list[_Voice] = []
        self.unnamed: _Voice | None = None
        self.last: _Voice | None = None  # who spoke last
        self.person: _Voice | None = None  # who "she" is
        self.thing: _Voice | None = None  # what "it" is
        self.silence = 0
        self.parts: list[tuple[Sentence, Part, list[Who]]] = []

    def play(self) -> None:
        """Everybody is introduced first: papers quote before they say who it is."""
        for sentence in self.reading.sentences:
            span = Span(sentence.start, sentence.end)
            text, low = self.reading.story.text, self.reading.low
            one = part(text, low, span, self.quoted, sentence.mentions)
            named = persons(one, self.inspected)
            for somebody in named:
                if somebody.name or somebody.role:
                    self._introduce(somebody)
            self.parts.append((sentence, one, named))
        families = frozenset(self.known)
        for n, (sentence, one, named) in enumerate(self.parts):
            who = everybody(one, named, self.inspected, families)
            self._sentence(n, sentence, one, who)

    def _introduce(self, who: Who) -> _Voice:
        known = self.known.get(who.family or "")
        if known is None or not _same(known, who):
            known = _Voice("person", who.name, who.family, who.role, who.own, who.body)
            self.voices.append(known)
            self.known[who.family or ""] = known
        known.called = known.called or who.called
        if known.own is None:
            known.own = who.own
        if who.role and known not in self.officials[-_HELD:]:
            self.officials.append(known)
        if who.role and (known.role is None or (who.own and not known.own)):
            known.role, known.own = who.role, who.own
        if who.name and (known.name is None or len(who.name) > len(known.name)):
            known.name = who.name
        known.body = known.body or who.body
        return known

    def _voice(self, who: Who) -> _Voice | None:
        """Whose voice that is; None where nobody is known by it."""
        if who.kind == "person":
            known = self.known.get(who.family or "")
            if known is None and who.role:
                return self._introduce(who)
            return known
        if who.kind == "outside":
            return _Voice("outside", own=False)
        if who.kind == "pronoun":
            if who.name in ("he", "she"):
                return self.person
            if who.name == "they":
                return self.last
            return self.last if self.last and self.last.kind != "person" else self.thing
        if who.kind == "post" and (holder := self._holder(who)):
            return holder
        return self._nobody(who)

    def _holder(self, who: Who) -> _Voice | None:
        """The person who holds a post that is spoken of without the name."""
        words = set(re.findall(r"[a-z]+", _OF_A_NAME.sub("", who.role or "").lower()))
        words = {_SAME.get(w, w) for w in words} - {"of", "the", "for", "and"}
        held = [v for v in self.officials[-_HELD:] if v.own and v.role
                and words and words <= set(re.findall(r"[a-z]+", v.role.lower()))]  # fmt: skip
        return held[-1] if held else None

    def _nobody(self, who: Who) -> _Voice:
        if self.unnamed is None:
            self.unnamed = _Voice("unnamed", own=True, plural=True)
            self.voices.append(self.unnamed)
        if who.kind == "post" and self.unnamed.role is None:
            self.unnamed.role = who.role
        self.unnamed.plural = self.unnamed.plural and who.plural
        self.unnamed.body = self.unnamed.body or who.body
        return self.unnamed

    def _sentence(self, n: int, sentence: Sentence, one: Part, who: list[Who]) -> None:
        if sentence.furniture:
            return
        spoken = said(one, who)
        if not spoken and sentence.heading and (signed := self._signature(n, who, one)):
            self.last = signed
            return
        if not spoken:
            self._goes_on(sentence, one)
        for i, turn in enumerate(spoken):
            voice = self._voice(turn.who)
            if voice is None:
                voice = _Voice("outside")
            both = i + 1 < len(spoken) and spoken[i + 1].start <= turn.end
            begin = turn.start if i else 0
            end = spoken[i + 1].start if i + 1 < len(spoken) and not both else len(one.low)
            low = self.reading.low[sentence.start + begin : sentence.start + end]
            named = turn.who.kind if turn.who.kind != "pronoun" else None
            voice.hears(sentence, low, turn.form, named)
            self._turns(voice)
        for somebody in who:
            if somebody.kind == "person":
                self._notice(somebody)
        subject = next((w for w in who if w.kind in ("body", "outside")), None)
        if subject and not spoken:
            self._notice(subject)
        if spoken and self.last and self.last.kind == "person":
            self.person = self.last

    def _turns(self, voice: _Voice) -> None:
        self.last, self.silence = voice, 0
        if voice.kind == "person":
            self.person = voice
        else:
            self.thing = voice

    def _notice(self, who: Who) -> None:
        """Who is named without speaking may be meant by the next "she" or "it"."""
        if who.kind == "person" and (voice := self._voice(who)):
            self.person = voice
        elif who.kind == "body" and who.own and not who.plural and (
            who.body or self.thing is None or self.thing.kind != "outside"
        ):  # fmt: skip
            self.thing = self._nobody(who)
        elif who.kind == "outside":
            self.thing = _Voice("outside", own=False)

    def _goes_on(self, sentence: Sentence, one: Part) -> None:
        """A quotation without a speaker is of who spoke before; narrative ends that."""
        rest = one.low.replace('"', "")
        opens = one.low.startswith('"')
        if opens and len(rest.strip(" .,")) < 3:
            if self.last is not None and self.silence <= _FAR:
                self.last.hears(sentence, sentence.low, "goes-on")
        else:
            self.silence += 1

    def _signature(self, n: int, who: list[Who], one: Part) -> _Voice | None:
        """A line that is a person and his post, under what he said without quotation marks."""
        if len(who) != 1 or who[0].kind != "person" or not (who[0].own and who[0].name):
            return None
        if one.low[: who[0].start].strip(" -,") or one.low[who[0].end :].strip(" -,."):
            return None
        before: list[Sentence] = []
        for sentence, part_, named in reversed(self.parts[max(0, n - _SIGNED) : n]):
            if sentence.heading or sentence.furniture:
                break
            if said(part_, everybody(part_, named, self.inspected, frozenset())):
                break
            before.insert(0, sentence)
        first = next((i for i, s in enumerate(before) if _FIRST_PERSON.search(s.low)), None)
        if first is None:
            return None
        voice = self._introduce(who[0])
        voice.hears(self.parts[n][0], "", "signature", "person")
        for sentence in before[max(0, first - 1) :]:
            voice.hears(sentence, sentence.low, "signature")
        return voice


def _same(known: _Voice, who: Who) -> bool:
    """Whether two names of one family are one person: "Mrs Roe", "J. Roe", "Jane Roe"."""
    if not known.name or not who.name:
        return True
    a, b = known.name.split()[0].strip("."), who.name.split()[0].strip(".")
    return a[:1] == b[:1] if min(len(a), len(b)) == 1 else a == b


def _is_good(judgements: tuple[Judgement, ...]) -> bool | None:
    """Whether the grades now given are of the better half; None where none is, or they differ."""
    ranked = [j for j in judgements if j.status == "current" and j.rank and j.scale]
    overall = [j for j in ranked if j.aspect == "overall"] or ranked
    halves = {(j.rank or 0) * 2 <= (j.scale or 0) and j.grade != "requires improvement"
              for j in overall}  # fmt: skip
    return halves.pop() if len(halves) == 1 else None


def _answer(reading: Reading, voice: _Voice, good: bool | None) -> Answer | None:
    texts = [spoken.low for spoken in voice.spoken]
    word = stance.decide(stance.words(texts), good=good)
    if voice.kind == "unnamed" and voice.role is None and word is None:
        return None  # the council says much that is no answer
    of_post = (s for s in voice.spoken if s.kind == "post")
    proof = voice.spoken[word.text] if word else next(of_post, voice.spoken[0])
    sentence = proof.sentence
    body = voice.body or next(iter(sentence.about), None) or next(
        (b.id for b in reading.bodies), None
    )  # fmt: skip
    return Answer(
        body=body,
        name=voice.name or voice.called,
        role=voice.role,
        stance=word.stance if word else None,
        start=sentence.start,
        end=sentence.end,
        quote=reading.quote(sentence.start, sentence.end),
        rule=word.rule if word else proof.form,
        confidence="stated" if proof.kind else "implied",
    )
