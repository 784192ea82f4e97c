from django.urls import path

from bench import bare
from repairshop.urls import urlpatterns as shop

# Beside them, not around: addresses that name their language may not be included.
urlpatterns = [
    path("bare/page/<int:size>/", bare.page),
    path("bare/order/<int:piece_id>/", bare.order),
    path("bare/update/<int:piece_id>/", bare.update),
    *shop,
]
