from django.urls import path

from invoices.documents import views as document_views
from invoices.orders import cancel_views
from invoices.orders import views as order_views
from invoices.orders.confirm_views import OrderConfirmView
from invoices.orders.otherwise_views import OtherMethodView
from invoices.payments import views as payment_views
from invoices.withdrawals import views as withdrawal_views

app_name = "invoices"
urlpatterns = [
    path("checkout/", order_views.CheckoutView.as_view(), name="checkout"),
    path("orders/confirm/<slug:token>/", OrderConfirmView.as_view(), name="confirm"),
    path("orders/<slug:secret>/cancel/", cancel_views.OrderCancelView.as_view(), name="cancel"),
    path(
        "orders/<slug:secret>/cancel/<slug:key>/",
        cancel_views.OrderCancelView.as_view(),
        name="cancel-by-mail",
    ),
    path(
        "orders/<slug:secret>/pay-otherwise/",
        OtherMethodView.as_view(),
        name="pay-otherwise",
    ),
    path(
        "orders/<slug:secret>/pay-otherwise/<slug:key>/",
        OtherMethodView.as_view(),
        name="otherwise-by-mail",
    ),
    path("invoices/", document_views.InvoiceListView.as_view(), name="list"),
    path("invoices/<slug:secret>/", document_views.InvoiceView.as_view(), name="invoice"),
    path("invoices/<slug:secret>/pdf/", document_views.PdfView.as_view(), name="pdf"),
    path("invoices/<slug:secret>/code.svg", document_views.CodeView.as_view(), name="code"),
    path("invoices/<slug:secret>/pay/", payment_views.PayView.as_view(), name="pay"),
    path("invoices/<slug:secret>/paid/", payment_views.PaidView.as_view(), name="paid"),
    path(
        "invoices/<slug:secret>/back/<slug:key>/",
        cancel_views.BackView.as_view(),
        name="pay-back",
    ),
    path(
        "right-of-withdrawal/", withdrawal_views.InformationView.as_view(), name="withdrawal-right"
    ),
    path("withdraw/", withdrawal_views.WithdrawView.as_view(), name="withdraw"),
    path("withdraw/confirm/", withdrawal_views.ConfirmView.as_view(), name="withdraw-confirm"),
    path("withdraw/<slug:secret>/", withdrawal_views.WithdrawView.as_view(), name="withdraw-from"),
    path(
        "withdrawals/<slug:secret>/",
        withdrawal_views.WithdrawalView.as_view(),
        name="withdrawal",
    ),
    path(
        "withdrawals/<slug:secret>/mine/<slug:key>/",
        withdrawal_views.MailboxView.as_view(),
        name="withdrawal-mailbox",
    ),
    path("stripe/webhook/", payment_views.webhook, name="stripe-webhook"),
]
