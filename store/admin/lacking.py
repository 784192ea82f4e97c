"""Filters of the list of things by what is still to be said of them; the front desk leads here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from store.models import Item, ItemQuerySet


class PhotosFilter(admin.SimpleListFilter):
    title = _("photos")
    parameter_name = "photos"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("undescribed", _("to be described"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Item]) -> QuerySet[Item]:
        chosen = queryset.filter(pk__in=Item.objects.to_be_described())
        return chosen if self.value() == "undescribed" else queryset


class LawFilter(admin.SimpleListFilter):
    title = _("what the law asks")
    parameter_name = "law"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("material", _("watched material named, no answer")),
            ("maker", _("maker’s details missing")),
        ]

    def queryset(self, request: HttpRequest, queryset: ItemQuerySet) -> ItemQuerySet:  # type: ignore[override]
        match self.value():
            case "material":
                return queryset.lacking_answer()
            case "maker":
                return queryset.lacking_maker()
        return queryset


QUESTIONS = [PhotosFilter, LawFilter]
