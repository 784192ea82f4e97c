from django.views.generic import View


class ShownView(View):
    pass


class PhotoView(View):
    pass


class StatusPhotoView(View):
    pass
