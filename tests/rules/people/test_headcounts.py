import pytest

from mediation.rules.people.headcounts import read_people, split_title, title, words_of
from mediation.rules.text_cleaning import Unreadable


@pytest.mark.parametrize(("typed", "count", "precision", "names"), [
    ("27", 27, "exact", ()), ("27人", 27, "exact", ()), ("２７名工人", 27, "exact", ()), ("谭某等27人", 27, "exact", ("谭某",)), ("约20人", 20, "approx", ()), ("30余人", 30, "approx", ()),
    ("张三、李四", 2, "exact", ("张三", "李四")), ("张三，李四等12名农民工", 12, "exact", ("张三", "李四")), ("谭某等30余人", 30, "approx", ("谭某",)), ("三人", 3, "exact", ()),
    ("十二人", 12, "exact", ()), ("两百人", 200, "exact", ()), ("一百零五人", 105, "exact", ()), ("共15人", 15, "exact", ()), ("12人左右", 12, "approx", ()),
    ("阿不都·热合曼", 1, "exact", ("阿不都·热合曼",)), ("Bat Erdene、张三", 2, "exact", ("Bat Erdene", "张三")), ("近50人", 50, "approx", ()), ("50人以上", 50, "approx", ()),
    ("谭某等", None, "about", ("谭某",)), ("—", None, "unknown", ()), ("", None, "unknown", ()), ("不详", None, "unknown", ()),
])
def test_people_in_cells(typed, count, precision, names):
    found = read_people(typed)
    assert (found.value, found.precision, found.names, found.raw) == (count, precision, names, typed)
    assert found.text.zh and found.text.en


@pytest.mark.parametrize(("typed", "word"), [
    ("0", "看不懂"), ("0人", "看不懂"), ("-3", "看不懂"), ("2.5", "看不懂"), ("abc12", "看不懂"), ("200000人", "看不懂"), ("张三、李四、王五等2人", "3个人的名字"), ("、、", "看不懂")])
def test_people_refused(typed, word):
    with pytest.raises(Unreadable) as refusal:
        read_people(typed)
    assert word in refusal.value.text.zh


@pytest.mark.parametrize(("typed", "least", "words"), [
    ("几十人", 20, "几十人"), ("十几人", 11, "十几人"), ("二十来人", 20, "二十来人"), ("三四十人", 30, "三四十人"), ("百余人", 100, "百余人"), ("十几个工人", 11, "十几人"),
    ("上百人", 100, "上百人"), ("几百人", 200, "几百人"), ("七八个人", 7, "七八人"), ("十二三人", 12, "十二三人"), ("三五个", 3, "三五人"), ("好几十人", 20, "好几十人"),
    ("二十多个工人", 20, "二十多人"), ("20-30人", 20, "20-30人"), ("20至30人", 20, "20至30人"), ("约20人", 20, "约20人"), ("谭某等30余人", 30, "30余人"), ("12人左右", 12, "12人左右"),
    ("百十来人", 100, "百十来人"), ("大概二三十号人", 20, "大概二三十人"), ("卅余人", 30, "卅余人"), ("千余人", 1000, "千余人"), ("一百几十人", 120, "一百几十人")])
def test_an_approximate_number_is_the_least_its_words_mean_and_keeps_them(typed, least, words):
    found = read_people(typed)
    assert (found.value, found.precision, found.raw, words_of(found)) == (least, "approx", typed, words)


@pytest.mark.parametrize(("typed", "count"), [("廿人", 20), ("卅人", 30), ("廿五人", 25), ("27", 27), ("一百人", 100), ("俩人", 2), ("仨", 3),
                                             ("夫妻俩", 2), ("我们仨", 3), ("一家三口", 3), ("全家5口人", 5)])
def test_an_exact_number_has_no_words_of_its_own(typed, count):
    found = read_people(typed)
    assert (found.value, found.precision, words_of(found)) == (count, "exact", "")


@pytest.mark.parametrize("typed", ["很多人", "若干人", "一些工人", "全体职工", "几几人", "三一十人", "全班组", "张三班组", "工友们", "大家", "整个车间"])
def test_people_without_a_number_are_not_taken_for_one_name(typed):
    with pytest.raises(Unreadable):
        read_people(typed)


@pytest.mark.parametrize(("name", "count", "words", "said"), [
    ("等红", 1, "", "等红"), ("等红", 12, "", "等红等12人"), ("巴特尔", 20, "几十人", "巴特尔等几十人"), ("等等人", 3, "", "等等人等3人"),
    ("高等人", 1, "", "高等人"), ("等", 12, "", "等等12人"), ("巴特尔", 50, "50人以上", "巴特尔等50人以上")])
def test_a_title_comes_apart_where_it_was_joined(name, count, words, said):
    assert title(name, count, words) == said
    assert split_title(said) == (name, said[len(name):])
