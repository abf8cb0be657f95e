-- SPDX-License-Identifier: Apache-2.0
-- The library, its ratings and the job queue. Times are milliseconds since 1970 in UTC.

-- One row a picture. `file` is relative to the images folder, so that a profile folder can be moved.
CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    prompt TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    has_alpha INTEGER NOT NULL,
    rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
    created_at INTEGER NOT NULL,
    elapsed_ms REAL NOT NULL DEFAULT 0,
    job_id INTEGER NOT NULL DEFAULT 0,
    trashed_at INTEGER
);
CREATE UNIQUE INDEX items_live_file ON items (file) WHERE trashed_at IS NULL;
CREATE INDEX items_trashed ON items (trashed_at) WHERE trashed_at IS NOT NULL;

-- Kept apart from `items`, so that listing ten thousand pictures does not read ten thousand requests.
CREATE TABLE item_requests (
    item_id INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    request TEXT NOT NULL
);

-- What later stages learn from: never changed, never deleted, and complete without the other tables.
CREATE TABLE ratings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL,
    stars INTEGER NOT NULL CHECK (stars BETWEEN 0 AND 5),
    request TEXT NOT NULL,
    model_id TEXT NOT NULL,
    file TEXT NOT NULL,
    rated_at INTEGER NOT NULL
);
CREATE INDEX ratings_item ON ratings (item_id);
CREATE TRIGGER ratings_are_never_changed BEFORE UPDATE ON ratings
BEGIN
    SELECT RAISE(ABORT, 'ratings are append-only');
END;
CREATE TRIGGER ratings_are_never_deleted BEFORE DELETE ON ratings
BEGIN
    SELECT RAISE(ABORT, 'ratings are append-only');
END;

-- `position` orders the waiting jobs, `finished_at` the finished ones. Progress is not stored.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    position INTEGER NOT NULL,
    request TEXT NOT NULL,
    images_done INTEGER NOT NULL DEFAULT 0,
    error_code TEXT NOT NULL DEFAULT '',
    error_detail TEXT NOT NULL DEFAULT '',
    elapsed_ms REAL NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
);

-- Written by the checkpointer, so that the log's new header reaches the disk on its thread.
CREATE TABLE maintenance (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    checkpointed_at INTEGER NOT NULL
);
INSERT INTO maintenance (id, checkpointed_at) VALUES (1, 0);
