// SPDX-License-Identifier: Apache-2.0
#include "app/session/power_watch.h"

#include <QCoreApplication>
#include <QPointer>

#include <utility>

namespace app {

PowerWatch::PowerWatch(PowerSource source, QObject* parent) : QObject(parent), source_(std::move(source)) {
    pool_.setMaxThreadCount(1);
    timer_.setInterval(interval_ms);
    connect(&timer_, &QTimer::timeout, this, &PowerWatch::look);
    timer_.start();
    look();
}

PowerWatch::~PowerWatch() { pool_.waitForDone(); }

void PowerWatch::look() {
    pool_.start([self = QPointer<PowerWatch>(this), source = source_] {
        const bool on_battery = source.onBattery();
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, on_battery] {
                if (self) self->take(on_battery);
            },
            Qt::QueuedConnection);
    });
}

void PowerWatch::take(bool on_battery) {
    if (std::exchange(on_battery_, on_battery) != on_battery) Q_EMIT changed(on_battery);
}

}  // namespace app
