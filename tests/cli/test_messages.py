"""Translations: what is extracted is what Django asks for, catalogues stay in step, mistakes are found."""

from __future__ import annotations

import gettext
from pathlib import Path
from unittest.mock import patch

import pytest
from django.template import Context, Engine
from django.utils import translation

from tartib.cli import catalogues
from tartib.cli.catalogues import LOCALES, catalogue_file, check, compile_all, plural_forms, update
from tartib.cli.extraction import NotExtractable, Text, in_python, in_template
from tartib.cli.visible import unmarked

TEMPLATE = """
{% load i18n %}{# _("not a text") #}{% comment %}{% translate "Nor this" %}{% endcomment %}
<p>{% translate "Plain" %} {% translate 'It\\'s quoted' %} {% translate "100% sure" as sure %}{{ sure }}</p>
{% translate "May" context "month" as month %}{{ month }} {% translate "May" context 'verb' %}
{{ missing|default:_("Nobody | nothing") }}{% firstof missing _("50% off") %}{{ _("A constant") }}
{% blocktranslate with who=name %}Hello {{ who }}, 5% for you{% endblocktranslate %}
{% blocktranslate trimmed count counter=n context "basket" %}
  One piece
  for {{ name }}
{% plural %}
  {{ counter }} pieces
  for {{ name }}
{% endblocktranslate %}
{% blocktrans count counter=n %}{{ counter }} box{% plural %}{{ counter }} boxes{% endblocktrans %}
"""

PYTHON = '''
from django.utils.translation import gettext as _, gettext_lazy, ngettext, ngettext_lazy
from django.utils.translation import npgettext, pgettext, pgettext_lazy
from django.utils import translation

NAME = gettext_lazy("A lazy " "name in two parts")
MONTH = pgettext_lazy("month", "May")

def say(n, name):
    """_("Not in a string")"""
    lookup = _(NAME)
    inner = _("Outer %(inner)s") % {"inner": _("Inner")}
    pieces = ngettext("%(n)d piece", "%(n)d pieces", n) % {"n": n}
    lazy = ngettext_lazy("%d box", "%d boxes", n)
    both = npgettext("tickets", "%(n)d open", "%(n)d are open", n)
    return translation.gettext(
        "Long text, "
        "continued"
    ), pgettext("verb", "May")
'''


def test_templates_give_exactly_the_texts_django_asks_for() -> None:
    """Rendered with a gettext that records, a template asks for what was extracted and for nothing else."""
    asked: set[Text] = set()

    def record(context: str, singular: str, plural: str = "") -> str:
        asked.add(Text(singular, plural, context))
        return singular

    with (
        patch("django.template.base.gettext_lazy", lambda text: record("", text)),
        patch("django.template.base.pgettext_lazy", lambda context, text: record(context, text)),
        patch("django.utils.translation.gettext", lambda text: record("", text)),
        patch("django.utils.translation.pgettext", lambda context, text: record(context, text)),
        patch("django.utils.translation.ngettext", lambda one, more, _n: record("", one, more)),
        patch("django.utils.translation.npgettext", lambda context, one, more, _n: record(context, one, more)),
    ):
        Engine(libraries={"i18n": "django.templatetags.i18n"}).from_string(TEMPLATE).render(
            Context({"name": "Ann", "n": 3})
        )

    assert set(in_template(TEMPLATE)) == asked
    assert len(asked) == 11


def test_python_gives_every_form_of_call() -> None:
    assert set(in_python(PYTHON)) == {
        Text("A lazy name in two parts"),
        Text("May", context="month"),
        Text("May", context="verb"),
        Text("Outer %(inner)s"),
        Text("Inner"),
        Text("%(n)d piece", "%(n)d pieces"),
        Text("%d box", "%d boxes"),
        Text("%(n)d open", "%(n)d are open", "tickets"),
        Text("Long text, continued"),
    }


