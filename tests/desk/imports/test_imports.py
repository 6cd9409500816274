"""Imports on the desk: a manager uploads a file, sees what would become of it, and brings it in (E8, D11, X5)."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tartib.cases.models import Case
from tartib.catalog.models import Product
from tartib.imports import jobs, operations
from tartib.imports.models import Import, SavedMapping, State
from tartib.imports.operations import save_mapping
from tartib.imports.reading.mapping import ColumnMapping
from tartib.shops.models import Role, Shop
from tests.factories import make_shop, make_staff
from tests.imports.loads import many, row, table, uploaded, woocommerce


def _upload(client: Client, shop: Shop, content: bytes, name: str = "orders.csv") -> str:
    """Upload a file; the address of its page."""
    response = client.post(f"/desk/{shop.slug}/imports/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def _page(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def _fields(page: str) -> dict[str, str]:
    """What the form of choices would send: the chosen option of each select."""
    found = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def _work(address: str, *, give_way: bool = False) -> None:
    """Do what the worker would do for the import at that address, for which a job must be waiting."""
    pk = address.rstrip("/").rsplit("/", 1)[1]
    assert ProcrastinateJob.objects.filter(task_name="integrations.work", args__import_id=pk).exists()
    jobs.carry_on(pk, lambda: give_way)


def test_from_upload_to_orders(owner: Client, shop: Shop) -> None:
    """E8: upload, columns guessed and shown with samples, dry run, start, result."""
    content = table([row("A1"), row("A2", Date="whenever"), row("A3", Status="Ready to roll")])
    address = _upload(owner, shop, content)
    page = _page(owner, address)
    assert "What the columns mean" in page
    assert "a1@example.com" in page
    fields = _fields(page)
    assert fields["column-0"] == "number"
    response = owner.post(f"{address}choices/", fields | {"name": "Our till"})
    assert response["Location"] == address
    assert 'hx-trigger="every 1s"' in _page(owner, address)
    _work(address)
    assert owner.get(address, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    page = _page(owner, address)
    assert "What would become of it" in page
    assert "Bring in 2 orders" in page
    assert "“whenever” is not a date." in page
    assert "What the file’s status words mean" in page
    assert not Case.objects.exists()
    fields = _fields(page) | {"word-0": "Ready to roll", "state-0": "completed"}
    owner.post(f"{address}choices/", fields)
    _work(address)
    owner.post(f"{address}start/")
    part = owner.get(address, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "Waiting for its turn" in part
    _work(address)
    page = _page(owner, address)
    assert "It is in" in page
    assert dict(Case.objects.values_list("order__number", "status")) == {"A1": "processing", "A3": "completed"}
    listed = _page(owner, f"/desk/{shop.slug}/imports/")
    assert "orders.csv" in listed
    assert "Finished" in listed


def test_the_platform_is_guessed_and_can_be_corrected(owner: Client, shop: Shop) -> None:
    """D11: a WooCommerce file is known by what is in it; another choice shows other questions."""
    address = _upload(owner, shop, woocommerce(), "export.json")
    assert Import.objects.get().platform == "woocommerce"
    assert "What the columns mean" not in _page(owner, address)
    table_address = _upload(owner, shop, many(2), "shopify.csv")
    owner.post(f"{table_address}platform/", {"platform": "csv"})
    assert "What the columns mean" in _page(owner, table_address)
    assert owner.post(f"{table_address}platform/", {"platform": "magento"}).status_code == 404


def test_a_mapping_is_kept_under_its_name(owner: Client, shop: Shop) -> None:
    """Columns once understood are chosen again by name, also for a file whose columns cannot be guessed."""
    columns = ("Col A", "Col B", "Col C")
    content = b"Col A,Col B,Col C\nX1,2026-11-01,70.00\n"
    address = _upload(owner, shop, content)
    fields = _fields(_page(owner, address)) | {"column-0": "number", "column-1": "placed_at", "column-2": "total"}
    owner.post(f"{address}choices/", fields | {"name": "The odd one", "currency": "uah"})
    saved = SavedMapping.objects.get(shop=shop)
    assert dict(saved.mapping["columns"]) == dict(zip(("number", "placed_at", "total"), columns, strict=True))
    again = _page(owner, _upload(owner, shop, content), saved=str(saved.pk))
    assert _fields(again)["column-2"] == "total"
    asked = _page(owner, _upload(owner, shop, content), saved="x")
    # What the cells hold tells the day and the sum of an order; its number it does not.
    assert [_fields(asked)[f"column-{place}"] for place in range(3)] == ["", "placed_at", "total"]
    assert "Say which column holds the order number" in asked


def test_a_mapping_of_products_is_kept_for_the_next_file_of_products(owner: Client, shop: Shop) -> None:
    """Orders and products have each their own, also under the same name."""
    save_mapping(shop, "Ours", ColumnMapping({"number": "Col A"}), {})
    content = b"Col A,Col B,Col C\nM-1,Mug,8.50\n"
    address = _upload(owner, shop, content)
    owner.post(f"{address}platform/", {"platform": "products"})
    fields = _fields(_page(owner, address)) | {"column-0": "sku", "column-1": "title", "column-2": "price"}
    assert owner.post(f"{address}choices/", fields | {"name": "Ours", "decimal": ","}).status_code == 302
    saved = SavedMapping.objects.get(shop=shop, of_products=True)
    another = _upload(owner, shop, b"SKU,Name,Price\n1,2,3\n")
    assert f"?saved={saved.pk}" in _page(owner, another)
    following = _upload(owner, shop, content)
    owner.post(f"{following}platform/", {"platform": "products"})
    again = _fields(_page(owner, following, saved=str(saved.pk)))
    assert (again["column-2"], again["decimal"]) == ("price", ",")
    assert SavedMapping.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"column-0": ""}, "Say which column holds the order number"),
        ({"column-1": "number"}, "Each part of an order can come from one column only"),
        ({"currency": "12"}, "Write the currency as three letters"),
        ({"calendar": "mayan"}, "These choices cannot be used"),
    ],
)
def test_choices_that_cannot_be_are_explained(owner: Client, shop: Shop, changes: dict[str, str], said: str) -> None:
    address = _upload(owner, shop, many(1))
    response = owner.post(f"{address}choices/", _fields(_page(owner, address)) | changes)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Import.objects.get().state == State.UPLOADED


def test_stopping_and_going_on(owner: Client, shop: Shop) -> None:
    """A running import is stopped and continued; what has moved on meanwhile is said."""
    batch = uploaded(shop, many(1))
    address = f"/desk/{shop.slug}/imports/{batch.pk}/"
    owner.post(f"{address}start/")
    owner.post(f"{address}stop/")
    assert "Stopped on the way" in _page(owner, address)
    assert "The import has moved on meanwhile" in owner.post(f"{address}stop/", follow=True).content.decode()
    owner.post(f"{address}start/")
    _work(address)
    assert Case.objects.count() == 1


def test_an_import_that_failed_says_so_and_can_be_tried_again(
    owner: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lessons 8: what went wrong is shown, not swallowed."""
    address = _upload(owner, shop, many(1))
    owner.post(f"{address}choices/", _fields(_page(owner, address)))

    def burn(*_given: object) -> None:
        raise RuntimeError("disk on fire")

    with monkeypatch.context() as broken:
        broken.setattr(operations, "_advance", burn)
        with pytest.raises(RuntimeError):
            _work(address)
    page = _page(owner, address)
    assert "could not be tried out" in page
    assert "disk on fire" not in page
    owner.post(f"{address}start/")
    _work(address)
    assert re.search(r"Bring in 1 order\s*<", _page(owner, address))


