"""
Faults of the input, all at once, before anything is planned or stored.

:func:`day_findings` judges the input of a day plan, :func:`decision_findings` a decision. Both
return a list and raise nothing for what the data holds: ERROR blocks, WARNING advises. Findings
name positions and ids, never names or other personal data. The time needed grows in proportion to
the input.

Not a fault: an expired delegation, or a skill that nobody on shift holds on the day. Such a visit
is left unassigned with its reason. A skill that no carer of the document lists at all is one.
"""

from scheduler.validation.day import day_findings
from scheduler.validation.decisions import decision_findings

__all__ = ["day_findings", "decision_findings"]
