from typing import Any

from django import forms

from imports.guard import MOST_BYTES
from stations.models import Station


class UploadForm(forms.Form):
    file = forms.FileField(
        label="表格文件",
        help_text=f"Excel（.xlsx、.xls）或 CSV，不超过 {MOST_BYTES // 1024 // 1024} MB、10 万行。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": "这是一个空文件，里面没有内容。请重新选择。", "required": "请选择填好的表格。"},
    )

    def __init__(self, *args: Any, offices: list[Station], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = offices
        if len(offices) > 1:
            self.fields["office"] = forms.TypedChoiceField(
                label="导入到",
                choices=[(office.pk, office.name) for office in offices],
                coerce=int,
                help_text="只能新增和修改这个站点管理范围里的内容。",
            )

    def office(self) -> Station:
        pk = self.cleaned_data.get("office")
        return next((one for one in self.offices if one.pk == pk), self.offices[0])
