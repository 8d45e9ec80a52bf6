"""Acts about how the server looks."""

from collections.abc import Mapping

PATH = "/api/admin/branding"
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'

BRANDING_PAGES: Mapping[tuple[str, str], str] = {
    ("GET", "/admin/branding"): "settings.read",
    ("POST", "/admin/branding"): "branding",
    ("POST", "/admin/branding/preview"): "branding",
}
BRANDING_CALLS = [
    ("GET", PATH, "settings.read"),
    ("PATCH", PATH, "branding", {"name": "Acme"}),
    ("PUT", f"{PATH}/logo", "branding", LOGO),
    ("DELETE", f"{PATH}/logo", "branding"),
    ("PUT", f"{PATH}/dark-logo", "branding", LOGO),
    ("DELETE", f"{PATH}/dark-logo", "branding"),
]
BRANDING_COMMANDS: Mapping[str, str] = {
    "branding set": "branding",
    "branding show": "settings.read",
}
