-- SPDX-License-Identifier: Apache-2.0
-- A taste may draw with two of its adapters. The second goes with the first: another first, or none, ends the mix.
ALTER TABLE taste_profiles ADD COLUMN second_adapter_id TEXT NOT NULL DEFAULT '';
ALTER TABLE taste_profiles ADD COLUMN second_strength REAL NOT NULL DEFAULT 1 CHECK (second_strength BETWEEN 0 AND 2);
CREATE TRIGGER another_first_ends_a_mix AFTER UPDATE OF adapter_id ON taste_profiles WHEN NEW.adapter_id <> OLD.adapter_id
BEGIN
    UPDATE taste_profiles SET second_adapter_id = '', second_strength = 1 WHERE id = NEW.id;
END;
CREATE TRIGGER a_deleted_second_ends_a_mix AFTER DELETE ON adapters
BEGIN
    UPDATE taste_profiles SET second_adapter_id = '', second_strength = 1 WHERE second_adapter_id = OLD.id;
END;
