"""The process that does the jobs: as many as one likes at once, each stopping cleanly when told to."""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor

import procrastinate
import structlog

from vae_portal.actions.services import Services, from_settings
from vae_portal.jobs import tasks
from vae_portal.persistence import queue
from vae_portal.persistence.database import libpq_url
from vae_portal.settings import Settings

log = structlog.get_logger(__name__)

CONCURRENCY = 6  # jobs at once, each in a thread: they wait for the store, the mail server and the antivirus
_STOP_SECONDS = 20  # that jobs under way are given to end
_PAUSE_SECONDS = 3  # before coming back after the database was lost


def build(services: Services, *, periodic: bool = True) -> procrastinate.App:
    """The app with every task; not open yet."""
    connector = procrastinate.PsycopgConnector(
        conninfo=libpq_url(services.settings.database_url), min_size=1, max_size=6, timeout=10
    )
    app = procrastinate.App(connector=connector)
    tasks.register(app, services, periodic)
    return app


def run(settings: Settings) -> None:
    """Does jobs until SIGTERM or SIGINT, then ends those under way; comes back by itself when the database does."""
    services = from_settings(settings)
    try:
        asyncio.run(_serve(services))
    finally:
        services.database.close()


def run_until_empty(services: Services) -> None:
    """Does every job that is due, one after the other, in this process, and returns; nothing periodic."""

    async def drain() -> None:
        app = build(services, periodic=False)
        async with app.open_async():
            await app.run_worker_async(wait=False, concurrency=1, listen_notify=False, install_signal_handlers=False)

    asyncio.run(drain())


async def _serve(services: Services) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(CONCURRENCY + 2, thread_name_prefix="job"))
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    told = asyncio.create_task(stop.wait())
    while not stop.is_set():
        work = asyncio.create_task(_work(services))
        await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            work.cancel()  # asks it to end the jobs under way and take no other
        (outcome,) = await asyncio.gather(work, return_exceptions=True)
        if not stop.is_set():
            log.error("worker_lost_its_database", fault=repr(outcome))
            await asyncio.wait({told}, timeout=_PAUSE_SECONDS)
    log.info("worker_stopped")


async def _work(services: Services) -> None:
    app = build(services)
    async with app.open_async():
        await tasks.defer_hourly(app)
        async with asyncio.TaskGroup() as every:
            every.create_task(_take(app, queue.DEFAULT, CONCURRENCY))
            every.create_task(_take(app, queue.PREVIEWS, 1))
            every.create_task(_take(app, queue.PLANS, 1))


async def _take(app: procrastinate.App, name: str, at_once: int) -> None:
    """Do the jobs of one queue until cancelled: previews, which last, never keep a mail or a check waiting."""
    await app.run_worker_async(
        queues=[name],
        name=name,
        concurrency=at_once,
        install_signal_handlers=False,
        shutdown_graceful_timeout=_STOP_SECONDS,
        delete_jobs="successful",
    )
