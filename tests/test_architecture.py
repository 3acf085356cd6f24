"""
Who may import whom: data flows down, imports point up (docs/architecture.md).

Every module is listed with its stage. A module that no stage lists fails, so whoever adds one has
to say where it belongs. Imports inside functions count like all others.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("scheduler", "pricing", "fixtures", "api")

# Stage -> its modules, then the other stages that it may import from.
STAGES: dict[str, tuple[str, str]] = {
    "care": (
        "scheduler scheduler.care scheduler.care.{dated,day,decision,errors,model,people,units}",
        "",
    ),
    "rules": ("scheduler.rules", ""),
    "standard times": ("scheduler.{bands,standard_times}", "care"),
    "visits": ("scheduler.{frequency,visits}", "care, standard times"),
    "travel": ("scheduler.{travel,fitted_travel,given_travel}", "care"),
    "working time": ("scheduler.working_time", "care"),
    "validation": (
        "scheduler.validation "
        "scheduler.validation.{common,day,decisions,gaps,groups,pins,planned_day,resources,shifts,travel,"
        "visits}",
        "care, standard times, visits, travel, working time",
    ),
    "apart": ("scheduler.apart", "care"),
    "carer rules": ("scheduler.carer_rules", "care, rules"),
    "objective": ("scheduler.objective", "care, rules"),
    "problem": (
        "scheduler.{problem,build}",
        "care, rules, travel, working time, apart, carer rules, objective",
    ),
    "solve": (
        "scheduler.solve scheduler.solve.{anneal,board,bonds,chain,chance,construct,cross,edits,"
        "explain,given,hand_over,holds,insert,kernel,model,model_rules,moves,near,net,params,places,"
        "pools,pressure,"
        "proof,ruin,search,searcher,spans,stop,timing,warm,whole,worth}",
        "rules, objective, problem",
    ),
    "proven": (
        "scheduler.proven scheduler.proven.{never,reach,sound,together,ways}",
        "rules, problem, solve",
    ),
    "plan": ("scheduler.{hours,plan,time_order}", "care, rules"),
    "score": (
        "scheduler.{score,sources}",
        "care, rules, travel, carer rules, objective, problem, plan",
    ),
    "planner": (
        "scheduler.{reasons,planner}",
        "care, rules, travel, working time, apart, carer rules, objective, problem, solve, proven, "
        "plan, "
        "score",
    ),
    "data check": (
        "scheduler.datacheck scheduler.datacheck.{advice,capacity,contents,limits,never,places,"
        "shifts,staff,together,windows}",
        "care, rules, travel, working time, objective, problem, solve, proven, planner",
    ),
    "checker": (
        "scheduler.checker "
        "scheduler.checker.{carers,continuity,pairs,resources,routes,standby,violation,visits,"
        "whole}",
        "care, rules, travel, working time, objective, plan",
    ),
    "changes": ("scheduler.changes", "plan"),
    "move": ("scheduler.{moved,occasions}", "care, standard times, travel, validation, plan"),
    "recommend": (
        "scheduler.{in_words,options,recommend,refusals,relaxations,together}",
        "care, rules, travel, carer rules, objective, problem, solve, plan, score, planner, "
        "changes",
    ),
    "replan": (
        "scheduler.{causes,disturbances,freeze,remaining,replan}",
        "care, travel, working time, validation, objective, problem, rules, solve, plan, planner, "
        "changes",
    ),
    "follow-up": ("scheduler.{fairness,followup}", "care, plan"),
    "simulate": (
        "scheduler.simulate "
        "scheduler.simulate.{alarms,execution,luck,measures,measuring,network,uncertainty}",
        "care, travel, apart, problem, plan",
    ),
    "pricing": (
        "pricing pricing.{analysis_export,attribution,break_even,chain,compare,explain,export,"
        "figure,hour_cost,indexation,lines,payment,performed_time,plan_cost,price,price_file,"
        "price_list,purse,quantities,ranges,recipe,rules,scenario,sensitivity,service_file,shares,simulation,"
        "staff_cost,swedish,unit_cost}",
        "care",
    ),
    "rate book": (
        "pricing.{holidays,toml_file,toml_lines} pricing.book "
        "pricing.book.{bands,calendar,calendar_fields,checks,fields,model,reading,sections,stated,terms,values}",
        "care, pricing",
    ),
    "payment": (
        "pricing.pay pricing.pay.{cell_terms,columns,deductions,engine,export,granted,minutes,"
        "reading,reconcile,reference,rows,settlement,table,texts,values,visits,workbook,"
        "workbook_cells,worked_reading}",
        "care, pricing, rate book",
    ),
    "budget": (
        "pricing.budget pricing.budget.{counting,export,forecast,funding,granted_rows,granted_time,"
        "model,purses,tariff,year}",
        "care, pricing, rate book",
    ),
    "exports": (
        "pricing.exports pricing.exports.{cells,document_vat,identifiers,peppol,postings,sections,"
        "setup,setup_file,sie,ubl,workbook,workbook_lines}",
        "care, pricing, rate book, payment",
    ),
    "granted to paid": (
        "pricing.followup pricing.followup.{account,chain,export,granted,matching,meetings,model,"
        "report,sources,tables,worked}",
        "care, pricing, rate book, payment, budget",
    ),
    "fixtures": (
        "fixtures "
        "fixtures.{decisions,draw,followup,geography,history,keys,municipality,names,people,staff,"
        "times,tiny_day,"
        "wishes}",
        "care, standard times, visits",
    ),
    "rim": ("api api.{files,refusals}", "care"),
    "documents": (
        "api.documents api.documents.{amendments,budgets,cases,data_check,day_builder,day_faults,"
        "day_lists,day_parts,deadlines,decision_schemas,decision_sheets,decisions,evaluation,"
        "identity_number,iso8601,json_schema,patches,payroll,plan_diff,plan_reading,plan_schemas,"
        "plan_writing,planned_days,planning,planning_schemas,purses,quotes,recommendation,"
        "replanning,retention,rosters,route_map,schema_faults,schema_types,simulation,"
        "strict_json,withheld}",
        "care, rules, travel, validation, data check, plan, checker, changes, recommend, "
        "replan, follow-up, simulate, pricing, rate book, payment, budget, granted to paid, rim",
    ),
    "access": (
        "api.access api.access.{addresses,buckets,caller,claims,development,fetching,gate,"
        "headers,identify,issuer,limits,login,operation_ids,operations,policy,refusals,settings,"
        "tokens}",
        "care, rim, documents",
    ),
    "pages": (
        "api.pages api.pages.{bar_chart,cost_table,followup_charts,followup_report,"
        "followup_words,followup_workbook,formats,grid_view,map_view,price_analysis,price_table,"
        "price_words,render,report,results,settlement_files,statement,summary,texts,"
        "unit_cost_table,view}",
        "care, rules, travel, plan, checker, follow-up, pricing, payment, granted to paid, "
        "exports, rim",
    ),
    "routing": (
        "api.routing api.routing.{day_tables,leg_cache,valhalla_router,ways}",
        "care",
    ),
    "store": (
        "api.store api.store.{access_log,address,approved_visits,audit,carried_out,chain,check,"
        "check_finance,check_orders,committed,check_runs,check_worked,decision_rows,engine,erasing,"
        "failures,granted_rows,guards,migrate,moments,money_records,order_records,order_rows,"
        "performed_rows,person_check,person_keys,person_records,person_rows,placed,plan_rows,"
        "rate_rows,records,roster_rows,row_scope,row_security,run_rows,salting,schema,scoping,"
        "sealing,settlement_rows,sqlite,worked_rows} api.store.tables api.store.tables.{base,"
        "decisions,orders,people,performed,persons,plans,rates,rosters,runs,sessions,settlements,"
        "taken_in,trace,worked} api.store.migrations api.store.migrations.{env,policies,"
        "triggers} api.store.migrations.versions api.store.migrations.versions.{m0001_decisions,"
        "m0002_plans,m0003_runs,m0004_rosters,m0005_persons,m0006_leases,m0007_finance,"
        "m0008_orders,m0009_sessions,m0010_row_security,m0011_circumstance,m0012_worked_time,"
        "m0013_run_requests,m0014_hours_apart}",
        "care, plan, follow-up, pricing, rate book, payment, budget, exports, rim, documents, "
        "access",
    ),
    "flow": (
        "api.{boards,demo,judgement,flow,quotes}",
        "care, rules, standard times, visits, travel, validation, objective, plan, score, planner, "
        "data check, checker, move, recommend, replan, follow-up, simulate, pricing, fixtures, "
        "rim, documents, pages",
    ),
    "use cases": (
        "api.usecases api.usecases.{acts,amending,budgeting,choosing,counting,deadlines,deciding,"
        "erasing,following_up,handing_out,leasing,looking,ordering,ordering_steps,own_orders,"
        "performing,persons,planning,preparing,protecting,quoting,rating,reconciling,registering,"
        "rekeying,requested,retaining,reviewing,rooms,run_telling,running,sessions,setting_up,"
        "settlement_making,settlement_views,settling,showing,sight,taking_in,visit_changes,"
        "visit_views,worked_sources,worked_time}",
        "care, plan, move, pricing, rate book, payment, budget, exports, granted to paid, rim, "
        "documents, pages, store, flow, travel, recommend, access",
    ),
    "operations": (
        "api.operations api.operations.{backup,backup_folder,durability,encryption,logs,metrics,"
        "readiness,requests,sealed,table_copy,traces}",
        "care, rim, documents, access, store",
    ),
    "server": (
        "api.server api.server.{access_schemas,access_services,act_examples,act_schemas,"
        "act_services,admission,answer_schemas,app,day_services,decision_services,deps,examples,"
        "finance_examples,finance_schemas,finance_services,followup_examples,followup_schemas,"
        "followup_services,jobs,names,needs_examples,needs_schemas,needs_services,openapi,"
        "openapi_access,openapi_refusals,own_order_examples,own_order_schemas,own_order_services,"
        "person_examples,person_schemas,person_services,plan_services,problems,purse_examples,"
        "purse_services,scopes,services,serving,settings,settlement_showing,solver_process,"
        "solver_run,store_examples,store_schemas,versions,viewing,warming,watching,worked_examples,"
        "worked_schemas,worked_services,working} api.server.routes api.server.routes.{acts,"
        "amendments,auth,budgets,day_plan_views,day_plans,deadlines,decisions,follow_ups,health,"
        "hour_costs,municipalities,orders,own_orders,performed_visits,persons,plan_revisions,"
        "published,purses,quotes,rate_documents,readings,settlements,unit_days,worked_time}",
        "care, plan, follow-up, pricing, rim, documents, store, flow, use cases, operations, "
        "rate book, payment, budget, granted to paid, access",
    ),
    "client": (
        "api.client api.client.{calling,client,refused} api.client.operations "
        "api.client.operations.{acts,amendments,auth,budgets,day_plan_views,day_plans,deadlines,"
        "decisions,follow_ups,health,hour_costs,municipalities,orders,own_orders,performed_visits,"
        "persons,plan_revisions,published,purses,quotes,rate_documents,readings,settlements,"
        "unit_days,worked_time}",
        "care, rim, documents, access, server",
    ),
    "terminal": (
        "api.cli api.cli_{backup,database,followup,money,needs,options,persons} api.terminal "
        "api.terminal.{backups,budget,changes,commands,console,data_check,database,"
        "deadlines,evaluation,export,followup,output,payroll,persons,pricing,purse,rate_rules,"
        "rates,reading,"
        "readings,recommendation,replanning,settlement,"
        "simulation,travel,unit_cost}",
        "care, rules, data check, plan, checker, changes, recommend, replan, follow-up, simulate, "
        "pricing, rate book, budget, payment, granted to paid, exports, rim, documents, access, "
        "pages, "
        "routing, store, flow, use cases, operations, server",
    ),
}  # fmt: skip

# Library -> modules that may import it; everything below a listed package counts.
LIBRARIES = {
    "numba": ("scheduler.solve.kernel",),
    "ortools": ("scheduler.solve.model", "scheduler.solve.model_rules"),
    "numpy": (
        *(
            f"scheduler.{m}"
            for m in (
                "solve", "problem", "build", "travel", "fitted_travel", "given_travel", "remaining",
                "simulate", "datacheck", "proven",
            )
        ),
        "pricing.pay",
        "pricing.simulation",
    ),
    "openpyxl": ("pricing.pay.workbook", "pricing.pay.workbook_cells"),
    # Tables of what became of granted time, and who shows them; a plan's follow-up needs none. And
    # large files of performed visits.
    "pandas": (
        "pricing.pay.table",
        "pricing.followup.tables", "api.pages.followup_report", "api.pages.followup_workbook",
    ),
    "xlsxwriter": ("pricing.exports.cells", "api.pages.followup_workbook"),
    "matplotlib": ("api.pages.followup_charts",),
    "valhalla": ("api.routing.valhalla_router",),
    "fastapi": ("api.access.gate", "api.server"),
    "jwt": ("api.access.issuer", "api.access.tokens"),
    "authlib": ("api.access.login",),
    "itsdangerous": ("api.access.login",),
    "httpx2": ("api.access.fetching", "api.access.login", "api.client"),
    "sqlmodel": (
        "api.store",
        "api.usecases",
    ),
    "structlog": ("api.operations.logs",),
    "prometheus_client": ("api.operations.metrics",),
    "opentelemetry": ("api.operations.traces",),
    # Keys and identities in one place each.
    "cryptography": ("api.access.issuer", "api.operations.encryption", "api.store.sealing"),
    "personnummer": ("api.documents.identity_number",),
    "alembic": ("api.store.migrate", "api.store.migrations"),
    "typer": tuple(
        f"api.cli{part}"
        for part in (
            "", "_backup", "_database", "_followup", "_money", "_needs", "_options", "_persons",
        )
    ),
}  # fmt: skip


def expand(pattern: str) -> list[str]:
    """``a.{b,c} d`` -> a.b, a.c, d."""
    names = []
    for word in pattern.split():
        head, _, tail = word.partition("{")
        names += [head + end for end in tail.rstrip("}").split(",")] if tail else [word]
    return names


STAGE_OF = {module: stage for stage, (modules, _) in STAGES.items() for module in expand(modules)}


def modules() -> dict[str, Path]:
    """Every module of ours and its file."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = modules()


