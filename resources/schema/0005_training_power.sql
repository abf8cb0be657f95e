-- SPDX-License-Identifier: Apache-2.0
-- Whether jobs also run while the computer lives on its battery.
ALTER TABLE taste_state ADD COLUMN train_on_battery INTEGER NOT NULL DEFAULT 0;
