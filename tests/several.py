"""Pages of one site for the tests of what pages show of each other."""

from __future__ import annotations

SUBJECTS = {
    "larkfield": (
        "Larkfield House told to mend its medicine rounds",
        "Larkfield House in Harwick has been rated inadequate by the Care Quality Commission, which"
        " found that residents were given the wrong tablets on eleven evenings.",
        "Two members of staff had not been trained to give medicines, and records were filled in"
        " at the end of a shift from memory.",
        "Its owner said that a pharmacist now looked through the charts each Friday.",
    ),
    "thornby": (
        "Pupils at Thornby Primary praised for their reading",
        "Thornby Primary School has been rated good by Ofsted after a visit of two days in spring.",
        "Children read aloud to the inspectors with pleasure and could talk about the books that"
        " they had chosen.",
        "The headteacher thanked parents who give an hour each week to hear a child read.",
    ),
    "fellgate": (
        "Violence has halved behind Fellgate's walls",
        "HMP Fellgate is a calmer prison than it was three years ago, its inspectors reported.",
        "Assaults fell from forty a month to nineteen once wings were given the same officers each"
        " day.",
        "Too many men still spent 22 hours in their cells, the chief inspector wrote.",
    ),
    "ambulance": (
        "Ambulance crews wait longest in Marlby",
        "Crews in Marlby waited for an average of 71 minutes to hand patients over last winter.",
        "The commission saw nine vehicles stand outside the emergency department at one time.",
        "A second bay is to open in January, the hospital's chief executive told the board.",
    ),
    "fostering": (
        "Foster carers feel forgotten, watchdog tells Stenford",
        "Stenford's fostering service lost a third of its households in two years, a report says.",
        "Carers told inspectors that nobody rang them back for weeks after a child was placed.",
        "Councillors agreed on Tuesday to appoint four more supervising social workers.",
    ),
    "fire": (
        "Oakhurst firefighters get new engines at last",
        "Oakhurst Fire and Rescue has replaced the engines that inspectors called worn out.",
        "Crews can now reach nine in ten house fires within ten minutes, up from seven in ten.",
        "The authority borrowed six million pounds for them, to be paid back over twenty years.",
    ),
}


def page(
    headline: str, *paragraphs: str, canonical: str | None = None, day: str = "2026-11-02",
    dress: str = "desk",
) -> str:  # fmt: skip
    """A page of an invented paper; `dress` is how its template looks."""
    body = "\n".join(f"<p>{p}</p>" for p in paragraphs)
    link = f"<link rel='canonical' href='{canonical}'>" if canonical else ""
    head = (
        f"<!DOCTYPE html><html lang='en'><head><title>{headline} | Paper</title>{link}"
        f"<meta property='article:published_time' content='{day}T08:30:00+00:00'>"
        "<meta property='og:site_name' content='Harwick Paper'></head>"
    )
    if dress == "phone":
        return f"{head}<body><main><h1>{headline}</h1>{body}</main></body></html>"
    return (
        f"{head}<body><nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
        f"<article><h1>{headline}</h1>{body}</article><footer><p>Contact</p></footer></body></html>"
    )


def story(subject: str, *more: str, **dress: str | None) -> str:
    """The page of one of SUBJECTS, with further paragraphs at its end."""
    headline, *paragraphs = SUBJECTS[subject]
    return page(headline, *paragraphs, *more, **dress)  # type: ignore[arg-type]
