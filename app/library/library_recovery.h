// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/library/library_item.h"
#include "inference/api/generation_request.h"

#include <QDateTime>
#include <QSet>
#include <QSize>
#include <QString>

#include <atomic>
#include <functional>
#include <vector>

namespace app {

/// Where a trashed picture lies inside the trash folder; its id keeps two of the same name apart.
QString trashFileName(ItemId id, const QString& file);

/// What an earlier run may have left half done, and how it is put right. Touches files only; any thread.
struct RecoveryTask {
    struct Trashed {
        ItemId id;
        QString file;
    };
    /// A complete picture of ours without a row: the program ended between the file and the row.
    struct Orphan {
        QString file;
        inference::GenerationRequest request;
        QSize size;
        bool has_alpha = false;
        QDateTime created_at;
    };

    QString images_dir;
    QSet<QString> live_files;      ///< names that have a row
    std::vector<Trashed> trashed;  ///< rows in the trash
    QDateTime started_at;          ///< newer files belong to this run and are left alone

    /// Removes temporary files and reports each row in the trash whose file was not moved there and each orphan. Both
    /// are for the GUI thread to act on: the user may have restored the picture by then. Only names are compared; a
    /// file is opened when its name is not known.
    void run(const std::atomic<bool>& stop, const std::function<void(Trashed)>& on_unmoved, const std::function<void(Orphan)>& on_orphan) const;
};

}  // namespace app
