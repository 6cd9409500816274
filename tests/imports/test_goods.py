"""Products from other systems: read as they are written there, brought in whole, and once (D11)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from io import BytesIO
from typing import Any

import pytest
from django.db import connection

from tartib.catalog.models import Movement, Photo, Product, Stock
from tartib.catalog.window import Listing
from tartib.imports import products, queries
from tartib.imports.goods import photos, reading
from tartib.imports.goods.mapping import GoodsMapping, guess
from tartib.imports.goods.records import GoodsRecord
from tartib.imports.models import Import, State, WantedPhoto
from tartib.imports.operations import Choices, bring, reckon, work
from tartib.imports.reading import words
from tartib.imports.reading.mapping import MappingError
from tartib.imports.records import RowError
from tartib.shops.models import Shop
from tartib.shops.scope import shops_with
from tests.factories import NOW, make_product, make_shop, picture_file
from tests.shops.test_domains import web

SHOPIFY = """Handle,Title,Body (HTML),Type,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Status
linen-shirt,Linen shirt,"<p>Airy.</p><script>x()</script><p>Washed.</p>",Clothes > Shirts,TRUE,Size,S,Colour,Sand,LS-S,180,shopify,4,39.00,49.00,https://photos.example/1.jpg,active
linen-shirt,,,,,,M,,Sand,LS-M,200,shopify,-1,39.00,,,
linen-shirt,,,,,,,,,,,,,,,https://photos.example/2.jpg,
gift-card,Gift card,,,FALSE,Title,Default Title,,,,0,,,25.00,,,draft
broken,,,,TRUE,Title,Default Title,,,B-1,0,,,x,,,active
"""  # noqa: E501 (as it is exported)
WOOCOMMERCE = """ID,Type,SKU,Name,Published,"Short description",Description,Stock,"Weight (kg)","Sale price","Regular price",Categories,Images,Parent,"Attribute 1 name","Attribute 1 value(s)"
10,simple,MUG,Mug,1,"Holds <b>tea</b>.",,7,0.35,8,10,"Home > Kitchen, Gifts","https://photos.example/a.jpg, https://photos.example/b.jpg",,,
11,variable,SOCKS,Socks,0,,,,,,,Clothes,,,Size,"S, L"
12,variation,SOCKS-S,Socks - S,1,,,3,,,5,,,SOCKS,Size,S
13,variation,,Socks - L,1,,,,,,6,,,id:11,Size,L
14,variation,LOST,Lost,1,,,,,,6,,,NOBODY,Size,L
15,external,EXT,Elsewhere,1,,,,,,6,,,,,
"""  # noqa: E501 (as it is exported)
TABLE = "کد کالا;نام کالا;قیمت;موجودی;دسته\nA-۱;پیراهن;۱۲۰٬۰۰۰;۳;پوشاک\nA-2;شلوار;;1;\n;کفش;5;1;\n"


def made(text: str, platform: str) -> list[GoodsRecord | RowError]:
    """What is read from a file."""
    return list(reading.read_goods(BytesIO(text.encode()), platform))


def found(text: str, platform: str) -> list[GoodsRecord]:
    """The products among it."""
    return [one for one in made(text, platform) if isinstance(one, GoodsRecord)]


def wrong(text: str, platform: str) -> list[tuple[int, str]]:
    """What is wrong in it, by row."""
    return [(one.row, one.code) for one in made(text, platform) if isinstance(one, RowError)]


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        (SHOPIFY, products.SHOPIFY),
        (WOOCOMMERCE, products.WOOCOMMERCE),
        (TABLE, products.TABLE),
        ("number,total\n1,2\n", ""),
    ],
)
def test_what_wrote_a_file_of_products_is_told_by_its_columns(text: str, platform: str) -> None:
    assert reading.detect(text.encode()) == platform


def test_shopifys_rows_of_one_handle_are_one_product() -> None:
    """D11."""
    shirt, card = found(SHOPIFY, products.SHOPIFY)
    assert (shirt.title, shirt.description, shirt.category) == (
        "Linen shirt", "Airy.\n\nWashed.", ("Clothes", "Shirts"),
    )  # fmt: skip
    assert [(one.sku, one.options, one.pieces) for one in shirt.variants] == [
        ("LS-S", (("Size", "S"), ("Colour", "Sand")), 4),
        ("LS-M", (("Size", "M"), ("Colour", "Sand")), 0),
    ]
    assert shirt.variants[0].compare_at == Decimal("49.00")
    assert shirt.photos == ("https://photos.example/1.jpg", "https://photos.example/2.jpg")
    assert (shirt.published, card.published) == (True, False)
    assert (card.variants[0].sku, card.variants[0].pieces, card.variants[0].options) == ("gift-card", None, ())
    assert wrong(SHOPIFY, products.SHOPIFY) == [(3, "negative-stock"), (6, "bad-amount")]


def test_woocommerces_variations_find_their_product() -> None:
    """D11."""
    mug, socks = found(WOOCOMMERCE, products.WOOCOMMERCE)
    assert (mug.summary, mug.category, len(mug.photos)) == ("Holds tea.", ("Home", "Kitchen"), 2)
    (one,) = mug.variants
    assert (one.price, one.compare_at, one.weight_grams, one.pieces) == (Decimal(8), Decimal(10), 350, 7)
    assert [(one.sku, one.options) for one in socks.variants] == [
        ("SOCKS-S", (("Size", "S"),)), ("wc-13", (("Size", "L"),)),
    ]  # fmt: skip
    assert wrong(WOOCOMMERCE, products.WOOCOMMERCE) == [(7, "other-goods"), (6, "no-parent")]


@pytest.mark.parametrize(
    "header",
    [
        "المعرف,النوع,رمز المنتج (SKU),الاسم,تم النشر,وصف قصير,الوصف,المخزون,الوزن (كيلوجرام),"
        "سعر التخفيض,السعر الافتراضي,التصنيفات,الصور,الأب,اسم السمة 1,قيمة/قيم السمة 1",
        "شناسه,نوع,شناسه محصول,نام,منتشر شده,توضیح کوتاه,توضیحات,انبار,وزن (کیلوگرم),"
        "قیمت فروش ویژه,قیمت عادی,دسته‌ها,تصاویر,مادر,نام 1 صفت,مقدار(های) 1 صفت",
        "ID,Тип,Артикул,Ім'я,Опубліковано,Короткий опис,Опис,Запас,Вага (кг),"
        "Ціна зі знижкою,Звичайна ціна,Категорії,Зображення,Предок,Назва 1 атрибуту,1 значення атрибуту",
        "代碼,類型,貨號,名稱,已發佈,簡短內容說明,描述,庫存,重量 (公斤),"
        "特價,原價,分類,圖片,上層,屬性 1 名稱,屬性 1 值",
    ],
    ids=["ar", "fa", "uk", "zh"],
)  # fmt: skip
def test_woocommerces_columns_are_known_in_the_languages_it_exports_them_in(header: str) -> None:
    """D11, X5: what is read is the same."""
    there = f"{header}\n{WOOCOMMERCE.partition(chr(10))[2]}"
    assert reading.detect(there.encode()) == products.WOOCOMMERCE
    assert made(there, products.WOOCOMMERCE) == made(WOOCOMMERCE, products.WOOCOMMERCE)


def test_each_title_of_woocommerces_is_of_one_column_and_weights_are_grams() -> None:
    told = tomllib.loads((files("tartib.imports.goods") / "woocommerce.toml").read_text("utf-8"))
    titles = [(words.squashed(title), field) for field, several in told["columns"].items() for title in several]
    assert len({title for title, _field in titles}) == len(set(titles))
    head, row = "ID,Type,SKU,Name,Published,Regular price,Weight", "10,simple,MUG,Mug,1,8"
    tables = [f'{head} ({unit})\n{row},"{weight}"\n' for unit, weight in (("kg", "0,350"), ("lbs", "1"), ("oz", "2"))]
    grams = [found(table, products.WOOCOMMERCE)[0].variants[0].weight_grams for table in tables]
    assert grams == [350, 454, 57]


def test_any_table_is_read_by_its_columns_in_any_language() -> None:
    """X5."""
    (shirt,) = found(TABLE, products.TABLE)
    assert (shirt.variants[0].sku, shirt.variants[0].price, shirt.category) == ("A-1", Decimal(120_000), ("پوشاک",))
    assert wrong(TABLE, products.TABLE) == [(3, "no-price"), (4, "no-sku")]
    assert wrong("name,price\nShirt,5\n", products.TABLE) == [(1, "no-goods-columns")]


def test_a_mapping_is_kept_as_a_file_a_person_can_change() -> None:
    guessed = guess(["Artikel", "SKU", "Name", "Price"], [["1", "A", "Shirt", "1,50"]])
    assert guessed.decimal == ","
    assert GoodsMapping.read(guessed.as_toml()) == guessed
    for text in ("x", "columns = 1", '[columns]\nsku = "A"', '[columns]\nprize = "A"', 'decimal = "x"'):
        with pytest.raises(MappingError):
            GoodsMapping.read(text)


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop in dollars."""
    return make_shop()


