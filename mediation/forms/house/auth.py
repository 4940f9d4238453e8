"""Log-in and password."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from mediation.forms.base import BaseForm


class LoginForm(BaseForm):
    username = StringField(_l("账号"), [InputRequired(_l("请填写账号")), Length(max=60)])
    password = PasswordField(_l("密码"), [InputRequired(_l("请填写密码")), Length(max=200)])


class PasswordForm(BaseForm):
    current = PasswordField(_l("现在的密码"), [InputRequired(_l("请填写现在的密码")), Length(max=200)])
    new = PasswordField(_l("新密码"), [InputRequired(_l("请填写新密码")), Length(max=200)])
    again = PasswordField(_l("再输一次新密码"), [InputRequired(_l("请再输一次")), Length(max=200)])


class CodeForm(BaseForm):
    code = StringField(_l("验证码"), [InputRequired(_l("请填写验证码")), Length(max=40)])


class ProofForm(BaseForm):
    password = PasswordField(_l("密码"), [InputRequired(_l("请填写密码")), Length(max=200)])
