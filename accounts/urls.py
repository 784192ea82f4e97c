from django.contrib.auth import views as auth_views
from django.urls import path

from accounts import check_views, data_views, views
from accounts.factors import passkey_views
from accounts.factors import views as factors
from accounts.language_views import LanguageView
from accounts.logins.views import LoginListView

app_name = "accounts"
urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("register/", views.RegisterView.as_view(), name="register"),
    path("register/sent/", check_views.RegisterSentView.as_view(), name="register-sent"),
    path("check/", check_views.CheckSendView.as_view(), name="check-send"),
    path("check/<slug:token>/", check_views.CheckView.as_view(), name="check"),
    path("language/", LanguageView.as_view(), name="language"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
    path("email/", views.EmailView.as_view(), name="email"),
    path("email/undo/<slug:token>/", check_views.EmailUndoView.as_view(), name="email-undo"),
    path("deactivate/", views.DeactivateView.as_view(), name="deactivate"),
    path("my-data/", data_views.MyDataView.as_view(), name="my-data"),
    path("my-data/ask/", data_views.MyDataAskView.as_view(), name="my-data-ask"),
    path("my-data/sent/", data_views.MyDataSentView.as_view(), name="my-data-sent"),
    path("my-data/erase/", data_views.EraseView.as_view(), name="erase"),
    path("my-data/erased/", data_views.ErasedView.as_view(), name="erased"),
    path("my-data/<slug:token>/erase/", data_views.EraseLinkView.as_view(), name="erase-link"),
    path("my-data/<slug:token>/", data_views.MyDataLinkView.as_view(), name="my-data-link"),
    path("confirm/", views.ConfirmView.as_view(), name="confirm"),
    path("logins/", LoginListView.as_view(), name="logins"),
    path("second-factor/", factors.FactorView.as_view(), name="factor"),
    path("second-factor/passkey/", passkey_views.PasskeyAskView.as_view(), name="passkey"),
    path("second-factors/", factors.FactorListView.as_view(), name="factors"),
    path("second-factors/add/", factors.SetupView.as_view(), name="factor-setup"),
    path("second-factors/add/passkey/", passkey_views.PasskeyAddView.as_view(), name="passkey-add"),
    path("second-factors/codes/", factors.RecoveryCodesView.as_view(), name="recovery-codes"),
    path("password_change/", views.PasswordChangeView.as_view(), name="password_change"),
    path(
        "password_change/done/",
        auth_views.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("password_reset/", views.PasswordResetView.as_view(), name="password_reset"),
    path(
        "password_reset/done/",
        auth_views.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "reset/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "reset/done/",
        auth_views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