@pytest.mark.parametrize("call", ['_(f"Hello {name}")', '_("Hello " + name)', '_("Hello {}".format(name))'])
def test_a_text_put_together_is_refused_with_its_place(call: str) -> None:
    with pytest.raises(NotExtractable, match=r"views\.py:2: _\(\)"):
        list(in_python(f"\nx = {call}", "views.py"))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", [(1, "Hello")]),
        ("<p>\n\n  Hello {{ name }}\n</p>", [(3, "Hello …")]),
        ('<input placeholder="Your name" class="wide">', [(1, "Your name")]),
        ('<a href="{% url "x" %}" title="Back">{% translate "Back" %}</a>', [(1, "Back")]),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", []),
        ("{% comment %}Hello{% endcomment %}{# Hello #}<!-- Hello -->", []),
        ("<script>let x = 1</script><style>p {}</style><kbd>Ctrl</kbd><code>a-b</code>", []),
        ("<p>Tartib · {{ amount }} × 3 &nbsp;</p>", []),
        ('<div lang="en"><div>English</div> on purpose</div><p>Hello</p>', [(1, "Hello")]),
        ('<html lang="{{ language }}"><p>Hello</p></html>', [(1, "Hello")]),
        ("{% block body_class %}desk{% endblock %}", []),
        ('<option value="on" {% if x %}selected{% endif %}>{{ name }}</option>', []),
    ],
)
def test_visible_text_that_nobody_marked_is_found_with_its_line(source: str, found: list[tuple[int, str]]) -> None:
    assert [(piece.line, piece.text) for piece in unmarked(source)] == found


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two apps that share a text."""
    for name, code in {
        "shop": 'from x import _, ngettext\n_("Order")\nngettext("%(n)d order", "%(n)d orders", 2)\n_("Dear {name}")\n',
        "desk": 'from x import _\n_("Order")\n',
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "apps.py").touch()
        (tmp_path / name / "views.py").write_text(code)
    (tmp_path / "desk" / "case" / "templates").mkdir(parents=True)
    (tmp_path / "desk" / "case" / "templates" / "case.html").write_text('{% translate "Close" context "door" %}')
    return tmp_path


def test_updating_is_stable_and_says_where_a_text_is_used(package: Path) -> None:
    update(catalogues.apps(package), package)
    file = catalogue_file(package / "desk", "fa")
    first = file.read_text()
    update(catalogues.apps(package), package)

    assert file.read_text() == first
    assert first.index('msgid "Close"') < first.index('msgid "Order"')
    assert "#: case/templates/case.html\n" in first
    assert "Date" not in first


def test_every_kind_of_mistake_is_found(package: Path) -> None:
    _translate(package)
    assert check(package) == []

    def findings(app: str, before: str, after: str) -> list[str]:
        file = catalogue_file(package / app, "uk")
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after, 1))
        found = [finding.what for finding in check(package)]
        file.write_text(text)
        return found

    assert findings("desk", 'msgstr "Close-uk"', 'msgstr ""') == ["'Close' is not translated"]
    assert findings("desk", 'msgctxt "door"', '#, fuzzy\nmsgctxt "door"') == ["'Close' is marked fuzzy"]
    assert findings("desk", 'msgid "Order"', 'msgid "Orders"') == [
        "does not have 'Order' yet; run `tartib messages update`",
        "has 'Orders', which nothing asks for; run `tartib messages update`",
    ]
    assert findings("desk", 'msgstr "Order-uk"', 'msgstr "Замовлення"')[0].startswith("'Order' is 'Order-uk' here, but")
    assert findings("shop", "Dear {name}-uk", "Dear {nom}") == ["'Dear {name}': placeholders {name} became {nom}"]
    assert findings("shop", 'msgstr[1] "%(n)d orders', 'msgstr[1] "orders') == [
        "'%(n)d order': placeholders %(n)d became none"
    ]
    assert findings("shop", "Dear {name}-uk", "Dear <b>{name}</b>") == ["'Dear {name}': its HTML tags differ"]
    assert findings("shop", "Dear {name}-uk", "Dear {name}, 5% off") == ["'Dear {name}': a percent sign stands alone"]
    assert "obsolete" in findings("shop", 'msgstr "Order-uk"', 'msgstr "Order-uk"\n\n#~ msgid "Gone"\n#~ msgstr "x"')[0]
    assert findings("shop", "nplurals=4", "nplurals=3")[0].startswith("its Plural-Forms must be Django's")
    catalogue_file(package / "desk", "ar").unlink()
    assert [finding.what for finding in check(package)] == ["is not there; run `tartib messages update`"]


def test_a_form_for_one_number_may_say_it_in_a_word(package: Path) -> None:
    _translate(package)
    file = catalogue_file(package / "shop", "ar")
    file.write_text(file.read_text().replace('msgstr[2] "%(n)d orders-ar"', 'msgstr[2] "طلبان"'))
    assert check(package) == []


def test_a_new_text_takes_the_translation_another_app_has(package: Path) -> None:
    _translate(package)
    (package / "desk" / "views.py").write_text('from x import _\n_("Order")\n_("Dear {name}")\n')
    update([package / "desk"], package)
    assert 'msgid "Dear {name}"\nmsgstr "Dear {name}-fa"' in catalogue_file(package / "desk", "fa").read_text()


@pytest.mark.parametrize("locale", LOCALES)
def test_compiled_catalogues_count_as_django_does(package: Path, locale: str, translated: Path) -> None:
    compile_all(catalogues.apps(translated))
    known = gettext.translation("django", translated / "shop" / "locale", [locale])
    django = gettext.translation("django", Path(translation.__file__).parents[2] / "conf" / "locale", [locale])
    assert known.info()["plural-forms"] == plural_forms(locale)
    assert [known.plural(n) for n in range(150)] == [django.plural(n) for n in range(150)]  # type: ignore[attr-defined]
    assert known.gettext("Order") == f"Order-{locale}"
    assert known.ngettext("%(n)d order", "%(n)d orders", 5) == f"%(n)d orders-{locale}"


@pytest.fixture
def translated(package: Path) -> Path:
    _translate(package)
    return package


def _translate(package: Path) -> None:
    """Translate every text into itself with the language's name behind."""
    update(catalogues.apps(package), package)
    for app in catalogues.apps(package):
        for locale in LOCALES:
            file = catalogue_file(app, locale)
            catalogue = catalogues.read_catalogue(file, locale)
            texts = {text: [f"{text.plural or text.singular}-{locale}"] * catalogue.num_plurals for text in _of(app)}
            catalogues._write(file, locale, {text: ["views.py"] for text in texts}, texts)


def _of(app: Path) -> list[Text]:
    from tartib.cli.extraction import in_app

    return list(in_app(app))
