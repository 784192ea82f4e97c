from django.urls import path

from bag import line_views, views

app_name = "bag"
urlpatterns = [
    path("bag/", views.BagView.as_view(), name="detail"),
    path("bag/add/<int:item_id>/", views.AddView.as_view(), name="add"),
    path("bag/remove/<int:item_id>/", views.RemoveView.as_view(), name="remove"),
    path("bag/renew/", views.RenewView.as_view(), name="renew"),
    path("bag/state/", views.StateView.as_view(), name="state"),
    path("bag/claim/<int:item_id>/", line_views.ClaimView.as_view(), name="claim"),
    path("bag/line/<int:item_id>/", line_views.JoinView.as_view(), name="join-line"),
    path("bag/line/<slug:secret>/", line_views.PlaceView.as_view(), name="place"),
    path("bag/line/<slug:secret>/take/", line_views.TakeView.as_view(), name="take"),
    path("bag/line/<slug:secret>/again/", line_views.AgainView.as_view(), name="join-again"),
    path("bag/line/<slug:secret>/leave/", line_views.LeaveView.as_view(), name="leave-line"),
    path("bag/no-mails/<slug:stop>/", line_views.UnsubscribeView.as_view(), name="unsubscribe"),
    path("bag/mails-again/<slug:stop>/", line_views.SubscribeView.as_view(), name="subscribe"),
]
