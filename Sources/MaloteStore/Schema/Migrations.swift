// The tables, as numbered steps from nothing to now; knows nothing of who reads them.

/// Schemas are numbered by the steps that lead to them.
package enum SchemaVersion {
    /// The one that this version works on.
    package static var present: Int { Migrations.steps.count }
}

/// One step: SQL for both engines, and what only one of them needs.
struct Migration: ExpressibleByStringLiteral {
    /// With SQLite's types of columns, which `PostgresSchema` translates.
    var common: String
    /// Runs after it on PostgreSQL.
    var postgres = ""
    /// Programs that know only the steps before it go on working: while nodes are upgraded one after the other, old ones and
    /// new ones share the schema. Whatever is taken away or means something else is none of that.
    var isAdditive = false

    init(stringLiteral text: String) { common = text }

    init(_ common: String, postgres: String = "", isAdditive: Bool = false) {
        self.common = common
        self.postgres = postgres
        self.isAdditive = isAdditive
    }
}

/// Each step runs once, in a transaction of its own, in order. Steps are never edited after a release: what is wrong in
/// one is mended by the next.
enum Migrations {
    /// `malo` in ASCII: tells our files from other SQLite files.
    static let applicationID = 0x6D61_6C6F

    static let steps: [Migration] = [
        """
        CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
        CREATE TABLE registry (
            kind TEXT NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (kind, name));
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

        CREATE TABLE cursors (
            inbox INTEGER NOT NULL, folder TEXT NOT NULL, validity INTEGER NOT NULL, last_uid INTEGER NOT NULL,
            PRIMARY KEY (inbox, folder));
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY, inbox INTEGER NOT NULL, folder TEXT NOT NULL, validity INTEGER NOT NULL,
            uid TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, settled INTEGER NOT NULL,
            message INTEGER,
            UNIQUE (inbox, folder, validity, uid));
        CREATE INDEX ledger_wanted ON ledger (inbox, id) WHERE state = 'wanted';
        CREATE INDEX ledger_unsettled ON ledger (inbox, id) WHERE settled = 0 AND state <> 'wanted';
        CREATE TABLE ledger_counts (
            inbox INTEGER NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (inbox, state));

        CREATE TABLE messages (
            id INTEGER PRIMARY KEY, contract INTEGER NOT NULL, inbox INTEGER NOT NULL, message_id TEXT,
            sha256 BLOB NOT NULL, size INTEGER NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL,
            received INTEGER NOT NULL, fate TEXT NOT NULL, ticket INTEGER);
        CREATE INDEX messages_by_digest ON messages (contract, sha256);
        CREATE TABLE raw_sources (message INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE tickets (
            id INTEGER PRIMARY KEY, contract INTEGER NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL,
            external TEXT, requester_name TEXT, requester TEXT, subject TEXT NOT NULL,
            UNIQUE (contract, number), UNIQUE (contract, key));
        CREATE TABLE threads (
            contract INTEGER NOT NULL, message_id TEXT NOT NULL, ticket INTEGER NOT NULL,
            PRIMARY KEY (contract, message_id));
        CREATE TABLE events (
            id INTEGER PRIMARY KEY, event TEXT NOT NULL UNIQUE, contract INTEGER NOT NULL, kind TEXT NOT NULL,
            subject TEXT NOT NULL, time INTEGER NOT NULL, json TEXT NOT NULL);
        CREATE INDEX events_by_contract ON events (contract, id);

        CREATE TABLE notifications (
            id INTEGER PRIMARY KEY, contract INTEGER NOT NULL, outbox INTEGER NOT NULL, message_id TEXT NOT NULL,
            envelope_from TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL, ticket INTEGER,
            idempotency_key TEXT, outbox_trace TEXT NOT NULL, created INTEGER NOT NULL,
            UNIQUE (contract, idempotency_key));
        CREATE TABLE contents (notification INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY, notification INTEGER NOT NULL, contract INTEGER NOT NULL, outbox INTEGER NOT NULL,
            recipient TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL,
            created INTEGER NOT NULL, failure TEXT, reply TEXT, settled INTEGER);
        CREATE INDEX deliveries_due ON deliveries (contract, outbox, next_attempt, id) WHERE state = 'queued';
        CREATE INDEX deliveries_waiting ON deliveries (contract, outbox, created) WHERE state = 'queued';
        CREATE INDEX deliveries_sending ON deliveries (id) WHERE state = 'sending';
        CREATE INDEX deliveries_by_state ON deliveries (state, id);
        CREATE INDEX deliveries_by_notification ON deliveries (notification);
        CREATE TABLE lane_counts (
            contract INTEGER NOT NULL, outbox INTEGER NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (contract, outbox, state));

        CREATE TABLE health (mailbox INTEGER PRIMARY KEY, body TEXT NOT NULL);
        """,
        """
        CREATE INDEX messages_by_message_id ON messages (contract, message_id);
        """,
        """
        CREATE TABLE raw_pieces (
            message INTEGER NOT NULL, start INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (message, start));
        """,
        """
        CREATE TABLE tokens (
            mailbox INTEGER PRIMARY KEY, sealed BLOB NOT NULL, origin BLOB NOT NULL, since INTEGER NOT NULL,
            expires INTEGER);
        """,
        """
        ALTER TABLE messages ADD COLUMN history TEXT NOT NULL DEFAULT '';
        ALTER TABLE messages ADD COLUMN ledger INTEGER;
        ALTER TABLE ledger ADD COLUMN history TEXT NOT NULL DEFAULT '';
        UPDATE messages SET ledger = row.id FROM ledger AS row WHERE row.message = messages.id;
        CREATE INDEX messages_quarantined ON messages (id) WHERE fate = 'quarantined';
        CREATE INDEX messages_by_ticket ON messages (ticket) WHERE ticket IS NOT NULL;
        CREATE INDEX notifications_by_ticket ON notifications (ticket) WHERE ticket IS NOT NULL;
        CREATE INDEX ledger_unfetched ON ledger (id) WHERE state = 'quarantined' AND message IS NULL;
        CREATE TABLE answer_counts (
            contract INTEGER NOT NULL, scope TEXT NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (contract, scope, hour));
        """,
        """
        ALTER TABLE tickets ADD COLUMN closed INTEGER;
        CREATE INDEX notifications_by_message_id ON notifications (contract, message_id);
        ALTER TABLE deliveries ADD COLUMN delay_told INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX deliveries_untold ON deliveries (created) WHERE state = 'queued' AND delay_told = 0;
        """,
        """
        ALTER TABLE notifications ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE deliveries ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE deliveries ADD COLUMN earlier_attempts INTEGER NOT NULL DEFAULT 0;
        DROP INDEX deliveries_due;
        CREATE INDEX deliveries_due ON deliveries (contract, outbox, priority, next_attempt, id)
            WHERE state = 'queued';
        CREATE TABLE holds (contract INTEGER PRIMARY KEY, since INTEGER NOT NULL);
        CREATE TABLE sent_counts (
            outbox INTEGER NOT NULL, span INTEGER NOT NULL, slot INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (outbox, span, slot));
        CREATE TABLE suppressions (
            contract INTEGER NOT NULL, address TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL,
            PRIMARY KEY (contract, address));
        """,
        """
        ALTER TABLE events ADD COLUMN again_from INTEGER;
        ALTER TABLE events ADD COLUMN again_count INTEGER;
        ALTER TABLE events ADD COLUMN again_at INTEGER;
        DROP INDEX messages_by_digest;
        CREATE INDEX messages_by_digest ON messages (contract, sha256) WHERE message_id IS NULL;
        """,
        """
        ALTER TABLE ledger ADD COLUMN backlog INTEGER NOT NULL DEFAULT 0;
        DROP INDEX ledger_wanted;
        CREATE INDEX ledger_wanted ON ledger (inbox, backlog, id) WHERE state = 'wanted';
        """,
        """
        CREATE TABLE template_versions (
            name TEXT NOT NULL, language TEXT NOT NULL, number INTEGER NOT NULL, time INTEGER, body TEXT,
            PRIMARY KEY (name, language, number));
        """,
        """
        ALTER TABLE tickets ADD COLUMN opened_by TEXT;
        ALTER TABLE tickets ADD COLUMN cc TEXT;
        ALTER TABLE tickets ADD COLUMN fields TEXT;
        CREATE TABLE occasions (
            id INTEGER PRIMARY KEY, contract INTEGER NOT NULL, ticket INTEGER, idempotency_key TEXT,
            body TEXT NOT NULL, history TEXT NOT NULL,
            UNIQUE (contract, idempotency_key));
        CREATE INDEX occasions_by_ticket ON occasions (ticket) WHERE ticket IS NOT NULL;
        CREATE INDEX occasions_by_contract ON occasions (contract, id);
        CREATE TABLE planned_steps (
            id INTEGER PRIMARY KEY, occasion INTEGER NOT NULL, contract INTEGER NOT NULL, ticket INTEGER,
            flow TEXT NOT NULL, step INTEGER NOT NULL, due INTEGER NOT NULL);
        CREATE INDEX planned_steps_due ON planned_steps (due, id);
        CREATE INDEX planned_steps_by_ticket ON planned_steps (ticket) WHERE ticket IS NOT NULL;
        """,
        """
        CREATE TABLE approvals (
            id INTEGER PRIMARY KEY, contract INTEGER NOT NULL, ticket INTEGER NOT NULL, flow TEXT NOT NULL,
            step INTEGER NOT NULL, nonce BLOB NOT NULL, subject TEXT NOT NULL, summary TEXT NOT NULL,
            quorum INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, state TEXT NOT NULL,
            ended INTEGER);
        CREATE INDEX approvals_by_ticket ON approvals (ticket);
        CREATE INDEX approvals_by_contract ON approvals (contract, id);
        CREATE INDEX approvals_pending ON approvals (expires, id) WHERE state = 'pending';
        CREATE TABLE approval_voters (
            approval INTEGER NOT NULL, place INTEGER NOT NULL, address TEXT NOT NULL, name TEXT, asked_group TEXT,
            notification INTEGER, choice TEXT, way TEXT, time INTEGER, comment TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (approval, place));
        CREATE INDEX approval_voters_by_notification ON approval_voters (notification) WHERE notification IS NOT NULL;
        """,
        """
        CREATE INDEX tickets_open ON tickets (contract, number) WHERE closed IS NULL;
        CREATE INDEX events_rare ON events (kind, contract, id)
            WHERE kind NOT IN ('notification.sent', 'ticket.opened', 'ticket.replied');
        """,
        """
        CREATE TABLE endpoints (
            contract INTEGER PRIMARY KEY, position INTEGER NOT NULL, disabled_by TEXT, disabled_since INTEGER,
            failure TEXT, failing_since INTEGER, failures INTEGER NOT NULL, next_try INTEGER, last_status INTEGER,
            last_tried INTEGER, last_delivered INTEGER, delivered INTEGER NOT NULL);
        CREATE TABLE refused_events (
            contract INTEGER NOT NULL, place INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
            next_attempt INTEGER NOT NULL, first_refused INTEGER NOT NULL, last_refused INTEGER NOT NULL,
            failure TEXT NOT NULL,
            PRIMARY KEY (contract, place));
        CREATE INDEX refused_events_due ON refused_events (contract, state, next_attempt, place);
        CREATE TABLE acknowledgements (contract INTEGER PRIMARY KEY, place INTEGER NOT NULL);
        """,
        """
        CREATE TABLE access_tokens (
            name TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, role TEXT NOT NULL, contract INTEGER,
            created INTEGER NOT NULL, expires INTEGER, last_used INTEGER);
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT NOT NULL, place TEXT NOT NULL, action TEXT NOT NULL,
            subject TEXT NOT NULL, contract TEXT, details TEXT NOT NULL, outcome TEXT NOT NULL);
        CREATE INDEX audit_by_contract ON audit (contract, id) WHERE contract IS NOT NULL;
        CREATE INDEX audit_by_who ON audit (who, id);
        CREATE TABLE kept_answers (
            caller TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL, type TEXT NOT NULL,
            body BLOB NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (caller, key));
        CREATE INDEX kept_answers_by_time ON kept_answers (time);
        ALTER TABLE notifications ADD COLUMN fingerprint BLOB;
        """,
        """
        CREATE TABLE course (
            contract INTEGER NOT NULL, slot INTEGER NOT NULL, received INTEGER NOT NULL, events INTEGER NOT NULL,
            sent INTEGER NOT NULL, failed INTEGER NOT NULL, lag INTEGER NOT NULL, queue_age INTEGER NOT NULL,
            PRIMARY KEY (contract, slot));
        CREATE INDEX course_by_slot ON course (slot);
        CREATE TABLE alerts (place INTEGER PRIMARY KEY, body TEXT NOT NULL);
        """,
        Migration(
            """
            ALTER TABLE tokens ADD COLUMN key TEXT;
            """, postgres: PostgresSchema.extras),
        Migration("", postgres: PostgresSchema.notes, isAdditive: true),
    ]
}
