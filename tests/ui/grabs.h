// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QDir>
#include <QEvent>
#include <QPixmap>
#include <QWidget>

namespace ui_test {

/// Where FUSELIGHT_GRABS names a folder, what the widget shows goes there as <name>.png, to be looked at.
inline void grab(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("FUSELIGHT_GRABS");
    if (folder.isEmpty()) return;
    QDir().mkpath(folder);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);  // what came and went has its place by now
    widget.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
}

}  // namespace ui_test
