from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from repairshop import views
from repairshop.admin import see_in_shop

urlpatterns = [
    path("", include("store.urls")),
    path("", include("bag.urls")),
    path("", include("invoices.urls")),
    path("", include("repairs_restorals.urls")),
    path("accounts/", include("accounts.urls")),
    # Instead of the admin's own view at this address.
    path("admin/r/<path:kind>/<path:pk>/", admin.site.admin_view(see_in_shop)),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
]
if settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage"):
    urlpatterns.append(re_path(r"^media/(?P<path>.+)$", views.media))

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
