// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/adapter_exchange.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/shared_adapter.h"
#include "app/paths/profile_paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QPointer>
#include <QThreadPool>

#include <map>
#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

/// Read by the service once the work is gone.
using Outcome = std::shared_ptr<Result<AdapterRow>>;

class ImportWork final : public BackgroundWork {
public:
    ImportWork(QString path, QString adapters_dir, TasteId taste, Outcome outcome) :
        path_(std::move(path)), adapters_dir_(std::move(adapters_dir)), taste_(taste), outcome_(std::move(outcome)) {}

    bool advance(inference::Engine& engine, std::stop_token stop) override {
        *outcome_ = takeAdapter(engine, path_, adapters_dir_, taste_, std::move(stop));
        return false;
    }

private:
    QString path_, adapters_dir_;
    TasteId taste_;
    Outcome outcome_;
};

}  // namespace

struct AdapterExchange::State {
    State(EngineThread& engine_thread, Database& database, QString dir) : engine(engine_thread), table(database), adapters_dir(std::move(dir)) {
        pool.setMaxThreadCount(1);
    }
    EngineThread& engine;
    AdapterTable table;
    QString adapters_dir;
    std::map<BackgroundId, Outcome> under_way;
    QThreadPool pool;
};

AdapterExchange::AdapterExchange(EngineThread& engine, Database& database, const ProfilePaths& paths, QObject* parent) :
    QObject(parent), state_(std::make_unique<State>(engine, database, paths.adaptersDir())) {
    connect(&engine, &EngineThread::backgroundEnded, this, &AdapterExchange::take);
}

AdapterExchange::~AdapterExchange() {
    for (const auto& [work, outcome] : state_->under_way) state_->engine.stopBackground(work);
    state_->pool.waitForDone();
}

void AdapterExchange::importFile(TasteId taste, const QString& path) {
    if (!state_->engine.model()) {
        Q_EMIT failed({ErrorCode::invalid_request, path.toStdString() + ": cannot be checked before a model is loaded"});
        return;
    }
    auto outcome = std::make_shared<Result<AdapterRow>>(failure(ErrorCode::cancelled, path.toStdString() + ": was not checked to the end"));
    auto work = std::make_unique<ImportWork>(path, state_->adapters_dir, taste, outcome);
    state_->under_way.emplace(state_->engine.runInBackground(std::move(work), BackgroundPriority::soon), std::move(outcome));
}

void AdapterExchange::take(BackgroundId work) {
    const auto found = state_->under_way.find(work);
    if (found == state_->under_way.end()) return;
    const Outcome outcome = std::exchange(found->second, nullptr);
    state_->under_way.erase(found);
    if (!*outcome) {
        Q_EMIT failed(outcome->error());
        return;
    }
    const AdapterRow& row = **outcome;
    const auto entered = enterAdapter(state_->table, row);
    if (entered) {
        Q_EMIT imported(row.profile, row.id, *entered);
        return;
    }
    if (const auto known = state_->table.find(row.id); known && !*known) {
        state_->pool.start([folder = state_->adapters_dir + QLatin1Char('/') + row.id] { QDir(folder).removeRecursively(); });
    }
    Q_EMIT failed(entered.error());
}

void AdapterExchange::exportFile(const AdapterRow& row, const QString& target) {
    const QString file = state_->adapters_dir + QLatin1Char('/') + row.id + QStringLiteral("/adapter.safetensors");
    state_->pool.start([self = QPointer<AdapterExchange>(this), file, manifest = row.manifest, target] {
        auto written = writeSharedAdapter(file, manifest, target);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, target, written = std::move(written)] {
                if (!self) return;
                if (written) Q_EMIT self->exported(target);
                else Q_EMIT self->failed(written.error());
            },
            Qt::QueuedConnection);
    });
}

Result<bool> enterAdapter(AdapterTable& table, const AdapterRow& row) {
    auto known = table.find(row.id);
    if (!known) return tl::unexpected<Error>(known.error());
    if (*known) {
        if ((*known)->profile == row.profile) return true;
        return failure(ErrorCode::invalid_request, "this adapter is among the versions of another taste already");
    }
    if (auto inserted = table.insert(row); !inserted) return tl::unexpected<Error>(inserted.error());
    return false;
}

}  // namespace app
