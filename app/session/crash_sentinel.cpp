// SPDX-License-Identifier: Apache-2.0
#include "app/session/crash_sentinel.h"

#include <QDir>
#include <QFile>

namespace app {

CrashSentinel::CrashSentinel(const QString& state_dir) : file_(state_dir + QStringLiteral("/running")) {
    last_run_crashed_ = QFile::exists(file_);
    QDir().mkpath(state_dir);
    QFile file(file_);
    if (!file.open(QIODevice::WriteOnly)) file_.clear();  // a state folder that cannot be written to must not stop the start
}

CrashSentinel::~CrashSentinel() {
    if (!file_.isEmpty()) QFile::remove(file_);
}

}  // namespace app
