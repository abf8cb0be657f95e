-- SPDX-License-Identifier: Apache-2.0
-- The models a profile knows. Removing one from the list deletes no file, and its row stays for the pictures that it drew: they name it
-- by its identity.

CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    built_in INTEGER NOT NULL DEFAULT 0,
    identity TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    text_model_path TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    flops_per_second REAL NOT NULL DEFAULT 0,
    added_at INTEGER NOT NULL,
    last_used INTEGER NOT NULL DEFAULT 0,
    removed_at INTEGER
);
CREATE UNIQUE INDEX models_listed_path ON models (path) WHERE removed_at IS NULL AND built_in = 0;
CREATE INDEX models_identity ON models (identity);

-- What a model was called, by identity: pictures outlive the list, and the files under a path may become another model.
CREATE TABLE model_names (
    identity TEXT PRIMARY KEY,
    name TEXT NOT NULL
);
