from django.urls import path

from bag.waitlist import views

WAITLIST = "bag/waitlist/"
# Mails and open pages of earlier releases lead there.
WAITLIST_BEFORE = "bag/line/"

urlpatterns = [
    path(f"{WAITLIST}<int:item_id>/", views.JoinWaitlistView.as_view(), name="waitlist-join"),
    path(f"{WAITLIST}<slug:secret>/", views.WaitlistEntryView.as_view(), name="waitlist-entry"),
    path(
        f"{WAITLIST}<slug:secret>/accept/", views.AcceptOfferView.as_view(), name="waitlist-accept"
    ),
    path(
        f"{WAITLIST}<slug:secret>/rejoin/",
        views.RejoinWaitlistView.as_view(),
        name="waitlist-rejoin",
    ),
    path(
        f"{WAITLIST}<slug:secret>/leave/", views.LeaveWaitlistView.as_view(), name="waitlist-leave"
    ),
    path(
        "bag/no-mails/<slug:token>/", views.UnsubscribeView.as_view(), name="waitlist-unsubscribe"
    ),
    path(
        "bag/mails-again/<slug:token>/",
        views.ResubscribeView.as_view(),
        name="waitlist-resubscribe",
    ),
    path(f"{WAITLIST_BEFORE}<int:item_id>/", views.JoinWaitlistView.as_view()),
    path(f"{WAITLIST_BEFORE}<slug:secret>/", views.WaitlistEntryView.as_view()),
    path(f"{WAITLIST_BEFORE}<slug:secret>/take/", views.AcceptOfferView.as_view()),
    path(f"{WAITLIST_BEFORE}<slug:secret>/again/", views.RejoinWaitlistView.as_view()),
    path(f"{WAITLIST_BEFORE}<slug:secret>/leave/", views.LeaveWaitlistView.as_view()),
]
