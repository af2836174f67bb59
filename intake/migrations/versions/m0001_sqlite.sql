CREATE TABLE audit (
    seq BIGINT NOT NULL,
    case_id VARCHAR(40),
    leaf TEXT NOT NULL,
    leaf_hash BLOB NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (seq)
);

CREATE INDEX ix_audit_case_id ON audit (case_id);

CREATE TABLE audit_nodes (
    level INTEGER NOT NULL,
    place BIGINT NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_audit_nodes PRIMARY KEY (level, place)
);

CREATE TABLE checkpoints (
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_checkpoints PRIMARY KEY (size)
);

CREATE TABLE counters (
    name VARCHAR(40) NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_counters PRIMARY KEY (name)
);

CREATE TABLE idempotency (
    actor VARCHAR(40) NOT NULL,
    key_hash BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER,
    answer_sealed BLOB,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (actor, key_hash)
);

CREATE TABLE keys (
    owner VARCHAR(40) NOT NULL,
    wrapped BLOB NOT NULL,
    master_version INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_keys PRIMARY KEY (owner)
);

CREATE TABLE organisations (
    id VARCHAR(40) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    bank_id VARCHAR(40),
    name VARCHAR(200) NOT NULL,
    disabled_at DATETIME,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_organisations PRIMARY KEY (id),
    CONSTRAINT ck_organisations_kind CHECK (kind in ('bank', 'branch', 'agency')),
    CONSTRAINT fk_organisations_bank_id FOREIGN KEY(bank_id) REFERENCES organisations (id),
    CONSTRAINT uq_organisations_name UNIQUE (name)
);

CREATE TABLE throttle (
    bucket BLOB NOT NULL,
    failures INTEGER NOT NULL,
    until DATETIME,
    last_at DATETIME NOT NULL,
    CONSTRAINT pk_throttle PRIMARY KEY (bucket)
);

CREATE TABLE agency_branches (
    agency_id VARCHAR(40) NOT NULL,
    branch_id VARCHAR(40) NOT NULL,
    CONSTRAINT pk_agency_branches PRIMARY KEY (agency_id, branch_id),
    CONSTRAINT fk_agency_branches_agency_id FOREIGN KEY(agency_id) REFERENCES organisations (id),
    CONSTRAINT fk_agency_branches_branch_id FOREIGN KEY(branch_id) REFERENCES organisations (id)
);

CREATE TABLE cases (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    bank_id VARCHAR(40) NOT NULL,
    branch_id VARCHAR(40) NOT NULL,
    agency_id VARCHAR(40),
    opened_by VARCHAR(40) NOT NULL,
    reference VARCHAR(100),
    product VARCHAR(40),
    declared_sealed BLOB NOT NULL,
    stage VARCHAR(12) NOT NULL,
    inputs INTEGER NOT NULL,
    completed_inputs INTEGER,
    report INTEGER NOT NULL,
    verdict VARCHAR(12),
    etag INTEGER NOT NULL,
    legal_hold BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    due_at DATETIME,
    completed_at DATETIME,
    closed_at DATETIME,
    erased_at DATETIME,
    CONSTRAINT pk_cases PRIMARY KEY (id),
    CONSTRAINT ck_cases_stage CHECK (stage in ('open', 'review', 'returned', 'passed', 'declined', 'closed', 'erased')),
    CONSTRAINT uq_cases_seq UNIQUE (seq),
    CONSTRAINT fk_cases_bank_id FOREIGN KEY(bank_id) REFERENCES organisations (id),
    CONSTRAINT fk_cases_branch_id FOREIGN KEY(branch_id) REFERENCES organisations (id),
    CONSTRAINT fk_cases_agency_id FOREIGN KEY(agency_id) REFERENCES organisations (id)
);

CREATE INDEX ix_cases_agency_seq ON cases (agency_id, seq);

CREATE INDEX ix_cases_bank_seq ON cases (bank_id, seq);

CREATE INDEX ix_cases_branch_seq ON cases (branch_id, seq);

CREATE INDEX ix_cases_branch_stage_due_at ON cases (branch_id, stage, due_at);

CREATE INDEX ix_cases_branch_stage_seq ON cases (branch_id, stage, seq);

CREATE INDEX ix_cases_branch_updated_at ON cases (branch_id, updated_at);

CREATE TABLE clients (
    id VARCHAR(40) NOT NULL,
    organisation_id VARCHAR(40) NOT NULL,
    name VARCHAR(100) NOT NULL,
    scopes VARCHAR(400) NOT NULL,
    disabled_at DATETIME,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_clients PRIMARY KEY (id),
    CONSTRAINT fk_clients_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);

CREATE INDEX ix_clients_organisation_id ON clients (organisation_id);

