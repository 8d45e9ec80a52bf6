"""The picture that an authenticator app reads a secret from."""

from itertools import groupby

MARGIN = 4  # modules of white around it (ISO/IEC 18004 §5.3.8)


def qr_path(text: str) -> tuple[int, str]:
    """Return the width of a QR code in modules, and the SVG path that strokes it."""
    import segno

    code = segno.make(text, error="m", micro=False, boost_error=False)
    rows = list(code.matrix_iter(border=MARGIN))
    drawn, at_x, at_y = ["M0 .5"], 0, 0
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                drawn.append(f"m{x - at_x} {y - at_y}h{length}")
                at_x, at_y = x + length, y
            x += length
    return len(rows), "".join(drawn)
