from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from bag.log_out import LogOutView
from invoices.counter.pages import LabelsPdf, ReceiptPage, ReceiptPdf, TillPage, scanned
from repairshop import security, views
from repairshop.admin import see_in_shop
from repairshop.aged_links import AgedLinkView
from repairshop.resend import resend
from repairshop.speculation import speculation_rules

# In the main language they begin with nothing, in another one with its code, such as `/de/store/`.
urlpatterns = i18n_patterns(
    path("", include("store.urls")),
    path("", include("bag.urls")),
    path("", include("invoices.urls")),
    path("", include("repairs_restorals.urls")),
    path("accounts/", include("accounts.urls")),
    path("p/<int:pk>/", scanned, name="scanned"),
    path("links/<slug:power>/<slug:link>/", AgedLinkView.as_view(), name="aged-link"),
    path("send-again/", resend, name="resend"),
    prefix_default_language=False,
)
urlpatterns += [
    # Instead of the admin's own view at this address.
    path("admin/r/<path:kind>/<path:pk>/", admin.site.admin_view(see_in_shop)),
    # The admin's own form counts no wrong guesses, and tells nobody.
    path("admin/password_change/", RedirectView.as_view(pattern_name="accounts:password_change")),
    # What staff have kept the address of, from before mails were an app of their own.
    re_path(
        r"^admin/accounts/(?P<rest>(mail|wording)/.*)$",
        RedirectView.as_view(url="/admin/mail/%(rest)s", query_string=True),
    ),
    # Instead of the admin's own, which would give up a bag without a word.
    path("admin/logout/", LogOutView.as_view(template_name="registration/logged_out.html")),
    path("admin/till/", admin.site.admin_view(TillPage.as_view()), name="till"),
    path("admin/till/receipt/", admin.site.admin_view(ReceiptPage.as_view()), name="till-receipt"),
    path("admin/till/receipt.pdf", admin.site.admin_view(ReceiptPdf.as_view()), name="till-pdf"),
    path("admin/till/labels.pdf", admin.site.admin_view(LabelsPdf.as_view()), name="labels"),
    path("admin/people/", include("repairshop.people.urls")),
    path("admin/", admin.site.urls),
    path("csp-report/", security.csp_report, name="csp-report"),
    path("speculation-rules.json", speculation_rules, name="speculation-rules"),
    path(".well-known/security.txt", security.security_txt, name="security-txt"),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz, name="healthz"),
]
if settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage"):
    urlpatterns.append(re_path(r"^media/(?P<path>.+)$", views.media))

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
