// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariantList>

#include <functional>
#include <memory>

namespace app {

class Checkpointer;

/// The one SQLite connection of the GUI thread: write-ahead log, short statements, no fsync of its own (the
/// Checkpointer's thread does them). For the repositories of `library` and `jobs` and their tests.
class Database final {
public:
    enum class Check { none, thorough };  ///< thorough: quick_check before anything else, for the start after a crash

    /// Creates the file or brings an older schema up to date.
    /// Errors: corrupt_file (damaged, not a database, or written by a newer version: nothing in it was changed), io.
    [[nodiscard]] static inference::Result<std::unique_ptr<Database>> open(const QString& file, Check check = Check::none);
    [[nodiscard]] static inference::Result<std::unique_ptr<Database>> inMemory();
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs one statement; the values go to its question marks in order.
    [[nodiscard]] inference::Result<QSqlQuery> execute(const QString& sql, const QVariantList& values = {});

    /// Runs `body` inside a transaction: committed when it succeeds, rolled back when it fails. Not nested.
    [[nodiscard]] inference::Result<void> transaction(const std::function<inference::Result<void>()>& body);

    const QString& file() const { return file_; }

private:
    Database(QString connection_name, QString file);

    QString connection_name_;
    QString file_;
    QSqlDatabase connection_;
    std::unique_ptr<Checkpointer> checkpointer_;  ///< none in memory
    bool in_transaction_ = false;
};

/// A failed statement as an Error: corrupt_file when SQLite says that the file is damaged, else io with a sentence.
inference::Error databaseError(const class QSqlError& error, const QString& file);

/// Of a statement that gives no rows: only whether it succeeded.
[[nodiscard]] inline inference::Result<void> withoutRows(inference::Result<QSqlQuery> query) {
    if (!query) return tl::unexpected<inference::Error>(std::move(query).error());
    return {};
}

}  // namespace app
