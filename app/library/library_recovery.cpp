// SPDX-License-Identifier: Apache-2.0
#include "app/library/library_recovery.h"

#include "app/imaging/image_exporter.h"
#include "app/imaging/pixel_image.h"
#include "app/imaging/safe_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>

Q_LOGGING_CATEGORY(recoveryLog, "fuselight.library.recovery")

namespace app {
namespace {

bool readOrphan(const QString& path, RecoveryTask::Orphan& orphan) {
    auto request = readEmbeddedRequest(path);
    if (!request) return false;  // somebody else's picture, or not a whole one
    const auto pixels = readImage(path);
    if (!pixels) {
        qCWarning(recoveryLog) << "left alone, not a whole picture:" << path << QString::fromStdString(pixels.error().detail);
        return false;
    }
    orphan.request = *std::move(request);
    orphan.size = {pixels->width, pixels->height};
    orphan.has_alpha = hasTransparency(*pixels);
    return true;
}

}  // namespace

QString trashFileName(ItemId id, const QString& file) {
    return QString::number(id.value) + QLatin1Char('-') + QString(file).replace(QLatin1Char('/'), QLatin1Char('_'));
}

void RecoveryTask::run(const std::atomic<bool>& stop, const std::function<void(Trashed)>& on_unmoved,
                       const std::function<void(Orphan)>& on_orphan) const {
    removeLeftovers(images_dir);
    const QStringList entries = QDir(images_dir).entryList(QDir::Files, QDir::NoSort);
    const QSet<QString> names(entries.begin(), entries.end());
    QSet<QString> in_trash;
    for (const auto& row : trashed) {
        in_trash.insert(row.file);
        if (names.contains(row.file) && !live_files.contains(row.file)) on_unmoved(row);
    }
    for (const QString& name : entries) {
        if (stop) return;
        if (live_files.contains(name) || in_trash.contains(name) || !imageFormatOf(name)) continue;
        const QString path = images_dir + QLatin1Char('/') + name;
        Orphan orphan;
        orphan.file = name;
        orphan.created_at = QFileInfo(path).lastModified().toUTC();
        if (orphan.created_at >= started_at || !readOrphan(path, orphan)) continue;
        on_orphan(std::move(orphan));
    }
}

}  // namespace app
