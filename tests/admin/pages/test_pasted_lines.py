"""Addresses and numbers of apps as operators paste them."""

from idp.admin.pages.client_forms import lines, seconds_in


def test_what_nothing_is_seen_of_is_in_no_address():
    pasted = "\ufeffhttps://a.example/cb\u200b\r\n \u200b \nhttps://b.example/cb\u200e"
    assert lines(pasted) == ["https://a.example/cb", "https://b.example/cb"]


def test_seconds_are_typed_in_any_digits():
    assert seconds_in(" ٣٦٠٠\u200f") == 3600