def brought(shop: Shop, text: str, tmp_path: Any, **choices: Any) -> Import:
    """A file brought in to the end."""
    file = tmp_path / "products.csv"
    file.write_text(text, "utf-8")
    batch = bring(shop, file, Choices(choices.pop("platform", products.SHOPIFY), **choices), now=NOW)
    with file.open("rb") as stream:
        for _portion in work(batch, stream, clock=lambda: NOW):
            pass
    batch.refresh_from_db()
    return batch


def test_products_come_in_with_stock_category_and_options_and_only_once(shop: Shop, tmp_path: Any) -> None:
    """D11, A4: stock is a counted movement in the ledger; the same file again changes nothing."""
    (tally, _read), *_rest = reckon(
        shop, BytesIO(SHOPIFY.encode()), Choices(products.SHOPIFY), clock=lambda: NOW
    )  # fmt: skip
    assert (tally.placed, Product.objects.count()) == (2, 0), "a dry run writes nothing"
    batch = brought(shop, SHOPIFY, tmp_path)
    assert (batch.state, batch.placed, batch.present, batch.errors, batch.warnings) == (State.FINISHED, 2, 0, 1, 1)
    listing = Listing.objects.get(title="Linen shirt")
    assert listing.category is not None
    assert (listing.category.name, str(listing.category.parent)) == ("Shirts", "Clothes")
    assert listing.options == [["Size", ["S", "M"]], ["Colour", ["Sand"]]]
    assert (listing.price_from, listing.published_at) == (Decimal("39.00"), NOW)
    assert Product.objects.get(sku="LS-S").variant == "S · Sand"
    assert Stock.objects.get(product__sku="LS-S").on_hand == 4
    assert [(one.kind, one.on_hand) for one in Movement.objects.all()] == [("counted", 4)]
    again = brought(shop, SHOPIFY, tmp_path)
    assert (again.placed, again.present, again.changed) == (0, 2, 0)
    assert (Product.objects.count(), Movement.objects.count(), WantedPhoto.objects.count()) == (3, 1, 2)
    assert [problem.code for problem in queries.problems(batch)] == ["negative-stock", "bad-amount"]


