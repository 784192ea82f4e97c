from django.test import Client
from django.urls import reverse


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def press(client: Client, name: str, argument: object, **data: str) -> str:
    """Press a button; return the text of the page it leads to."""
    response = client.post(reverse(name, args=[argument]), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()
