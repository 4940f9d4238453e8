"""The matrix of rights, the table of time limits with its marks, settings and state."""
from __future__ import annotations

from flask import current_app, render_template
from flask_babel import gettext as _

from mediation.forms.house.admin import CheckForm, SettingForm
from mediation.queries.desk import oversight
from mediation.queries.house import admin as house_queries
from mediation.queries.house import upkeep
from mediation.rules import access, words
from mediation.rules.house import condition, database_words
from mediation.rules.law import channels
from mediation.services.house import admin
from mediation.settings import SETTINGS
from mediation.sqlite import database_faults, database_settings, expected_mode
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.house.frame import bp
from mediation.views.law.table import limits_table
from mediation.views.press import press

SECRET = frozenset({"DEMO_PASSWORD", "DATABASE_URL", "REPLICA_URL"})  # may hold a password


@bp.get("/rights")
@permit("rule.read")
def rights():
    return render_template("house/rights.html", grants=access.GRANTS, roles=words.ROLES, scopes=access.SCOPES)


@bp.get("/clocks")
@permit("rule.read")
def clocks():
    return _clocks(CheckForm())


def _clocks(form: CheckForm) -> str:
    rows = limits_table()
    return render_template(
        "house/clocks.html", rows=rows, channels=channels.CHANNELS, form=form,
        checked=sum(row["check"] is not None for row in rows),
        may_check=bool(access.scope_of(guard.actor().role, "rule.check")))


@bp.post("/clocks")
@permit("rule.check")
def check_rule():
    form = CheckForm()
    return press(form, lambda: admin.check_rule(form.mark.data, form.note.data, guard.actor()), lambda: _clocks(form),
                 "/admin/clocks", lambda _done: _("已记核对：%(rule)s。", rule=form.mark.data.split("#")[0]))


@bp.get("/seal")
@permit("setting.read")
def seal():
    """The digest of the last seal as it is kept outside: whoever has it can show that nothing before it was changed."""
    last = next(iter(oversight.last_seals(1)), None)
    parts = [last.hash[n:n + 8] for n in range(0, len(last.hash), 8)] if last else []
    return render_template("house/seal.html", seal=last, parts=parts,
                           unsealed=condition.entries(oversight.unsealed_events()))


@bp.get("/status")
@permit("setting.read")
def status():
    """How the house stands in plain words: what is well, what needs doing, and how."""
    found = upkeep.facts(current_app.config["MEDIATION"], guard.now())
    lines = condition.lines(found)
    wrong = sum(not line.is_well for line in lines)
    return render_template("house/status.html", lines=lines, wrong=wrong, at=found.now)


@bp.get("/settings")
@permit("setting.read")
def settings():
    return _settings(SettingForm())


def _settings(form: SettingForm) -> str:
    values = current_app.config["MEDIATION"]
    connection = house_queries.connection()
    shown = [(row.name, _shown(row.name, values[row.name]), row.meaning) for row in SETTINGS]
    kept = house_queries.settings()
    return render_template(
        "house/settings.html", versions=house_queries.setting_versions(), settings=shown,
        house_settings=admin.SETTINGS, kept=kept, form=form,
        database=database_settings(connection), faults=database_faults(connection), words=database_words.SETTINGS,
        expected_mode=expected_mode(connection), is_plain=bool(values["PLAIN_HTTP"]), instance=values["INSTANCE"])


def _shown(name: str, value: object) -> str:
    """A setting's value; what may hold a password is only said to be set."""
    if name in SECRET and value:
        return _("（已设，不显示）")
    return str(value) if value not in ("", None) else "—"


@bp.post("/settings")
@permit("setting.write")
def change_setting():
    form = SettingForm()
    name, value, seen = form.name.data, form.value.data, form.seen_version
    return press(form, lambda: admin.change_setting(name, value, guard.actor(), seen),
                 lambda: _settings(form), "/admin/settings", _("已存。"), present=lambda: SettingForm(None, data={
                     "name": name, "value": house_queries.settings().get(name, "")}))
