"""Faults in what becomes of files that people send, and in who sees them."""

from tests.torture.mutants.fault import Edit, Fault

PIXELS = "store/pictures/pixels.py"
STORED = "store/pictures/files.py"
PHOTOS = "repairs_restorals/models/photos.py"

HARMLESS = "18 Hostile files are harmless"
WHOLE = "I5 no stored file without a row"
PRIVATE = "19 Ticket photos are private"

FAULTS = [
    Fault(
        "where a photo was taken stays in it",
        HARMLESS,
        "store/tests/test_images.py",
        Edit(PIXELS, 'keep="none"', 'keep="all"'),
    ),
    Fault(
        "a bomb is decoded to the end",
        HARMLESS,
        "store/tests/test_images_refused.py",
        Edit(PIXELS, "    check(head, wanted)\n", ""),
    ),
    Fault(
        "files stay when their row does not",
        WHOLE,
        "store/tests/test_image_files.py",
        Edit(
            STORED,
            "    transaction.on_commit(unclaimed)\n",
            "    unclaimed()\n",
        ),
    ),
    Fault(
        "whoever has an account sees all photos",
        PRIVATE,
        "repairs_restorals/tests/test_photo_views.py",
        Edit(
            PHOTOS,
            "self.public().filter(ticket__in=ServiceTicket.objects.for_customer(user))",
            "self.public()",
        ),
    ),
]
