from django.db import models


class SearchWord(models.Model):
    """A word of the shop: what somebody may have meant who typed it wrongly.

    Words stay when their things are gone: who uses one sees to it that it finds something.
    """

    word = models.CharField(max_length=100, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.word
