from django.urls import path, register_converter

from repairs_restorals import (
    consent_views,
    form_views,
    photo_views,
    quote_views,
    status_views,
    ticket_views,
    views,
)


class ReferenceConverter:
    """A ticket's reference in an address, `W00012`, as its primary key."""

    regex = r"W\d{5,18}"

    def to_python(self, value: str) -> int:
        return int(value[1:])

    def to_url(self, value: int) -> str:
        return f"W{value:05}"


register_converter(ReferenceConverter, "reference")
TICKET = "workshop/tickets/<reference:pk>/"
STATUS = "workshop/status/<slug:secret>/"
QUOTE = "workshop/quotes/<slug:secret>/"
PHOTO = "photos/<int:photo>/<slug:size>.jpg"
PHOTO_PAGE = "photos/<int:photo>/"

app_name = "repairs"
urlpatterns = [
    path("workshop/", views.WorkshopView.as_view(), name="workshop"),
    path("workshop/shown/<int:pk>/<slug:side>.jpg", photo_views.ShownView.as_view(), name="shown"),
    path(
        "workshop/shown/<int:pk>/<slug:side>/", photo_views.ShownPage.as_view(), name="shown-page"
    ),
    path("workshop/consent/<slug:key>/", consent_views.ConsentView.as_view(), name="consent"),
    path("workshop/tickets/", ticket_views.TicketListView.as_view(), name="ticket-list"),
    path("workshop/tickets/new/", ticket_views.TicketCreateView.as_view(), name="ticket-create"),
    path("workshop/tickets/add-image/", ticket_views.AddImageView.as_view(), name="add-image"),
    path(TICKET, ticket_views.TicketView.as_view(), name="ticket"),
    path(f"{TICKET}edit/", ticket_views.TicketEditView.as_view(), name="ticket-edit"),
    path(f"{TICKET}message/", ticket_views.MessageView.as_view(), name="message"),
    path(f"{TICKET}cancel/", ticket_views.TicketCancelView.as_view(), name="ticket-cancel"),
    path(f"{TICKET}link/", ticket_views.LinkView.as_view(), name="ticket-link"),
    path(f"{TICKET}{PHOTO}", photo_views.PhotoView.as_view(), name="photo"),
    path(f"{TICKET}{PHOTO_PAGE}", photo_views.PhotoPage.as_view(), name="photo-page"),
    path(STATUS, status_views.StatusView.as_view(), name="status"),
    path(f"{STATUS}{PHOTO}", photo_views.StatusPhotoView.as_view(), name="status-photo"),
    path(f"{STATUS}{PHOTO_PAGE}", photo_views.StatusPhotoPage.as_view(), name="status-photo-page"),
    path(QUOTE, quote_views.QuoteView.as_view(), name="quote"),
    path(f"{QUOTE}form/", form_views.FormView.as_view(), name="repair-form"),
    path(f"{QUOTE}form.pdf", form_views.FormPdfView.as_view(), name="repair-form-pdf"),
]
