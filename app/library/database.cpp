// SPDX-License-Identifier: Apache-2.0
#include "app/library/database.h"

#include "app/library/checkpointer.h"
#include "app/library/migrations.h"

#include <QFileInfo>
#include <QSqlError>
#include <QUuid>

#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

constexpr auto driver = "QSQLITE";
constexpr int busy_timeout_ms = 2000;

// Result codes of sqlite3.h, which is not included: the driver links its own copy.
constexpr int sqlite_perm = 3;
constexpr int sqlite_busy = 5;
constexpr int sqlite_locked = 6;
constexpr int sqlite_readonly = 8;
constexpr int sqlite_corrupt = 11;
constexpr int sqlite_full = 13;
constexpr int sqlite_cantopen = 14;
constexpr int sqlite_notadb = 26;

QSqlDatabase addConnection(const QString& name, const QString& file, const QString& options) {
    QSqlDatabase connection = QSqlDatabase::addDatabase(QLatin1String(driver), name);
    connection.setDatabaseName(file);
    connection.setConnectOptions(options);
    return connection;
}

/// A connection that cannot change the file, for looking at a database that may be damaged or newer than this program.
class Inspection {
public:
    explicit Inspection(const QString& file) :
        name_(QUuid::createUuid().toString()), file_(file),
        connection_(addConnection(name_, file, QStringLiteral("QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=2000"))) {}
    ~Inspection() {
        connection_.close();
        connection_ = {};
        QSqlDatabase::removeDatabase(name_);
    }
    Inspection(const Inspection&) = delete;
    Inspection& operator=(const Inspection&) = delete;

    Result<void> run(Database::Check check) {
        if (!connection_.open()) return tl::unexpected<Error>(databaseError(connection_.lastError(), file_));
        if (auto version = schemaVersion(); !version) return tl::unexpected<Error>(version.error());
        if (check == Database::Check::none) return {};
        QSqlQuery query(connection_);
        query.setForwardOnly(true);
        if (!query.exec(QStringLiteral("PRAGMA quick_check(1)")) || !query.next()) {
            return tl::unexpected<Error>(databaseError(query.lastError(), file_));
        }
        const QString verdict = query.value(0).toString();
        if (verdict == QStringLiteral("ok")) return {};
        return inference::failure(ErrorCode::corrupt_file,
                                  "the database " + file_.toStdString() + " is damaged (" + verdict.toStdString() +
                                      "); move it away to start an empty library, its pictures are not touched");
    }

private:
    Result<int> schemaVersion() {
        QSqlQuery query(connection_);
        if (!query.exec(QStringLiteral("PRAGMA user_version")) || !query.next()) {
            return tl::unexpected<Error>(databaseError(query.lastError(), file_));
        }
        const int version = query.value(0).toInt();
        if (version <= latestSchemaVersion()) return version;
        return inference::failure(ErrorCode::corrupt_file,
                                  "the database " + file_.toStdString() + " was written by a newer version of Fuselight (schema " +
                                      std::to_string(version) + ", this one knows " + std::to_string(latestSchemaVersion()) +
                                      "); update Fuselight or choose another profile");
    }

    QString name_;
    QString file_;
    QSqlDatabase connection_;
};

}  // namespace

Error databaseError(const QSqlError& error, const QString& file) {
    const int code = error.nativeErrorCode().toInt() & 0xff;
    const std::string where = "the database " + file.toStdString();
    const std::string words = error.databaseText().toStdString();
    switch (code) {
    case sqlite_corrupt:
    case sqlite_notadb:
        return {ErrorCode::corrupt_file, where + " is damaged (" + words + "); move it away to start an empty library, its pictures are not touched"};
    case sqlite_busy:
    case sqlite_locked: return {ErrorCode::io, where + " is locked by another program"};
    case sqlite_perm:
    case sqlite_readonly: return {ErrorCode::io, where + " cannot be written to: check the permissions of its folder"};
    case sqlite_full: return {ErrorCode::io, where + " cannot grow: the disk is full"};
    case sqlite_cantopen: return {ErrorCode::io, where + " cannot be opened: check that its folder exists and can be written to"};
    default: return {ErrorCode::io, where + ": " + (words.empty() ? error.text().toStdString() : words)};
    }
}

Database::Database(QString connection_name, QString file) : connection_name_(std::move(connection_name)), file_(std::move(file)) {
    connection_ = addConnection(connection_name_, file_, QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(busy_timeout_ms));
}

Database::~Database() {
    checkpointer_.reset();
    connection_.close();  // the last connection empties the log into the database
    connection_ = {};
    QSqlDatabase::removeDatabase(connection_name_);
}

Result<std::unique_ptr<Database>> Database::open(const QString& file, Check check) {
    const bool in_memory = file == QStringLiteral(":memory:");
    const QFileInfo info(file);
    if (!in_memory && info.size() > 0) {
        // A log that was not emptied means that the last run did not end by itself.
        const bool unclean = QFileInfo(file + QStringLiteral("-wal")).size() > 0;
        Inspection inspection(file);
        if (auto sound = inspection.run(unclean ? Check::thorough : check); !sound) {
            return tl::unexpected<Error>(sound.error());
        }
    }
    std::unique_ptr<Database> database(new Database(QUuid::createUuid().toString(), file));
    if (!database->connection_.open()) return tl::unexpected<Error>(databaseError(database->connection_.lastError(), file));
    for (const char* pragma :
         {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON", "PRAGMA wal_autocheckpoint = 0"}) {
        if (auto done = database->execute(QLatin1String(pragma)); !done) return tl::unexpected<Error>(done.error());
    }
    if (auto done = migrate(*database); !done) return tl::unexpected<Error>(done.error());
    if (!in_memory) database->checkpointer_ = std::make_unique<Checkpointer>(file);
    return database;
}

Result<std::unique_ptr<Database>> Database::inMemory() { return open(QStringLiteral(":memory:")); }

Result<QSqlQuery> Database::execute(const QString& sql, const QVariantList& values) {
    QSqlQuery query(connection_);
    query.setForwardOnly(true);
    if (!query.prepare(sql)) return tl::unexpected<Error>(databaseError(query.lastError(), file_));
    for (const QVariant& value : values) query.addBindValue(value);
    if (!query.exec()) return tl::unexpected<Error>(databaseError(query.lastError(), file_));
    if (checkpointer_ && !in_transaction_ && !query.isSelect()) checkpointer_->noteWrite();
    return query;
}

Result<void> Database::transaction(const std::function<Result<void>()>& body) {
    Q_ASSERT(!in_transaction_);
    // Immediate: a lock that is held by another program is met here and not in the middle.
    if (auto begun = execute(QStringLiteral("BEGIN IMMEDIATE")); !begun) return tl::unexpected<Error>(begun.error());
    in_transaction_ = true;
    auto outcome = body();
    if (outcome) {
        if (auto committed = execute(QStringLiteral("COMMIT")); !committed) outcome = tl::unexpected<Error>(committed.error());
    }
    // A full disk may have rolled back already; a second rollback then only says so.
    if (!outcome) static_cast<void>(execute(QStringLiteral("ROLLBACK")));
    in_transaction_ = false;
    if (outcome && checkpointer_) checkpointer_->noteWrite();
    return outcome;
}

}  // namespace app
