"""Password rule of 等保 2.0 level 2: letters and digits together."""

import re

from django.core.exceptions import ValidationError


class LetterAndDigitValidator:
    def validate(self, password: str, user: object = None) -> None:
        if not (re.search(r"[A-Za-z]", password) and re.search(r"\d", password)):
            raise ValidationError("密码要同时有字母和数字。", code="password_letter_digit")

    def get_help_text(self) -> str:
        return "密码要同时有字母和数字。"
