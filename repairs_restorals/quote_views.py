from django.views.generic import View


class QuoteView(View):
    pass