def test_a_long_import_gives_others_their_turn(owner: Client, shop: Shop) -> None:
    """After its turn the job puts itself off and goes on where it was."""
    address = _upload(owner, shop, many(1_500))
    owner.post(f"{address}start/")
    waiting = ProcrastinateJob.objects.filter(task_name="integrations.work")
    _work(address, give_way=True)
    assert (Case.objects.count(), waiting.count()) == (1_000, 2)
    _work(address)
    assert Case.objects.count() == 1_500


def test_a_removed_file_is_gone(owner: Client, shop: Shop) -> None:
    address = _upload(owner, shop, many(1))
    owner.post(f"{address}remove/")
    assert not Import.objects.exists()
    done = uploaded(shop, many(1))
    operations.start(done, now=done.created_at)
    owner.post(f"/desk/{shop.slug}/imports/{done.pk}/remove/")
    assert Import.objects.exists()


def test_the_problems_are_a_table_nobody_can_run(owner: Client, shop: Shop) -> None:
    """Formula cells of the file stay text in the errors file."""
    address = _upload(owner, shop, table([row("A1", Date='=HYPERLINK("http://evil")', Email="+bad")]))
    owner.post(f"{address}choices/", _fields(_page(owner, address)))
    _work(address)
    response = owner.get(f"{address}problems.csv")
    body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "is not a date" in body
    assert not re.search(r'(?:^|,)"?[=+@]', body, re.MULTILINE)


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"{", b"Order number\n", b"a,b\n1,2\n"])
def test_any_file_gets_an_answer(owner: Client, shop: Shop, content: bytes) -> None:
    """Whatever is uploaded, the page says what is wrong; there is no 500."""
    address = _upload(owner, shop, content)
    page = _page(owner, address)
    response = owner.post(f"{address}choices/", _fields(page))
    if response.status_code == 302:
        _work(address)
        assert "Left out" in _page(owner, address)
    else:
        assert response.status_code == 422