CREATE TABLE settings (
    organisation_id VARCHAR(40) NOT NULL,
    name VARCHAR(60) NOT NULL,
    value VARCHAR(400) NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY (organisation_id, name),
    CONSTRAINT fk_settings_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);

CREATE TABLE users (
    id VARCHAR(40) NOT NULL,
    organisation_id VARCHAR(40) NOT NULL,
    login VARCHAR(100) NOT NULL,
    name_sealed BLOB NOT NULL,
    role VARCHAR(15) NOT NULL,
    password_hash VARCHAR(200) NOT NULL,
    totp_sealed BLOB,
    totp_last_step BIGINT NOT NULL,
    must_change BOOLEAN NOT NULL,
    disabled_at DATETIME,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_role CHECK (role in ('broker', 'manager', 'administrator', 'auditor')),
    CONSTRAINT fk_users_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT uq_users_login UNIQUE (login)
);

CREATE INDEX ix_users_organisation_id ON users (organisation_id);

CREATE TABLE webhooks (
    id VARCHAR(40) NOT NULL,
    organisation_id VARCHAR(40) NOT NULL,
    url_sealed BLOB NOT NULL,
    secret_sealed BLOB NOT NULL,
    kinds VARCHAR(400) NOT NULL,
    disabled_at DATETIME,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_webhooks PRIMARY KEY (id),
    CONSTRAINT fk_webhooks_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);

CREATE INDEX ix_webhooks_organisation_id ON webhooks (organisation_id);

