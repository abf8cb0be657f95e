// SPDX-License-Identifier: Apache-2.0
#include "app/settings/settings_store.h"

#include "app/settings/settings_file.h"

#include <QLoggingCategory>
#include <QThreadPool>
#include <QTimer>

Q_LOGGING_CATEGORY(settingsLog, "fuselight.settings")

namespace app {
namespace {

/// Long enough for a drag of a splitter to be one write, short enough that little is lost when the program is killed.
constexpr int write_delay_ms = 300;

}  // namespace

struct SettingsStore::State {
    QString file;
    Settings settings;
    QTimer delay;
    QThreadPool pool;  ///< one thread: the writes keep their order, and the flush to the disk is not the GUI thread's

    void write() {
        delay.stop();
        pool.start([target = file, values = settings] {
            if (!writeSettings(target, values)) qCWarning(settingsLog) << "the settings could not be written to" << target;
        });
    }
};

SettingsStore::SettingsStore(const QString& file, QObject* parent) : QObject(parent), state_(std::make_unique<State>()) {
    qRegisterMetaType<Settings>();
    state_->file = file;
    state_->settings = readSettings(file);
    state_->pool.setMaxThreadCount(1);
    state_->delay.setSingleShot(true);
    state_->delay.setInterval(write_delay_ms);
    connect(&state_->delay, &QTimer::timeout, this, [this] { state_->write(); });
}

SettingsStore::~SettingsStore() {
    if (state_->delay.isActive()) state_->write();
    state_->pool.waitForDone();
}

const Settings& SettingsStore::settings() const { return state_->settings; }

void SettingsStore::update(const Settings& settings) {
    const Settings clamped = clampedSettings(settings);
    if (clamped == state_->settings) return;
    state_->settings = clamped;
    // Not restarted: a stream of changes is still written every now and then.
    if (!state_->delay.isActive()) state_->delay.start();
    Q_EMIT changed(clamped);
}

}  // namespace app
