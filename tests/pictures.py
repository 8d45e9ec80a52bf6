"""Pictures that people send."""

from io import BytesIO

from PIL import Image

ROOT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
SVG = ROOT + b'<path d="M0 0h9"/></svg>'
BLUE = (31, 79, 196)


def png(colour=BLUE, size=(128, 128)) -> bytes:
    """Return a PNG of one colour."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()
