// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <memory>

#include "app/settings/settings.h"

namespace app {

/// The only place that knows QSettings and its keys. Changes are written soon after they happen, not at exit.
class SettingsStore final : public QObject {
    Q_OBJECT
public:
    explicit SettingsStore(const QString& file, QObject* parent = nullptr);
    ~SettingsStore() override;  ///< writes what is pending

    const Settings& settings() const;
    void update(const Settings& settings);  ///< writes within half a second; values out of range are clamped

Q_SIGNALS:
    void changed(app::Settings settings);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
