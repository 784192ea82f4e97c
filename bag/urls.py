from django.urls import path

from bag import views
from bag.asked import views as asked
from bag.log_out import LogOutView
from bag.saved.views import SavedView, SaveView, UnsaveView
from bag.waitlist import urls as waitlist
from bag.waitlist import views as waitlist_views
from bag.wishes.views import WishForView, WishView

app_name = "bag"
urlpatterns = [
    # Instead of the view of `accounts`, which does not know of bags.
    path("accounts/logout/", LogOutView.as_view()),
    path("bag/", views.BagView.as_view(), name="detail"),
    path("bag/add/<int:item_id>/", views.AddView.as_view(), name="add"),
    path("bag/remove/<int:item_id>/", views.RemoveView.as_view(), name="remove"),
    path("bag/renew/", views.RenewView.as_view(), name="renew"),
    path("bag/state/", views.StateView.as_view(), name="state"),
    path("bag/claim/<int:item_id>/", waitlist_views.ClaimView.as_view(), name="claim"),
    path("bag/wishes/<int:item_id>/", WishForView.as_view(), name="wish-for"),
    path("bag/wishes/<slug:secret>/", WishView.as_view(), name="wish"),
    path("bag/shipping/<int:item_id>/", asked.AskShippingView.as_view(), name="ask-shipping"),
    path(
        "bag/shipping/<slug:secret>/",
        asked.ShippingRequestView.as_view(),
        name="shipping-request",
    ),
    path(
        "bag/shipping/<slug:secret>/take/", asked.TakeShippingView.as_view(), name="shipping-take"
    ),
    path("bag/shipping/<slug:secret>/end/", asked.EndShippingView.as_view(), name="shipping-end"),
    path("saved/", SavedView.as_view(), name="saved"),
    path("saved/<int:item_id>/", SaveView.as_view(), name="save"),
    path("saved/<int:item_id>/remove/", UnsaveView.as_view(), name="unsave"),
    *waitlist.urlpatterns,
]