CREATE TABLE case_index (
    case_id VARCHAR(40) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    digest BLOB NOT NULL,
    CONSTRAINT pk_case_index PRIMARY KEY (case_id, kind, digest),
    CONSTRAINT fk_case_index_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_case_index_digest ON case_index (kind, digest);

CREATE TABLE corrections (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    document VARCHAR(120) NOT NULL,
    content_sealed BLOB NOT NULL,
    about VARCHAR(120) NOT NULL,
    claimed BOOLEAN NOT NULL,
    "by" VARCHAR(40) NOT NULL,
    created_at DATETIME NOT NULL,
    undone_at DATETIME,
    CONSTRAINT pk_corrections PRIMARY KEY (id),
    CONSTRAINT ck_corrections_kind CHECK (kind in ('field', 'type', 'party', 'join', 'split')),
    CONSTRAINT uq_corrections_seq UNIQUE (seq),
    CONSTRAINT fk_corrections_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_corrections_case_id ON corrections (case_id);

CREATE TABLE credentials (
    id VARCHAR(40) NOT NULL,
    client_id VARCHAR(40) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    secret_hash BLOB NOT NULL,
    scopes VARCHAR(400) NOT NULL,
    expires_at DATETIME,
    last_used_at DATETIME,
    revoked_at DATETIME,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_credentials PRIMARY KEY (id),
    CONSTRAINT ck_credentials_kind CHECK (kind in ('secret', 'key', 'token')),
    CONSTRAINT fk_credentials_client_id FOREIGN KEY(client_id) REFERENCES clients (id),
    CONSTRAINT uq_credentials_secret_hash UNIQUE (secret_hash)
);

CREATE INDEX ix_credentials_client_id ON credentials (client_id);

CREATE TABLE decisions (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    finding VARCHAR(64) NOT NULL,
    decision VARCHAR(10) NOT NULL,
    reason_sealed BLOB,
    "by" VARCHAR(40) NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_decisions PRIMARY KEY (id),
    CONSTRAINT ck_decisions_decision CHECK (decision in ('confirmed', 'waived', 'noticed', 'open')),
    CONSTRAINT uq_decisions_seq UNIQUE (seq),
    CONSTRAINT fk_decisions_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_decisions_case_id ON decisions (case_id);

CREATE TABLE events (
    seq INTEGER NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    kind VARCHAR(40) NOT NULL,
    internal BOOLEAN NOT NULL,
    data TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (seq),
    CONSTRAINT fk_events_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_events_case_id ON events (case_id);

CREATE TABLE files (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    name_sealed BLOB NOT NULL,
    kind VARCHAR(10) NOT NULL,
    mime VARCHAR(60) NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    blob VARCHAR(100) NOT NULL,
    state VARCHAR(10) NOT NULL,
    pages INTEGER,
    error VARCHAR(30),
    quality VARCHAR(200),
    uploaded_by VARCHAR(40) NOT NULL,
    created_at DATETIME NOT NULL,
    removed_at DATETIME,
    CONSTRAINT pk_files PRIMARY KEY (id),
    CONSTRAINT ck_files_state CHECK (state in ('waiting', 'reading', 'read', 'failed')),
    CONSTRAINT uq_files_seq UNIQUE (seq),
    CONSTRAINT fk_files_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT uq_files_blob UNIQUE (blob)
);

CREATE INDEX ix_files_case_id ON files (case_id);

CREATE INDEX ix_files_case_sha256 ON files (case_id, sha256);

CREATE TABLE messages (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    finding VARCHAR(64),
    file_id VARCHAR(40),
    internal BOOLEAN NOT NULL,
    text_sealed BLOB NOT NULL,
    "by" VARCHAR(40) NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT uq_messages_seq UNIQUE (seq),
    CONSTRAINT fk_messages_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_messages_case_id ON messages (case_id);

CREATE TABLE notices (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    report INTEGER NOT NULL,
    content_sealed BLOB NOT NULL,
    points_sealed BLOB,
    "by" VARCHAR(40) NOT NULL,
    created_at DATETIME NOT NULL,
    settled_at DATETIME,
    CONSTRAINT pk_notices PRIMARY KEY (id),
    CONSTRAINT uq_notices_seq UNIQUE (seq),
    CONSTRAINT fk_notices_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_notices_case_id ON notices (case_id);

CREATE TABLE reports (
    case_id VARCHAR(40) NOT NULL,
    version INTEGER NOT NULL,
    inputs INTEGER NOT NULL,
    verdict VARCHAR(12) NOT NULL,
    findings INTEGER NOT NULL,
    codes TEXT NOT NULL,
    blob VARCHAR(100) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    leaf BIGINT NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_reports PRIMARY KEY (case_id, version),
    CONSTRAINT uq_reports_case_id_inputs UNIQUE (case_id, inputs),
    CONSTRAINT fk_reports_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT uq_reports_blob UNIQUE (blob)
);

CREATE TABLE sessions (
    token_hash BLOB NOT NULL,
    user_id VARCHAR(40) NOT NULL,
    csrf_hash BLOB NOT NULL,
    last_seen_at DATETIME NOT NULL,
    ends_at DATETIME NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (token_hash),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE TABLE uploads (
    id VARCHAR(40) NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    name_sealed BLOB NOT NULL,
    size BIGINT NOT NULL,
    received BIGINT NOT NULL,
    pieces TEXT NOT NULL,
    file_id VARCHAR(40),
    started_by VARCHAR(40) NOT NULL,
    created_at DATETIME NOT NULL,
    ends_at DATETIME NOT NULL,
    CONSTRAINT pk_uploads PRIMARY KEY (id),
    CONSTRAINT fk_uploads_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_uploads_case_id ON uploads (case_id);

CREATE TABLE visits (
    user_id VARCHAR(40) NOT NULL,
    place VARCHAR(40) NOT NULL,
    since DATETIME,
    at DATETIME NOT NULL,
    CONSTRAINT pk_visits PRIMARY KEY (user_id, place),
    CONSTRAINT fk_visits_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE TABLE work (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    kind VARCHAR(8) NOT NULL,
    case_id VARCHAR(40) NOT NULL,
    file_id VARCHAR(40) NOT NULL,
    first_page INTEGER NOT NULL,
    last_page INTEGER NOT NULL,
    inputs INTEGER NOT NULL,
    form VARCHAR(8) NOT NULL,
    priority INTEGER NOT NULL,
    state VARCHAR(8) NOT NULL,
    attempt INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    beat INTEGER NOT NULL,
    worker VARCHAR(60),
    pages_done INTEGER NOT NULL,
    result VARCHAR(120),
    error VARCHAR(30),
    created_at DATETIME NOT NULL,
    started_at DATETIME,
    done_at DATETIME,
    CONSTRAINT pk_work PRIMARY KEY (id),
    CONSTRAINT ck_work_kind CHECK (kind in ('read', 'check', 'paper')),
    CONSTRAINT ck_work_state CHECK (state in ('queued', 'running', 'done', 'failed', 'dropped')),
    CONSTRAINT uq_work_kind_case_id_file_id_first_page_inputs_form UNIQUE (kind, case_id, file_id, first_page, inputs, form),
    CONSTRAINT uq_work_seq UNIQUE (seq),
    CONSTRAINT fk_work_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE INDEX ix_work_case_id ON work (case_id);

CREATE INDEX ix_work_file_id ON work (file_id);

CREATE INDEX ix_work_state_priority_seq ON work (state, priority, seq);

CREATE TABLE deliveries (
    id VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    webhook_id VARCHAR(40) NOT NULL,
    event_seq BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL,
    attempt INTEGER NOT NULL,
    status INTEGER,
    problem VARCHAR(60),
    next_at DATETIME,
    done_at DATETIME,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_deliveries_webhook_id_event_seq UNIQUE (webhook_id, event_seq),
    CONSTRAINT uq_deliveries_seq UNIQUE (seq),
    CONSTRAINT fk_deliveries_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id),
    CONSTRAINT fk_deliveries_event_seq FOREIGN KEY(event_seq) REFERENCES events (seq)
);

CREATE INDEX ix_deliveries_state_seq ON deliveries (state, seq);
