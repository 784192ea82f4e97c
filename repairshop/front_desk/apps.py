from django.contrib.admin.apps import AdminConfig


class DeskAdminConfig(AdminConfig):
    """Django's admin with the front desk."""

    default_site = "repairshop.front_desk.site.DeskSite"
