// SPDX-License-Identifier: Apache-2.0
#include "app/session/power_source.h"

#include <QDir>
#include <QFile>

namespace app {
namespace {

constexpr qsizetype most_supplies = 64;
constexpr qint64 longest_value = 64;

QByteArray valueOf(const QString& supply, const char* name) {
    QFile file(supply + QLatin1Char('/') + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.read(longest_value).trimmed() : QByteArray();
}

}  // namespace

bool PowerSource::onBattery() const {
    bool drained = false;
    const QStringList supplies = QDir(folder_).entryList(QDir::Dirs | QDir::NoDotAndDotDot).mid(0, most_supplies);
    for (const QString& name : supplies) {
        const QString supply = folder_ + QLatin1Char('/') + name;
        const QByteArray type = valueOf(supply, "type");
        if (type == "Battery") {
            // That of a mouse says nothing about the computer.
            if (valueOf(supply, "scope") != "Device" && valueOf(supply, "status") == "Discharging") drained = true;
        } else if (valueOf(supply, "online").toInt() > 0) {
            return false;
        }
    }
    return drained;
}

}  // namespace app
