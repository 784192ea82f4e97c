from django.db import models
from django.db.models.functions import Now


class KeptPicture(models.Model):
    """A picture that was stored for a form, which may come back with an error and be given up."""

    name = models.CharField(max_length=100, primary_key=True)
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["kept_at"], name="kept_picture_by_age")]

    def __str__(self) -> str:
        return self.name
