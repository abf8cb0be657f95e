// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/session/power_source.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

namespace app {

/// Looks now and then whether the computer runs on its battery, on a thread of its own. Lives on the GUI thread.
class PowerWatch final : public QObject {
    Q_OBJECT
public:
    static constexpr int interval_ms = 20'000;

    explicit PowerWatch(PowerSource source, QObject* parent = nullptr);
    ~PowerWatch() override;

    bool onBattery() const { return on_battery_; }
    void look();  ///< now

Q_SIGNALS:
    void changed(bool on_battery);

private:
    void take(bool on_battery);

    PowerSource source_;
    QTimer timer_;
    QThreadPool pool_;
    bool on_battery_ = false;
};

}  // namespace app
