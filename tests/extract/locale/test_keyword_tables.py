"""Receipts of many countries, as their tills print them, give the amount that was paid, the day, subtotal and tax."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest

from rpiocr.extract import Extract, Hints, Languages, extract
from rpiocr.extract.tables.files import built_in, built_in_names
from rpiocr.model import Reading
from tests.written import names, write

HINTS = Hints(dt.date(2026, 6, 15))
LANGUAGES = Languages()


@dataclass(frozen=True, slots=True)
class Typed:
    """A receipt and what it says; ``language`` must be among those it shows, None where a field is not printed."""

    text: str
    language: str
    total: str
    date: dt.date
    subtotal: str | None = None
    tax: str | None = None
    refund: bool = False


def found_on(receipt: Typed) -> Extract:
    """Everything found on the receipt, with tables chosen by its words."""
    return extract(Reading(write(receipt.text), 1), LANGUAGES, HINTS)


RECEIPTS = {
    "French supermarket": Typed(
        """
        LE PANIER DE MARIE
        12 RUE DES LILAS
        69003 LYON
        TEL 04 78 00 00 00
        POMME GALA             2,35
        FROMAGE FRAIS          3,10
        CARRE D AGNEAU        12,40
        TARTE CITRON           4,15
        REMISE IMMEDIATE      -1,00
        NOMBRE D ARTICLES      4
        SOUS-TOTAL            21,00
        TOTAL A PAYER         21,00
        DONT ELIGIBLE TR      18,85
        ESPECES               50,00
        RENDU                 29,00
        TAUX    HT     TVA    TTC
        5,5%  19,91   1,09  21,00
        VOUS AVEZ ECONOMISE    1,00
        CAGNOTTE FIDELITE     34,12
        LE 14/03/2026 A 18:22
        ECHANGE SOUS 30 JOURS
        MERCI DE VOTRE VISITE
        """,
        "fr",
        "21.00",
        dt.date(2026, 3, 14),
        "21.00",
        "1.09",
    ),
    "French restaurant": Typed(
        """
        BRASSERIE DU PORT
        SIRET 123 456 789 00012
        Table 12   Couverts 2
        2 Menu du jour        39,80
        1 Carafe Cotes        11,00
        Total HT              46,18
        TVA 10%                4,62
        Total TTC             50,80
        dont service 15% compris
        CB                    50,80
        Prix service compris
        Valable jusqu'au 31/12/2026
        Date 02/05/2026 21:40
        """,
        "fr",
        "50.80",
        dt.date(2026, 5, 2),
        "46.18",
        "4.62",
    ),
    "French card slip": Typed(
        """
        CARTE BANCAIRE
        SANS CONTACT
        STATION DU PONT
        LE 28/02/26 A 08:15:12
        MONTANT =
        61,27 EUR
        DEBIT
        TICKET CLIENT A CONSERVER
        """,
        "fr",
        "61.27",
        dt.date(2026, 2, 28),
    ),
    "Quebec": Typed(
        """
        DEPANNEUR DU COIN
        MONTREAL QC
        2026-04-09 12:31
        LAIT 2L                4.79
        PAIN                   3.99
        SAC                    0.25
        SOUS-TOTAL             9.03
        TPS                    0.45
        TVQ                    0.90
        TOTAL                 10.38
        ARRONDI                0.02
        COMPTANT              20.00
        MONNAIE                9.60
        Merci de votre visite
        """,
        "fr",
        "10.40",
        dt.date(2026, 4, 9),
        "9.03",
        "0.45",
    ),
    "Italian commercial document": Typed(
        """
        ALIMENTARI DA GINO SRL
        VIA ROMA 12 - BOLOGNA
        P.IVA 01234567890
        DOCUMENTO COMMERCIALE
        di vendita o prestazione
        PESTO GENOVESE  10%    3,20
        PETTO DI POLLO  10%    6,40
        SALE FINO       22%    0,50
        CARTA IGIENICA  22%    2,90
        Sconto a pagare       -0,03
        TOTALE COMPLESSIVO    12,97
        di cui IVA             1,49
        Pagamento contante    20,00
        Pagamento elettronico  0,00
        Non riscosso           0,00
        Resto                  7,03
        Importo pagato        12,97
        N. ARTICOLI 4
        12-05-2026 10:44
        DOCUMENTO N. 0456-0023
        PUNTI ACCUMULATI      12
        """,
        "it",
        "12.97",
        dt.date(2026, 5, 12),
        None,
        "1.49",
    ),
    "Italian receipt": Typed(
        """
        TRATTORIA LA PERGOLA
        SCONTRINO FISCALE
        COPERTO x2             4,00
        PRIMI                 22,00
        CARNE                 18,50
        SUBTOTALE             44,50
        SCONTO                -4,50
        TOTALE EURO           40,00
        CONTANTI              50,00
        RESTO                 10,00
        07/06/2026 21:15
        GRAZIE E ARRIVEDERCI
        """,
        "it",
        "40.00",
        dt.date(2026, 6, 7),
        "44.50",
    ),
    "Spanish supermarket": Typed(
        """
        SUPERMERCADOS LA HUERTA S.A.
        C/ MAYOR 14  MADRID
        NIF: A12345678
        FACTURA SIMPLIFICADA
        03/06/2026 19:05   OP: 45231
        CANT DESCRIPCION PRECIO TOTAL
        1 TE MENTA             1,15
        2 COMIDA GATO  0,95    1,90
        1 FRUTOS SECOS         2,45
        1 GRANADA              1,50
        TOTAL (EUR)            7,00
        ENTREGADO             20,00
        A DEVOLVER            13,00
        IVA    BASE IMPONIBLE   CUOTA
        10%    6,36            0,64
        TOTAL  6,36            0,64
        SALDO PUNTOS         340,00
        SE ADMITEN DEVOLUCIONES CON TICKET
        GRACIAS POR SU VISITA
        """,
        "es",
        "7.00",
        dt.date(2026, 6, 3),
    ),
    "Spanish invoice": Typed(
        """
        BAR CAFETERIA EL RINCON
        FACTURA SIMPLIFICADA
        Fecha 21/04/2026  Hora 14:12
        Le atendio: LUIS   Mesa 4
        2 MENU DEL DIA        27,80
        1 VINO                 4,00
        BASE IMPONIBLE        28,91
        CUOTA IVA 10%          2,89
        TOTAL A PAGAR         31,80
        TARJETA               31,80
        IVA INCLUIDO
        """,
        "es",
        "31.80",
        dt.date(2026, 4, 21),
        "28.91",
        "2.89",
    ),
    "Mexican shop": Typed(
        """
        ABARROTES LUPITA S.A. DE C.V.
        RFC: ABA010203AB1
        FECHA: 18/05/2026  10:11
        LECHE ENTERA          27.50
        PAN BLANCO            44.00
        SUBTOTAL              71.50
        IVA 0%                 0.00
        TOTAL M.N.            71.50
        EFECTIVO             100.00
        SU CAMBIO             28.50
        SETENTA Y UN PESOS 50/100 M.N.
        ARTICULOS VENDIDOS 2
        USTED AHORRO           5.00
        """,
        "es",
        "71.50",
        dt.date(2026, 5, 18),
        "71.50",
        "0.00",
    ),
    "Portuguese supermarket": Typed(
        """
        MERCEARIA DO LARGO LDA
        CONTRIBUINTE N. 501234567
        FATURA SIMPLIFICADA FS 2026/123
        2026-05-30 17:22
        CARVAO 3KG             4,99
        DETERGENTE LIQUIDO     2,49
        CALDO VERDE            1,99
        SUBTOTAL               9,47
        DESCONTO CARTAO       -0,47
        TOTAL A PAGAR          9,00
        NUMERARIO             20,00
        TROCO                 11,00
        TAXA  INCIDENCIA  IVA
        23%   7,32        1,68
        POUPANCA IMEDIATA      0,47
        SALDO EM CARTAO       12,50
        OBRIGADO PELA VISITA
        """,
        "pt",
        "9.00",
        dt.date(2026, 5, 30),
        "9.47",
    ),
    "Brazilian coupon": Typed(
        """
        SUPERMERCADO BOA COMPRA LTDA
        CNPJ 12.345.678/0001-90
        Documento Auxiliar da Nota Fiscal de Consumidor Eletronica
        ARROZ 5KG             28,90
        FEIJAO PRETO           9,80
        Qtd. total de itens        2
        Valor total R$        38,70
        Desconto R$            3,70
        Valor a Pagar R$      35,00
        FORMA PAGAMENTO  VALOR PAGO R$
        Dinheiro              50,00
        Troco R$              15,00
        Tributos Totais Incidentes (Lei Federal 12.741/2012) 8,12
        Emissao 02/06/2026 09:12:44
        """,
        "pt",
        "35.00",
        dt.date(2026, 6, 2),
    ),
    "Dutch supermarket": Typed(
        """
        BUURTMARKT DE HOEK
        DORPSSTRAAT 8 UTRECHT
        AANTAL OMSCHRIJVING PRIJS
        1 MELK                 1,29
        2 KAASBROODJE  1,50    3,00
        1 STATIEGELD           0,15
        1 RUNDERGEHAKT         4,56
        SUBTOTAAL              9,00
        BONUS KORTING         -1,00
        TOTAAL                 8,00
        UW VOORDEEL            1,00
        BETAALD MET:
        PINNEN                 8,00
        BTW    OVER    EUR
        9%     7,34    0,66
        TOTAAL 7,34    0,66
        GESPAARDE ZEGELS 4,00
        05-06-2026  17:45
        BEDANKT EN TOT ZIENS
        """,
        "nl",
        "8.00",
        dt.date(2026, 6, 5),
        "9.00",
    ),
    "Dutch cafe with cash": Typed(
        """
        EETCAFE 'T TREFPUNT B.V.
        BTW NR NL001234567B01
        Tafel 5   12/04/2026 20:10
        2 Koffie               5,60
        1 Appelgebak           4,37
        Totaal excl. BTW       9,15
        BTW 9%                 0,82
        Totaal incl. BTW       9,97
        Afronding             -0,02
        Te betalen             9,95
        Contant               20,00
        Wisselgeld            10,05
        """,
        "nl",
        "9.95",
        dt.date(2026, 4, 12),
        "9.15",
        "0.82",
    ),
    "Polish till": Typed(
        """
        SKLEP SPOZYWCZY "RYNEK"
        ul. Dluga 4, 30-001 Krakow
        NIP 123-456-78-90
        PARAGON FISKALNY
        KARMA DLA KOTA   1 x12,99 12,99A
        KASZA            2 x3,50   7,00B
        WODA Z GAZEM     1 x2,01   2,01A
        OPUST                     -2,00
        SPRZEDAZ OPODATKOWANA A   13,00
        PTU A 23,00%               2,43
        SPRZEDAZ OPODATKOWANA B    7,00
        PTU B 8,00%                0,52
        SUMA PTU                   2,95
        SUMA PLN                  20,00
        GOTOWKA PLN               50,00
        RESZTA PLN                30,00
        2026-05-21 16:40
        ZWROT TOWARU W CIAGU 14 DNI
        """,
        "pl",
        "20.00",
        dt.date(2026, 5, 21),
        None,
        "2.95",
    ),
    "Polish restaurant": Typed(
        """
        KARCZMA POD LIPA
        Rachunek nr 12/2026
        Data sprzedazy: 11.04.2026
        Pierogi               32,00
        Piwo                  16,00
        Razem                 48,00
        Serwis 10%             4,80
        Do zaplaty            52,80
        Karta platnicza       52,80
        """,
        "pl",
        "52.80",
        dt.date(2026, 4, 11),
    ),
    "Czech shop": Typed(
        """
        POTRAVINY U MOSTU s.r.o.
        ICO: 12345678 DIC: CZ12345678
        ZJEDNODUSENY DANOVY DOKLAD
        CHLEB                 39,90
        KAVA CERNA            89,90
        OCET                  24,70
        MEZISOUCET           154,50
        SLEVA CELKEM         -10,00
        CELKEM               144,50
        ZAOKROUHLENI           0,50
        K UHRADE             145,00
        HOTOVOST             200,00
        VRACENO               55,00
        SAZBA  ZAKLAD  DPH
        12%    129,02  15,48
        USETRILI JSTE         10,00
        DATUM 08.05.2026 CAS 11:02
        DEKUJEME ZA NAKUP
        """,
        "cs",
        "145.00",
        dt.date(2026, 5, 8),
        "154.50",
    ),
    "Slovak shop": Typed(
        """
        PREDAJNA POTRAVIN
        ICO 31234567 IC DPH SK2020123456
        POKLADNICNY DOKLAD
        MLIEKO                 1,19
        SYR                    2,46
        MEDZISUCET             3,65
        SPOLU EUR              3,65
        HOTOVOST               5,00
        VYDAVOK                1,35
        18.05.2026 08:15:00
        DAKUJEME ZA NAKUP
        """,
        "cs",
        "3.65",
        dt.date(2026, 5, 18),
        "3.65",
    ),
    "Swedish supermarket": Typed(
        """
        MATBUTIKEN TORGET AB
        Org.nr 556123-4567
        KVITTO 2026-05-14 17:31
        FRUKT                 24,90
        DRICKA                15,00
        PANT                   1,00
        SMÖR                  39,55
        Delsumma              80,45
        Rabatt               -10,00
        Öresavrundning        -0,45
        Totalt SEK            70,00
        Mottaget kontant     100,00
        Växel                 30,00
        Moms%  Moms  Netto  Brutto
        12,00  7,50  62,50  70,00
        Du sparade            10,00
        Bonusgrundande        69,00
        Öppet köp 30 dagar mot kvitto
        VÄLKOMMEN ÅTER
        """,
        "sv",
        "70.00",
        dt.date(2026, 5, 14),
        "80.45",
        "7.50",
    ),
    "Swedish card": Typed(
        """
        KONDITORI KANELEN AB
        Datum 2026-03-02  Tid 09:12
        Kaffe                 38,00
        Kanelbulle            35,00
        ATT BETALA            73,00
        Varav moms 12%         7,82
        Kontokort             73,00
        Antal varor 2
        TACK FÖR BESÖKET
        """,
        "sv",
        "73.00",
        dt.date(2026, 3, 2),
        None,
        "7.82",
    ),
    "Danish supermarket": Typed(
        """
        KØBMANDEN PÅ HJØRNET A/S
        CVR 12345678
        FRUGT                 18,00
        CHIPS                 22,45
        PANT A                 1,00
        RABAT                 -5,00
        SUBTOTAL              36,45
        ØREAFRUNDING           0,05
        AT BETALE             36,50
        KONTANT               50,00
        BYTTEPENGE            13,50
        MOMS UDGØR             7,29
        DU HAR SPARET          5,00
        ANTAL VARER 3
        DATO 04-05-2026 KL 12:15
        BYTTES INDEN 30 DAGE MOD BON
        TAK FOR BESØGET
        """,
        "da",
        "36.50",
        dt.date(2026, 5, 4),
        "36.45",
        "7.29",
    ),
    "Danish cafe": Typed(
        """
        CAFE HAVNEN ApS
        Bon nr 5512
        2 Kaffe               70,00
        1 Smørrebrød          89,00
        I ALT                159,00
        Heraf moms            31,80
        Visa/Dankort         159,00
        21.03.2026 13:40
        Tak for besøget
        """,
        "da",
        "159.00",
        dt.date(2026, 3, 21),
        None,
        "31.80",
    ),
    "Norwegian supermarket": Typed(
        """
        DAGLIGVARER SENTRUM AS
        Org.nr 912 345 678 MVA
        SALGSKVITTERING
        FRUKT                 32,90
        POTETGULL             29,50
        PANT                   2,00
        SUM                   64,40
        AVRUNDING             -0,40
        Å BETALE              64,00
        KONTANT              100,00
        TILBAKE               36,00
        MVA%  GRUNNLAG  MVA  SUM
        15%   56,00   8,40  64,40
        DU HAR SPART           4,00
        BONUSGRUNNLAG         62,40
        Dato 09.05.2026 18:20
        BYTTERETT 30 DAGER MOT KVITTERING
        TAKK FOR HANDELEN
        """,
        "no",
        "64.00",
        dt.date(2026, 5, 9),
        None,
        "8.40",
    ),
    "Norwegian cafe": Typed(
        """
        BAKERI OG KAFE AS
        Kvittering 118
        2 Boller              78,00
        1 Kaffe               42,00
        TOTALT NOK           120,00
        Herav mva 25%         24,00
        BankAxept            120,00
        17.04.2026 10:05
        Takk for besøket
        """,
        "no",
        "120.00",
        dt.date(2026, 4, 17),
        None,
        "24.00",
    ),
    "Finnish supermarket": Typed(
        """
        RUOKAKAUPPA RANTA OY
        Y-tunnus 1234567-8
        KUITTI 5512
        BROILERIN RINTA        6,49
        TILLI                  1,29
        PANTTI                 0,40
        LOTTO                  3,00
        VÄLISUMMA             11,18
        ALENNUS               -0,50
        YHTEENSÄ              10,68
        PYÖRISTYS              0,02
        MAKSETTAVAA           10,70
        KÄTEINEN              20,00
        TAKAISIN               9,30
        ALV  VEROTON  VERO  VEROLLINEN
        14%   9,37    1,31   10,68
        SÄÄSTIT                0,50
        BONUKSEEN OIKEUTTAVAT OSTOT 10,68
        12.05.2026 klo 16:20
        KIITOS KÄYNNISTÄ
        """,
        "fi",
        "10.70",
        dt.date(2026, 5, 12),
        "11.18",
        "1.31",
    ),
    "Finnish without dots": Typed(
        """
        KAHVILA SATAMA OY
        12.4.2026 09:30
        KAHVI                  3,20
        PULLA                  3,60
        YHTEENSA EUR           6,80
        PANKKIKORTTI           6,80
        KIITOS KAYNNISTA
        """,
        "fi",
        "6.80",
        dt.date(2026, 4, 12),
    ),
    "Turkish market": Typed(
        """
        YILDIZ GIDA SAN. VE TİC. LTD. ŞTİ.
        ATATÜRK CAD. NO:12 İZMİR
        TARİH: 11/05/2026  SAAT: 17:45
        FİŞ NO: 0042
        KEDİ MAMASI   %20    *89,90
        EKMEK         %1     *12,50
        ÜZÜM          %1     *47,60
        ARA TOPLAM          *150,00
        İNDİRİM              -10,00
        TOPKDV               *14,50
        TOPLAM              *140,00
        NAKİT               *200,00
        PARA ÜSTÜ            *60,00
        KAZANILAN PUAN         1,40
        TEŞEKKÜR EDERİZ
        """,
        "tr",
        "140.00",
        dt.date(2026, 5, 11),
        "150.00",
        "14.50",
    ),
    "Turkish restaurant": Typed(
        """
        SULTAN KEBAP SALONU
        ADİSYON
        Tarih 03.04.2026 20:15
        Adana Kebap          320,00
        Ayran                 40,00
        Matrah               327,27
        KDV %10               32,73
        Ödenecek Tutar       360,00
        Kredi Kartı          360,00
        Afiyet olsun
        """,
        "tr",
        "360.00",
        dt.date(2026, 4, 3),
        "327.27",
        "32.73",
    ),
    "Indonesian minimarket": Typed(
        """
        TOKO SUMBER REJEKI
        JL. MERDEKA NO 12 BANDUNG
        12.05.26-18:20
        SUSU UHT         2   6,500   13,000
        IKAN NILA        1  25,000   25,000
        AYAM BAKAR       1  32,000   32,000
        HARGA JUAL                   70,000
        DISKON                       -5,000
        TOTAL BELANJA                65,000
        TUNAI                       100,000
        KEMBALI                      35,000
        PPN                           6,441
        ANDA HEMAT                    5,000
        TERIMA KASIH SELAMAT DATANG KEMBALI
        """,
        "id",
        "65000",
        dt.date(2026, 5, 12),
        "70000",
        "6441",
    ),
    "Malay shop": Typed(
        """
        KEDAI RUNCIT HARAPAN
        TARIKH 15/05/2026  MASA 11:20
        BERAS 5KG             27.90
        TELUR                 12.47
        JUMLAH KECIL          40.37
        PELARASAN             -0.02
        JUMLAH BESAR       RM 40.35
        TUNAI                 50.00
        BAKI                   9.65
        TERIMA KASIH SILA DATANG LAGI
        """,
        "id",
        "40.35",
        dt.date(2026, 5, 15),
        "40.37",
    ),
    "Swiss with euro line": Typed(
        """
        DORFLADEN SONNE AG
        Datum 12.05.2026  Zeit 09:44
        Reis                   3.95
        Brot                   4.20
        Zwischentotal          8.15
        Rabatt                -0.15
        Total CHF              8.00
        Gegeben CHF           10.00
        Rückgeld CHF           2.00
        MWST Satz  Netto  MWST
        2.6%       7.80   0.20
        Wechselkurs 0.9300
        Gegenwert EUR          8.60
        Vielen Dank fuer Ihren Einkauf
        """,
        "de",
        "8.00",
        dt.date(2026, 5, 12),
        "8.15",
    ),
    "American grocery with cash back": Typed(
        """
        HILLSIDE MARKET
        05/12/2026 10:14 AM
        GROUND BEEF            8.99
        CHICKEN TENDERS        6.49
        TORTILLA CHIPS         3.52
        SUBTOTAL              19.00
        TAX                    1.00
        TOTAL                 20.00
        US DEBIT              40.00
        CASH BACK             20.00
        YOU SAVED TODAY        2.00
        """,
        "en",
        "20.00",
        dt.date(2026, 5, 12),
        "19.00",
        "1.00",
    ),
    "American restaurant with gratuity": Typed(
        """
        RIVERSIDE GRILL
        Check 1042  Table 7  Guests 6
        March 14, 2026 8:15 PM
        Ribeye                64.00
        Pound Cake            16.00
        Subtotal              80.00
        Sales Tax              6.60
        Added Gratuity 18%    14.40
        Total                101.00
        Suggested Additional Tip
        5% = 4.00
        10% = 8.00
        """,
        "en",
        "101.00",
        dt.date(2026, 3, 14),
        "80.00",
        "6.60",
    ),
    "British with balance to pay": Typed(
        """
        VILLAGE STORES
        14/05/2026 11:32
        PORK PIE               3.50
        TEA BAGS               2.75
        TOTAL SAVINGS          1.00
        BALANCE TO PAY         6.25
        CASH                  10.00
        CHANGE DUE             3.75
        VAT RATE NET VAT GROSS
        A 0% 6.25 0.00 6.25
        POINTS BALANCE       512.00
        """,
        "en",
        "6.25",
        dt.date(2026, 5, 14),
    ),
    "Indian bill": Typed(
        """
        ANNAPURNA STORES
        GSTIN 27ABCDE1234F1Z5
        Bill Date 18/05/2026
        Atta 5kg             250.00
        Toor Dal             180.40
        Sub Total            430.40
        CGST 2.5%             10.76
        SGST 2.5%             10.76
        Round Off              0.08
        Bill Amount          452.00
        You Saved             35.00
        """,
        "en",
        "452.00",
        dt.date(2026, 5, 18),
        "430.40",
        "10.76",
    ),
    "French refund": Typed(
        """
        CHAUSSURES DU MARCHE
        AVOIR
        14/05/2026 10:20
        BOTTINES              59,90
        TOTAL TTC             59,90
        REMBOURSEMENT CB      59,90
        MERCI DE VOTRE VISITE
        """,
        "fr",
        "-59.90",
        dt.date(2026, 5, 14),
        refund=True,
    ),
    "Polish refund": Typed(
        """
        SKLEP OBUWNICZY
        NIP 123-456-78-90
        PROTOKOL ZWROTU
        2026-05-20
        Buty                 199,00
        SUMA PLN             199,00
        Dziekujemy, zapraszamy
        """,
        "pl",
        "-199.00",
        dt.date(2026, 5, 20),
        refund=True,
    ),
    "Mexican refund": Typed(
        """
        FERRETERIA DEL PUENTE
        RFC FDP901204QX1
        VALE DE DEVOLUCION
        FECHA/HORA: 19/AGO/2025 17:46:18
        FOCO LED 9W           74.11
        LIJA SURTIDA          66.02
        TOTAL                140.13
        Reembolso efectivo   140.13
        """,
        "es",
        "-140.13",
        dt.date(2025, 8, 19),
        refund=True,
    ),
    "Russian refund": Typed(
        """
        ООО "Ромашка"
        КАССОВЫЙ ЧЕК/ВОЗВРАТ ПРИХОДА
        31.01.2024 18:51
        Перчатки х/б          59.98
        ИТОГО                 59.98
        НАЛИЧНЫМИ             59.98
        """,
        "ru",
        "-59.98",
        dt.date(2024, 1, 31),
        refund=True,
    ),
    "Ukrainian purchase with a rule for returns broken over lines": Typed(
        """
        ТОВ "Калина"
        06.11.2021 17:12
        Гречка 1кг            84.90 А
        ДО ОПЛАТИ             84.90
        ГОТІВКА               84.90
        Повернення товару
        протягом 14 днів
        за наявності чека.
        """,
        "uk",
        "84.90",
        dt.date(2021, 11, 6),
    ),
}


@pytest.mark.parametrize("kind", RECEIPTS)
def test_the_amount_that_was_paid_is_found_in_any_language(kind: str) -> None:
    best = found_on(RECEIPTS[kind]).amounts[0]
    assert best.value == Decimal(RECEIPTS[kind].total)
    assert ("refund" in names(best)) is RECEIPTS[kind].refund


@pytest.mark.parametrize("kind", RECEIPTS)
def test_the_day_of_purchase_is_found_in_any_language(kind: str) -> None:
    assert found_on(RECEIPTS[kind]).dates[0].value == RECEIPTS[kind].date


@pytest.mark.parametrize("kind", RECEIPTS)
def test_what_is_printed_before_tax_and_as_tax_is_found_in_any_language(kind: str) -> None:
    receipt, found = RECEIPTS[kind], found_on(RECEIPTS[kind])
    if receipt.subtotal is not None:
        assert found.found["subtotal"] == Decimal(receipt.subtotal)
    if receipt.tax is not None:
        assert found.found["tax"] == Decimal(receipt.tax)


@pytest.mark.parametrize("kind", RECEIPTS)
def test_no_line_but_that_of_the_total_waits_for_an_amount(kind: str) -> None:
    assert not found_on(RECEIPTS[kind]).unread_total


@pytest.mark.parametrize("kind", RECEIPTS)
def test_the_language_shows_by_the_words_of_the_receipt(kind: str) -> None:
    text, language = RECEIPTS[kind].text, RECEIPTS[kind].language
    assert language in ("en", *LANGUAGES.languages_of(text.splitlines()))


def test_what_a_page_shows_does_not_depend_on_the_pages_before_it() -> None:
    page = ["TOTAL 4.00"]
    fresh, used = Languages(), Languages()
    for name in sorted(built_in_names()):
        used.languages_of([*built_in(name)["locale"]["common"], *built_in(name)["amounts"]["total"]])
    assert used.languages_of(page) == fresh.languages_of(page) == ("en",)
