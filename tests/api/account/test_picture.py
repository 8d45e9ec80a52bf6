"""/account/picture, its page, and where the picture is seen."""

from base64 import b64encode
from io import BytesIO

from PIL import Image

from idp.accounts.lifecycle.deletion import erase_due
from tests.api.callers import fields, problem
from tests.hosted_pages import ORIGIN
from tests.issuer import ISSUER

PATH = "/account/picture"
FORM = "/account/profile/picture"


def png(colour=(31, 79, 196)) -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 200), colour).save(file, "PNG")
    return file.getvalue()


def put(who, content: bytes, kind="image/png"):
    return who.send("PUT", PATH, data=content, headers={"Content-Type": kind})


def submit(browser, **sent):
    token = dict(next(f for f in browser.page.forms if f.action == FORM).fields)
    headers = {"Origin": ORIGIN, "Accept": "text/html"}
    return browser.follow(browser.http.post(FORM, data=token | sent, headers=headers))


def test_a_picture_is_served_from_here_until_another_takes_its_place(
    program, http, make
):
    ada = make.users.account()
    program.sign_in(ada)
    uri = put(program, png()).json["picture"]
    assert uri.startswith(f"{ISSUER}/pictures/")
    served = http.get(uri)
    assert (served.status_code, served.mimetype) == (200, "image/webp")
    assert Image.open(BytesIO(served.data)).size == (200, 200)
    assert "immutable" in served.headers["Cache-Control"]
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    # A whole profile, sent back as it was read, keeps it.
    kept = program.put("/account/profile", {"name": "Ada", "picture": uri})
    assert kept.json["picture"] == uri
    exported = program.post("/account/export", {}).json["picture"]
    assert exported[0]["content"] == b64encode(served.data).decode()

    other = put(program, png((200, 0, 0))).json["picture"]
    assert other != uri
    assert http.get(uri).status_code == 404
    elsewhere = {"picture": "https://elsewhere.example/ada.png"}
    program.send("PATCH", "/account/profile", elsewhere)
    assert http.get(other).status_code == 404
    assert program.send("DELETE", PATH).json["picture"] is None


def test_who_has_the_same_picture_keeps_it_when_the_other_is_erased(
    app, program, http, make, clock
):
    ada, grace = make.users.account(), make.users.account("grace@example.com")
    for each in (grace, ada):
        program.headers = {}
        program.sign_in(each)
        uri = put(program, png()).json["picture"]
    program.post("/auth/delete-account", {"current_password": ada.password})
    clock.tick(days=15)
    with app.app_context():
        assert erase_due() == 1
    assert http.get(uri).status_code == 200
    program.headers = {}
    program.sign_in(grace)
    program.send("DELETE", PATH)
    assert http.get(uri).status_code == 404


def test_what_is_no_picture_is_refused_and_nothing_is_kept(program, make):
    program.sign_in(make.users.account())
    assert fields(put(program, b"<svg/>")) == {"picture": "invalid_picture"}
    assert problem(put(program, png(), "text/html")) == (415, "unsupported_media_type")
    assert put(program, bytes(3 * 1024 * 1024)).status_code == 413
    assert program.get("/account/profile").json["picture"] is None


def test_the_page_takes_one_shows_it_and_takes_it_away(browser, make):
    ada = make.users.account()
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/profile")
    submit(browser, picture=(BytesIO(b"no picture"), "me.png"))
    assert "no PNG, WebP or JPEG" in browser.text
    submit(browser, picture=(BytesIO(png()), "me.png"))
    assert "Saved." in browser.text
    src = browser.response.text.split('class="portrait" src="')[1].split('"')[0]
    assert src in browser.open("/account").text
    grace = make.users.account()
    browser.open("/login?switch=1")
    browser.submit(username=grace.email, password=grace.password)
    assert src in browser.open("/login/select").text
    browser.open("/login?switch=1")
    browser.submit(username=ada.email, password=ada.password)
    browser.open("/account/profile")
    submit(browser, remove="1")
    assert browser.http.get(src).status_code == 404
