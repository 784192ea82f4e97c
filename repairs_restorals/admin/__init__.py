from repairs_restorals import leaving
from repairs_restorals.admin.tasks import TaskAdmin
from repairs_restorals.admin.ticket import TicketAdmin
from repairs_restorals.admin.workshop import BeforeAfterAdmin, WorkshopAdmin

__all__ = ["BeforeAfterAdmin", "TaskAdmin", "TicketAdmin", "WorkshopAdmin", "leaving"]
