"""What somebody says of a body makes a word its grade: "hailed as outstanding by Ofsted",
"ruled that the school was inadequate", "achieved outstanding".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.tag.aspects import ALL
from pipeline.tag.grade_words import any_of

BODY_NOUN = (
    r"(?:school|council|authorit(?:y|ies)|academy|trust|force|service|home|provider|hospital|"
    r"nursery|college|prison|practice|departments?)s?"
)
#: "Hailed as outstanding by Ofsted": a grade where it is inspectors who say so.
_RATED_AS_SUCH = re.compile(
    rf"(?<!\w)(?:{any_of('rated_as')})(?: (?!as )[a-z',-]+){{0,16}} as (?:an? |being )?[\"']?$"
)
_BY_INSPECTORS = re.compile(rf"[\"']? by (?:the )?(?:[a-z]+ )?(?:{any_of('inspectors')})(?!\w)")
_INSPECTORS = re.compile(rf"(?<!\w)(?:{any_of('inspectors')})(?!\w)")
_RATED_AS = re.compile(
    r"(?<!\w)(?:rated|judged|graded|deemed|branded|marked)(?!\w)[^.;:]{0,170}, as (?:an? )?[\"']?$"
)

#: "The last inspection found it to be good", "the school was found to be outstanding"; of what is
#: found inadequate or weak nobody knows whether it is a grade.
_FOUND_TO_BE = re.compile(
    r"(?<!\w)(?:finding|finds?) (?:it|them|us|the (?:school|home|nursery|service|trust|force))"
    r"(?: to be| as)?(?: overall)? [\"']?$|"
    r"(?<!\w)found (?!(?:staff|pupils|children|teachers|teaching|patients|residents)(?!\w))"
    r"(?:[#a-z'-]+ ){1,8}to be (?:an? )?[\"']?$|"
    r"(?<!\w)(?:found (?:it|them|us|the (?:school|home|nursery|service|council|trust|"
    r"force|practice|college|hospital|prison))|(?:was|were|been) (?:also |again |now )?found)"
    r"(?: to be| as)?(?: overall)? [\"']?$|"
    r"(?<!\w)(?:came|come|comes) out as [\"']?$"
)
#: "Alder Primary School was found to be inadequate".
_BODY_FOUND = re.compile(
    rf"(?<!\w){BODY_NOUN}(?:,? (?:in|at|near|which) [a-z' ,-]{{2,40}}?,?)? (?:was|were|is|has been|"
    r"have been|had been) (?:also |again |now )?found (?:to be )?[\"']?$"
)
_CHOSEN = re.compile(
    r"(?:(?:very )?good|outstanding|excellent|requir\w+ improvement|satisfactory|weak|"
    r"unsatisfactory)$"
)
#: "Achieved outstanding for its teaching", "was given a good": an adjective as object is a grade.
_AS_OBJECT = re.compile(
    r"(?<!\w)(?:achiev(?:ed|es|ing|e)|award(?:ed|s|ing)|g[eo]t(?:s|ting)?|receiv(?:ed|es|ing)|"
    r"earn(?:ed|s)?|gain(?:ed|s)?|scor(?:ed|es|ing)|secur(?:ed|es|ing)|handed|given|gave|bagged|"
    r"landed|obtained|retain(?:ed|s|ing)|maintain(?:ed|s|ing))"
    r"(?: overall| another| an?(?: (?:solid|strong|clear|second|third|new|coveted))?| it an?|"
    r" the [a-z]+ an?| both| all| itself an?)? [\"']?$"
)
_OBJECT_ENDS = re.compile(
    r"[\"']?(?:[,.;]|$| (?:for|in|overall|across|from|on|at|and|but|while|by)(?!\w)(?! (?:work|"
    r"practice|the field)))"
)


#: "Called inadequate by Ofsted inspectors".
_CALLED_SO = re.compile(
    r"(?<!\w)(?:called|found|declared|considered|thought|seen as|said to be|dubbed|hailed)"
    r"(?: as| to be| an?)* [\"']?$"
)
#: "Found that in four areas the force was adequate".
_IN_AREAS = re.compile(
    r"(?<!\w)in (?:all |[a-z]+ of (?:its |the )?)?(?:[a-z]+|\d+) (?:other |key )?(?:areas|"
    r"categories|"
    r"themes|fields|headings|criteria)(?:,? [a-z'-]+){1,4} (?:was|were|is)(?: found to be)? [\"']?$"
)
#: "Ofsted ruled that the school was inadequate", "confirmed that it continues to be a good school".
_DEEMED_THAT = re.compile(
    r"(?<!\w)(?:deem|judg|rul|conclud|decid|confirm)(?:e?d|es?|s)? that (?:the )?"
    r"(?:(?!(?:that|if|which|who|some|many)(?!\w))[#a-z'-]+ ){1,8}"
    r"(?:is|was|were|are|remain(?:s|ed)?|continue[sd]? to be) (?:now |still |also |overall )*"
    r"(?:an? )?[\"']?$"
)
_A_BODY = re.compile(rf"[\"']?(?: overall| {BODY_NOUN}(?!\w)|[,.;]|$)")


#: "Inspectors said that Alder Primary School is good", "Ofsted confirmed it is now outstanding".
_SAID_IT_IS = re.compile(
    rf"(?<!\w)(?:{any_of('inspectors')})(?: inspectors)? (?:(?:has|have|had) )?"
    r"(?:said|says?|confirm(?:s|ed)?|agree[sd]?|declare[sd]?|report(?:s|ed)?|found)(?: that)? "
    rf"(?:it|they|(?:(?!(?:at|of|in|for|care|teaching|how)(?!\w))[a-z'-]+ ){{0,6}}?{BODY_NOUN})"
    r" (?:is|was|are|were)(?: now| still| officially| already| again)* (?:an? )?[\"']?$"
)
#: "Alder Primary School is outstanding, say inspectors", "… are inadequate, Ofsted has found".
_IT_IS = re.compile(
    rf"(?<!\w)(?:{BODY_NOUN}|services|care|provision)"
    r"(?: (?!(?:that|which|who|but)(?!\w))[a-z'-]+){0,5} "
    r"(?:is|are|was|were)(?: now| still| officially| again)? [\"']?$"
)
_WHO_SAYS = re.compile(
    rf"[\"']?,[\"']? (?:(?:say|says|said|according to|ruled?|rules|finds?|found)"
    rf"(?: the)? (?:[a-z]+ )?(?:{any_of('inspectors')})|"
    rf"(?:the )?(?:{any_of('inspectors')})(?: inspectors)? "
    r"(?:(?:has|have|had) )?(?:says?|said|found|finds?|ruled?|declared|confirmed|reported|"
    r"revealed|concluded|decided))(?!\w)"
)
#: "Gave Rowan Court good for care and adequate for leadership".
_GAVE_IT = re.compile(
    r"(?<!\w)(?:g[ai]ve[sn]?|awarded|handed|awards) "
    r"(?:(?!(?:an?|its|the|their|for|good|of)(?!\w))[#a-z'-]+ ){1,8}[\"']?$"
)
_FOR_WHAT = re.compile(r"[\"']? (?:for|overall|in all|across)(?!\w)")


def names_inspectors(low: str) -> bool:
    """Whether the sentence names those who give grades."""
    return _INSPECTORS.search(low) is not None


def rated_far(low: str, start: int) -> re.Match[str] | None:
    """A verb of rating further off: "rated for its teaching, its leaders and …, as good"."""
    return _RATED_AS.search(low[max(0, start - _FAR) : start])


_FAR = 260  #: code points before a grade in which its verb may stand


def said_so(
    low: str, before: str, word: str, after: str, *, quoted: bool
) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Rules with their matches in what stands before the word, one by one; None: it does not
    hold."""
    if _CHOSEN.match(word) or ALL.search(low):
        yield "rated", _FOUND_TO_BE.search(before)
    yield "held", _BODY_FOUND.search(before)
    if _A_BODY.match(after) and word in ("good", "outstanding", "inadequate"):
        yield "rated", _SAID_IT_IS.search(before)
    by = _BY_INSPECTORS.match(after)
    sure = quoted or by or word.startswith(("requir", "inadequate"))
    if sure and " as " in before and names_inspectors(low):
        yield "rated", _RATED_AS_SUCH.search(before)
    if _A_BODY.match(after):
        yield "rated", _DEEMED_THAT.search(before)
    if by:
        yield "rated", _CALLED_SO.search(before)
    if _WHO_SAYS.match(after):
        yield "rated", _IT_IS.search(before)
    yield "held", _IN_AREAS.search(before)
    if _FOR_WHAT.match(after):
        yield "held", _GAVE_IT.search(before)
    if _OBJECT_ENDS.match(after):
        yield "held", _AS_OBJECT.search(before)
