from django.views.generic import View


class WorkshopView(View):
    pass
