// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace app {

/// What the kernel says of the computer's power: a folder for each supply, its `type`, `online` and `status`
/// (https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power).
class PowerSource final {
public:
    explicit PowerSource(QString folder = QStringLiteral("/sys/class/power_supply")) : folder_(std::move(folder)) {}

    /// Whether a battery of the computer's own is being drained and nothing else feeds it. False without a battery, and where nothing can be read.
    /// Reads a few bytes a supply, which may take some milliseconds: not for the GUI thread.
    bool onBattery() const;

private:
    QString folder_;
};

}  // namespace app
