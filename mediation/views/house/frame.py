"""The blueprint of the house pages and its front page: the entries that the reader may open."""
from __future__ import annotations

from flask import Blueprint, current_app, render_template, url_for

from mediation.queries.house import admin
from mediation.rules import access
from mediation.rules.language import Text
from mediation.views import guard
from mediation.views.guard import permit

bp = Blueprint("admin", __name__, url_prefix="/admin")

ENTRIES: tuple[tuple[str, Text, Text], ...] = (
    ("admin.users", Text("账号", "Accounts"),
     Text("建立、确认、停用账号，重设密码", "Create, confirm and disable accounts, reset passwords")),
    ("admin.stations", Text("站点", "Stations"),
     Text("工会和站点的树，文书落款，案号格式", "The tree of unions and sites, the name on papers, the form of numbers")),
    ("admin.agencies", Text("成员单位", "Bodies"),
     Text("法院、检察、信访、人社、司法等单位和联系人", "Court, procuratorate, bureaux and their contacts")),
    ("admin.duty", Text("值班", "Duty roster"), Text("每个站点每周谁值班", "Who is on duty at each site, week by week")),
    ("admin.calendar", Text("工作日历", "Calendar"),
     Text("放假和调休，来年的通知贴进来就算", "Days off and make-up days; paste the notice of a coming year")),
    ("admin.clocks", Text("期限规则", "Time limits"),
     Text("每条期限的依据，核对过没有", "Each limit with its source, and whether it was checked")),
    ("admin.rights", Text("权限表", "Rights"), Text("谁能做什么，可打印", "Who may do what, printable")),
    ("papers.wording_list", Text("文书样式", "Wording of papers"),
     Text("本单位自己的文书模板，字段名，换回随软件的样式", "The office's own templates, the names of fields, back to the shipped ones")),
    ("erasing.index", Text("到期销毁", "End of keeping"),
     Text("保管期满的案件，提出销毁，由第二个人决定", "Cases kept long enough: propose to erase them, decided by a second person")),
    ("admin.seal", Text("封存码", "Seal"),
     Text("最近一次封存的码，打印、抄写或发到别处", "The digest of the last seal, to print, copy or send away")),
    ("admin.status", Text("运行情况", "How the server is"),
     Text("哪些正常，哪些要处理、怎么处理：备份、磁盘、密钥、时钟、账号",
          "What is well, what needs doing and how: copies, disk, keys, clock, accounts")),
    ("admin.settings", Text("设置和状态", "Settings and state"),
     Text("系统设置、数据库状态、联系人", "Settings, state of the database, contact")),
)


@bp.get("")
@permit("rule.read")
def index():
    role = guard.actor().role
    found = [{"label": label, "text": text, "href": url_for(endpoint)} for endpoint, label, text in ENTRIES
             if access.scope_of(role, current_app.view_functions[endpoint].permission)]
    waiting = admin.unconfirmed(guard.actor()) if access.scope_of(role, "user.confirm") else []
    return render_template("house/index.html", entries=found, waiting=waiting)
