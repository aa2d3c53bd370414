"""The Django admin for technical administration, in Chinese."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class LiaisonAdminSite(AdminSite):
    site_header = "联络站 · 技术管理"
    site_title = "联络站技术管理"
    index_title = "数据一览"


class LiaisonAdminConfig(AdminConfig):
    default_site = "liaison.admin_site.LiaisonAdminSite"
