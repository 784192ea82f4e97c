from django.urls import path

from invoices import card_views, invoice_views, views

app_name = "invoices"
urlpatterns = [
    path("checkout/", views.CheckoutView.as_view(), name="checkout"),
    path("orders/<slug:secret>/cancel/", views.CancelView.as_view(), name="cancel"),
    path("invoices/", invoice_views.InvoiceListView.as_view(), name="list"),
    path("invoices/<slug:secret>/", invoice_views.InvoiceView.as_view(), name="invoice"),
    path("invoices/<slug:secret>/pdf/", invoice_views.PdfView.as_view(), name="pdf"),
    path("invoices/<slug:secret>/code.svg", invoice_views.CodeView.as_view(), name="code"),
    path("invoices/<slug:secret>/pay/", card_views.PayView.as_view(), name="pay"),
    path("invoices/<slug:secret>/paid/", card_views.PaidView.as_view(), name="paid"),
    path(
        "invoices/<slug:secret>/back/<slug:key>/",
        card_views.BackView.as_view(),
        name="pay-back",
    ),
    path("stripe/webhook/", card_views.webhook, name="stripe-webhook"),
]
