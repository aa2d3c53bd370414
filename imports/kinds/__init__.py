"""The kinds of import, in the order in which a new county needs them."""

from imports.kinds.accounts import Accounts
from imports.kinds.base import Kind
from imports.kinds.cases import Cases
from imports.kinds.contacts import Contacts
from imports.kinds.departments import Departments
from imports.kinds.deputies import Deputies
from imports.kinds.rosters import Rosters
from imports.kinds.stations import Stations

KINDS: dict[str, type[Kind]] = {
    kind.key: kind for kind in (Stations, Departments, Deputies, Accounts, Rosters, Contacts, Cases)
}
