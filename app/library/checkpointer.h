// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

namespace app {

/// Empties the write-ahead log into the database on a thread and connection of its own, when nothing has been written
/// for a while, so that the GUI thread never waits for a disk. A log that keeps growing is emptied without waiting for
/// quiet.
class Checkpointer final : public QObject {
    Q_OBJECT
public:
    static constexpr int quiet_ms = 3000;
    static constexpr int max_writes = 2000;  ///< transactions in the log before quiet is no longer waited for

    explicit Checkpointer(const QString& file);
    ~Checkpointer() override;  ///< waits for a checkpoint under way

    void noteWrite();
    void checkpointNow();

Q_SIGNALS:
    void finished();

private:
    QString file_;
    QThreadPool pool_;
    QTimer quiet_;
    int writes_ = 0;
    bool running_ = false;
};

}  // namespace app
