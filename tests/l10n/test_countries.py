"""Countries in the order in which people look for them."""

from tartib.l10n import countries


def test_countries_begin_with_the_shop_s_and_its_neighbours_and_end_with_no_ice() -> None:
    listed = countries.listed("HK", "en")
    assert [code for code, _name in listed[:4]] == ["HK", "MO", "CN", "TW"]
    assert not {"AQ", "BV", "HM", "TF", "GS", "UM"} & set(dict(listed))
    rest = [name for _code, name in countries.listed("UA", "uk")][6:]
    assert rest.index("Італія") < rest.index("Канада") < rest.index("Японія")
