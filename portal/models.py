"""What is remembered between two steps of a voter, on the public pages and in the county's WeChat account, and no
longer; and the county office's own settings of both."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liaison.lib.encryption import EncryptedTextField
from stations.models import County, Station
from suggestions.models import Suggestion


class Mode(models.TextChoices):
    """消息加解密方式, in the words of the platform's own page."""

    SAFE = "safe", "安全模式（推荐）"
    COMPATIBLE = "compatible", "兼容模式"
    PLAIN = "plain", "明文模式（不推荐：消息内容没有签名）"


class WechatAccount(models.Model):
    county = models.OneToOneField(County, verbose_name="县", on_delete=models.CASCADE, related_name="wechat_account")
    app_id = models.CharField("AppID", max_length=30)
    mode = models.CharField("消息加解密方式", max_length=12, choices=Mode, default=Mode.SAFE)
    token = EncryptedTextField("令牌（Token）")
    aes_key = EncryptedTextField("消息加解密密钥（EncodingAESKey）", blank=True)
    app_secret = EncryptedTextField("AppSecret", blank=True)
    is_active = models.BooleanField("启用", default=True)
    verified_at = models.DateTimeField("平台验证时间", null=True, blank=True)

    class Meta:
        verbose_name = "微信公众号"
        verbose_name_plural = "微信公众号"

    def __str__(self) -> str:
        return f"{self.county}公众号"


class WechatPerson(models.Model):
    """Somebody who wrote to the account. The OpenID itself is not kept: every reply goes out as the answer to a message,
    which brings it along."""

    account = models.ForeignKey(WechatAccount, verbose_name="公众号", on_delete=models.CASCADE, related_name="people")
    openid_index = models.CharField(max_length=32, editable=False)
    station = models.ForeignKey(
        Station, verbose_name="上次选的站点", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    seen_at = models.DateTimeField("最近来信")

    class Meta:
        verbose_name = "公众号来信人"
        verbose_name_plural = "公众号来信人"
        constraints = (models.UniqueConstraint(fields=["account", "openid_index"], name="wechat_person_once"),)

    def __str__(self) -> str:
        return f"来信人 {self.pk}"


class Stage(models.TextChoices):
    """What is asked for next."""

    CONTENT = "content", "等文字"
    PLACE = "place", "等地点"
    PHONE = "phone", "等电话"
    CONFIRM = "confirm", "等确认"


class WechatDialogue(models.Model):
    """A message on its way to become a case; a day after the last word it is forgotten."""

    person = models.OneToOneField(
        WechatPerson, verbose_name="来信人", on_delete=models.CASCADE, related_name="dialogue"
    )
    stage = models.CharField("到哪一步", max_length=10, choices=Stage)
    content = EncryptedTextField("反映事项", blank=True)
    choices = models.JSONField("给出的选项", default=list)  # ids of stations, in the order they were shown
    station = models.ForeignKey(
        Station, verbose_name="站点", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    phone = EncryptedTextField("联系电话", blank=True)
    changed_at = models.DateTimeField("最近一步", db_index=True)

    class Meta:
        verbose_name = "公众号对话"
        verbose_name_plural = "公众号对话"

    def __str__(self) -> str:
        return f"{self.person}：{self.get_stage_display()}"


class WechatMessage(models.Model):
    """A message that was answered, with the answer: the platform's next try gets the same, and makes nothing twice."""

    account = models.ForeignKey(WechatAccount, verbose_name="公众号", on_delete=models.CASCADE, related_name="messages")
    key = models.CharField(max_length=32, editable=False)
    answer = EncryptedTextField("回答", blank=True)
    received_at = models.DateTimeField("收到时间", db_index=True)

    class Meta:
        verbose_name = "公众号消息"
        verbose_name_plural = "公众号消息"
        constraints = (models.UniqueConstraint(fields=["account", "key"], name="wechat_message_once"),)

    def __str__(self) -> str:
        return f"消息 {self.pk}"


class WechatPicture(models.Model):
    """A picture that has yet to be fetched; it is gone once it hangs on its case (or never will)."""

    account = models.ForeignKey(WechatAccount, verbose_name="公众号", on_delete=models.CASCADE, related_name="pictures")
    dialogue = models.ForeignKey(
        WechatDialogue, verbose_name="对话", null=True, blank=True, on_delete=models.CASCADE, related_name="pictures"
    )
    case = models.ForeignKey(
        Suggestion, verbose_name="意见建议", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    media_id = models.CharField("MediaId", max_length=200, blank=True)
    address = EncryptedTextField("PicUrl", blank=True)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    next_try_at = models.DateTimeField("下次取照片", null=True, blank=True)
    error = models.CharField("没取到的原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "公众号照片"
        verbose_name_plural = "公众号照片"
        constraints = (
            models.CheckConstraint(
                condition=Q(dialogue__isnull=False, case__isnull=True, next_try_at__isnull=True)
                | Q(dialogue__isnull=True, case__isnull=False, next_try_at__isnull=False),
                name="wechat_picture_of_dialogue_or_case",
            ),
        )
        indexes = (
            models.Index(fields=["next_try_at"], name="wechat_picture_due", condition=Q(next_try_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"照片 {self.pk}"


class Change(models.Model):
    """A statement wrote to a table that public pages may show (portal/freshness.py writes it, and forgets it soon)."""

    what = models.CharField("数据表", max_length=63, editable=False)

    class Meta:
        verbose_name = "页面更新记录"
        verbose_name_plural = "页面更新记录"

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"


class Draft(models.Model):
    """A message that a voter is still writing on the public pages, or the photos picked for an addition to ``case``.

    A day after the last change it is erased, sent or not. Once a message is sent it holds nothing but which case it
    became, so that sending it again leads to the same receipt.
    """

    token = models.CharField(max_length=40, unique=True, editable=False)  # of the case later on
    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.CASCADE, related_name="+")
    data = EncryptedTextField("填写的内容", blank=True)  # JSON, see drafts.values_of
    suspect = models.BooleanField("像是程序填写", default=False)
    opened_at = models.DateTimeField("打开时间")
    changed_at = models.DateTimeField("最近修改", db_index=True)
    case = models.ForeignKey(
        Suggestion, verbose_name="意见建议", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = "未提交的留言"
        verbose_name_plural = "未提交的留言"

    def __str__(self) -> str:
        return f"留言 {self.pk}"


class DraftPhoto(models.Model):
    """A photo of a draft, made small and without metadata; it moves to the case when the message is sent."""

    draft = models.ForeignKey(Draft, verbose_name="留言", on_delete=models.CASCADE, related_name="photos")
    file = models.FileField("文件", upload_to="drafts/%Y/%m/")
    thumb = models.TextField("缩略图", editable=False)  # base64 of a small JPEG, shown inside the page

    class Meta:
        verbose_name = "未提交的照片"
        verbose_name_plural = "未提交的照片"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"照片 {self.pk}"


class HeldWord(models.Model):
    """A word of the county office's list: a message that holds it is marked 待审 for whoever sorts it, never refused."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.CASCADE, related_name="held_words")
    word = models.CharField("词语", max_length=30)
    folded = models.CharField(max_length=60, editable=False)

    class Meta:
        verbose_name = "待审词"
        verbose_name_plural = "待审词"
        ordering = ("county", "folded")
        constraints = (models.UniqueConstraint(fields=["county", "folded"], name="held_word_once"),)

    def __str__(self) -> str:
        return self.word
