from django.contrib.sitemaps import views as sitemaps
from django.urls import path

from store.page_cache.offering import offering
from store.sitemaps import SITEMAPS
from store.views import catalogue, feeds, orders, pages, questions, shipping

app_name = "store"
XML = "application/xml; charset=utf-8"
urlpatterns = [
    path("", catalogue.front, name="front"),
    path("store/", catalogue.item_list, name="list"),
    path("store/suggestions.json", catalogue.suggestions, name="suggestions"),
    path("store/feed.atom", offering(feeds.NewArrivalsFeed()), name="feed"),
    path("store/item/<slug:slug>/", catalogue.item_detail, name="item"),
    path("store/item/<slug:slug>/ask/", questions.AskView.as_view(), name="ask"),
    path("send-to/", shipping.SendToView.as_view(), name="send-to"),
    path("questions/<slug:secret>/", questions.QuestionView.as_view(), name="question"),
    path("store/item/<slug:slug>/<int:number>/", catalogue.picture, name="picture"),
    path("store/<slug:slug>/", catalogue.item_list, name="category"),
    path("orders/", orders.OrderListView.as_view(), name="order-list"),
    path("orders/<slug:secret>/", orders.OrderView.as_view(), name="order"),
    path("terms/", pages.LegalView.as_view(subject="terms"), name="terms"),
    path("privacy/", pages.PrivacyView.as_view(), name="privacy"),
    path("imprint/", pages.LegalView.as_view(subject="imprint"), name="imprint"),
    path("accessibility/", pages.AccessibilityView.as_view(), name="accessibility"),
    path("accent.css", pages.accent, name="accent"),
    path("robots.txt", pages.robots, name="robots"),
    path(
        "sitemap.xml",
        offering(sitemaps.index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "store:sitemap", "content_type": XML},
        name="sitemap-index",
    ),
    path(
        "sitemap-<section>.xml",
        offering(sitemaps.sitemap),
        {"sitemaps": SITEMAPS, "template_name": "store/sitemap.xml", "content_type": XML},
        name="sitemap",
    ),
]
