-- SPDX-License-Identifier: Apache-2.0
-- What the user said about pictures besides stars, what was derived from it, and the adapters learned from it. Everything below `signals`
-- can be made again from it; "forget me" empties all of it.

-- A taste of its own: ratings, duels and adapters belong to one. `adapter_id` is what is drawn with; empty: the model as it came.
CREATE TABLE taste_profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    adapter_id TEXT NOT NULL DEFAULT '',
    strength REAL NOT NULL DEFAULT 1 CHECK (strength BETWEEN 0 AND 2),
    created_at INTEGER NOT NULL
);
INSERT INTO taste_profiles (id, name, created_at) VALUES (1, '', 0);
CREATE TABLE taste_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    profile_id INTEGER NOT NULL
);
INSERT INTO taste_state (id, profile_id) VALUES (1, 1);

-- Which taste a rating of the log belongs to: the one in use when it was given. Ratings of before belong to the first.
CREATE TABLE rating_profiles (
    rating_id INTEGER PRIMARY KEY,
    profile_id INTEGER NOT NULL
);
INSERT INTO rating_profiles (rating_id, profile_id) SELECT id, 1 FROM ratings;
CREATE TRIGGER ratings_belong_to_a_profile AFTER INSERT ON ratings
BEGIN
    INSERT INTO rating_profiles (rating_id, profile_id) SELECT NEW.id, profile_id FROM taste_state;
END;

CREATE TABLE taste_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL REFERENCES taste_profiles (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    started_at INTEGER NOT NULL
);
CREATE TABLE picks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL REFERENCES taste_profiles (id) ON DELETE CASCADE,
    item_id INTEGER NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('picked', 'rejected', 'taken_back')),
    session_id INTEGER NOT NULL DEFAULT 0,
    said_at INTEGER NOT NULL
);
CREATE INDEX picks_item ON picks (item_id);

-- The order shown is kept, so that a habit of the hand can be told from taste.
CREATE TABLE duels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL REFERENCES taste_profiles (id) ON DELETE CASCADE,
    left_item INTEGER NOT NULL,
    right_item INTEGER NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('left', 'right', 'equal', 'skip')),
    session_id INTEGER NOT NULL DEFAULT 0,
    said_at INTEGER NOT NULL,
    CHECK (left_item <> right_item)
);
CREATE INDEX duels_left ON duels (left_item);
CREATE INDEX duels_right ON duels (right_item);

-- Pictures that were brought in to be rated: drawn by no model of ours.
CREATE TABLE own_pictures (
    item_id INTEGER PRIMARY KEY,
    added_at INTEGER NOT NULL
);

-- Little-endian float32; two versions are never mixed.
CREATE TABLE picture_features (
    item_id INTEGER NOT NULL,
    version TEXT NOT NULL,
    states BLOB NOT NULL,
    judge BLOB NOT NULL,
    prompt BLOB NOT NULL,
    statistics BLOB NOT NULL,
    PRIMARY KEY (item_id, version)
);

-- `id` is the SHA-256 of the file, adapters/<id>/adapter.safetensors. What it says is never changed; where it stands is.
CREATE TABLE adapters (
    id TEXT PRIMARY KEY,
    profile_id INTEGER NOT NULL REFERENCES taste_profiles (id) ON DELETE CASCADE,
    parent_id TEXT NOT NULL DEFAULT '',
    model_id TEXT NOT NULL,
    job_id INTEGER NOT NULL DEFAULT 0,
    manifest TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('provisional', 'accepted', 'rejected', 'imported')),
    note TEXT NOT NULL DEFAULT '',
    pinned INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX adapters_profile ON adapters (profile_id, created_at);

-- Blind comparisons inside normal use, for the sequential test.
CREATE TABLE adapter_comparisons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    adapter_id TEXT NOT NULL REFERENCES adapters (id) ON DELETE CASCADE,
    won INTEGER NOT NULL,
    compared_at INTEGER NOT NULL
);

-- `inputs` (JSON) is frozen when the job is queued: what is said later never changes a job.
CREATE TABLE training_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL REFERENCES taste_profiles (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'preparing', 'running', 'paused', 'evaluating', 'accepted', 'rejected', 'cancelled', 'failed')),
    model_id TEXT NOT NULL,
    inputs TEXT NOT NULL,
    inputs_hash TEXT NOT NULL,
    step INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    crashed_step INTEGER NOT NULL DEFAULT -1,
    reasons TEXT NOT NULL DEFAULT '',
    measures TEXT NOT NULL DEFAULT '',
    adapter_id TEXT NOT NULL DEFAULT '',
    error_code TEXT NOT NULL DEFAULT '',
    error_detail TEXT NOT NULL DEFAULT '',
    elapsed_ms REAL NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
);