def test_a_file_too_large_is_refused_with_the_limit(owner: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "LARGEST", 1_048_576)
    response = owner.post(f"/desk/{shop.slug}/imports/", {"file": SimpleUploadedFile("x.csv", b"x" * 1_048_577)})
    assert response.status_code == 422
    assert "larger than 1 MB" in response.content.decode()
    assert owner.post(f"/desk/{shop.slug}/imports/").status_code == 422


def test_who_may_import(shop: Shop) -> None:
    """Experts and technicians may not; another shop's import does not exist."""
    batch = uploaded(shop, many(1))
    address = f"/desk/{shop.slug}/imports/{batch.pk}/"
    for role, status in ((Role.EXPERT, 403), (Role.MANAGER, 200)):
        client = Client()
        client.force_login(make_staff(shop, role))
        assert client.get(address).status_code == status
    other = make_shop()
    stranger = Client()
    assert other.default_owner is not None
    stranger.force_login(other.default_owner.user)
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/desk/{other.slug}/imports/{batch.pk}/").status_code == 404


def test_from_upload_to_products(owner: Client, shop: Shop) -> None:
    """D11: a file of products is known by its columns; mapped, tried out and brought in like one of orders."""
    content = b"SKU,Name,Price,Qty,Shelf\nM-1,Mug,8.50,3,Kitchen\nM-2,Bowl,,1,Kitchen\n"
    address = _upload(owner, shop, content, "goods.csv")
    page = _page(owner, address)
    assert "Change products that are here already" in page
    assert "Tell the customers" not in page
    fields = _fields(page)
    assert (fields["column-0"], fields["column-4"]) == ("sku", "")
    unclear = owner.post(f"{address}choices/", fields | {"column-2": ""})
    assert "Say which columns hold the SKU, the name and the price." in unclear.content.decode()
    assert owner.post(f"{address}choices/", fields | {"column-4": "category"}).status_code == 302
    _work(address)
    page = _page(owner, address)
    assert "The product has no price." in page
    assert "Bring the products in" in page
    assert not Product.objects.exists()
    owner.post(f"{address}start/")
    _work(address)
    assert "To the shop window" in _page(owner, address)
    (mug,) = Product.objects.all()
    assert (mug.sku, mug.listing is not None and str(mug.listing.category)) == ("M-1", "Kitchen")
    again = _upload(owner, shop, content, "goods.csv")
    owner.post(f"{again}choices/", fields)
    _work(again)
    assert "Every product of this file is here already" in _page(owner, again)
