"""All that may be to be done, of all apps."""

import accounts.desk
import bag.desk
import invoices.desk
import mail.desk
import repairs_restorals.desk
import store.desk
from repairshop.front_desk import faults

ROWS = [
    *invoices.desk.ROWS,
    *store.desk.ROWS,
    *repairs_restorals.desk.ROWS,
    *bag.desk.ROWS,
    *mail.desk.ROWS,
    *accounts.desk.ROWS,
    *faults.ROWS,
]
