"""create_app(): wiring, no logic."""

from __future__ import annotations

import datetime as dt
from functools import partial

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from assessment.infra.logging import configure_logging
from assessment.infra.queue import Queue, queue_url
from assessment.infra.settings import Settings, make_instance
from assessment.jobs.handlers import Handlers
from assessment.jobs.make_engagement_file import make_engagement
from assessment.jobs.make_portfolio_file import make_portfolio_file
from assessment.jobs.print_plan import print_plan
from assessment.jobs.worker import Worker
from assessment.services.attempts import Attempts
from assessment.services.engagement_files import MAKE_ENGAGEMENT
from assessment.services.plan_documents import PRINT_PLAN
from assessment.services.portfolio_files import MAKE_FILE
from assessment.services.upgrade import upgrade_database
from assessment.store.database import Database, make_engine
from assessment.web import (
    access,
    accounts,
    audit,
    auditing,
    base,
    campaigns,
    documents,
    errors,
    feedback,
    health,
    help,
    history,
    home,
    limits,
    logging,
    mail,
    members,
    organisation_cards,
    organisations,
    outbox,
    owners,
    paper_kit,
    participate,
    phone_test,
    plans,
    portfolio,
    prepare,
    public_links,
    quick_entry,
    repetitions,
    respond,
    results,
    rounds,
    security,
    setup,
    shared_plans,
    styleguide,
    teams,
    transactions,
    unsubscribing,
    visits,
    workshops,
)
from assessment.web.accounts import forgotten_password, sign_in

FEATURES = (
    health,
    help,
    home,
    setup,
    accounts,
    organisations,
    paper_kit,
    portfolio,
    members,
    outbox,
    audit,
    teams,
    campaigns,
    rounds,
    quick_entry,
    workshops,
    repetitions,
    results,
    history,
    plans,
    shared_plans,
    owners,
    unsubscribing,
    phone_test,
    documents,
    feedback,
    styleguide,
)


def make_worker(app: Flask) -> Worker:
    """What does this application's later work in threads, once it is started; one for each server is enough."""
    days = app.extensions["escala_settings"].keep_printed_plans_days
    return Worker(
        app.extensions["escala_database"],
        app.extensions["escala_queue"],
        _handlers(app),
        keep_printed=None if days is None else dt.timedelta(days=days),
    )


def _handlers(app: Flask) -> Handlers:
    settings: Settings = app.extensions["escala_settings"]
    return Handlers(
        database=app.extensions["escala_database"],
        mailer=mail.mailer_of(app),
        queue=app.extensions["escala_queue"],
        kinds={
            forgotten_password.KIND: partial(forgotten_password.write_link, app),
            PRINT_PLAN: partial(
                print_plan, app.extensions["escala_database"], app.extensions["escala_documents"].workers
            ),
            MAKE_FILE: partial(
                make_portfolio_file, app.extensions["escala_database"], app.extensions["escala_documents"].workers
            ),
            MAKE_ENGAGEMENT: partial(
                make_engagement, app.extensions["escala_database"], app.extensions["escala_documents"].workers
            ),
        },
        addresses=mail.addresses_of(app),
        per_minute=settings.mails_per_minute,
    )


def close_app(app: Flask, worker: Worker | None = None) -> None:
    """Ends what an application holds: its processes, its later work and its connections."""
    app.extensions["escala_documents"].close()  # first, so that nobody waits for its documents
    if worker is not None:
        worker.stop()
    app.extensions["escala_queue"].close()
    app.extensions["escala_database"].engine.dispose()


def create_app(settings: Settings, *, testing: bool = False) -> Flask:
    """The application of these settings; an embedded database is brought up to date."""
    app = base.new_app("assessment.web", settings, testing=testing)
    app.config.update(
        MAX_CONTENT_LENGTH=2_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,  # a form carries the imported file
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    configure_logging(settings.log_format)
    logging.init_app(app)
    database = Database(make_engine(settings.database_url))
    if settings.is_embedded:
        make_instance(settings.instance)
        upgrade_database(database)
    database.compact_if_owed(patience=1)
    app.extensions["escala_queue"] = Queue(None if testing else settings.queue_url or queue_url(settings.database_url))
    # Before the transactions, since what is first here is last after a request: they end, then tries are counted.
    limits.init_app(app, Attempts(database, settings.secret_key))
    transactions.init_app(app, database)
    auditing.init_app(app)  # after the transactions, so that it comes before they end
    security.init_app(app)
    visits.init_app(app)
    mail.init_app(app, settings)
    prepare.init_app(app, settings, testing=testing)
    public_links.init_app(app)
    sign_in.init_app(app, settings)
    access.init_app(app)
    organisation_cards.init_app(app)
    errors.init_app(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    respondents = respond.create_respondents_app(app)
    app.extensions["escala_respondents"] = respondents
    participants = participate.create_participants_app(app)
    app.extensions["escala_participants"] = participants
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {"/r": respondents, "/w": participants}
    )
    app.extensions["escala_queue"].handle_with(_handlers(app).by_topic)
    return app
