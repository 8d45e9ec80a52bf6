"""Loops of workers that come to an end."""


class Stopped:
    """Stops a loop after so many jobs."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, _wait_seconds: float) -> bool:
        self.left -= 1
        return self.left < 0
