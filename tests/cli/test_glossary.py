"""Glossaries: a translation uses the one word for a term, and none of the forbidden ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tartib.cli import catalogues, glossary
from tartib.cli.catalogues import LOCALES, catalogue_file
from tartib.cli.extraction import Text

HEADER = "term\tuse\tnever\tnote"
EXCEPTIONS = "language\tterm\ttext\twhy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Glossaries of no terms."""
    folder = tmp_path / "glossary"
    folder.mkdir()
    for locale in LOCALES:
        (folder / f"{locale}.tsv").write_text(f"{HEADER}\n")
    (folder / "exceptions.tsv").write_text(f"{EXCEPTIONS}\n")
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of one app."""
    app = tmp_path / "package" / "shop"
    app.mkdir(parents=True)
    (app / "apps.py").touch()
    return app.parent


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_the_same_terms(locale: str) -> None:
    def terms(name: str) -> list[str]:
        lines = (glossary.GLOSSARY / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        return [line.partition("\t")[0] for line in lines]

    assert terms(locale) == terms("ar")
    assert len(terms(locale)) >= 60


@pytest.mark.parametrize(
    ("locale", "row", "text", "translation", "trouble"),
    [
        ("uk", "order\tзамов*\t", "Your orders", "Ваші замовлення", ""),
        ("uk", "order\tзамов*\t", "Your orders", "Ваші покупки", "does not say 'замов*'"),
        ("uk", "order\tзамов*\t", "The border", "Межа", ""),
        ("uk", "shop\tмагазин*\tкрамниц*", "The shop", "Магазин і крамниця", "says 'крамниця'"),
        ("uk", "*\t\tсправи", "Anything", "Усі СПРАВИ", "says 'СПРАВИ'"),
        ("uk", "*\t\tсправи", "Anything", "Несправний", ""),
        ("ar", "product\tمنتج*\t", "The product", "وللمنتجات", ""),
        ("ar", "product\tمنتج*\t", "The product", "السلعة", "does not say"),
        ("ar", "*\t\tأنشئ", "It is made", "أُنشئ الطلب", ""),
        ("ar", "*\t\tأنشئ", "Make it", "أنشئ الطلب", "says 'أنشئ'"),
        ("fa", "filter\tفیلتر*\tصافی*", "Clear filters", "حذف فیلتر\u200cها", ""),
        ("fa", "filter\tفیلتر*\tصافی*", "Clear filters", "حذف صافی\u200cها", "does not say"),
        ("zh_Hant", "domain\t域名\t網域", "Your domain", "您的域名", ""),
        ("zh_Hant", "domain\t域名\t網域", "Your domain", "您的網域", "does not say"),
    ],
)
def test_a_translation_uses_the_word_of_its_glossary(
    package: Path, folder: Path, locale: str, row: str, text: str, translation: str, trouble: str
) -> None:
    _said(package, locale, Text(text, "", ""), [translation])
    _add(folder / f"{locale}.tsv", f"{row}\t")
    found = [finding.what for finding in glossary.check(folder, package)]
    assert (trouble in found[0]) if trouble else found == []


def test_a_longer_term_takes_its_words_from_a_shorter_one(package: Path, folder: Path) -> None:
    _said(package, "fa", Text("A discount code", "", ""), ["رمز"])
    _add(folder / "fa.tsv", "discount\tتخفیف\t\t")
    _add(folder / "fa.tsv", "discount code\tرمز\t\t")
    assert glossary.check(folder, package) == []


def test_a_term_may_be_that_of_one_context(package: Path, folder: Path) -> None:
    _add(folder / "zh_Hant.tsv", "name (a person)\t姓名\t名稱\t")
    _said(package, "zh_Hant", Text("Name", "", "a thing"), ["名稱"])
    assert glossary.check(folder, package) == []
    _said(package, "zh_Hant", Text("Name", "", "a person"), ["名稱"])
    assert "does not say '姓名'" in glossary.check(folder, package)[0].what


def test_what_is_filled_in_is_not_a_word(package: Path, folder: Path) -> None:
    _said(package, "fa", Text("%(order)s, {order}, <b>order.example</b>", "", ""), ["%(order)s، {order}، <b>x</b>"])
    _add(folder / "fa.tsv", "order\tسفارش*\t\t")
    assert glossary.check(folder, package) == []


def test_one_plural_form_may_leave_a_term_out_but_none_may_say_a_forbidden_one(package: Path, folder: Path) -> None:
    _add(folder / "zh_Hant.tsv", "piece\t件\t個\t")
    _add(folder / "fa.tsv", "piece\tعدد\tتا\t")
    _said(package, "fa", Text("%(n)d piece", "%(n)d pieces", ""), ["هیچ", "%(n)d عدد"])
    assert glossary.check(folder, package) == []
    _said(package, "fa", Text("%(n)d piece", "%(n)d pieces", ""), ["یک تا", "%(n)d عدد"])
    assert "says 'تا'" in glossary.check(folder, package)[0].what


def test_an_exception_has_a_reason_and_is_needed(package: Path, folder: Path) -> None:
    _said(package, "fa", Text("Your order is here", "", ""), ["رسید"])
    _add(folder / "fa.tsv", "order\tسفارش*\t\t")
    _add(folder / "exceptions.tsv", "fa\torder\tYour order is\tSaid shortly.")
    assert glossary.check(folder, package) == []
    _add(folder / "exceptions.tsv", "uk\torder\tYour order is\t")
    found = [finding.what for finding in glossary.check(folder, package)]
    assert len(found) == 2
    assert found[0] == "the exception for 'Your order is' has no reason"
    assert found[1].startswith("nothing needs the exception of uk")


def test_a_glossary_that_cannot_be_read_is_a_finding(package: Path, folder: Path) -> None:
    (folder / "uk.tsv").write_text("term\tuse\n")
    (folder / "fa.tsv").unlink()
    _add(folder / "ar.tsv", "order\tطلب*")
    _add(folder / "zh_Hant.tsv", "order\t\t\t")
    found = sorted(finding.what for finding in glossary.check(folder, package))
    assert found == [
        "'order' has no translation",
        "is not there",
        "must begin with the columns term, use, never, note",
        "row 2 has 2 columns instead of 4",
    ]


def test_workflows_and_messages_are_checked_as_catalogues_are(package: Path, folder: Path) -> None:
    (package / "flow" / "presets").mkdir(parents=True)
    (package / "notify").mkdir()
    tongues = 'ar = "x"\nfa = "کالا"\nuk = "x"\nzh-hant = "x"\n'
    (package / "flow" / "presets" / "one.toml").write_text(f'[[status]]\n[status.name]\nen = "An order"\n{tongues}')
    (package / "notify" / "defaults.toml").write_text(
        '[en]\nsubject = "Your order"\n[ar]\n[fa]\nsubject = "کالا"\n[uk]\n[zh-hant]\n'
    )
    _add(folder / "fa.tsv", "order\tسفارش*\t\t")
    assert [finding.file.name for finding in glossary.check(folder, package)] == ["one.toml", "defaults.toml"]


def _said(package: Path, locale: str, text: Text, forms: list[str]) -> None:
    catalogues._write(catalogue_file(package / "shop", locale), locale, {text: ["views.py"]}, {text: forms})


def _add(file: Path, row: str) -> None:
    file.write_text(file.read_text() + f"{row}\n")
