"""What each field of a profile takes."""

import pytest

from idp.accounts.profile.fields import FIELDS, Unfit, accepted
from idp.web.words import WORDS

TAKEN = [
    ("name", "  Ada Lovelace ", "Ada Lovelace"),
    ("nickname", "", None),
    ("given_name", None, None),
    ("username", "ada.l", "ada.l"),
    ("picture", "https://example.com/me.png?s=1#x", "https://example.com/me.png?s=1#x"),
    ("website", "https://example.com:8443/~ada", "https://example.com:8443/~ada"),
    ("gender", "non-binary", "non-binary"),
    ("birthdate", "1815-12-10", "1815-12-10"),
    ("birthdate", "0000-02-29", "0000-02-29"),
    ("birthdate", "١٩٨٥/٤/١٢", "1985-04-12"),
    ("birthdate", "1985年4月12日", "1985-04-12"),
    ("birthdate", "\u200e1985 \u2013 04 \u2013 12", "1985-04-12"),
    ("birthdate", "1815", "1815"),
    ("phone_number", "+49 (30) 123-4567", "+49 (30) 123-4567"),
    ("phone_number", "+1 604 555 1234;ext=5678", "+1 604 555 1234;ext=5678"),
    ("phone_number", "\u202a\uff0b\u0664\u0669\u00a030\u2011123456", "+49 30-123456"),
    ("username", "ad\u200da\ufeff", "ada"),
    ("website", "\ufeffhttps://example.com/\u200b", "https://example.com/"),
    ("website", "https://bücher.example/straße?q=ä#ö", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%A4#%C3%B6"),
    ("website", "https://例子。广告:8443/100%", "https://xn--fsqu00a.xn--4rr70v:8443/100%"),
    ("locale", "en_US", "en-US"),
    ("locale", "zh-Hant-TW", "zh-Hant-TW"),
    ("zoneinfo", "Europe/Berlin", "Europe/Berlin"),
    ("address", {"locality": " Turin ", "region": ""}, {"locality": "Turin"}),
    ("address", {"street_address": "1\r\n2"}, {"street_address": "1\n2"}),
    ("address", {"formatted": ""}, None),
    ("address", {}, None),
]  # fmt: skip
REFUSED = [
    ("name", "x" * 256, "too_long"),
    ("name", "Ada\u202eecalevoL", "invalid"),
    ("name", 7, "invalid_type"),
    ("username", "ada@home", "invalid"),
    ("username", "p\u0430ypal", "mixed_scripts"),
    ("picture", "http://example.com/me.png", "invalid"),
    ("picture", "javascript:alert(1)", "invalid"),
    ("picture", "https://", "invalid"),
    ("picture", "https://user:secret@example.com/", "invalid"),
    ("picture", 'https://example.com/"onload=', "invalid"),
    ("picture", "https://[::1/", "invalid"),
    ("website", "https://example.com/" + "x" * 2048, "too_long"),
    ("gender", "x" * 65, "too_long"),
    ("gender", "a\nb", "invalid"),
    ("birthdate", "1815-13-01", "invalid"),
    ("birthdate", "1815-02-29", "invalid"),
    ("birthdate", "10.12.1815", "invalid"),
    ("birthdate", "0000", "invalid"),
    ("birthdate", "2999", "invalid"),
    ("birthdate", "2999-01-01", "invalid"),
    ("birthdate", "1985--04", "invalid"),
    ("birthdate", "18151210", "invalid"),
    ("phone_number", "030 1234567", "invalid"),
    ("phone_number", "+12345", "invalid"),
    ("phone_number", "+1234567890123456", "invalid"),
    ("phone_number", "+49 30 CALL", "invalid"),
    ("locale", "english", "invalid"),
    ("locale", "en-", "invalid"),
    ("zoneinfo", "Mars/Olympus", "invalid"),
    ("zoneinfo", "../../etc/passwd", "invalid"),
    ("address", "1 Main Street", "invalid_type"),
    ("address", {"planet": "Mars"}, "unknown_field"),
    ("address", {"locality": 7}, "invalid_type"),
    ("address", {"locality": "x" * 501}, "too_long"),
    ("address", {"locality": "a\x00b"}, "invalid"),
]


@pytest.mark.parametrize(("field", "value", "stored"), TAKEN)
def test_a_field_takes(field, value, stored):
    assert accepted(field, value) == stored


@pytest.mark.parametrize(("field", "value", "code"), REFUSED)
def test_a_field_refuses(field, value, code):
    with pytest.raises(Unfit) as refused:
        accepted(field, value)
    assert refused.value.code == code
    assert refused.value.word in WORDS


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("example.com", "url.no_scheme"),
        ("mailto:ada@example.com", "url.no_scheme"),
        ("http://example.com", "url.not_https"),
        ("https://ada@example.com", "url.user"),
        ("https:///about", "url.host"),
        ("https://-/", "url.host"),
        ("https://\u2488com/", "url.host"),
        ("https://example.com:99999/", "url.port"),
        ("https://example.com/a b", "url.signs"),
        ("https://example.com/\nb", "url.signs"),
    ],
)
def test_each_reason_to_refuse_a_web_address_has_its_words(typed, word):
    with pytest.raises(Unfit) as refused:
        accepted("website", typed)
    assert refused.value.word == word
    assert word in WORDS


@pytest.mark.parametrize("field", FIELDS)
def test_null_clears_every_field(field):
    assert accepted(field, None) is None


def test_a_refused_part_of_an_address_is_named():
    with pytest.raises(Unfit) as refused:
        accepted("address", {"country": "DE", "locality": 7})
    assert refused.value.member == "locality"
