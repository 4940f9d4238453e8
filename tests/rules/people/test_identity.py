from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.people.identity import (
    age_on,
    check_card,
    check_credit_code,
    check_identity,
    check_phone,
    check_resident,
    dial,
    mask_card,
    mask_identity,
    mask_phone,
)
from mediation.rules.text_cleaning import Unreadable

TODAY = date(2026, 11, 23)
# GB 11643 prints the weights as a row; the product reckons them as powers of two.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def whole(first: str) -> str:
    """Seventeen digits with their check digit, by the printed weights."""
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


def refusal_of(check, *values) -> str:
    with pytest.raises(Unreadable) as refusal:
        check(*values)
    assert refusal.value.text.en
    return refusal.value.text.zh


def test_the_example_of_the_standard():
    # GB 11643-1999, appendix: 11010519491231002X
    found = check_resident("11010519491231002X", TODAY)
    assert (found.number, found.sex, found.born_on, found.warnings) == ("11010519491231002X", "F", date(1949, 12, 31), ())
    assert whole("11010519491231002") == found.number
    # and the male example beside it: 440524188001010014
    old = check_resident("440524188001010014", TODAY)
    assert (old.sex, old.born_on) == ("M", date(1880, 1, 1))
    assert "146" in old.warnings[0].zh


@pytest.mark.parametrize("region", ["659012", "460400", "150902", "330113", "152522", "150824", "810000", "820000", "830000", "652901"])
def test_real_regions_pass_without_a_warning(region):
    assert check_resident(whole(region + "19900307" + "123"), TODAY).warnings == ()


def test_an_unknown_region_is_only_a_warning():
    assert "省级" in check_resident(whole("290000" + "19900307" + "123"), TODAY).warnings[0].zh


@pytest.mark.parametrize("typed", [
    "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002x", " 110105 19491231 002X ", "110105-19491231-002x", "110105\u200b19491231002X"])
def test_other_ways_of_writing_it(typed):
    assert check_resident(typed, TODAY).number == "11010519491231002X"


def test_fifteen_digits_are_kept_and_completed():
    found = check_resident("110105491231002", TODAY)
    assert (found.number, found.whole) == ("110105491231002", "11010519491231002X")
    assert (found.sex, found.born_on) == ("F", date(1949, 12, 31))


@pytest.mark.parametrize(("typed", "word"), [
    (whole("11010520990101001"), "今天之后"), (whole("11010520261124001"), "今天之后"), (whole("11010519990230001"), "不存在"),
    (whole("11010500000101001"), "不存在"), (whole("11010519901301001"), "不存在"), ("110105194912310021", "校验码"), ("110105194912310026", "校验码"),
    ("1101051949123100", "18位"), ("", "请填写"), ("1.1010519491231E+17", "表格"), ("1.52522e17", "表格"), ("11010519491231002A", "数字"),
    ("X10105194912310021", "数字"), ("110105499931002", "不存在"), ("1" * 500, "4到40"), ("٣" * 18, "数字"),
])
def test_what_is_no_resident_number(typed, word):
    assert word in refusal_of(check_resident, typed, TODAY)


def test_born_today_is_possible():
    assert check_resident(whole("15082420261123001"), TODAY).born_on == TODAY


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born, serial, place, shift):
    number = whole(f"150824{born:%Y%m%d}{serial:03d}")
    found = check_resident(number, TODAY)
    assert found.born_on == born and found.sex == ("M" if serial % 2 else "F")
    if number[place] != "X":
        wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1:]
        with pytest.raises(Unreadable):
            check_resident(wrong, TODAY)


def test_age_counts_full_years():
    assert age_on(date(1961, 12, 1), date(2026, 11, 30)) == 64
    assert age_on(date(1961, 12, 1), date(2026, 12, 1)) == 65
    assert age_on(date(2004, 2, 29), date(2026, 2, 28)) == 21
    assert age_on(date(2004, 2, 29), date(2026, 3, 1)) == 22


@pytest.mark.parametrize(("kind", "typed", "number"), [
    ("residence", whole("83000019900307123"), whole("83000019900307123")), ("passport", "e 1234567", "E1234567"),
    ("passport", "Ｇ１２３４５６７８", "G12345678"), ("permit", "H12345678", "H12345678"), ("permit", "m1234567801", "M1234567801"),
    ("permit", "12345678", "12345678"), ("permanent", "usa110076020123", "USA110076020123"),
    ("permanent", whole("91115619900307123"), whole("91115619900307123")), ("other", "军字第1234567号", "军字第1234567号"),
    ("resident", "110105491231002", "110105491231002")])
def test_other_papers(kind, typed, number):
    found = check_identity(kind, typed, TODAY)
    assert (found.kind, found.number) == (kind, number)


def test_a_foreigners_card_tells_birth_and_sex_and_no_region():
    found = check_identity("permanent", whole("91115619900307123"), TODAY)
    assert (found.born_on, found.sex, found.warnings) == (date(1990, 3, 7), "M", ())


@pytest.mark.parametrize(("kind", "typed", "word"), [
    ("residence", "11010519491231002X", "81"), ("passport", "E12", "护照"), ("passport", "护照没带", "护照"), ("permit", "A12345678", "通行证"),
    ("permanent", "11010519491231002X", "永久"), ("permanent", whole("91115619900307123")[:17] + "?", "永久"), ("other", "-", "4到40"),
    ("passport", "", "请填写")])
def test_other_papers_refused(kind, typed, word):
    assert word in refusal_of(check_identity, kind, typed, TODAY)


