"""In which language a person is written to, and reads pages of staff."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from accounts.models import User
from typed.languages import in_language


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=lambda: settings.LANGUAGES)
    next = forms.CharField(required=False, max_length=2000)


class LanguageView(View):
    """Keeps the language that somebody has chosen below a page, and shows the page in it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LanguageForm(request.POST)
        back = resolve_url(settings.LOGIN_REDIRECT_URL)
        if not form.is_valid():
            return redirect(back)
        language = form.cleaned_data["language"]
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
        wanted = form.cleaned_data["next"]
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
            back = wanted
        # Pages of staff have one address for all languages.
        return redirect(back if back.startswith("/admin/") else in_language(back, language))
