"""A worker's loop that ends, and a job that fails."""


class Stopped:
    """Stops a loop after so many jobs."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, _wait_seconds: float) -> bool:
        self.left -= 1
        return self.left < 0


def fail() -> int:
    """Raise what a job must not tell."""
    raise ConnectionError("smtp://idp:secret@mail.example")