def credit_code(first: str) -> str:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    rest = 31 - sum(signs.index(s) * w for s, w in zip(first, CREDIT_WEIGHTS, strict=True)) % 31
    return first + signs[rest % 31]


def test_credit_codes():
    # the example of GB 32100-2015
    assert check_credit_code("91350100M000100Y43") == "91350100M000100Y43"
    assert check_credit_code("９１３５０１００ m000100y43") == "91350100M000100Y43"
    assert credit_code("91350100M000100Y4") == "91350100M000100Y43"


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_credit_codes_by_the_printed_weights(first):
    assert check_credit_code(credit_code(first)) == credit_code(first)


@pytest.mark.parametrize(("typed", "word"), [
    ("91350100M000100Y44", "校验码"), ("91350100M000100Y4", "17位"), ("9135O100M000100Y43", "字母"), ("91350100M000100Y4Z", "字母"), ("", "请填写"),
    ("9.13501E+17", "表格"), ("913501000001000143.0", "表格")])
def test_credit_codes_refused(typed, word):
    assert word in refusal_of(check_credit_code, typed)


@pytest.mark.parametrize(("typed", "digits", "extension", "kind"), [
    ("13912345617", "13912345617", "", "mobile"), ("139 1234 5617", "13912345617", "", "mobile"), ("１３９－１２３４－５６１７", "13912345617", "", "mobile"),
    ("+86 13912345617", "13912345617", "", "mobile"), ("008613912345617", "13912345617", "", "mobile"), ("8613912345617", "13912345617", "", "mobile"),
    ("19212345617", "19212345617", "", "mobile"), ("19912345617", "19912345617", "", "mobile"), ("0478-5912345", "04785912345", "", "landline"),
    ("（0478）5912345转801", "04785912345", "801", "landline"), ("0478-5912345-801", "04785912345", "801", "landline"),
    ("0478 5912345 转分机 801", "04785912345", "801", "landline"), ("010-12345678", "01012345678", "", "landline"), ("021-1234567", "0211234567", "", "landline"),
    ("+86 0478 5912345", "04785912345", "", "landline"), ("+86 478 2222222", "04782222222", "", "landline"), ("0086-10-12345678", "01012345678", "", "landline"),
    ("86 478 2222222", "04782222222", "", "landline"), ("+86 400 123 4567", "4001234567", "", "hotline"), ("0478-2222222 转 3", "04782222222", "3", "landline"), ("400-123-4567", "4001234567", "", "hotline"), ("12351", "12351", "", "service"),
    ("110", "110", "", "service"), ("+976 9911 2233", "+97699112233", "", "foreign"), ("0097699112233", "+97699112233", "", "foreign"),
])
def test_telephones(typed, digits, extension, kind):
    assert check_phone(typed) == (digits, extension, kind)


@pytest.mark.parametrize(("typed", "whole"), [
    ("电话：13912345617", "13912345617"), ("手机号码 139 1234 5617", "13912345617"), ("联系电话:\u200e+86 139-1234-5617", "13912345617"),
    ("Tel. (0478) 5912345 转 801", "04785912345转801"), ("联系方式：４００-123-4567", "4001234567"), ("办公电话12351", "12351")])
def test_the_word_telephone_before_a_number_is_left_out(typed, whole):
    assert check_phone(typed).whole == whole


@pytest.mark.parametrize(("typed", "word"), [
    ("电话：", "看不懂"), ("手机：1391234561", "现在是10位"), ("电话：13912345617、手机：13912345618", "看不懂"), ("传真：0478-5912345", "看不懂"),
    ("1391234561", "现在是10位"), ("139123456170", "现在是12位"), ("5912345", "区号"), ("13912345617/13912345618", "一格"), ("13912345617、13912345618", "一格"),
    ("没有电话", "看不懂"), ("", "请填写"), ("12912345678", "看不懂"), ("123", "看不懂"), ("1" * 500, "看不懂"), ("٣٣٣٣٣٣٣٣٣٣٣", "看不懂")])
def test_telephones_refused(typed, word):
    assert word in refusal_of(check_phone, typed)


def test_cards_only_warn():
    assert check_card("4111 1111 1111 1111") == ("4111111111111111", None)
    assert check_card("4111111111111112").warning is not None
    assert check_card("0602 0408 0900 12345").number == "06020408090012345"
    assert "8到32" in refusal_of(check_card, "1234")
    assert "表格" in refusal_of(check_card, "6.22202E+18")


def test_masks():
    assert mask_identity("11010519491231002X") == "110*************2X"
    assert len(mask_identity("11010519491231002X")) == 18
    assert mask_identity("E12345678") == "E12****78"
    assert mask_identity("1234567") == "1*****7" and mask_identity("12") == "**" and mask_identity("") == ""
    assert mask_phone("13912345617") == "139 **** **17"
    assert mask_phone("04785912345") == "0478 *****45"
    assert mask_phone("12351") == "*****" and mask_phone("") == ""
    assert mask_phone("04782222222转3") == "0478 *****22"


def test_an_extension_stays_with_its_number_and_is_dialled_after_a_pause():
    stored = check_phone("0478-2222222 转 3").whole
    assert (stored, check_phone(stored).whole) == ("04782222222转3", "04782222222转3")
    assert (dial(stored), dial("138 4786 2213"), dial("12351")) == ("04782222222,3", "13847862213", "12351")
    assert mask_card("6222021234567890128") == "**** 0128" and mask_card("123") == "****"


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 3000))
def test_age_grows_by_one_a_year(born, days):
    day = born + timedelta(days)
    assert 0 <= age_on(born, day + timedelta(366)) - age_on(born, day) <= 2
