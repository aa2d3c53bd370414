"""django-axes under the name that technical administrators read in the admin."""

import axes.apps


class LockoutConfig(axes.apps.AppConfig):
    verbose_name = "登录与锁定"
