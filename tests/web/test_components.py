"""Components give the same markup wherever they stand, and escape what they are given."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe

from tartib.cli.extraction import Text, in_template
from tartib.shops.models import Shop
from tartib.web import audience

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class Person(forms.Form):
    name = forms.CharField(label="Name <of>", help_text="As on the parcel.")
    keep = forms.BooleanField(label="Keep it")
    way = forms.ChoiceField(label="Way", choices=[("a", "One"), ("b", "Two")], widget=forms.RadioSelect)
    mark = forms.CharField(widget=forms.HiddenInput)


def show(source: str, **context: object) -> str:
    """The markup, its white space between tags left out."""
    with audience.reading(Shop(name="S", timezone="Europe/Kyiv"), "en", now=NOW):
        text = Template("{% load components %}" + source).render(Context(context))
    return " ".join(text.split()).replace("> <", "><").replace("> ", ">").replace(" <", "<")


def test_a_card_has_its_heading_and_is_named_by_it() -> None:
    assert show('{% card _("Earning") "card-body" %}<p>x</p>{% endcard %}') == (
        '<section class="card card-body"><h2 class="card-title-text">Earning</h2><p>x</p></section>'
    )
    named = show('{% card title id="way" %}x{% endcard %}', title="<b>")
    assert named == (
        '<section class="card" aria-labelledby="way"><h2 class="card-title-text" id="way">&lt;b&gt;</h2>x</section>'
    )


def test_a_fold_shows_what_it_comes_to_and_isolates_what_people_wrote() -> None:
    written = show('{% fold "user" _("Customer") gist %}x{% endfold %}', gist="نیلوفر <i>")
    assert '<details class="card info" open><summary><svg' in written
    assert 'Customer<span class="info-gist" dir="auto">نیلوفر &lt;i&gt;</span></summary>' in written
    assert '<div class="info-body">x</div></details>' in written
    made = show('{% fold "user" _("Customer") gist open=False asks=True %}x{% endfold %}', gist=mark_safe("<b>5</b>"))
    assert '<details class="card info" data-asks>' in made
    assert '<span class="info-gist"><b>5</b></span>' in made


def test_pairs_and_sums_are_lists_of_names_with_values() -> None:
    pairs = '{% pair _("Phone") %}<a>1</a>{% endpair %}{% pair _("Due") "sum-alert" %}2{% endpair %}'
    assert show(f"{{% pairs %}}{pairs}{{% endpairs %}}") == (
        '<dl class="pairs"><dt>Phone</dt><dd><a>1</a></dd><dt>Due</dt><dd class="sum-alert">2</dd></dl>'
    )
    sums = '{% sums %}{% sum _("Tax") %}1{% endsum %}{% sum _("Total") "sum-main" %}9{% endsum %}{% endsums %}'
    assert show(sums) == (
        '<dl class="sums"><div><dt>Tax</dt><dd>1</dd></div><div class="sum-main"><dt>Total</dt><dd>9</dd></div></dl>'
    )


def test_markup_is_given_to_a_component_as_it_is() -> None:
    source = (
        '{% markup as gist %}<bdi>{{ code }}</bdi>{% endmarkup %}{% fold "user" _("Customer") gist %}x{% endfold %}'
    )
    assert '<span class="info-gist"><bdi>A&amp;B</bdi></span>' in show(source, code="A&B")


def test_a_field_has_its_label_help_and_errors_and_a_place() -> None:
    form = Person({"mark": ""}, label_suffix="")
    name = show('{% field form.name "field-half" "who" %}', form=form)
    assert name.startswith('<div class="field field-half" data-group="who"><label class="form-label" for="id_name">')
    assert "Name &lt;of&gt;</label>" in name
    assert '<p class="field-help" id="id_name_helptext">As on the parcel.</p>' in name
    assert 'aria-describedby="id_name_helptext id_name_error"' in name
    assert '<ul class="errorlist" id="id_name_error">' in name


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("keep", '<div class="field field-check"><label class="form-check"><input type="checkbox"'),
        ("way", '<fieldset class="field"><legend class="form-label">Way</legend><div class="choices">'),
        ("mark", '<input type="hidden" name="mark" id="id_mark">'),
    ],
)
def test_a_field_is_laid_out_by_its_kind(field: str, expected: str) -> None:
    assert show("{% field field %}", field=Person()[field]).startswith(expected)


def test_a_hidden_field_says_what_is_wrong_with_it() -> None:
    assert '<p class="errorlist">Please fill this in.</p>' in show("{% field f %}", f=Person({})["mark"])


def test_a_button_that_posts_brings_the_token_of_the_page() -> None:
    source = '{% post_button "/go/" _("Send now") "send" "btn-sm" name="to" value="a" query=query %}'
    button = show(source, csrf_token="T0K", query="page=2&x=1")
    assert button.startswith('<form method="post" action="/go/?page=2&amp;x=1">')
    assert 'name="csrfmiddlewaretoken" value="T0K"' in button
    assert '<button class="btn btn-sm" name="to" value="a"><svg' in button
    assert button.endswith("Send now</button></form>")
    asking = show('{% post_button "/go/" _("Remove") confirm=_("Gone for good.") act=_("Remove it") form_css="x" %}')
    assert 'class="x" data-confirm="Gone for good." data-confirm-act="Remove it">' in asking


def test_a_button_that_posts_refuses_what_it_does_not_know() -> None:
    with pytest.raises(TemplateSyntaxError, match="colour"):
        show('{% post_button "/go/" _("Remove") colour="red" %}')


def test_a_chip_is_a_word_on_a_colour() -> None:
    word = '<span class="chip c-green"><span class="chip-word">a&lt;b</span></span>'
    assert show('{% chip text "green" %}', text="a<b") == word
    assert "<svg" in show('{% chip _("done") "green" "check" %}')


def test_an_empty_state_offers_the_one_act_that_helps() -> None:
    whole = show('{% empty_state "mail" _("Nothing yet") _("Write first.") "/new/" _("Write") %}')
    assert '<h2 class="empty-title-text">Nothing yet</h2><p class="empty-text">Write first.</p>' in whole
    assert '<a class="btn btn-primary" href="/new/">Write</a>' in whole
    assert "<a" not in show('{% empty_state "mail" _("Nothing yet") %}')


def test_texts_given_to_components_are_found_for_translators() -> None:
    source = '{% pair _("Phone") %}{% endpair %}{% post_button there _("Send now") confirm=_("100% sure") %}'
    assert list(in_template(source)) == [Text("Phone"), Text("Send now"), Text("100%% sure")]
