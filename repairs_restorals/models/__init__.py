from repairs_restorals.models.custody import Custody
from repairs_restorals.models.event import TicketEvent
from repairs_restorals.models.loan import Loan
from repairs_restorals.models.messages import TicketMessage
from repairs_restorals.models.photos import BeforeAfter, TicketImage
from repairs_restorals.models.query import TicketQuerySet
from repairs_restorals.models.quote import Quote, QuoteLine
from repairs_restorals.models.repair_form import RepairForm
from repairs_restorals.models.status import Status
from repairs_restorals.models.task import Task
from repairs_restorals.models.ticket import ServiceTicket
from repairs_restorals.models.workshop import Workshop

__all__ = [
    "BeforeAfter",
    "Custody",
    "Loan",
    "Quote",
    "QuoteLine",
    "RepairForm",
    "ServiceTicket",
    "Status",
    "Task",
    "TicketEvent",
    "TicketImage",
    "TicketMessage",
    "TicketQuerySet",
    "Workshop",
]
