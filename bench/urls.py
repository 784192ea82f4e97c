from django.urls import include, path

from bench import bare

urlpatterns = [
    path("bare/page/<int:size>/", bare.page),
    path("bare/update/<int:piece_id>/", bare.update),
    path("", include("repairshop.urls")),
]
