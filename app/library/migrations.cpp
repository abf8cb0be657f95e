// SPDX-License-Identifier: Apache-2.0
#include "app/library/migrations.h"

#include "app/library/database.h"

#include <QDir>
#include <QFile>

/// A static library's resources are registered by whoever uses them first. Outside of any namespace, as Qt's macro
/// demands.
static void registerSchema() { Q_INIT_RESOURCE(schema); }

namespace app {
namespace {

using inference::Error;
using inference::Result;

QStringList schemaFiles() {
    registerSchema();
    return QDir(QStringLiteral(":/schema")).entryList({QStringLiteral("*.sql")}, QDir::Files, QDir::Name);
}

Result<void> applyVersion(Database& database, int version) {
    return database.transaction([&]() -> Result<void> {
        for (const QString& statement : schemaStatements(version)) {
            if (auto done = database.execute(statement); !done) return tl::unexpected<Error>(done.error());
        }
        if (auto done = database.execute(QStringLiteral("PRAGMA user_version = %1").arg(version)); !done) {
            return tl::unexpected<Error>(done.error());
        }
        return {};
    });
}

}  // namespace

int latestSchemaVersion() { return static_cast<int>(schemaFiles().size()); }

QStringList schemaStatements(int version) {
    const QStringList names = schemaFiles();
    QFile file(QStringLiteral(":/schema/") + names.value(version - 1));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QStringList statements;
    QString statement;
    const QString text = QString::fromUtf8(file.readAll());
    for (const QString& line : text.split(QLatin1Char('\n'))) {
        if (line.startsWith(QStringLiteral("--")) || line.isEmpty()) continue;
        statement += line + QLatin1Char('\n');
        if (line.endsWith(QLatin1Char(';')) && !line.front().isSpace()) {
            statements.append(statement);
            statement.clear();
        }
    }
    return statements;
}

Result<void> migrate(Database& database) {
    auto version = database.execute(QStringLiteral("PRAGMA user_version"));
    if (!version) return tl::unexpected<Error>(version.error());
    version->next();
    const int current = version->value(0).toInt();
    version->finish();
    for (int next = current + 1; next <= latestSchemaVersion(); ++next) {
        if (auto done = applyVersion(database, next); !done) return done;
    }
    return {};
}

}  // namespace app
