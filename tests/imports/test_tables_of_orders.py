"""Any table of orders, in five languages, with a mapping that is guessed, shown, edited and kept (X5)."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tartib.imports.platforms import Options, detect
from tartib.imports.platforms.table import preview
from tartib.imports.reading.guess import guess
from tartib.imports.reading.mapping import FIELDS, ColumnMapping, MappingError
from tests.imports.reads import as_csv, codes, one, read

TEHRAN = ZoneInfo("Asia/Tehran")


def test_a_persian_table_with_jalali_dates_local_digits_and_tomans() -> None:
    content = (
        "شماره سفارش;تاریخ;وضعیت;نام مشتری;تلفن همراه;شهر گیرنده;مبلغ کل;کد کالا;نام کالا;تعداد;قیمت واحد\n"
        "۱۰۰۱;۱۴۰۴/۰۸/۲۱ ۱۴:۲۰;در حال انجام;علی رضایی;۰۹۱۲۱۲۳۴۵۶۷;تهران;۲۵۰٬۰۰۰ تومان;A1;کتاب;۲;۱۲۵٬۰۰۰\n"
    )
    order = one("csv", content, Options(zone=TEHRAN, country="IR"))
    assert (order.number, order.state, order.currency) == ("1001", "processing", "IRT")
    assert order.placed_at == datetime(2025, 11, 12, 10, 50, tzinfo=UTC)
    assert (order.customer.name, order.customer.phone, order.shipping.city) == ("علی رضایی", "+989121234567", "تهران")
    assert order.amounts.total == Decimal(250000)
    assert [(line.sku, line.quantity, line.price) for line in order.lines] == [("A1", 2, Decimal(125000))]


def test_a_ukrainian_table_in_an_old_code_page_with_decimal_commas() -> None:
    content = (
        "Номер замовлення;Дата;Статус;Клієнт;Телефон;Місто доставки;Сума;Товар;Кількість;Ціна\n"
        "55;12.11.2025 10:00;Прибуло до відділення;Мар'яна Ковальчук;067 123 45 67;Київ;1 240,50 грн;Книга;1;1240,50\n"
    )
    order = one("csv", content.encode("cp1251"), Options(zone=ZoneInfo("Europe/Kyiv"), country="UA"))
    assert (order.state, order.currency, order.amounts.total) == ("ready", "UAH", Decimal("1240.50"))
    assert (order.customer.phone, order.shipping.city) == ("+380671234567", "Київ")
    assert order.placed_at == datetime(2025, 11, 12, 8, 0, tzinfo=UTC)


def test_a_chinese_table_in_big5() -> None:
    content = (
        "訂單編號,下單時間,訂單狀態,顧客姓名,聯絡電話,收件人地址,總額,付款方式,商品名稱,數量,單價\n"
        "A-1,2025/11/12 下午2:20,已送達,陳大文,9123 4567,九龍彌敦道1號,HK$88.00,貨到付款,茶葉,1,88\n"
    )
    order = one("csv", content.encode("big5"), Options(zone=ZoneInfo("Asia/Hong_Kong"), country="HK"))
    assert (order.state, order.currency, order.payment_method) == ("completed", "HKD", "on-receipt")
    assert order.placed_at == datetime(2025, 11, 12, 6, 20, tzinfo=UTC)
    assert (order.shipping.line1, order.customer.phone) == ("九龍彌敦道1號", "+85291234567")


def test_an_arabic_table_with_hijri_dates_in_an_old_code_page() -> None:
    content = (
        "رقم الطلب,تاريخ الطلب,حالة الطلب,اسم العميل,رقم الجوال,المبلغ الإجمالي,العملة\n"
        "7,1447/05/21,مكتمل,أحمد الرشيد,0501234567,123.50,SAR\n"
    )
    order = one("csv", content.encode("cp1256"), Options(country="SA"))
    assert (order.state, order.currency, order.customer.phone) == ("completed", "SAR", "+966501234567")
    assert order.placed_at == datetime(2025, 11, 12, tzinfo=UTC)
    assert order.amounts.subtotal == Decimal("123.50")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_ends_of_line(encoding: str, delimiter: str, end: str) -> None:
    rows = [
        ["order number", "date", "customer", "total", "currency"],
        ["1", "2025-11-12", "Zoë", "5.00", "HKD"],
        ["2", "2025-11-12", '"a""b"', "5.00", "HKD"],
    ]
    content = end.join(delimiter.join(row) for row in rows).encode(encoding)
    orders, errors, warnings = read("csv", content)
    assert not errors + warnings
    assert [order.customer.name for order in orders] == ["Zoë", 'a"b']


def test_rows_with_the_same_number_are_one_order() -> None:
    base = {"order number": "1", "date": "2025-11-12", "total": "30", "sku": "A", "quantity": "1", "price": "10"}
    orders, errors, _ = read(
        "csv",
        as_csv(
            base,
            {**base, "sku": "B", "quantity": "2"},
            {**base, "order number": "2", "total": "10"},
            {**dict.fromkeys(base, ""), "sku": "C", "quantity": "1", "price": "0"},
        ),
    )
    assert not errors
    assert [[line.sku for line in order.lines] for order in orders] == [["A", "B"], ["A", "C"]]
    assert [order.row for order in orders] == [2, 4]


def test_a_mapping_that_a_person_made_decides() -> None:
    mapping = ColumnMapping.read(
        """
        currency = "грн"
        date_order = "mdy"
        decimal = ","
        calendar = "gregorian"
        [columns]
        number = "Ref"
        placed_at = "When"
        status = "Stage"
        total = "Sum"
        [statuses]
        "У Марійки" = "on-hold"
        """
    )
    content = 'Ref,When,Stage,Sum\nR1,11/12/2025,У Марійки,"1,234"\n'
    order = one("csv", content, Options(mapping=mapping))
    assert (order.number, order.state, order.currency) == ("R1", "on-hold", "UAH")
    assert (order.placed_at.month, order.amounts.total) == (11, Decimal("1.234"))


def test_a_mapping_that_does_not_fit_the_file_says_which_column() -> None:
    mapping = ColumnMapping(columns={"number": "Ref", "total": "Sum"})
    _, errors, _ = read("csv", "Ref,When\n1,2025-11-12\n", Options(mapping=mapping))
    assert [(error.row, error.code, error.params) for error in errors] == [(1, "unknown-column", {"column": "Sum"})]


def test_mappings_are_kept_as_toml_and_json() -> None:
    mapping = ColumnMapping(
        columns={"number": 'Ref "№"\t\x7f', "total": "Сума\\"}, statuses={"in = work": "processing"}, currency="UAH"
    )
    assert ColumnMapping.read(mapping.as_toml()).as_data() == mapping.as_data()
    assert ColumnMapping.from_data(mapping.as_data()).as_data() == mapping.as_data()
    assert ColumnMapping.read('{"columns": {"number": "Ref"}}').columns == {"number": "Ref"}


def test_a_bad_mapping_is_refused_with_every_problem() -> None:
    with pytest.raises(MappingError) as refused:
        ColumnMapping.read(
            'colour = 1\ncalendar = "mayan"\ncurrency = "lots"\n[columns]\nnose = "x"\ntotal = ""\n[statuses]\na = "b"'
        )
    assert [problem.place for problem in refused.value.problems] == [
        "colour",
        "columns.nose",
        "columns.total",
        "statuses.a",
        "calendar",
        "currency",
        "columns",
    ]
    for text in ("=", "{", 'columns = "x"'):
        with pytest.raises(MappingError):
            ColumnMapping.read(text)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Billing City", "billing_city"),
        ("city (shipping)", "shipping_city"),
        ("shipping_address_2", "shipping_line2"),
        ("ShippingPostcode", "shipping_postcode"),
        ("Місто доставки", "shipping_city"),
        ("نام گیرنده", "shipping_name"),
        ("کد پستی گیرنده", "shipping_postcode"),
        ("مدينة الشحن", "shipping_city"),
        ("收件人電話", "shipping_phone"),
        ("ORDER  no.", "number"),
        ("شماره مرسوله", "tracking_number"),
        ("ТТН", "tracking_number"),
        ("備註", "customer_note"),
        ("Ім’я", "customer_first_name"),
        ("IP-адреса", "ip"),
    ],
)
def test_columns_are_recognised_by_their_names(column: str, field: str) -> None:
    assert guess([column]).columns == {field: column}


def test_every_guessed_field_is_a_field_of_an_order() -> None:
    assert len(set(FIELDS)) == len(FIELDS)
    assert guess(["x", "", "???"]).columns == {}
    assert guess(["ID", "Total"]).columns == {"external_id": "ID", "total": "Total"}


def test_samples_tell_decimal_mark_order_of_the_date_and_currency() -> None:
    header = ["number", "date", "total"]
    assert guess(header, [["1", "11/25/2025", "12,50 €"]]).decimal == ","
    assert guess(header, [["1", "11/25/2025", "12,50 €"]]).date_order == "mdy"
    assert guess(header, [["1", "25/11/2025", "$1,234.50"]]).decimal == "."
    assert guess(header, [["1", "25/11/2025", "$1,234.50"]]).currency == ""
    assert guess(header, [["1", "", "12,50 €"]]).currency == "EUR"


def test_a_preview_for_the_mapping_form() -> None:
    header, samples, mapping = preview(io.BytesIO(b"number,total\n1,2\n3,4\n"), count=1)
    assert (header, samples, mapping.columns["total"]) == (["number", "total"], [["1", "2"]], "total")
    assert preview(io.BytesIO(b""))[0] == []


def test_payment_comes_from_a_column_of_its_own_or_from_the_status() -> None:
    base = {
        "number": "1",
        "date": "2025-11-12",
        "status": "new",
        "payment status": "paid",
        "total": "10",
        "refunded": "4",
    }
    order = one("csv", as_csv(base))
    assert (order.state, order.payment_state) == ("pending", "partly-refunded")
    assert order.amounts.paid == 10
    rest = {name: cell for name, cell in base.items() if name not in ("payment status", "refunded")}
    assert one("csv", as_csv(rest)).amounts.paid == 0
    assert one("csv", as_csv({**rest, "paid at": "2025-11-13"})).amounts.paid == 10
    assert one("csv", as_csv({**rest, "amount paid": "3"})).amounts.paid == 3


def test_unknown_words_and_sums_are_warned_of_and_the_order_kept() -> None:
    row = {"number": "1", "date": "2025-11-12", "status": "Mercury", "total": "10", "subtotal": "3", "tax": "1"}
    orders, errors, warnings = read("csv", as_csv(row))
    assert not errors
    assert (orders[0].state, orders[0].raw_status) == ("pending", "Mercury")
    assert codes(warnings) == [(2, "unknown-status"), (2, "totals-differ")]


def test_a_plain_table_is_recognised_last() -> None:
    assert detect(b"a,b\n1,2\n", "orders.csv").code == "csv"
    assert detect(b"\x00\x01", "").code == "csv"
