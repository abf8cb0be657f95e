-- SPDX-License-Identifier: Apache-2.0
-- An adapter that passed the gate is on trial against what its taste drew with before. What the trial comes to is never stored: it is
-- counted from the ratings and duels themselves, so nothing that is taken back, restored or killed can make the two disagree.
CREATE TABLE adapter_trials (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL REFERENCES taste_profiles (id) ON DELETE CASCADE,
    candidate_id TEXT NOT NULL REFERENCES adapters (id) ON DELETE CASCADE,
    former_id TEXT NOT NULL,
    former_strength REAL NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'running' CHECK (outcome IN
        ('running', 'accepted', 'refused', 'taken', 'put_back', 'superseded', 'file_gone', 'other_model')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER
);
CREATE UNIQUE INDEX one_trial_a_taste ON adapter_trials (profile_id) WHERE outcome = 'running';

-- Jobs whose side was drawn by lot: only their pictures are evidence.
CREATE TABLE adapter_trial_jobs (
    job_id INTEGER PRIMARY KEY,
    trial_id INTEGER NOT NULL REFERENCES adapter_trials (id) ON DELETE CASCADE,
    candidate INTEGER NOT NULL,
    pictures INTEGER NOT NULL
);
CREATE INDEX adapter_trial_jobs_of ON adapter_trial_jobs (trial_id);
