"""How what watching recorded is put to people."""

from __future__ import annotations


def sentence(reason: str | None) -> str:
    """A reason as a sentence of its own: a capital first, unless it begins with an address."""
    words = (reason or "").strip()
    if not words:
        return ""
    if not set("./:") & set(words.split()[0].rstrip(".:")):
        words = words[0].upper() + words[1:]
    return words if words.endswith((".", "!", "?")) else f"{words}."
