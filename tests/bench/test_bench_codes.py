"""Claims about the tables of codes that were found; nothing is drawn."""

from bench.codes import BLURS, FISCAL, SIZES, Sought, graded, missed_table, ratio_table, surface, target_table


def sought(module_px: float, blur: float, *, found: bool, photo: bool = False) -> Sought:
    return Sought(photo, module_px, blur, found, "QRCode", ("fold",) if found else ())


def test_every_country_is_drawn_in_every_size_in_the_end() -> None:
    orders = [order for order, _ in graded(1, 2 * len(SIZES) * len(BLURS))]
    assert {(order.module_px, order.blur) for order in orders} == {(size, blur) for size in SIZES for blur in BLURS}
    again = [order.module_px for order, _ in graded(1, 60) if order.order.country == FISCAL[0]]
    assert len(set(again)) > 1


def test_only_codes_that_are_large_and_sharp_count_for_the_target() -> None:
    few = [sought(4.2, 1.0, found=True), sought(4.2, 0.4, found=False), sought(3.9, 0.4, found=False)]
    text = target_table([*few, sought(5.0, 1.3, found=False)])
    assert "| flat | 1 of 2 | 50.0 | 1 of 4 |" in text
    assert "| photographed | – | – | – |" in text


def test_the_surface_has_a_row_for_each_size_and_a_column_for_each_blur() -> None:
    lines = surface([sought(2.2, 0.4, found=True), sought(2.4, 0.4, found=False), sought(6.1, 1.6, found=True)]).split(
        "\n"
    )
    assert lines[2] == "| 2.0 | 1 of 2 | – | – | – | – |"
    assert lines[3] == "| 6.0 | – | – | – | – | 1 of 1 |"


def test_what_is_missed_is_told_by_damage() -> None:
    text = missed_table([sought(4.2, 1.0, found=True), sought(4.2, 1.0, found=False), sought(2.0, 1.0, found=False)])
    assert "| fold | 1 of 1 |" in text
    assert "| undamaged | 0 of 1 |" in text


def test_costs_are_compared_by_their_sums_and_one_by_one() -> None:
    text = ratio_table([("flat", [(1.0, 10.0), (1.0, 2.0)]), ("none", [])], ("looking", "plain pass"))
    assert text.split("\n")[2:] == ["| flat | 2 | 1.000 | 6.000 | 0.167 | 0.300 | 0.300 | 0.500 |"]
