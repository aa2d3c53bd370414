"""The fields of work, which departments answer for and cases are sorted by."""

from django.db import models


class Field(models.TextChoices):
    """The eight fields (seed: 划分教育、卫生、交通等 8 大领域)."""

    EDUCATION = "education", "教育文体"
    HEALTH = "health", "卫生健康"
    TRANSPORT = "transport", "交通运输"
    CONSTRUCTION = "construction", "城乡建设"
    ENVIRONMENT = "environment", "环境保护"
    AGRICULTURE = "agriculture", "农业农村"
    WELFARE = "welfare", "劳动和社会保障"
    COMMERCE = "commerce", "商贸旅游"
