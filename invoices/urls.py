from django.urls import path

from invoices import card_views, views

app_name = "invoices"
urlpatterns = [
    path("checkout/", views.CheckoutView.as_view(), name="checkout"),
    path("orders/<slug:secret>/cancel/", views.CancelView.as_view(), name="cancel"),
    path("invoices/<slug:secret>/", card_views.invoice, name="invoice"),
    path("invoices/<slug:secret>/pay/", card_views.PayView.as_view(), name="pay"),
    path("invoices/<slug:secret>/paid/", card_views.PaidView.as_view(), name="paid"),
    path(
        "invoices/<slug:secret>/back/<slug:key>/",
        card_views.BackView.as_view(),
        name="pay-back",
    ),
    path("stripe/webhook/", card_views.webhook, name="stripe-webhook"),
]
