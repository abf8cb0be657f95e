-- SPDX-License-Identifier: Apache-2.0
-- A model whose files became another one, as the starter's do with an update: in which entry of the list that happened. Pictures, jobs and
-- versions of a taste go on naming it by its identity.
ALTER TABLE model_names ADD COLUMN successor INTEGER REFERENCES models (id);
