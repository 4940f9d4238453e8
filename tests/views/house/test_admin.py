"""The house pages: accounts and their confirmation, stations, bodies, calendar, rights, marks, settings, duty."""
from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Agency, CalendarDay, Case, Duty, Event, HouseSetting, RuleCheck, Station, User
from mediation.rules import access, words
from mediation.rules.law import time_limits
from tests import casework, house

NEW_FORM = "main form[action='/admin/users']"
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月30日（周六）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。"""


def rows(app, query) -> list:
    with app.app_context():
        return list(db.session.scalars(query))


def key_of(app, username: str) -> int:
    return rows(app, select(User.id).where(User.username == username))[0]


def station_id(app, code: str) -> int:
    return rows(app, select(Station.id).where(Station.code == code))[0]


def events(app, kind: str) -> int:
    return rows(app, select(func.count()).where(Event.kind == kind))[0]


@pytest.fixture
def newcomer(app, client):
    """An account just created by the administrator; gives its name and one-time password."""
    def make(username: str = "wulan", role: str = "mediator", station: str = "practice") -> tuple[str, str]:
        admin = client("admin")
        page = admin.get("/admin/users")
        shown = admin.submit(page, NEW_FORM, status=200, username=username, name="乌兰", role=role,
                             station=str(station_id(app, station)))
        return username, shown.all(".secret output")[0]
    return make


# Who may see what


@pytest.mark.parametrize(("username", "entries"), [
    ("mediator", {"站点", "成员单位", "值班", "工作日历", "期限规则", "权限表"}),
    ("lead", {"账号", "站点", "成员单位", "值班", "工作日历", "期限规则", "权限表", "文书样式", "到期销毁"}),
    ("liaison", {"工作日历", "期限规则", "权限表"}),
    ("admin", {"账号", "站点", "成员单位", "值班", "工作日历", "期限规则", "权限表", "设置和状态",
               "封存码", "运行情况"})])
def test_the_front_page_shows_what_one_may_open(client, username, entries):
    visitor = client(username)
    page = visitor.get("/admin")
    links = page.soup.select("main .lines a")
    assert {link.get_text() for link in links} == entries
    for link in links:
        visitor.get(link["href"])


@pytest.mark.parametrize(("username", "paths"), [
    ("mediator", ("users", "settings", "stations/new", "agencies/new")), ("auditor", ("users", "settings")),
    ("liaison", ("users", "stations", "agencies", "duty", "settings")), ("lead", ("settings", "stations/new"))])
def test_closed_doors(client, username, paths):
    visitor = client(username)
    assert [visitor.get(f"/admin/{path}", status=None).status for path in paths] == [403] * len(paths)


@pytest.mark.parametrize(("username", "path"), [
    ("lead", "users/{}/disable"), ("lead", "users/{}/confirm"), ("lead", "users"), ("supervisor", "users/{}/password"),
    ("mediator", "duty"), ("mediator", "clocks"), ("lead", "calendar"), ("supervisor", "settings"),
    ("supervisor", "stations"), ("auditor", "duty")])
def test_forbidden_acts(app, client, username, path):
    before = events(app, "user_disabled")
    client(username).post(f"/admin/{path.format(key_of(app, 'colleague'))}", status=403)
    assert events(app, "user_disabled") == before


@pytest.mark.parametrize(("username", "said"), [("lead", "这一步不归您办"), ("mediator", "要由承办人、站长或分管负责人来办")])
def test_nobody_is_sent_to_himself_for_a_step(client, username, said):
    assert said in client(username).get("/admin/settings", status=403).text


def test_the_outsider_sees_the_own_union_only(app, client):
    outsider = client("mediator2")
    text = outsider.get("/admin/stations").text
    assert "示例旗工会实践站" in text and "综治中心工会维权窗口" not in text
    assert "人民法院" not in outsider.get("/admin/agencies").text
    other = station_id(app, "practice")
    assert "示例" in outsider.get(f"/admin/duty?station={other}").text
    neighbour = client("supervisor2")
    neighbour.get(f"/admin/users/{key_of(app, 'mediator')}", status=404)
    neighbour.post(f"/admin/users/{key_of(app, 'mediator')}/confirm", status=404)
    neighbour.post("/admin/duty", {"station": str(other), "week": "2026-11-16"}, status=404)


# Accounts


def test_a_password_is_shown_once_and_works_after_confirmation(app, client, newcomer):
    name, secret = newcomer()
    assert rows(app, select(User).where(User.username == name))[0].confirmed_at is None
    stranger = client()
    refused = stranger.log_in(name, secret, status=422)
    assert "账号或密码不对" in refused.text
    supervisor = client("supervisor")
    assert "乌兰" in supervisor.get("/admin").text
    page = supervisor.get(f"/admin/users/{key_of(app, name)}")
    assert secret not in page.html
    supervisor.submit(page, "main form[action$=confirm]")
    stranger.log_in(name, secret)
    assert stranger.get("/", status=302).location == "/password"
    assert events(app, "user_created") and events(app, "user_confirmed")


def test_a_second_press_creates_no_second_account(app, client):
    admin = client("admin")
    page = admin.get("/admin/users")
    fields = {"username": "wulan", "name": "乌兰", "role": "mediator", "station": str(station_id(app, "practice"))}
    admin.submit(page, NEW_FORM, status=200, **fields)
    again = admin.submit(page, NEW_FORM, status=303, **fields)
    assert again.location == f"/admin/users/{key_of(app, 'wulan')}"


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"username": "王"}, "小写字母开头"), ({"username": "mediator"}, "已有这个账号"), ({"name": ""}, "请填写姓名"),
    ({"role": "king"}, "请选角色"), ({"station": "999999"}, "请选站点"), ({"role": "liaison"}, "联络员要选所在单位"),
    ({"station": "region"}, "旗县工会或它的站点"), ({"name": "长" * 10000}, "最多60个字")])
def test_bad_accounts_are_refused_and_kept(app, client, typed, sentence):
    admin = client("admin")
    if typed.get("station") == "region":
        typed = {"station": str(station_id(app, "region"))}
    good = {"username": "wulan", "name": "<script>alert(1)</script>", "role": "mediator",
            "station": str(station_id(app, "practice"))}
    refused = admin.submit(admin.get("/admin/users"), NEW_FORM, status=422, **{**good, **typed})
    assert any(sentence in error for error in refused.errors), refused.errors
    kept = refused.form(NEW_FORM)[1]
    assert kept["username"] == typed.get("username", "wulan")
    assert rows(app, select(User).where(User.username == "wulan")) == []


def test_a_supervisor_is_confirmed_from_above_only(app, client, newcomer):
    name, _secret = newcomer("zhuren", "supervisor", "urad-middle")
    client("supervisor").post(f"/admin/users/{key_of(app, name)}/confirm", status=403)
    assert rows(app, select(User).where(User.username == name))[0].confirmed_at is None


def test_what_is_confirmed_is_what_was_shown(app, client, newcomer):
    """The administrator makes a supervisor of the mediator while the page of confirmation lies open."""
    name, _secret = newcomer()
    key, supervisor = key_of(app, name), client("supervisor")
    page = supervisor.get(f"/admin/users/{key}")
    client("admin").post(f"/admin/users/{key}", {"name": "乌兰", "role": "lead", "station": station_id(app, "practice"),
                                                 "agency": ""})
    answer = supervisor.submit(page, "main form[action$=confirm]", status=422)
    assert "周管理在" in answer.text
    assert rows(app, select(User).where(User.username == name))[0].confirmed_at is None
    supervisor.submit(answer, "main form[action$=confirm]")
    assert rows(app, select(User).where(User.username == name))[0].confirmed_at is not None


def test_two_tabs_of_one_account_do_not_undo_each_other(app, client):
    key, admin = key_of(app, "window"), client("admin")
    first = admin.get(f"/admin/users/{key}")
    admin.submit(first, f"main form[action$='/users/{key}']", phone="0478-1")
    second = admin.submit(first, f"main form[action$='/users/{key}']", status=422, submit_token="another", phone="0478-2")
    assert "周管理在" in second.text and second.form(f"main form[action$='/users/{key}']")[1]["phone"] == "0478-2"
    admin.submit(second, f"main form[action$='/users/{key}']", phone="0478-2")
    assert rows(app, select(User.phone).where(User.id == key)) == ["0478-2"]


def test_nobody_changes_the_own_role(app, client):
    """R09: three roles."""
    admin = client("admin")
    key = key_of(app, "admin")
    page = admin.get(f"/admin/users/{key}")
    assert not page.soup.select("select[name=role]")
    refused = admin.submit(page, f"main form[action='/admin/users/{key}']", status=422, role="supervisor")
    assert any("不能改自己的角色" in error for error in refused.errors)


def test_a_new_role_has_to_be_confirmed_again(app, client):
    admin, key = client("admin"), key_of(app, "colleague")
    page = admin.get(f"/admin/users/{key}")
    said = admin.send(f"/admin/users/{key}", {**page.form(f"main form[action='/admin/users/{key}']")[1], "role": "lead"})
    assert "重新确认" in said.text
    client().log_in("colleague", house.PASSWORD, status=422)
    client("supervisor").post(f"/admin/users/{key}/confirm")
    client("colleague").get("/")


def test_disabling_ends_every_log_in(app, client):
    """R16: new session id at log-in."""
    colleague, admin, key = client("colleague"), client("admin"), key_of(app, "colleague")
    page = admin.get(f"/admin/users/{key}")
    assert "请写明理由" in " ".join(admin.submit(page, "main form[action$=disable]", status=422).errors)
    admin.submit(page, "main form[action$=disable]", reason="调走")
    assert colleague.get("/", status=302).location.startswith("/login")
    admin.submit(admin.get(f"/admin/users/{key}"), "main form[action$=enable]")
    client().log_in("colleague", house.PASSWORD, status=422)  # not before the supervisor has confirmed


def test_a_lead_resets_passwords_of_the_own_site(app, client):
    lead, key = client("lead"), key_of(app, "colleague")
    shown = lead.submit(lead.get(f"/admin/users/{key}"), "main form[action$=password]", status=200)
    secret = shown.all(".secret output")[0]
    assert re.fullmatch(r"[\w-]{12,}", secret)
    client().log_in("colleague", house.PASSWORD, status=422)
    client().log_in("colleague", secret)
    lead.post(f"/admin/users/{key_of(app, 'window')}/password", status=404)
    lead.post(f"/admin/users/{key_of(app, 'lead')}/password", status=422)


# Stations and bodies


def test_a_station_is_added_to_the_tree(app, client):
    admin = client("admin")
    page = admin.get("/admin/stations/new")
    admin.submit(page, "main form", code="haliut", name="海流图镇工会驿站", kind="rest_stop", legal_body="中旗调委会",
                 parent=str(station_id(app, "urad-middle")), channel="C", phone="0478-1")
    [row] = rows(app, select(Station).where(Station.code == "haliut"))
    assert row.union_id == station_id(app, "urad-middle") and row.path.endswith(f"/{row.id}/")
    assert "海流图镇工会驿站" in client("mediator").get("/admin/stations").text
    changed = admin.submit(admin.get(f"/admin/stations/{row.id}"), "main form", name="海流图驿站", code="other")
    assert changed.location == "/admin/stations"
    assert rows(app, select(Station.name).where(Station.code == "haliut")) == ["海流图驿站"]


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"code": "practice"}, "已有这个代码"), ({"code": "Ünion"}, "代码用小写字母"), ({"name": ""}, "请填写名称"),
    ({"parent": ""}, "站点要有上级工会"), ({"number_form": "第{n}号"}, "要有{n}和{year}"),
    ({"number_form": "{n.__class__}{year}"}, "要有{n}和{year}"), ({"number_form": "{n}{year}{secret}"}, "要有{n}和{year}"),
    ({"channel": "Z"}, "请选调解组织的性质"), ({"kind": "castle"}, "请选种类")])
def test_bad_stations_are_refused_and_kept(app, client, typed, sentence):
    admin = client("admin")
    good = {"code": "new-site", "name": "新站", "kind": "studio", "channel": "A",
            "parent": str(station_id(app, "urad-middle"))}
    refused = admin.submit(admin.get("/admin/stations/new"), "main form", status=422, **{**good, **typed})
    assert any(sentence in error for error in refused.errors), refused.errors
    assert refused.form("main form")[1]["name"] == typed.get("name", "新站")
    assert rows(app, select(Station).where(Station.code == "new-site")) == []


def test_a_station_with_cases_stays_behind_its_wall(app, client):
    with app.app_context():
        casework.make_case(house.actor("mediator"))
        db.session.commit()
    admin, key = client("admin"), station_id(app, "practice")
    page = admin.get(f"/admin/stations/{key}")
    refused = admin.submit(page, "main form", status=422, parent=str(station_id(app, "example")))
    assert any("已有案件" in error for error in refused.errors)
    below = admin.submit(admin.get(f"/admin/stations/{station_id(app, 'urad-middle')}"), "main form", status=422,
                         parent=str(key))
    assert any("不能放在自己下面" in error for error in below.errors)


def test_moving_a_union_moves_what_is_below(app, client):
    admin, key = client("admin"), station_id(app, "urad-middle")
    admin.submit(admin.get("/admin/stations/new"), "main form", code="bayannur", name="巴彦淖尔市总工会", kind="league",
                 parent=str(station_id(app, "region")), channel="A")
    admin.submit(admin.get(f"/admin/stations/{key}"), "main form", parent=str(station_id(app, "bayannur")))
    paths = {row.code: row.path for row in rows(app, select(Station))}
    assert paths["practice"].startswith(paths["urad-middle"]) and paths["urad-middle"].startswith(paths["bayannur"])


def test_a_body_is_added_and_changed(app, client):
    admin = client("admin")
    admin.submit(admin.get("/admin/agencies/new"), "main form", union=str(station_id(app, "urad-middle")),
                 code="justice", kind="justice", name="乌拉特中旗司法局", phone="0478-2", handles="法律援助")
    assert "法律援助" in client("mediator").get("/admin/agencies").text
    [row] = rows(app, select(Agency).where(Agency.code == "justice"))
    admin.submit(admin.get(f"/admin/agencies/{row.id}"), "main form", contact_name="哈斯")
    assert rows(app, select(Agency.contact_name).where(Agency.code == "justice")) == ["哈斯"]
    refused = admin.submit(admin.get("/admin/agencies/new"), "main form", status=422, code="justice", name="又一个",
                           union=str(station_id(app, "urad-middle")), kind="justice")
    assert any("已有这个代码" in error for error in refused.errors)


# Calendar


def test_a_coming_year_is_read_shown_and_saved(app, client):
    with app.app_context():
        actor = house.actor("mediator")
        late = casework.make_case(actor, on=house.TODAY)
        late.accepted_on = None
        db.session.commit()
    admin = client("admin")
    page = admin.get("/admin/calendar")
    shown = admin.submit(page, "main form[action$=notice]", status=200, text=NOTICE)
    assert "读出来的日历 2027" in shown.text
    assert "休" in " ".join(shown.all(".month .off")) and len(shown.all(".month")) == 12
    assert rows(app, select(CalendarDay).where(CalendarDay.on == date(2027, 10, 1))) == []
    admin.submit(shown, "main form[action='/admin/calendar']")
    assert len(rows(app, select(CalendarDay).where(CalendarDay.source.contains("2027")))) == 32
    assert "2027" in client("liaison").get("/admin/calendar?year=2027").text


@pytest.mark.parametrize(("text", "sentence"), [("", "请粘贴通知全文"), ("今天天气很好", "看不出是哪一年"),
                                               (NOTICE.replace("共7天", "共9天", 1), "写的是共9天")])
def test_a_wrong_notice_is_refused_and_kept(client, text, sentence):
    admin = client("admin")
    refused = admin.submit(admin.get("/admin/calendar"), "main form[action$=notice]", status=422, text=text)
    assert any(sentence in error for error in refused.errors), refused.errors
    assert refused.form("main form[action$=notice]")[1]["text"].strip() == text.strip()


def test_a_notice_without_one_holiday_is_asked_back_once(client):
    admin = client("admin")
    short = "\n".join(line for line in NOTICE.split("\n") if "端午" not in line)
    shown = admin.submit(admin.get("/admin/calendar"), "main form[action$=notice]", status=200, text=short)
    assert "缺少：端午节" in shown.text
    again = admin.submit(shown, "main form[action='/admin/calendar']", status=422)
    admin.submit(again, "main form[action='/admin/calendar']", confirmed="incomplete")


def test_a_county_sets_its_own_days(app, client):
    admin = client("admin")
    page = admin.get("/admin/calendar")
    form = "main form[action*=local]"
    admin.submit(page, form, county="urad-middle", on="2026-08-18", kind="off", name="那达慕", source="旗政府")
    assert "那达慕" in admin.get("/admin/calendar?year=2026&county=urad-middle").text
    assert "那达慕" not in admin.get("/admin/calendar?year=2026&county=example").text
    admin.submit(admin.get("/admin/calendar"), form, county="urad-middle", on="2026-08-18", remove="1")
    assert rows(app, select(CalendarDay).where(CalendarDay.county != "")) == []
    refused = admin.submit(admin.get("/admin/calendar"), form, status=422, county="", on="2026-02-30", name="那达慕")
    assert len(refused.errors) >= 1
    assert refused.form(form)[1]["name"] == "那达慕"
    assert events(app, "calendar_day_set") == 2


def test_a_county_may_work_on_an_official_day_off_and_rest_on_a_make_up_day(app, client):
    admin = client("admin")
    form = "main form[action*=local]"
    for on, kind, name in (("2026-10-05", "work", "抢收调休"), ("2026-10-10", "off", "旗庆"), ("2026-10-11", "work", "补班")):
        admin.submit(admin.get("/admin/calendar"), form, county="urad-middle", on=on, kind=kind, name=name, source="旗政府")
    page = admin.get("/admin/calendar?year=2026&county=urad-middle")
    assert all(name in page.text for name in ("抢收调休", "旗庆", "补班"))
    assert "抢收调休" not in admin.get("/admin/calendar?year=2026&county=example").text
    # Received on 30 September: worked are 5 October (this county), 8 and 9.
    found = client("mediator").get("/help/clocks?channel=A&fact_received=2026-09-30")
    assert "2026-10-09" in found.soup.select_one("table.list").decode()


# Rights, marks, settings


def test_the_rights_are_the_matrix_in_both_languages(client):
    visitor = client("mediator")
    text = visitor.get("/admin/rights").text
    assert all(permission.label.zh in text for permission in access.GRANTS.values())
    visitor.post("/language", {"language": "en", "next": "/admin/rights"})
    text = visitor.get("/admin/rights").text
    assert all(permission.label.en in text for permission in access.GRANTS.values())
    assert all(role.en in text for role in words.ROLES.values())


def test_every_limit_is_listed_and_marked_by_whom_and_when(app, client):
    supervisor = client("supervisor")
    page = supervisor.get("/admin/clocks")
    assert len(page.soup.select("table.dense tbody tr")) == len(time_limits.CLOCKS)
    assert "未核对" in page.text and "已核对0条" in page.text
    rule = next(row for row in time_limits.CLOCKS if row.id == "L22")
    supervisor.submit(page, "#mark form", mark=rule.mark, note="2008年文本")
    page = client("auditor").get("/admin/clocks")
    assert "已核对1条" in page.text and "刘主席 2026-11-18" in page.text and "2008年文本" in page.text
    assert not page.soup.select("#mark")
    assert [row.rule for row in rows(app, select(RuleCheck))] == [rule.mark]
    gone = supervisor.submit(supervisor.get("/admin/clocks"), "#mark form", status=422, mark="L22#00000000")
    assert any("刚刚变了" in error for error in gone.errors)


def test_rows_of_one_limit_are_marked_apart():
    assert len({rule.mark for rule in time_limits.CLOCKS}) == len(time_limits.CLOCKS)
    assert max(len(rule.mark) for rule in time_limits.CLOCKS) <= 20


def test_settings_are_told_and_secrets_are_not(app, client):
    admin = client("admin")
    page = admin.get("/admin/settings")
    for part in ("MEDIATION_THREADS", "服务线程数", "keys.json"):
        assert part in page.text
    assert "gonghe.sqlite" not in page.text
    assert "明文" not in page.text
    admin.submit(page, "main form[action='/admin/settings']", value="周管理 0478-3")
    assert "周管理 0478-3" in rows(app, select(HouseSetting.value))
    assert "周管理 0478-3" in client("mediator").get("/help").text
    admin.post("/admin/settings", {"name": "unknown", "value": "x"}, status=422)


def test_the_state_of_the_house_says_what_to_do_and_stands_in_both_languages(client):
    """What was never copied, sealed or checked comes first, each with its way."""
    admin = client("admin")
    page = admin.get("/admin/status")
    names = page.all("main section h2")
    wrong = [name for name in names if "要处理" in name]
    assert names[:len(wrong)] == wrong and {name.split()[0] for name in wrong} >= {"备份", "封存", "核对"}
    assert "backup" in page.text and "journal verify" in page.text and len(names) == 10
    guesser = client()
    for _n in range(5):
        guesser.log_in("mediator", "not the password", status=422)
    assert "1个账号" in client("admin").get("/admin/status").text
    admin.send("/language", {"language": "en", "next": "/admin/status"})
    assert "To do" in admin.get("/admin/status").text
    client("mediator").get("/admin/status", status=403)


@pytest.mark.settings(PLAIN_HTTP=True)
def test_serving_without_encryption_is_said_loudly(client):
    assert "明文" in client("admin").get("/admin/settings").text


# Duty


def test_a_week_of_duty(app, client):
    lead = client("lead")
    page = lead.get("/admin/duty")
    assert "工会实践站" in page.text
    colleague, mediator = str(key_of(app, "colleague")), str(key_of(app, "mediator"))
    form = "main form[method=post]"
    lead.submit(page, form, d2=colleague, d3=mediator)
    assert [(d.on.day, d.account_id) for d in rows(app, select(Duty).order_by(Duty.on))] == [
        (18, int(colleague)), (19, int(mediator))]
    assert "李同事" in client("window").get(f"/admin/duty?station={station_id(app, 'practice')}").text
    lead.submit(lead.get("/admin/duty"), form, d3="")
    assert len(rows(app, select(Duty))) == 1
    assert events(app, "duty_set") == 3


def test_past_duty_and_strangers_are_refused(app, client):
    lead = client("lead")
    page = lead.get("/admin/duty")
    form = "main form[method=post]"
    refused = lead.submit(page, form, status=422, d0=str(key_of(app, "mediator")), d4=str(key_of(app, "mediator2")))
    assert any("过去的值班不能改" in error for error in refused.errors)
    assert any("请选本工会" in error for error in refused.errors)
    assert rows(app, select(Duty)) == []
    lead.post("/admin/duty", {"station": str(station_id(app, "window")), "week": "2026-11-16"}, status=403)


def test_who_is_on_duty_may_work_the_cases_of_the_site(app, client):
    with app.app_context():
        actor = house.actor("mediator")
        number = casework.bring(casework.make_case(actor), "MEDIATING", actor).number
        db.session.commit()
    window = client("window")
    window.post(f"/cases/{number}/papers", {"kind": "record"}, status=403)
    supervisor, practice = client("supervisor"), station_id(app, "practice")
    page = supervisor.get(f"/admin/duty?station={practice}")
    supervisor.submit(page, "main form[method=post]", d2=str(key_of(app, "window")))
    window.post(f"/cases/{number}/papers", {"kind": "record", "given_on": "2026-11-18"})
    assert rows(app, select(Case))[0].version > 0
