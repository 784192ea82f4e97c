from django.urls import path

from invoices import views

app_name = "invoices"
urlpatterns = [
    path("checkout/", views.CheckoutView.as_view(), name="checkout"),
    path("orders/<slug:secret>/cancel/", views.CancelView.as_view(), name="cancel"),
]
