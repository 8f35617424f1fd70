"""Receipts in Cyrillic, Hangul, kana and Chinese characters give the amount that was paid."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from importlib import resources

import pytest

from rpiocr.extract import Extract, Hints, Languages, extract
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import Role
from rpiocr.extract.tables.lexicon import AMOUNTS
from rpiocr.model import Reading
from tests.written import write

HINTS = Hints(dt.date(2026, 6, 15))

LANGUAGES = Languages()

TABLES = ("uk", "ru", "ko", "ja", "zh-Hans", "zh-Hant")

UKRAINIAN_MARKET = """
ТОВ "ЗЕЛЕНА ХАТА"
Супермаркет "Комора"
м. Житомир, вул. Київська, 81
ПН 300012345678
Чек № 0048121   Каса 04
Касир: Олена
2 X 34,50
Хліб Бородинський      69,00 А
Молоко 2,5%            48,90 А
Сир твердий           112,35 А
--------------------------------
СУМА БЕЗ ЗНИЖКИ       230,25
ЗНИЖКА                -10,00
СУМА                  220,25
ПДВ А = 20,00%         36,71
ЗАОКРУГЛЕННЯ            0,05
ДО СПЛАТИ             220,30
ГОТІВКА               500,00
РЕШТА                 279,70
Ви заощадили           10,00
Баланс бонусів        845,20
15.05.2026 18:42:07
ФІСКАЛЬНИЙ ЧЕК
"""

UKRAINIAN_CAFE = """
ФОП Коваленко І.П.
Кав'ярня "Ранок"
м. Львів, пл. Ринок, 5
Капучино 1 x 65.00        65.00
Сирник 2 x 89.00         178.00
Всього позицій: 3
Разом                    243.00
Обслуговування            24.30
Всього до сплати         267.30
У т.ч. ПДВ 20%            44.55
Безготівкова             267.30
Картка клієнта 4512
Дата 03.04.2026 09:15
Дякуємо за покупку!
"""

RUSSIAN_MARKET = """
ООО "Родник"
Магазин "Корзинка"
г. Казань, ул. Баумана, д. 20
КАССОВЫЙ ЧЕК / ПРИХОД
Кассир: Петрова А.
Хлеб ржаной   1 x 48.90     48.90
Молоко 3.2%   2 x 89.50    179.00
Яйцо С1 10шт  1 x 124.99   124.99
ИТОГО БЕЗ СКИДКИ           352.89
СУММА СКИДКИ                12.89
ИТОГ                      =340.00
СУММА НДС 10%              =30.91
НАЛИЧНЫМИ                 =340.00
ПОЛУЧЕНО                 =1000.00
СДАЧА                     =660.00
Вы сэкономили               12.89
Баланс баллов             1520.00
15.05.26 18:42
ФН 9960440300012345
"""

RUSSIAN_PETROL = """
АЗС № 14
ООО "Северный путь"
Место расчетов: г. Тверь
АИ-95  38.46 л x 52.00     1999.92
ИТОГО К ОПЛАТЕ             1999.92
БЕЗНАЛИЧНЫМИ               1999.92
в т.ч. НДС 20%              333.32
Карта клиента 4411
Дата 02.03.2026 07:58
Спасибо за покупку!
"""

KAZAKH_SHOP = """
ТОО "Береке"
г. Алматы, ул. Абая 10
БИН 120340005678
Чек № 15
Нан                        180,00
Шай 100 г                 1250,00
БАРЛЫҒЫ / ИТОГО:         1 430,00
соның ішінде ҚҚС 12%       153,21
Наличные                 2 000,00
Сдача                      570,00
Дата: 12.05.2026 10:21
"""

KOREAN_STORE = """
(주)푸른편의점 역삼점
사업자번호 123-45-67890
서울시 강남구 테헤란로 12
2026-05-15 18:42
바나나우유      2    3,400
참치김밥        1    3,200
생수 2L         1    1,400
총품목수량           4
과세물품가액         7,273
부가세                 727
합 계                8,000
할인합계               500
결제금액             7,500
받은금액            10,000
거스름돈             2,500
현금영수증 승인금액   7,500
적립포인트              75
잔여포인트           3,275
"""

KOREAN_RESTAURANT = """
영수증
맛나는 국밥
대표: 김영희  전화 02-555-0199
테이블 7
돼지국밥   9,000  2  18,000
수육       25,000 1  25,000
소주        5,000 2  10,000
합계수량 5
과세합계        48,182
부가세합계       4,818
받을금액        53,000
신용카드        53,000
카드번호 9410-****-****-1234
승인번호 30012345
거래일시 2026/04/20 20:11:35
교환 및 환불은 7일 이내 영수증 지참
"""

JAPANESE_STORE = """
みどりマート
渋谷駅前店
東京都渋谷区道玄坂1-2-3
電話 03-1234-5678
登録番号 T1234567890123
2026年5月15日(金) 18:42
領収書
おにぎり鮭           ¥150軽
緑茶500ml            ¥140軽
レジ袋                 ¥5
小計                 ¥295
(税率8%対象         ¥290)
(内消費税等8%        ¥21)
合計点数             3点
合計                 ¥295
お預り合計         ¥1,000
お釣り               ¥705
今回ポイント           2
累計ポイント       1,845
返品はレシートをお持ちのうえ7日以内にお願いします
"""

JAPANESE_RESTAURANT = """
居酒屋 花火
TEL 06-1111-2222
2026/04/20 21:30
テーブル 12  人数 3名
刺身盛り合わせ       1,980
焼鳥5本              1,250
生ビール x3          1,740
税抜合計             4,970
消費税合計             497
お会計               5,467
クレジット           5,467
"""

CHINESE_MARKET = """
绿叶生活超市
欢迎光临
收银员: 1023   机号: 05
单号: 202605150048
品名      数量   单价   金额
苹果      1.25   12.00  15.00
纯牛奶    2      4.50    9.00
面包      1      8.80    8.80
小计             32.80
优惠金额          2.80
总件数: 4
应收             30.00
实收             50.00
找零             20.00
本次积分         30.00
积分余额        845.00
日期: 2026-05-15 18:42:07
谢谢惠顾
"""

CHINESE_RESTAURANT = """
老王面馆
结账单
桌号: A12   人数: 2
牛肉面    2    56.00
凉菜      1    18.00
茶位费    2     4.00
合计            78.00
会员优惠         8.00
实付金额        70.00
微信支付        70.00
结账时间: 2026-04-20 12:35
"""

TAIWANESE_STORE = """
好鄰居便利商店
電子發票證明聯
115年05-06月
AB-12345678
2026-05-15 18:42:07
隨機碼 1234  總計 120
賣方 12345678
交易明細
茶葉蛋      2    26 TX
便當        1    94 TX
合計  3項
應稅銷售額     114
稅額             6
總計           120
現金           200
找零            80
會員點數        15
"""

HONG_KONG_CAFE = """
金記茶餐廳
香港九龍彌敦道100號
檯號: 8    人數: 2
菠蘿油          1    22.00
凍奶茶          2    50.00
乾炒牛河        1    68.00
小計                140.00
加一服務費           14.00
總額                154.00
八達通              154.00
八達通餘額          212.30
結賬時間 15/05/2026 13:20
多謝惠顧
"""

RECEIPTS = [
    pytest.param("uk", UKRAINIAN_MARKET, "220.30", id="ukrainian supermarket, rounded cash"),
    pytest.param("uk", UKRAINIAN_CAFE, "267.30", id="ukrainian café with a service charge"),
    pytest.param("ru", RUSSIAN_MARKET, "340.00", id="russian shop with a discount"),
    pytest.param("ru", RUSSIAN_PETROL, "1999.92", id="russian petrol station"),
    pytest.param("ru", KAZAKH_SHOP, "1430.00", id="kazakh shop"),
    pytest.param("ko", KOREAN_STORE, "7500", id="korean convenience store with a discount"),
    pytest.param("ko", KOREAN_RESTAURANT, "53000", id="korean restaurant"),
    pytest.param("ja", JAPANESE_STORE, "295", id="japanese convenience store"),
    pytest.param("ja", JAPANESE_RESTAURANT, "5467", id="japanese restaurant, tax added"),
    pytest.param("zh-Hans", CHINESE_MARKET, "30.00", id="chinese supermarket with cash"),
    pytest.param("zh-Hans", CHINESE_RESTAURANT, "70.00", id="chinese restaurant with a discount"),
    pytest.param("zh-Hant", TAIWANESE_STORE, "120", id="taiwanese e-invoice"),
    pytest.param("zh-Hant", HONG_KONG_CAFE, "154.00", id="hong kong café"),
]


def extract_of(text: str) -> Extract:
    """Everything on a receipt that reads ``text``."""
    return extract(Reading(write(text), 1), LANGUAGES, HINTS)


def role_of(line: str, language: str) -> Role:
    """What the words of one line say of its amount on a page in that language."""
    (row,) = build_receipt_lines(write(line), LANGUAGES.tables((language,)))
    return row.role


@pytest.mark.parametrize(("language", "text", "total"), RECEIPTS)
def test_the_amount_paid_is_the_total(language: str, text: str, total: str) -> None:  # noqa: ARG001
    assert extract_of(text).amounts[0].value == Decimal(total)


@pytest.mark.parametrize(("language", "text", "total"), RECEIPTS)
def test_the_language_shows(language: str, text: str, total: str) -> None:  # noqa: ARG001
    assert extract_of(text).locale.language == language


@pytest.mark.parametrize(
    ("language", "line", "role"),
    [
        ("uk", "СУМА 220,25", Role.TOTAL),
        ("uk", "СУМА ПДВ 36,71", Role.TAX),
        ("uk", "СУМА БЕЗ ПДВ 183,54", Role.SUBTOTAL),
        ("uk", "СУМА ДО СПЛАТИ 220,25", Role.TOTAL_SURE),
        ("uk", "СУМА ЗНИЖКИ 10,00", Role.DISCOUNT),
        ("uk", "ГОТІВКОЮ 500,00", Role.CASH),
        ("uk", "РЕШТА 279,75", Role.CHANGE),
        ("uk", "БЕЗГОТІВКОВА 220,25", Role.CARD),
        ("uk", "КІЛЬКІСТЬ ТОВАРІВ 3,00", Role.COUNT),
        ("uk", "ВСЬОГО БОНУСІВ 120,00", Role.LOYALTY),
        ("ru", "ИТОГ =340.00", Role.TOTAL),
        ("ru", "ИТОГО К ОПЛАТЕ 340.00", Role.TOTAL_SURE),
        ("ru", "ИТОГО БЕЗ СКИДКИ 352.89", Role.SUBTOTAL),
        ("ru", "СУММА НДС 10% =30.91", Role.TAX),
        ("ru", "СУММА БЕЗ НДС =309.09", Role.SUBTOTAL),
        ("ru", "БЕЗНАЛИЧНЫМИ =340.00", Role.CARD),
        ("ru", "НАЛИЧНЫМИ =340.00", Role.CASH),
        ("ru", "ПОЛУЧЕНО =1000.00", Role.CASH),
        ("ru", "СДАЧА =660.00", Role.CHANGE),
        ("ru", "ИТОГО СКИДКА 12.89", Role.DISCOUNT),
        ("ru", "ВСЕГО БАЛЛОВ 152.00", Role.LOYALTY),
        ("ru", "НОМЕР КАРТЫ 12.34", Role.NONE),
        ("ko", "합 계 8,000", Role.TOTAL),
        ("ko", "과세합계 48,182", Role.SUBTOTAL),
        ("ko", "부가세합계 4,818", Role.TAX),
        ("ko", "할인합계 500", Role.DISCOUNT),
        ("ko", "합계수량 5", Role.COUNT),
        ("ko", "결제금액 7,500", Role.TOTAL_SURE),
        ("ko", "받을금액 7,500", Role.TOTAL_SURE),
        ("ko", "받은금액 10,000", Role.CASH),
        ("ko", "거스름돈 2,500", Role.CHANGE),
        ("ko", "현금 10,000", Role.CASH),
        ("ko", "현금영수증 7,500", Role.NONE),
        ("ko", "신용카드 7,500", Role.CARD),
        ("ko", "잔여포인트 3,275", Role.LOYALTY),
        ("ja", "合計 ¥295", Role.TOTAL),
        ("ja", "小計 ¥295", Role.SUBTOTAL),
        ("ja", "税込合計 ¥295", Role.TOTAL_SURE),
        ("ja", "税抜合計 ¥273", Role.SUBTOTAL),
        ("ja", "消費税合計 ¥22", Role.TAX),
        ("ja", "内税対象額合計 ¥295", Role.SUBTOTAL),
        ("ja", "(内消費税等 ¥22)", Role.TAX),
        ("ja", "お預り合計 ¥1,000", Role.CASH),
        ("ja", "お釣り ¥705", Role.CHANGE),
        ("ja", "合計点数 3", Role.COUNT),
        ("ja", "累計ポイント 1,845", Role.LOYALTY),
        ("ja", "ポイント対象金額 295", Role.LOYALTY),
        ("ja", "電子マネー残高 1,845", Role.LOYALTY),
        ("ja", "値引合計 -50", Role.DISCOUNT),
        ("ja", "クレジット ¥295", Role.CARD),
        ("ja", "カード番号 1234", Role.NONE),
        ("zh-Hans", "合计 78.00", Role.TOTAL),
        ("zh-Hans", "合计数量 4.00", Role.COUNT),
        ("zh-Hans", "总件数 4.00", Role.COUNT),
        ("zh-Hans", "实付金额 70.00", Role.TOTAL_SURE),
        ("zh-Hans", "找零 20.00", Role.CHANGE),
        ("zh-Hans", "优惠合计 8.00", Role.DISCOUNT),
        ("zh-Hans", "合计税额 1.30", Role.TAX),
        ("zh-Hans", "积分余额 845.00", Role.LOYALTY),
        ("zh-Hans", "微信支付 70.00", Role.CARD),
        ("zh-Hans", "会员价 70.00", Role.NONE),
        ("zh-Hant", "總計 120", Role.TOTAL_SURE),
        ("zh-Hant", "應稅銷售額 114", Role.SUBTOTAL),
        ("zh-Hant", "稅額 6", Role.TAX),
        ("zh-Hant", "合計數量 3", Role.COUNT),
        ("zh-Hant", "找續 20.00", Role.CHANGE),
        ("zh-Hant", "悠遊卡餘額 212", Role.LOYALTY),
        ("zh-Hant", "加一服務費 14.00", Role.CHARGE),
    ],
)
def test_the_whole_word_counts_not_the_short_one_inside_it(language: str, line: str, role: Role) -> None:
    assert role_of(line, language) is role


@pytest.mark.parametrize("language", TABLES)
def test_a_table_names_every_role_that_the_english_one_names(language: str) -> None:
    folder = resources.files("rpiocr.extract") / "tables" / "languages"
    table, english = (tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in (language, "en"))
    for section in ("amounts", "modifiers", "merchant"):
        assert set(english[section]) <= set(table[section])
    assert set(table["amounts"]) <= set(AMOUNTS)


@pytest.mark.parametrize("language", TABLES)
def test_no_phrase_of_a_table_has_two_meanings(language: str) -> None:
    folder = resources.files("rpiocr.extract") / "tables" / "languages"
    table = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
    for sections in (("amounts", "modifiers"), ("dates",), ("merchant",)):
        phrases = [phrase for section in sections for group in table[section].values() for phrase in group]
        assert len(set(phrases)) == len(phrases)
