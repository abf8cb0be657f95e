// SPDX-License-Identifier: Apache-2.0
#include "app/library/checkpointer.h"

#include <QDateTime>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QUuid>

namespace app {
namespace {

/// Passive first: it copies and flushes almost everything without holding up a writer. Truncate then finds next to
/// nothing left to do under the write lock. The small write that follows starts the new log: SQLite flushes a log's
/// header when its first transaction is written, and that would otherwise be the GUI thread's next one.
void emptyLog(const QString& file) {
    const QString name = QUuid::createUuid().toString();
    {
        QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
        connection.setDatabaseName(file);
        connection.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=100"));
        if (connection.open()) {
            QSqlQuery query(connection);
            query.exec(QStringLiteral("PRAGMA synchronous = NORMAL"));
            query.exec(QStringLiteral("PRAGMA wal_autocheckpoint = 0"));
            query.exec(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)"));
            query.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
            query.prepare(QStringLiteral("UPDATE maintenance SET checkpointed_at = ? WHERE id = 1"));
            query.addBindValue(QDateTime::currentMSecsSinceEpoch());
            query.exec();
        }
    }
    QSqlDatabase::removeDatabase(name);
}

}  // namespace

Checkpointer::Checkpointer(const QString& file) : file_(file) {
    pool_.setMaxThreadCount(1);
    pool_.setThreadPriority(QThread::LowPriority);
    quiet_.setSingleShot(true);
    quiet_.setInterval(quiet_ms);
    connect(&quiet_, &QTimer::timeout, this, &Checkpointer::checkpointNow);
    // The first log of this run is started off the GUI thread too.
    checkpointNow();
}

Checkpointer::~Checkpointer() { pool_.waitForDone(); }

void Checkpointer::noteWrite() {
    ++writes_;
    if (writes_ >= max_writes) {
        checkpointNow();
    } else {
        quiet_.start();
    }
}

void Checkpointer::checkpointNow() {
    if (running_) return;
    running_ = true;
    writes_ = 0;
    quiet_.stop();
    pool_.start([this] {
        emptyLog(file_);
        QMetaObject::invokeMethod(
            this,
            [this] {
                running_ = false;
                if (writes_ > 0) quiet_.start();
                Q_EMIT finished();
            },
            Qt::QueuedConnection);
    });
}

}  // namespace app