def test_on_request_what_is_here_becomes_what_the_file_says_once(shop: Shop, tmp_path: Any) -> None:
    brought(shop, SHOPIFY, tmp_path)
    later = SHOPIFY.replace(",4,39.00,49.00", ",9,35.00,49.00").replace(
        "linen-shirt,,,,,,M,", "linen-shirt,,,,,,L,,Sand,LS-L,200,shopify,2,41.00,,,\nlinen-shirt,,,,,,M,"
    )
    assert brought(shop, later, tmp_path).changed == 0
    assert Product.objects.get(sku="LS-S").price == Decimal("39.00")
    assert brought(shop, later, tmp_path, update=True).changed == 1
    assert Product.objects.get(sku="LS-S").price == Decimal("35.00")
    assert Stock.objects.get(product__sku="LS-S").on_hand == 9
    assert Product.objects.get(sku="LS-L").listing == Listing.objects.get(title="Linen shirt")
    moved = Movement.objects.count()
    assert brought(shop, later, tmp_path, update=True).changed == 0
    assert Movement.objects.count() == moved


def test_a_product_that_cannot_be_is_left_out_alone(shop: Shop, tmp_path: Any) -> None:
    """The rest comes in; nothing of the refused one stays. Products of another shop are nobody's here."""
    make_product(make_shop(), name="Stranger")
    dear = SHOPIFY.replace("25.00", "99999999999999.00").replace("gift-card,Gift card,,,", "gift-card,Gift card,,Odd,")
    batch = brought(shop, dear, tmp_path)
    assert (batch.placed, batch.errors) == (1, 2)
    assert not shop.categories.filter(name="Odd").exists()


