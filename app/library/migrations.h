// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/result.h"

#include <QString>
#include <QStringList>

namespace app {

class Database;

/// The number of the newest file in resources/schema.
int latestSchemaVersion();

/// The statements of one numbered file (1 is the first). A statement ends at a line that ends in ';' and is not
/// indented.
QStringList schemaStatements(int version);

/// Applies every numbered file that the database has not seen, each in a transaction of its own that also moves
/// `user_version`.
[[nodiscard]] inference::Result<void> migrate(Database& database);

}  // namespace app
