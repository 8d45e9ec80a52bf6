"""What is told of limits to whoever counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A try came upon a budget, by its name, that was used up."""

    budget: str
