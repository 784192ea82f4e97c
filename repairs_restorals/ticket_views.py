from django.views.generic import View


class TicketListView(View):
    pass


class TicketCreateView(View):
    pass


class AddImageView(View):
    pass


class TicketView(View):
    pass


class TicketEditView(View):
    pass


class MessageView(View):
    pass


class CancelView(View):
    pass


class LinkView(View):
    pass
