from django.views.generic import View


class StatusView(View):
    pass
