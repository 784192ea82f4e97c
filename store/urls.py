from django.urls import path

from store.views import catalogue, feeds, pages

app_name = "store"
urlpatterns = [
    path("", catalogue.front, name="front"),
    path("store/", catalogue.item_list, name="list"),
    path("store/feed.atom", feeds.NewArrivalsFeed(), name="feed"),
    path("store/item/<slug:slug>/", catalogue.item_detail, name="item"),
    path("store/<slug:slug>/", catalogue.item_list, name="category"),
    path("terms/", pages.LegalView.as_view(subject="terms"), name="terms"),
    path("privacy/", pages.LegalView.as_view(subject="privacy"), name="privacy"),
    path("imprint/", pages.LegalView.as_view(subject="imprint"), name="imprint"),
]
