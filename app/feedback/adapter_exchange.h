// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/engine/background_work.h"
#include "app/feedback/adapter_table.h"

#include <QObject>

#include <memory>

namespace app {

class Database;
class EngineThread;
struct ProfilePaths;

/// Adapters that come from elsewhere and go there. Files are checked on the engine's thread and written on others. Lives on the GUI thread.
class AdapterExchange final : public QObject {
    Q_OBJECT
public:
    AdapterExchange(EngineThread& engine, Database& database, const ProfilePaths& paths, QObject* parent = nullptr);
    ~AdapterExchange() override;

    /// Lists a file among the versions of a taste; what the taste draws with stays as it is. `imported` or `failed` follows.
    void importFile(TasteId taste, const QString& path);
    /// Writes a version as one file. `exported` or `failed` follows.
    void exportFile(const AdapterRow& row, const QString& target);

Q_SIGNALS:
    void imported(app::TasteId taste, QString id, bool was_there);
    void exported(QString target);
    void failed(inference::Error error);

private:
    struct State;
    void take(BackgroundId work);
    std::unique_ptr<State> state_;
};

/// Enters what takeAdapter() returned into the table. @return whether it was there already
/// Errors: io; invalid_request (it belongs to another taste). The files of one that was not entered are the caller's.
[[nodiscard]] inference::Result<bool> enterAdapter(AdapterTable& table, const AdapterRow& row);

}  // namespace app
