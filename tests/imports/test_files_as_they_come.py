"""Files as shops have them: old code pages, other languages, columns of any name, damage done by spreadsheets."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tartib.imports.platforms import Options
from tartib.imports.platforms.table import preview
from tartib.imports.reading import survey
from tartib.imports.reading.guess import guess
from tests.imports.reads import as_csv, codes, one, read

PEOPLE = {
    "cp1252": ("Zoë Brontë", "José Núñez", "Café crème – 250 g", "Jürgen Groß"),
    "cp1250": ("Paweł Wójcik", "Małgorzata Żak", "Świeca pachnąca", "Książka", "Jiří Dvořák"),
    "cp1254": ("Ayşe Yılmaz", "Çiğdem Öztürk", "Gümüş küpe", "Şule Kılıç", "İstanbul kartı"),
    "cp1257": ("Jūratė Žukauskienė", "Šiauliai", "Jānis Bērziņš", "Krūze zaļa", "Gintarė"),
    "koi8-u": ("Олена Коваль", "Їжак іграшковий", "Чашка синя", "Ґудзик"),
    "cp1251": ("Олена Коваль", "Їжак іграшковий", "Чашка синя", "Ґудзик"),
    "cp1256": ("أحمد الرشيد", "كوب أزرق", "عباءة سوداء", "الرياض"),
    "gb18030": ("王小明", "绿茶叶", "北京市朝阳区", "订单编号"),
    "big5hkscs": ("陳大文", "綠茶葉", "香港九龍彌敦道", "訂單編號"),
}


@pytest.mark.parametrize("encoding", PEOPLE)
@pytest.mark.parametrize("late", [False, True])
def test_an_old_code_page_is_known_by_its_words_however_late_they_come(encoding: str, late: bool) -> None:
    chance = random.Random(7)
    names = [*(["Ann Lee"] * (3000 if late else 0)), *(chance.choice(PEOPLE[encoding]) for _ in range(40))]
    content = "number;date;customer;product;total\n" + "".join(
        f"{number};2026-11-03;{name};Mug;12.50\n" for number, name in enumerate(names, start=1001)
    )
    orders, errors, warnings = read("csv", content.encode(encoding))
    assert not errors + warnings
    assert [order.customer.name for order in orders] == names


@pytest.mark.parametrize(
    ("encoding", "name", "goods"),
    [
        ("cp1254", "Şükrü Çağ", "Kaşık"),
        ("iso8859-9", "Şükrü Çağ", "Kaşık"),
        ("gb18030", "张伟", "勺子"),
        ("cp1252", "Jüri Groß", "Tasse grün"),
        ("iso8859-2", "Łukasz Żak", "Książka"),
    ],
)
def test_letters_of_two_scripts_in_one_word_speak_against_a_code_page(encoding: str, name: str, goods: str) -> None:
    order = one("csv", f"number;date;customer;product;total\n1;2026-11-03;{name};{goods};12,50\n".encode(encoding))
    assert (order.customer.name, order.lines[0].name) == (name, goods)


def test_letters_that_cannot_be_read_are_said_once() -> None:
    rows = [f"{number},2026-11-03,Олена,5.00\n".encode() for number in range(1001, 1041)]
    rows[5] = rows[9] = b"%d,2026-11-03,Ol\xffna,5.00\n"
    rows[5], rows[9] = rows[5] % 2001, rows[9] % 2002
    orders, errors, warnings = read("csv", b"number,date,customer,total\n" + b"".join(rows))
    assert (len(orders), codes(errors), codes(warnings)) == (40, [], [(7, "damaged-text")])


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Número de orden;Fecha;Estado de la orden;Estado del pago;Moneda;Subtotal de productos;Costo de envío;Total;"
         "Nombre del comprador;Email;Teléfono;Ciudad;Código postal;País;Medio de pago;Nombre del producto;"
         "Precio del producto;Cantidad del producto;SKU",
         "1001;13/11/2026 10:15;Abierta;Pagado;ARS;1.200,00;50,00;1.250,00;José Muñoz;jose@example.com;;Córdoba;5000;"
         "Argentina;Transferencia;Mate;600,00;2;M1"),
        ("Номер заказа;Дата заказа;Статус;Статус оплаты;Валюта;Доставка;Итого;Покупатель;Эл. почта;Телефон;Город;"
         "Индекс;Способ оплаты;Товар;Цена;Кол-во;Артикул",
         "1001;13.11.2026 10:15;Новый;Оплачен;ARS;50,00;1 250,00;José Muñoz;jose@example.com;;Córdoba;5000;"
         "Банковский перевод;Mate;600,00;2,00;M1"),
        ("Bestellnummer;Bestelldatum;Bestellstatus;Zahlungsstatus;Währung;Versandkosten;Gesamtbetrag;Kunde;"
         "E-Mail-Adresse;Telefon;Ort;PLZ;Zahlungsart;Artikel;Einzelpreis;Menge;Artikelnummer",
         "1001;13. November 2026 10:15;Neu;Bezahlt;ARS;50,00;1.250,00;José Muñoz;jose@example.com;;Córdoba;5000;"
         "Überweisung;Mate;600,00;2;M1"),
        ("Sipariş No;Sipariş Tarihi;Sipariş Durumu;Ödeme Durumu;Para Birimi;Kargo Ücreti;Genel Toplam;Müşteri;E-posta;"
         "Telefon;Şehir;Posta Kodu;Ödeme Yöntemi;Ürün Adı;Birim Fiyat;Adet;Stok Kodu",
         "1001;13 Kasım 2026 10:15;Yeni;Ödendi;ARS;50,00;1.250,00;José Muñoz;jose@example.com;;Córdoba;5000;Havale;"
         "Mate;600,00;2;M1"),
        ("Numéro de commande;Date de commande;Statut;Statut du paiement;Devise;Frais de port;Total TTC;Client;"
         "Adresse e-mail;Téléphone;Ville;Code postal;Mode de paiement;Désignation;Prix unitaire;Qté;Réf;Référence",
         "1001;13 novembre 2026 à 10h15;En attente;Payé;ARS;50,00;1 250,00;José Muñoz;jose@example.com;;Córdoba;5000;"
         "Virement;Mate;600,00;2;;M1"),
        ("Numer zamówienia;Data zamówienia;Status zamówienia;Status płatności;Waluta;Koszt dostawy;Do zapłaty;Klient;"
         "Adres e-mail;Telefon;Miasto;Kod pocztowy;Sposób płatności;Nazwa towaru;Cena;Ilość;Kod produktu",
         "1001;13.11.2026 10.15;Nowe;Zapłacone;ARS;50,00;1 250,00;José Muñoz;jose@example.com;;Córdoba;5000;Przelew;"
         "Mate;600,00;2;M1"),
        ("Numero ordine;Data ordine;Stato;Stato pagamento;Valuta;Spese di spedizione;Totale;Cliente;Email;Telefono;"
         "Città;CAP;Metodo di pagamento;Prodotto;Prezzo;Quantità;Codice prodotto",
         "1001;13/11/2026 10:15;Nuovo;Pagato;ARS;50,00;1.250,00;José Muñoz;jose@example.com;;Córdoba;5000;Bonifico;"
         "Mate;600,00;2;M1"),
        ("Número do pedido;Data do pedido;Situação;Status do pagamento;Moeda;Frete;Valor total;Nome do cliente;E-mail;"
         "Telefone;Cidade;CEP;Forma de pagamento;Produto;Preço;Quantidade;Código do produto",
         "1001;13/11/2026 10:15;Novo;Pago;ARS;50,00;1.250,00;José Muñoz;jose@example.com;;Córdoba;5000;"
         "Transferência bancária;Mate;600,00;2;M1"),
    ],
    ids=["Spanish", "Russian", "German", "Turkish", "French", "Polish", "Italian", "Portuguese"],
)  # fmt: skip
def test_exports_in_other_languages(header: str, row: str) -> None:
    order = one("csv", f"{header}\n{row}\n", Options(zone=ZoneInfo("UTC"), currency="ARS"))
    assert (order.number, order.placed_at) == ("1001", datetime(2026, 11, 13, 10, 15, tzinfo=UTC))
    assert (order.state, order.payment_state, order.payment_method) == ("pending", "paid", "bank")
    assert (order.customer.name, order.customer.email) == ("José Muñoz", "jose@example.com")
    assert (order.shipping.city, order.shipping.postcode) == ("Córdoba", "5000")
    assert (order.amounts.total, order.amounts.shipping) == (Decimal(1250), Decimal(50))
    assert [(line.name, line.sku, line.quantity, line.price) for line in order.lines] == [
        ("Mate", "M1", 2, Decimal(600))
    ]


def test_columns_are_known_by_what_they_hold() -> None:
    header = ["Ref", "When it was", "Who", "Write to", "Call", "State", "City", "Zip", "Worth"]
    rows = [
        ["9001", "2026-11-03 10:00", "Ann", "ann@example.com", "+44 20 7946 0001", "TX", "Austin", "73301", "£12.50"],
        ["9002", "2026-11-04 10:00", "Bob", "bob@example.com", "+44 20 7946 0002", "NY", "Albany", "12201", "£7.25"],
        ["9003", "2026-11-04 11:00", "Cy", "cy@example.com", "+44 20 7946 0003", "TX", "Dallas", "75001", "£3.00"],
    ]
    assert guess(header, rows).columns == {
        "number": "Ref", "placed_at": "When it was", "email": "Write to", "phone": "Call", "shipping_region": "State",
        "shipping_city": "City", "shipping_postcode": "Zip", "total": "Worth",
    }  # fmt: skip
    statuses = [[*row[:5], "shipped", *row[6:]] for row in rows]
    assert guess(header, statuses).columns["status"] == "State"
    assert (
        guess(["Order", "Placed", "Delivery"], [["1", "2026-11-03", "Courier"]]).columns["shipping_method"]
        == "Delivery"
    )


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Sipariş No", "Tarih", "Ürün", "Adet", "Birim Fiyat", "Tutar", "Genel Toplam"], ("Genel Toplam", "Tutar")),
        (["Pedido", "Fecha", "Producto", "Cantidad", "Precio", "Importe", "Total"], ("Total", "Importe")),
        (["№ заказа", "Дата", "Товар", "Кол-во", "Цена", "Сумма", "Итого"], ("Итого", "Сумма")),
        (["Order", "Date", "Product", "Qty", "Price", "Total", "Grand total"], ("Grand total", "Total")),
    ],
)
def test_of_two_totals_the_orders_is_not_that_of_its_row(header: list[str], columns: tuple[str, str]) -> None:
    rows = [["1", "15.01.2026", "Cup", "2", "10,00", "20,00", "35,00"], ["1", "", "Pen", "3", "5,00", "15,00", ""]]
    found = guess(header, rows).columns
    assert (found["total"], found["line_total"]) == columns


def test_what_is_written_in_percent_is_no_amount() -> None:
    header = ["Order", "Date", "VAT %", "Discount", "Total"]
    found = guess(header, [["1", "2026-11-03", "20", "10 %", "12.50"]]).columns
    assert not {"tax", "discount"} & found.keys()


def test_what_no_column_says_is_asked_once() -> None:
    rows = "".join(f"{number},red,{number}.00\n" for number in range(1001, 1101))
    assert codes(read("csv", f"order,colour,total\n{rows}")[1]) == [(1, "no-date-column")]
    _, errors, _ = read("csv", f"x,y,z\n{rows}")
    assert codes(errors) == [(1, "no-date-column")]
    assert "“y”" in errors[0].text
    dated = "".join(f"{number},2026-11-03\n" for number in range(1001, 1101))
    assert codes(read("csv", f"order,date\n{dated}")[1]) == [(1, "no-total-column")]


def test_a_title_above_the_column_names_and_a_line_that_names_the_separator() -> None:
    content = "number{0}date{0}total\n1001{0}2026-11-03{0}12,50\n"
    assert one("csv", "Orders of November\n\n" + content.format(";")).amounts.total == Decimal("12.50")
    assert one("csv", "\ufeffsep=;\r\n" + content.format(";")).amounts.total == Decimal("12.50")
    assert one("csv", "sep=^\n" + content.format("^")).number == "1001"
    assert preview(io.BytesIO(("sep=;\n" + content.format(";")).encode()))[0] == ["number", "date", "total"]


@pytest.mark.parametrize(
    ("cells", "country", "days"),
    [
        (("1/13/26 9:05", "2/3/26 18:20"), "GB", [(1, 13), (2, 3)]),
        (("13/1/2026", "2/3/2026"), "US", [(1, 13), (3, 2)]),
        (("2/3/2026", "3/3/2026", "4/3/2026", "1/4/2026"), "US", [(3, 2), (3, 3), (3, 4), (4, 1)]),
        (("3/28/2026", "4/1/2026", "4/2/2026"), "GB", [(3, 28), (4, 1), (4, 2)]),
        (("2/3/2026", "2/3/2026"), "US", [(2, 3), (2, 3)]),
        (("2/3/2026", "2/3/2026"), "UA", [(3, 2), (3, 2)]),
        (("46065.3784722", "46066"), "GB", [(2, 12), (2, 13)]),
        (("3 ноября 2026 г.", "13 de enero de 2026"), "GB", [(11, 3), (1, 13)]),
    ],
)
def test_day_and_month_are_told_by_the_whole_file(
    cells: tuple[str, ...], country: str, days: list[tuple[int, int]]
) -> None:
    rows = [{"number": str(1001 + place), "date": cell, "total": "5.00"} for place, cell in enumerate(cells)]
    orders, errors, warnings = read("csv", as_csv(*rows), Options(currency="GBP", country=country))
    assert not errors + warnings
    assert [(order.placed_at.month, order.placed_at.day) for order in orders] == days


@pytest.mark.parametrize("day", ["Nov 3, 2026", "3 Nov 2026", "3 de noviembre de 2026", "Nov-03-26", "03-Nov-26"])
@pytest.mark.parametrize("country", ["US", "DE"])
def test_a_month_that_is_named_is_no_question_of_day_and_month(day: str, country: str) -> None:
    order = one("csv", f'Order;Date;Total\n1;"{day}";5.00\n', Options(currency="EUR", country=country))
    assert f"{order.placed_at:%Y-%m-%d}" == "2026-11-03"


def test_a_rate_of_tax_without_its_sign_is_no_amount() -> None:
    text = "Order;Date;Product;Quantity;Price;Tax\n1;2026-11-03;Lamp;2;49.95;19\n1;2026-11-03;Book;1;10.00;7\n"
    assert one("csv", text, Options(currency="EUR", country="DE")).amounts.total == Decimal("109.90")


def test_a_column_is_known_by_its_words_where_nobody_has_heard_of_its_name() -> None:
    header = "Webshop Order Reference No;Verkaufte Artikelbezeichnung kurz;Bestellte Menge Stk;Artikel Endpreis;Datum"
    order = one("csv", f"{header}\nA-17;Lampe;2;49,95;03.11.2026\n", Options(currency="EUR", country="DE"))
    assert (order.number, order.amounts.total) == ("A-17", Decimal("99.90"))
    assert [(line.name, line.quantity) for line in order.lines] == [("Lampe", 2)]


def test_dates_that_contradict_each_other_are_said_once() -> None:
    rows = [{"number": str(1001 + place), "date": cell, "total": "5.00"}
            for place, cell in enumerate(("13/01/2026", "14/01/2026", "1/15/2026"))]  # fmt: skip
    orders, errors, warnings = read("csv", as_csv(*rows))
    assert ([order.placed_at.day for order in orders], errors) == ([13, 14, 15], [])
    assert codes(warnings) == [(0, "dates-either-way")]


def test_numbers_that_a_spreadsheet_cut_are_never_kept_as_whole_ones() -> None:
    row = {"Order ID": "6.61808E+12", "Order number": "M1", "Date": "2026-11-03", "Phone": "9,71501E+11",
           "Tracking number": "2.045E+13", "SKU": "4.00638E+12", "Product": "Mug", "Total": "5.00"}  # fmt: skip
    orders, errors, warnings = read("csv", as_csv(row, {**row, "Order number": "M2", "Phone": "971501000000"}))
    assert not errors
    assert [(order.number, order.external_id, order.customer.phone) for order in orders] == [
        ("M1", "M1", ""), ("M2", "M2", ""),
    ]  # fmt: skip
    assert all(not order.tracking and not order.lines[0].sku for order in orders)
    assert {warning.params["value"] for warning in warnings} >= {
        "6.61808E+12",
        "9,71501E+11",
        "971501000000",
        "2.045E+13",
    }
    kept = one("csv", as_csv({**row, "Order ID": '="00123"'.replace('"', '""'), "Phone": "'0501234567", "SKU": "12.0",
                              "Tracking number": ""}), Options(currency="AED", country="AE"))  # fmt: skip
    assert (kept.external_id, kept.customer.phone, kept.lines[0].sku) == ("00123", "+971501234567", "12")
    name = {"number": "7", "date": "2026-11-03", "total": "5.00", "phone": "#NAME?"}
    assert codes(read("csv", as_csv(name))[2]) == [(2, "cut-number")]


@pytest.mark.parametrize(
    ("phone", "number", "code"),
    [
        ("0501234567 / 0559876543", "+966501234567", "phone-more"),
        ("call me", "", "phone-unread"),
        ("0201", "0201", "phone-unread"),
    ],
)
def test_a_phone_that_is_none_or_two_is_kept_whole_and_reported_once(phone: str, number: str, code: str) -> None:
    row = {"number": "7", "date": "2026-11-03", "total": "5.00", "phone": phone, "shipping_phone": phone}
    orders, errors, warnings = read("csv", as_csv(row), Options(currency="SAR", country="SA"))
    assert (errors, codes(warnings)) == ([], [(2, code)])
    assert (orders[0].customer.phone, orders[0].customer.phone_said) == (number, phone)


def test_a_file_whose_order_numbers_were_cut_is_refused_in_one_sentence() -> None:
    rows = [{"number": "6.61808E+12", "date": "2026-11-03", "total": f"{number}.00"} for number in range(1, 50)]
    orders, errors, _ = read("csv", as_csv(*rows))
    assert (orders, codes(errors)) == ([], [(0, "cut-numbers")])


def test_rows_of_one_order_are_gathered_from_anywhere_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    base = {"date": "2026-11-03", "quantity": "1", "price": "5.00", "total": "10.00"}
    rows = [{"number": str(number), **base, "product": product, "email": f"{number}@example.com"}
            for product in ("Apple", "Cherry") for number in range(1001, 1201)]  # fmt: skip
    orders, errors, warnings = read("csv", as_csv(*rows))
    assert not errors + warnings
    assert [order.number for order in orders] == [str(number) for number in range(1001, 1201)]
    assert all([line.name for line in order.lines] == ["Apple", "Cherry"] for order in orders)
    monkeypatch.setattr(survey, "MOST_APART", 100)
    orders, errors, _ = read("csv", as_csv(*rows))
    assert (orders, codes(errors)) == ([], [(0, "rows-apart")])


def test_two_orders_with_one_number_are_never_made_one() -> None:
    row = {"number": "1001", "date": "2026-11-03", "email": "ann@example.com", "product": "Apple", "quantity": "1",
           "price": "5.00", "total": "5.00"}  # fmt: skip
    other = {**row, "date": "2026-11-04", "email": "bob@example.com", "price": "9.00", "total": "9.00"}
    for rows in ((row, other), (row, {**row, "number": "1002"}, other)):
        orders, errors, _ = read("csv", as_csv(*rows))
        assert [line.name for order in orders if order.number == "1001" for line in order.lines] == ["Apple"]
        assert codes(errors) == [(len(rows) + 1, "other-order")]
