"""What every form of a page has in common."""

import pytest
from wtforms import StringField
from wtforms.validators import InputRequired

from idp.web.forms import PageForm


class Wish(PageForm):
    """A field without a label, and without words of ours."""

    name = StringField(validators=[InputRequired()])


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de", "Dieses Feld wird benötigt."),
        ("en", "This field is required."),
        ("xx", "This field is required."),
    ],
)
def test_words_of_the_library_are_in_the_language_of_the_page(app, language, told):
    headers = {"Accept-Language": language}
    with app.test_request_context(method="POST", headers=headers):
        form = Wish(formdata=None)
        assert not form.validate()
        assert form.name.errors == [told]


def test_its_words_are_read_once_for_each_language(app):
    Wish.Meta.translations_cache.clear()
    for _ in range(2):
        with app.test_request_context(headers={"Accept-Language": "de"}):
            Wish(formdata=None)
    assert list(Wish.Meta.translations_cache) == [("de", "en")]
