"""The pages of people in the admin: by account, and of guests by what they have left."""

from django.contrib import admin
from django.urls import path

from repairshop.people.joining_views import JoinPage, KeepGuest
from repairshop.people.views import GuestPage, PersonPage, Reserve

PAGES = [
    ("<int:pk>/", PersonPage, "person"),
    ("<int:pk>/join/", JoinPage, "person-join"),
    ("<int:pk>/reserve/", Reserve, "person-reserve"),
    ("guest/", GuestPage, "person-guest"),
    ("guest/keep/", KeepGuest, "person-guest-keep"),
]
urlpatterns = [
    path(route, admin.site.admin_view(page.as_view()), name=name) for route, page, name in PAGES
]