def test_a_stopped_import_goes_on_where_it_stood(shop: Shop, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tartib.imports.goods.loading.PORTION", 1)
    file = tmp_path / "products.csv"
    file.write_text(SHOPIFY, "utf-8")
    batch = bring(shop, file, Choices(products.SHOPIFY), now=NOW)
    with file.open("rb") as stream:
        going = work(batch, stream, clock=lambda: NOW)
        next(going)
        next(going)
        del going
    assert Listing.objects.count() == 1
    assert brought(shop, SHOPIFY, tmp_path).pk == batch.pk
    assert Listing.objects.count() == 2


@pytest.fixture
def pages() -> Iterator[tuple[str, dict[str, Any]]]:
    """A web server, and its pages."""
    known: dict[str, Any] = {}
    with web(known) as host:
        yield host, known


def test_photos_of_a_shop_are_fetched_by_one_job_at_a_time(shop: Shop, tmp_path: Any) -> None:
    """X5: slow hosts of one shop take one place, however many photos and imports name them."""
    brought(shop, SHOPIFY, tmp_path)
    brought(shop, SHOPIFY.replace("Linen", "Woollen"), tmp_path)
    assert shops_with("photos", NOW) == [shop.pk]
    photos.soon(shop.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock, args FROM procrastinate_jobs WHERE task_name = 'integrations.fetch_photos'")
        assert [lock for lock, _args in cursor.fetchall()] == [f"photos:{shop.pk}"]


def test_photos_are_fetched_afterwards_each_once(shop: Shop, tmp_path: Any, pages: tuple[str, dict[str, Any]]) -> None:
    """X6: through the SSRF filter; what is no picture is given up, what does not answer is tried again."""
    host, known = pages
    known |= {"/1.jpg": (200, {"Content-Type": "image/jpeg"}, picture_file().getvalue()), "/3.jpg": (200, {}, b"no")}
    text = SHOPIFY.replace("https://photos.example/1.jpg", f"http://{host}/1.jpg").replace(
        "https://photos.example/2.jpg", f"http://{host}/2.jpg http://{host}/3.jpg"
    )
    brought(shop, text, tmp_path)
    assert photos.fetch_due(shop.pk, now=NOW) == 3
    assert photos.fetch_due(shop.pk, now=NOW) == 0
    assert Photo.objects.get().listing.title == "Linen shirt"
    assert [(one.tries, one.try_at is None) for one in WantedPhoto.objects.order_by("place")] == [
        (0, True), (1, False), (1, True),
    ]  # fmt: skip