@cache
def imports(path: Path) -> frozenset[str]:
    """Modules and libraries that a file imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            assert node.module
            as_modules = {f"{node.module}.{alias.name}" for alias in node.names}
            named = as_modules & MODULES.keys()
            # "from package import module" means the module; anything else the package itself.
            found |= named or {node.module}
    return frozenset(found)


def test_every_module_is_listed_and_every_listed_module_exists() -> None:
    assert sorted(MODULES) == sorted(STAGE_OF)


def test_stages_only_name_stages_before_them() -> None:
    """The order of the list is the way of the data; a stage cannot reach for what comes later."""
    before: set[str] = set()
    for stage, (_, allowed) in STAGES.items():
        assert {a.strip() for a in allowed.split(",") if a.strip()} <= before, stage
        before.add(stage)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_from_its_stages(module: str) -> None:
    stage = STAGE_OF.get(module, "no stage lists it")
    allowed = {a.strip() for a in STAGES[stage][1].split(",")} | {stage}
    for other in imports(MODULES[module]):
        if other.split(".")[0] in PACKAGES:
            assert STAGE_OF.get(other) in allowed, f"{module} imports {other}"
        assert other.split(".")[0] not in ("tests", "bench"), f"{module} imports {other}"


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_stays_in_its_room(library: str) -> None:
    homes = LIBRARIES[library]
    for module, path in MODULES.items():
        if any(name.split(".")[0] == library for name in imports(path)):
            assert any(module == home or module.startswith(f"{home}.") for home in homes), module


def test_nouns_need_nothing_but_the_standard_library() -> None:
    for module, stage in STAGE_OF.items():
        if stage == "care":
            for other in imports(MODULES[module]):
                top = other.split(".")[0]
                assert top == "scheduler" or top in sys.stdlib_module_names, (module, other)


def test_only_the_flow_leads_from_plan_to_price() -> None:
    """Whoever else measures and prices would sooner or later do it in another way."""
    both = {
        module
        for module, path in MODULES.items()
        if "pricing.price" in imports(path)
        and imports(path) & {"scheduler.planner", "scheduler.followup", "scheduler.visits"}
    }
    assert both == {"api.flow"}


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("pricing.price", "numpy ortools numba pandas fastapi scheduler.plan scheduler.solve"),
        ("pricing.book.reading", "numpy ortools numba pandas fastapi scheduler.plan"),
        ("scheduler.checker", "ortools numba scheduler.solve scheduler.problem"),
        ("api.cli", "numpy ortools numba pandas fastapi sqlmodel"),
    ],
)
def test_importing_loads_nothing_unwanted(module: str, unwanted: str) -> None:
    """Also through others: read off a fresh interpreter."""
    code = f"import {module}, sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert not set(unwanted.split()) & set(run.stdout.split())
