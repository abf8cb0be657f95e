// SPDX-License-Identifier: Apache-2.0
#include "ui/start/program_files.h"

#include <QDir>
#include <QStandardPaths>

namespace ui {
namespace {

QString downloadCache() {
    const QString moved = qEnvironmentVariable("FUSELIGHT_CACHE");
    if (!moved.isEmpty()) return moved;
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + QStringLiteral("/fuselight");
}

}  // namespace

ProgramFiles ProgramFiles::beside(const QString& program_dir) {
    const QDir prefix(program_dir + QStringLiteral("/.."));
    const QString text_model = qEnvironmentVariable("FUSELIGHT_TEXT_MODEL");
    ProgramFiles files;
    files.engine_module = QDir::cleanPath(prefix.absoluteFilePath(QStringLiteral("lib/libfuselight_engine.so")));
    files.starter_pipeline = QDir::cleanPath(prefix.absoluteFilePath(QStringLiteral("share/fuselight/models/starter")));
    files.text_model = text_model.isEmpty() ? downloadCache() + QStringLiteral("/models/gemma-3-270m") : text_model;
    return files;
}

}  // namespace ui
