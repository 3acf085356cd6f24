"""
Columns of the store; the modules beside this package translate them to the domain and back.

Table classes do not validate, so CHECK constraints and foreign keys hold what must never be broken.
Every key begins with the municipality: no row can refer to another municipality's. Minutes are
integers, moments are UTC with zone, days are dates, lists are JSON text. What triggers and
exclusion constraints promise stands in the migrations; :mod:`api.store.guards` lists them.
"""

from api.store.tables.base import METADATA as METADATA
from api.store.tables.decisions import DecisionRevisionRow as DecisionRevisionRow
from api.store.tables.decisions import DecisionRow as DecisionRow
from api.store.tables.decisions import InterruptionRow as InterruptionRow
from api.store.tables.decisions import PlacementRow as PlacementRow
from api.store.tables.decisions import ServiceLineRow as ServiceLineRow
from api.store.tables.orders import CapacityRow as CapacityRow
from api.store.tables.orders import ChoiceRow as ChoiceRow
from api.store.tables.orders import FallbackRuleRow as FallbackRuleRow
from api.store.tables.orders import OrderRow as OrderRow
from api.store.tables.orders import OrderStepRow as OrderStepRow
from api.store.tables.orders import ReviewRow as ReviewRow
from api.store.tables.people import MunicipalityRow as MunicipalityRow
from api.store.tables.people import ProviderRow as ProviderRow
from api.store.tables.people import RecipientRow as RecipientRow
from api.store.tables.people import UnitRow as UnitRow
from api.store.tables.performed import DeliveryApprovalRow as DeliveryApprovalRow
from api.store.tables.performed import DeliveryRow as DeliveryRow
from api.store.tables.performed import PerformedRevisionRow as PerformedRevisionRow
from api.store.tables.performed import PerformedVisitRow as PerformedVisitRow
from api.store.tables.persons import AccessHeadRow as AccessHeadRow
from api.store.tables.persons import AccessRow as AccessRow
from api.store.tables.persons import ErasureRow as ErasureRow
from api.store.tables.persons import GrantRow as GrantRow
from api.store.tables.persons import PersonRow as PersonRow
from api.store.tables.persons import PlanErasureRow as PlanErasureRow
from api.store.tables.persons import ProtectionRow as ProtectionRow
from api.store.tables.plans import BookingRow as BookingRow
from api.store.tables.plans import DayPlanRow as DayPlanRow
from api.store.tables.plans import PlanRevisionRow as PlanRevisionRow
from api.store.tables.plans import PlanVisitRow as PlanVisitRow
from api.store.tables.rates import RateDocumentRow as RateDocumentRow
from api.store.tables.rates import RateDocumentUseRow as RateDocumentUseRow
from api.store.tables.rosters import RosterRow as RosterRow
from api.store.tables.runs import RunRow as RunRow
from api.store.tables.sessions import SessionRow as SessionRow
from api.store.tables.settlements import SettledVisitRow as SettledVisitRow
from api.store.tables.settlements import SettlementExportRow as SettlementExportRow
from api.store.tables.settlements import SettlementLineRow as SettlementLineRow
from api.store.tables.settlements import SettlementRow as SettlementRow
from api.store.tables.settlements import SettlementTermsRow as SettlementTermsRow
from api.store.tables.trace import AuditHeadRow as AuditHeadRow
from api.store.tables.trace import AuditRow as AuditRow
from api.store.tables.trace import IntakeRow as IntakeRow
from api.store.tables.worked import WorkedDeliveryRow as WorkedDeliveryRow
from api.store.tables.worked import WorkedTimeRow as WorkedTimeRow
